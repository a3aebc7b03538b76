/** The settings of the audit trail, beside its limits. */
import { z } from 'zod';
import { AUDIT_LEVELS } from '../src/protocol/index.ts';
import type { AuditLevel } from '../src/protocol/index.ts';
import type { OnFailure, RedactionOptions } from './services/audit/index.ts';
import { file, integer, list } from './setting.ts';
import type { Setting, Values } from './setting.ts';

/** Every setting of the trail. */
export const AUDIT_SETTINGS = {
  auditOrigin: {
    parse: z.string().regex(/^[a-zA-Z0-9._~-][a-zA-Z0-9._~/:-]{0,127}$/),
    fallback: 'waooaw/audit',
    expected: 'an address without its scheme, such as ops.example/audit',
    meaning: 'The audit trail’s name in its checkpoints, and its keys’.',
  } satisfies Setting<string>,
  auditCheckpointFile: file(
    'The second place of checkpoints: best on another disk. Empty: audit-checkpoints.txt in the data folder.',
  ),
  auditCheckpointUrl: {
    parse: z.string().regex(/^(https?:\/\/[^\s/?#@]+(\/[^\s#]*)?)?$/),
    fallback: '',
    expected: 'empty, or an address such as https://witness.example/checkpoints',
    meaning: 'Where each checkpoint is posted to as well. Empty: nowhere.',
  } satisfies Setting<string>,
  auditOnFailure: list(
    z.string().regex(new RegExp(`^(${AUDIT_LEVELS.join('|')})=(block|gap)$`)),
    `levels, comma-separated, each ${AUDIT_LEVELS.join(', ')} with =block or =gap`,
    'What becomes of an action while the audit trail cannot be written, by the level of its entry: refused (block), or done ' +
      'and counted as missing (gap). A level that is not named blocks.',
  ),
  auditRedact: list(
    z.string().regex(/^([^\s.]+|(before|after|details|tags)(\.[^\s.]+)+)$/),
    'names of keys, or places in before, after, details or tags such as details.db.*.url, comma-separated',
    'What is taken out of audit entries before they are stored, beside the usual names of secrets; a * stands for any one key.',
  ),
  auditKeepMs: integer(
    0,
    3_155_760_000_000,
    0,
    'How long audit entries stay in the database until they are archived by whole segments, ms; 0 is for ever.',
  ),
  auditArchiveDir: file('Folder of archived audit segments. Empty: audit-archive in the data folder.'),
  auditSummaryMs: integer(
    1_000,
    86_400_000,
    300_000,
    'How long repetitions, such as samples that are sent or tokens that are refused, are gathered into one audit entry, ms.',
  ),
  auditMaxFolds: integer(
    1,
    1_000_000,
    10_000,
    'Repetitions by different callers, routes or results that are told apart at once.',
  ),
  auditMaxOwnFolds: integer(1, 1_000_000, 100, 'Those of one caller, or of one network.'),
  auditScanSliceMs: integer(
    1,
    1_000,
    10,
    'How long a search of the audit trail works before it is the next one’s turn, ms.',
  ),
  auditScanMaxMs: integer(
    10,
    600_000,
    10_000,
    'How long a search of the audit trail may work until it is refused, ms; turns of others do not count.',
  ),
} as const;

/** What the trail can be told. */
export type AuditConfig = Values<typeof AUDIT_SETTINGS>;

/** What becomes of an action while the trail cannot be written, by level. */
export function onFailureOf({ auditOnFailure }: AuditConfig): Readonly<Record<AuditLevel, OnFailure>> {
  const named = auditOnFailure.map((text) => text.split('=') as [AuditLevel, OnFailure]);
  return { info: 'block', warning: 'block', error: 'block', critical: 'block', ...Object.fromEntries(named) };
}

/** How long searches may take, in the engine's words. */
export function scansOf({ auditScanSliceMs, auditScanMaxMs }: AuditConfig): {
  readonly sliceMs: number;
  readonly maxScanMs: number;
} {
  return { sliceMs: auditScanSliceMs, maxScanMs: auditScanMaxMs };
}

/** What is taken out: a place has a dot, a key has none. */
export function redactionOf({ auditRedact }: AuditConfig): RedactionOptions {
  const isPlace = (text: string): boolean => text.includes('.');
  return { keys: auditRedact.filter((text) => !isPlace(text)), paths: auditRedact.filter(isPlace) };
}
