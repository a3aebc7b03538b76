/** The compliance report, for OpenAPI. */
import { z } from 'zod';
import { AUDIT_ACTOR_KINDS } from './audit.ts';
import type { AuditReport } from './audit-report.ts';
import { auditRecord } from './audit.schema.ts';

const micros = z.int().describe('µs since 1970');
const counts = {
  entries: z.int(),
  success: z.int(),
  failure: z.int(),
  refused: z.int(),
  outOfHours: z.int().describe('Of people, outside of the hours'),
  first: micros,
  last: micros,
};
const actor = z
  .object({ id: z.string(), kind: z.enum(AUDIT_ACTOR_KINDS), name: z.string().optional() })
  .optional()
  .describe('Absent: erased');
const resource = z
  .object({ type: z.string(), id: z.string(), name: z.string().optional() })
  .optional()
  .describe('Absent: erased');

const groups = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item).readonly().describe('The largest, by entries'),
    more: z.int().describe('Groups that are not listed'),
    orMore: z.literal(true).optional().describe('There are more than that'),
  });
const entries = z.object({
  items: z.array(auditRecord).readonly().describe('Newest first'),
  more: z.int().describe('Entries that are not listed'),
});

/** `GET /api/audit/report?format=json`. */
export const auditReport = z
  .object({
    origin: z.string(),
    from: micros,
    to: micros.describe('µs since 1970, exclusive'),
    madeAt: z.int().describe('ms since 1970'),
    hours: z.object({
      timeZone: z.string(),
      from: z.int().describe('Minutes since midnight'),
      to: z.int().describe('Minutes since midnight; below `from`: over midnight'),
      days: z.array(z.int()).readonly().describe('1 is Monday'),
    }),
    range: z.object({ first: z.int(), last: z.int() }).optional().describe('Sequences'),
    entries: z.int(),
    results: z.object({ success: z.int(), failure: z.int(), refused: z.int() }),
    actors: groups(z.object({ actor, ...counts })),
    deeds: groups(z.object({ actor, action: z.string(), resource, ...counts })),
    credentials: groups(z.object({ credential: z.string(), addresses: groups(z.string()), ...counts })),
    failures: entries,
    outOfHours: entries,
    verification: z.object({
      verified: z.boolean(),
      checkpoint: z.string(),
      size: z.int(),
      checked: z.int(),
      problem: z.object({ sequence: z.int(), message: z.string() }).optional(),
    }),
  })
  .meta({ id: 'AuditReport' }) satisfies z.ZodType<Pick<AuditReport, 'from' | 'to'>>;
