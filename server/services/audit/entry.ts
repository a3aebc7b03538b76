/** What may become an entry: checked, without secrets, and a copy of its own. */
import type { ErrorDetail } from '../../../src/protocol/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import { auditEvent } from '../../../src/protocol/audit.schema.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { AuditLimits } from './limits.ts';
import type { Redaction } from './redaction.ts';

/** Bad parts that are named at once. */
const MAX_DETAILS = 20;
/** UTF-8 cannot write it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A checked event. */
export interface Checked {
  readonly event: AuditEvent;
  /** Values that were taken out. */
  readonly redacted: number;
}

/**
 * Checks an event, whoever brings it, and takes secrets out of it.
 * @param pointer where it stands in what was sent, '' for all of it.
 * @throws WaooawError `bad_entry` naming each bad place, `entry_too_large`.
 */
export function checkEvent(value: unknown, limits: AuditLimits, redaction: Redaction, pointer = ''): Checked {
  const text = jsonOf(value, pointer);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxEntryBytes)
    throw new WaooawError(
      'entry_too_large',
      `${pointer || 'The entry'} has ${bytes} bytes; at most ${limits.maxEntryBytes} are taken`,
    );
  const copy = JSON.parse(text) as Record<string, unknown>;
  const parsed = auditEvent.safeParse(copy);
  if (!parsed.success) throw badEntry(detailsOf(parsed.error.issues, pointer));
  for (const field of ['before', 'after', 'details'])
    checkValue(copy[field], limits.maxEntryDepth, `${pointer}/${field}`);
  const redacted = redaction.apply(copy);
  return { event: copy as unknown as AuditEvent, redacted };
}

/** The issues of a schema as parts of what was sent. */
export function detailsOf(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  pointer: string,
): ErrorDetail[] {
  return issues.slice(0, MAX_DETAILS).map(({ path, message }) => ({
    pointer: pointer + path.map((part) => `/${spelled(String(part))}`).join(''),
    code: 'bad_entry',
    message,
  }));
}

/** Names the first bad place, and lists them all. */
export function badEntry(details: readonly ErrorDetail[]): WaooawError {
  const [first] = details;
  return new WaooawError('bad_entry', first && `${first.pointer || 'The entry'}: ${first.message}`, {
    details,
  });
}

/** Its size, and a copy that has nothing that JSON has no word for: dates, functions, what is undefined. */
function jsonOf(value: unknown, pointer: string): string {
  const bad = (message: string): WaooawError => badEntry([{ pointer, code: 'bad_entry', message }]);
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (cause) {
    throw bad(`is no JSON: ${(cause as Error).message.split('\n')[0]}`);
  }
  throw bad('is no JSON');
}

/** What has no canonical spelling could never be proved. */
function checkValue(value: unknown, levels: number, pointer: string): void {
  const refuse = (message: string): never => {
    throw badEntry([{ pointer, code: 'bad_entry', message }]);
  };
  if (typeof value === 'string' && LONE_SURROGATE.test(value)) refuse('expected no half of a surrogate pair');
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) refuse('is nested too deeply');
  for (const key of Object.keys(value)) {
    if (LONE_SURROGATE.test(key)) refuse('expected keys without half of a surrogate pair');
    checkValue((value as Record<string, unknown>)[key], levels - 1, `${pointer}/${spelled(key)}`);
  }
}

/** As RFC 6901 wants it. */
function spelled(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
