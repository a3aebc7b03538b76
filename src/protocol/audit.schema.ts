/** The audit API's bodies and answers, for validation at the server's edge and for OpenAPI. `optional`: see alerts.schema.ts. */
import { z } from 'zod';
import {
  AUDIT_ACTION,
  AUDIT_ACTIONS,
  AUDIT_ACTOR_KINDS,
  AUDIT_LEVELS,
  AUDIT_RESULTS,
  SALTED_FIELDS,
} from './audit.ts';
import { TAG_NAME } from './series.ts';

/** Tags of one entry. */
export const MAX_AUDIT_TAGS = 32;

/** The tag that says who recorded an entry over the API; only the server sets it. */
export const VIA_TAG = 'via';

/** What is compared and listed: control characters would let two look alike. */
const identifier = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'expected no control characters')
    .refine(isWellFormed, 'expected no half of a surrogate pair');

/** What people wrote is kept as they wrote it: whoever shows it does so safely. */
const text = (max: number) =>
  z.string().max(max).refine(isWellFormed, 'expected no half of a surrogate pair');

const level = z.enum(AUDIT_LEVELS);
const result = z.enum(AUDIT_RESULTS);
const json = (what: string) => z.unknown().describe(`${what}: any JSON value`);

const tags = (max: number) =>
  z
    .record(z.string().max(128).regex(TAG_NAME, 'expected a label name'), text(256))
    .refine((record) => Object.keys(record).length <= max, `expected at most ${max}`)
    .describe('`agent`, `service` and `environment` are those that a page’s context narrows by');

/** Who acted. */
export const auditActor = z
  .strictObject({
    id: identifier(256),
    kind: z.enum(AUDIT_ACTOR_KINDS),
    name: text(256).optional().describe('For people'),
  })
  .meta({ id: 'AuditActor' });

/** What was acted on. */
export const auditResource = z
  .strictObject({
    type: identifier(128),
    id: identifier(512),
    name: text(512).optional().describe('For people'),
  })
  .meta({ id: 'AuditResource' });

const facts = {
  actor: auditActor,
  action: z
    .string()
    .regex(AUDIT_ACTION, 'expected a small letter, then at most 63 small letters, digits and _ . : -')
    .describe(`${AUDIT_ACTIONS.join(', ')}, or one of your own`),
  level,
  resource: auditResource,
  result,
  reason: text(4_096).optional().describe('Why it was done, in the words of whoever did it'),
  error: text(4_096).optional().describe('Why it failed or was refused'),
  ip: identifier(64).optional(),
  session: identifier(256).optional().describe('Connection or login that it belongs to'),
  requestId: identifier(128).optional(),
  before: json('What it was').optional(),
  after: json('What it is').optional(),
  details: json('Whatever else is worth knowing').optional(),
  tags: tags(MAX_AUDIT_TAGS).optional(),
};

/** What a service says of an action. */
export const auditEvent = z.strictObject(facts);

/** An entry that is sent to the server, whose time is the server's to tell. */
export const newAuditEntry = z
  .strictObject({
    ...facts,
    actor: auditActor.optional().describe('Default: whoever asks'),
    level: level.default('info'),
    result: result.default('success'),
    // One of them is ours.
    tags: tags(MAX_AUDIT_TAGS - 1)
      .refine((record) => !Object.hasOwn(record, VIA_TAG), {
        path: [VIA_TAG],
        message: 'is set by the server: whoever asks',
      })
      .optional(),
  })
  .meta({ id: 'NewAuditEntry' });

/** What is asked for. */
export type NewAuditEntry = z.output<typeof newAuditEntry>;

/** `POST /api/audit`. */
export const newAuditEntries = z
  .union([newAuditEntry, z.strictObject({ entries: z.array(newAuditEntry).min(1) })])
  .meta({ id: 'NewAuditEntries' });

const sequence = z.int().min(1).describe('From 1, without a hole');

/** Where entries stand. */
export const recordedEntries = z
  .object({
    sequences: z.array(sequence).readonly(),
    replayed: z.boolean().describe('The key had been used before; this is where those entries stand'),
  })
  .meta({ id: 'RecordedEntries' });

const hashes = z.partialRecord(z.enum(SALTED_FIELDS), z.string());

/** An entry as somebody may see it. */
export const auditRecord = z
  .object({
    sequence,
    time: z.int().describe('µs since 1970'),
    ...facts,
    actor: auditActor.optional().describe('Absent: hidden or erased'),
    resource: auditResource.optional(),
    action: z.string(),
    hidden: hashes
      .optional()
      .describe('Fields kept from this reader, or erased: the hash that stands for each in the tree, base64'),
  })
  .meta({ id: 'AuditRecord' });

/** `GET /api/audit`. */
export const auditPage = z
  .object({
    items: z.array(auditRecord).readonly(),
    next: z.string().optional().describe('Where the next page begins; absent on the last one'),
  })
  .meta({ id: 'AuditPage' });

const path = z.array(z.string()).readonly().describe('Hashes, base64');

/** `GET /api/audit/entries/{sequence}/proof`. */
export const auditProof = z
  .object({
    entry: auditRecord,
    salts: hashes.describe('Of the salted fields that are shown, base64'),
    path: path.describe('Inclusion proof (RFC 6962) of leaf `sequence - 1`, from the leaf up, base64'),
    checkpoint: z.string().describe('A signed C2SP tlog-checkpoint'),
  })
  .meta({ id: 'AuditProof' });

/** `GET /api/audit/consistency`. */
export const auditConsistency = z
  .object({ first: z.int(), second: z.int(), path })
  .meta({ id: 'AuditConsistency' });

/** A checkpoint that is kept. */
export const auditCheckpoints = z
  .object({
    checkpoints: z
      .array(z.object({ size: z.int(), text: z.string(), at: z.number().describe('ms since 1970') }))
      .readonly(),
  })
  .meta({ id: 'AuditCheckpoints' });

/** A key that checkpoints were signed with. */
export const auditKey = z
  .object({
    verifier: z.string().describe('<name>+<id>+<base64>: what whoever verifies pins'),
    since: z.number().describe('ms since 1970'),
    until: z.number().optional().describe('When another took its place, ms since 1970'),
  })
  .meta({ id: 'AuditKey' });

/** `GET /api/audit/keys`. */
export const auditKeys = z
  .object({ keys: z.array(auditKey).readonly().describe('Oldest first; the last one signs now') })
  .meta({ id: 'AuditKeys' });

const counted = z.array(z.object({ value: z.string(), count: z.int() })).readonly();

/** `GET /api/audit/facets`. */
export const auditFacet = z
  .object({
    field: z.string(),
    values: counted.describe('Most first'),
    more: z.boolean().describe('More values than are listed'),
  })
  .meta({ id: 'AuditFacet' });

/** `GET /api/audit/statistics`. */
export const auditStatistics = z
  .object({
    from: z.number().describe('ms since 1970, inclusive'),
    to: z.number().describe('ms since 1970, exclusive'),
    total: z.int(),
    actions: counted,
    levels: counted,
    results: counted,
    actors: counted.describe('Those that acted most'),
    days: z.array(z.object({ day: z.string().describe('UTC, as 2026-11-23'), count: z.int() })).readonly(),
  })
  .meta({ id: 'AuditStatistics' });

/** Counts over a range. */
export type AuditStatistics = z.output<typeof auditStatistics>;

/** What UTF-8 cannot write has no hash. */
function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}
