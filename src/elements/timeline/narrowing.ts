/** What a page's context makes of a timeline: a filter by its reserved tags, and by its range of time. */
import { LISTS, chosen } from '../../context/selection.ts';
import type { Selection } from '../../context/selection.ts';
import { RESERVED_TAGS } from '../../protocol/contexts.ts';
import type { EventFilter } from './event-filter.ts';

/** @param now ms since 1970: what a relative range ends at. */
export function narrowing(selection: Selection | undefined, now: number): EventFilter {
  if (!selection) return {};
  const lists = LISTS.flatMap((list) => {
    const values = chosen(selection, list);
    return values ? [[RESERVED_TAGS[list], values] as const] : [];
  });
  const { range } = selection;
  return {
    ...(lists.length > 0 && { tags: Object.fromEntries(lists) }),
    ...(range && ('last' in range ? { from: now - range.last * 1_000 } : { from: range.from, to: range.to })),
  };
}
