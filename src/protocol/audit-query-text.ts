/** Queries of the audit trail, written in the language that they are read in. */
import { FIELDS } from './audit-query.ts';
import type { ListField, ParsedQuery } from './audit-query.ts';
import { WaooawError } from './error.ts';

/**
 * Writes a query in one spelling: read again, it is the same query.
 * @throws WaooawError `bad_query` for conditions that the language has no words for.
 */
export function formatAuditQuery(query: ParsedQuery): string {
  const negated = (query.not ?? []).map((condition) => {
    const terms = termTexts(condition);
    if (terms.length !== 1 || condition.not || condition.from !== undefined || condition.to !== undefined)
      throw unspeakable('a - takes one condition, which is no time');
    return `-${terms[0]!}`;
  });
  return [...termTexts(query), ...negated].join(' ');
}

function termTexts({ tags = {}, text = [], from, to, ...lists }: ParsedQuery): readonly string[] {
  const terms: string[] = [];
  const [type, ...types] = lists.resourceType ?? [];
  const together = type !== undefined && types.length === 0 && !type.includes('/');
  if (together) {
    const ids = lists.resourceId?.map((id) => `${type}/${id}`);
    terms.push(`resource:${listText(ids ?? [type])}`);
  }
  for (const [name, field] of Object.entries(FIELDS)) {
    const values = lists[field as Exclude<ListField, 'text'>];
    if (values && !(together && field.startsWith('resource'))) terms.push(`${name}:${listText(values)}`);
  }
  for (const [name, [first = '', ...more]] of Object.entries(tags)) {
    if (name === '' || name.includes('=')) throw unspeakable('a tag has a name without =');
    terms.push(
      ['tag:' + listText([`${name}=${first}`]), ...more.map((value) => valueText(value, /[\s",=]/))].join(
        ',',
      ),
    );
  }
  if (from !== undefined) terms.push(`after:${timeText(from)}`);
  if (to !== undefined) terms.push(`before:${timeText(to)}`);
  // What would read as a qualifier, a minus or a phrase is quoted.
  return [...terms, ...text.map((word) => valueText(word, /^-|[\s"]|^[a-z][\w-]*:/i))];
}

function listText(values: readonly string[]): string {
  if (values.length === 0) throw unspeakable('a list has a value');
  return values.map((value) => valueText(value, /[\s",]/)).join(',');
}

function valueText(value: string, special: RegExp): string {
  if (value === '') throw unspeakable('a value is not empty');
  return special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

function timeText(micros: number): string {
  if (!(micros >= 0 && micros <= Number.MAX_SAFE_INTEGER)) throw unspeakable('a time is from 1970 to 2255');
  const [day = '', time = ''] = new Date(Math.floor(micros / 1_000)).toISOString().split('T');
  if (micros % 86_400e6 === 0) return day;
  const fraction = micros % 1e6 === 0 ? '' : `.${String(micros % 1e6).padStart(6, '0')}`;
  return `${day}T${time.slice(0, 8)}${fraction}Z`;
}

function unspeakable(rule: string): WaooawError {
  return new WaooawError('bad_query', `The language cannot say this: ${rule}`);
}
