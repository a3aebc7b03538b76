/** Which checks are meant, by their tags: those that a page names, and those of its context. */
import { LISTS, chosen } from '../../context/selection.ts';
import type { Selection } from '../../context/selection.ts';
import { RESERVED_TAGS } from '../../protocol/contexts.ts';
import type { CheckStatus } from '../../protocol/health.ts';

/** Tags that a check must carry, each with one of these values. */
export type CheckFilter = ReadonlyMap<string, readonly string[]>;

/** A value that a channel's name can hold as it is. */
const PLAIN = /^[\w.:@-]+$/;

/**
 * Reads `service=payments, environment=prod`. What is no pair is left out.
 * @param selection adds what was chosen. A tag that the text speaks of itself stays as it is.
 * @returns undefined where a rule of the selection lets nothing through.
 */
export function readFilter(text: string, selection: Selection | undefined): CheckFilter | undefined {
  const filter = new Map<string, readonly string[]>();
  for (const pair of text.split(',')) {
    const [tag = '', ...value] = pair.split('=');
    if (tag.trim() && value.length > 0) filter.set(tag.trim(), [value.join('=').trim()]);
  }
  for (const list of selection ? LISTS : []) {
    const values = selection && chosen(selection, list);
    const tag = RESERVED_TAGS[list];
    if (!values || filter.has(tag)) continue;
    if (values.length === 0) return undefined;
    filter.set(tag, values);
  }
  return filter;
}

/** The channel with the fewest checks that has all of them. */
export function channelOf(filter: CheckFilter): string {
  for (const [tag, values] of filter) {
    const [value = '', ...others] = values;
    if (others.length === 0 && PLAIN.test(value) && PLAIN.test(tag)) return `health/tag/${tag}=${value}`;
  }
  return 'health';
}

/** Whether a check is meant. */
export function passes({ tags }: Pick<CheckStatus, 'tags'>, filter: CheckFilter): boolean {
  return [...filter].every(([tag, values]) => values.includes(tags?.[tag] ?? ''));
}
