/** What the API is asked for: its parameters, and the filter that they make together with the query language. */
import { z } from 'zod';
import { AUDIT_ACTOR_KINDS, AUDIT_LEVELS, AUDIT_RESULTS, WaooawError } from '../../../src/protocol/index.ts';
import { parseAuditQuery } from '../../../src/protocol/audit-query.ts';
import type { AuditFilter } from '../../ports/audit-log.ts';
import type { AuditLimits } from './limits.ts';

/** Values of one parameter. */
const MAX_VALUES = 64;
/** Characters of a value. */
const MAX_VALUE = 512;

type Parameters = z.output<z.ZodObject<ReturnType<typeof filterParameters>>>;
type ListName = 'actor' | 'action' | 'resourceType' | 'resourceId' | 'ip' | 'session' | 'requestId';
type Draft = { -readonly [K in keyof AuditFilter]: AuditFilter[K] };

/** No entry is of no time. */
const NOTHING: AuditFilter = { from: 0, to: 0 };

const LISTS: readonly (ListName | 'actorKind' | 'level' | 'result')[] = [
  'actor',
  'actorKind',
  'action',
  'level',
  'result',
  'resourceType',
  'resourceId',
  'ip',
  'session',
  'requestId',
];

/** Parameters of whatever answers entries. A repeated one means any of its values. */
export function filterParameters({ maxAuditQueryLength }: AuditLimits) {
  const many = (what: string) => several(z.string().min(1).max(MAX_VALUE)).describe(`${what}; any of them`);
  const time = (what: string) =>
    z.string().max(40).optional().describe(`${what}: ISO 8601, or ms since 1970`);
  return {
    q: z
      .string()
      .max(maxAuditQueryLength)
      .optional()
      .describe('Query language, such as `actor:ana action:upgrade -result:success "memory leak"`'),
    actor: many('Ids of who acted').optional(),
    actorKind: several(z.enum(AUDIT_ACTOR_KINDS)).optional(),
    action: many('Actions').optional(),
    level: several(z.enum(AUDIT_LEVELS)).optional(),
    result: several(z.enum(AUDIT_RESULTS)).optional(),
    resourceType: many('Types of what was acted on').optional(),
    resourceId: many('Ids of what was acted on').optional(),
    ip: many('Addresses').optional(),
    session: many('Sessions').optional(),
    requestId: many('Request ids').optional(),
    tag: many('name=value: one of the values of each name').optional(),
    from: time('No older'),
    to: time('Older'),
    text: z.string().max(maxAuditQueryLength).optional().describe('Words, all of which occur'),
  };
}

/**
 * The filter that they make together: each condition narrows further.
 * @param now ms since 1970, for times that a query gives as an age.
 * @throws WaooawError `bad_query` with the column, `bad_request` naming the parameter.
 */
export function filterOf(parameters: Partial<Parameters>, now: number, limits: AuditLimits): AuditFilter {
  const filter: Draft = {};
  for (const name of LISTS) if (parameters[name]) filter[name] = parameters[name];
  const tags = tagsOf(parameters.tag ?? []);
  if (tags) filter.tags = tags;
  const from = timeOf('from', parameters.from);
  const to = timeOf('to', parameters.to);
  if (from !== undefined) filter.from = from;
  if (to !== undefined) filter.to = to;
  const words = parameters.text?.trim();
  if (words) filter.text = [words];
  if (!parameters.q?.trim()) return filter;
  return bothOf(filter, parseAuditQuery(parameters.q, now, { maxLength: limits.maxAuditQueryLength }));
}

/** The conditions of both. */
export function bothOf(one: AuditFilter, other: AuditFilter): AuditFilter {
  const both: Draft = { ...one, ...other };
  for (const name of LISTS) {
    const values = common(one[name], other[name]);
    if (values?.length === 0) return NOTHING;
    if (values) both[name] = values;
  }
  const tags: Record<string, readonly string[]> = { ...one.tags, ...other.tags };
  for (const name of Object.keys(tags)) {
    const values = common(own(one.tags, name), own(other.tags, name))!;
    if (values.length === 0) return NOTHING;
    tags[name] = values;
  }
  if (one.tags || other.tags) both.tags = tags;
  if (one.from !== undefined && other.from !== undefined) both.from = Math.max(one.from, other.from);
  if (one.to !== undefined && other.to !== undefined) both.to = Math.min(one.to, other.to);
  if (one.text && other.text) both.text = [...one.text, ...other.text];
  if (one.not && other.not) both.not = [...one.not, ...other.not];
  return both;
}

function several<T extends z.ZodType<string>>(one: T) {
  return z
    .union([one, z.array(one).min(1).max(MAX_VALUES)])
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]) as z.output<T>[]);
}

function common(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  return one && other ? one.filter((value) => other.includes(value)) : (one ?? other);
}

function own(tags: AuditFilter['tags'], name: string): readonly string[] | undefined {
  return tags && Object.hasOwn(tags, name) ? tags[name] : undefined;
}

function tagsOf(pairs: readonly string[]): AuditFilter['tags'] | undefined {
  if (pairs.length === 0) return undefined;
  const tags = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new WaooawError('bad_request', `tag: expected name=value, was "${pair.slice(0, 80)}"`);
    const name = pair.slice(0, at);
    tags.set(name, [...(tags.get(name) ?? []), pair.slice(at + 1)]);
  }
  return Object.fromEntries(tags);
}

/** µs since 1970. */
function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,13}$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(ms)) return ms * 1_000;
  throw new WaooawError(
    'bad_request',
    `${name}: expected a time such as 2026-11-23T09:00:00Z, or ms since 1970, was "${text}"`,
  );
}
