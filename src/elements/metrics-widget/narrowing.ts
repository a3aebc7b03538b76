/** What a context makes of a widget's metric: the series of what was chosen. Loaded once a widget has a `context`. */
import type { ReactiveControllerHost } from 'lit';
import { LISTS, chosen } from '../../context/selection.ts';
import type { ListName, Selection } from '../../context/selection.ts';
import { RESERVED_TAGS } from '../../protocol/contexts.ts';
import { parseSeries, seriesKey } from '../../protocol/series.ts';
import type { SeriesId } from '../../protocol/series.ts';
import { ContextController } from '../context-controller.ts';
import { narrowingMessages } from './narrowing-words.ts';

/** What a widget is to follow, or which choice keeps it from following anything. */
export interface Narrowed {
  readonly series?: string;
  readonly unclear?: { readonly list: ListName; readonly count: number };
}

/** Follows a context for one widget. */
export class Narrowing {
  readonly #context: ContextController;

  /** @param nameOf the context's name, or null to follow none. */
  constructor(host: ReactiveControllerHost & HTMLElement, nameOf: () => string | null) {
    this.#context = new ContextController(host, nameOf);
  }

  /** Makes sure that it is the named context which is followed. */
  follow(): void {
    this.#context.follow();
  }

  narrow(metric: string): Narrowed {
    return narrow(metric, this.#context.selection);
  }

  /** How far back the page looks, s; undefined where it does not say, or looks at a span of the past. */
  get last(): number | undefined {
    const range = this.#context.selection?.range;
    return range && 'last' in range ? range.last : undefined;
  }

  /** In short, and in full. */
  texts({ list, count }: NonNullable<Narrowed['unclear']>, locale: string): [note: string, reason: string] {
    const words = narrowingMessages.get(locale);
    return count === 0
      ? [words.none, words.noneMatches(list)]
      : [words.several, words.chooseOne(list, count)];
  }
}

/**
 * Adds the tags of what was chosen to a metric. The metric's own tags win. The server knows series by all of their tags, so
 * that only one value a tag leads to one.
 */
export function narrow(metric: string, selection: Selection | undefined): Narrowed {
  if (!metric) return {};
  if (!selection) return { series: metric };
  let id: SeriesId;
  try {
    id = parseSeries(metric);
  } catch {
    // What it is in the way of, the server says better.
    return { series: metric };
  }
  const tags: Record<string, string> = { ...id.tags };
  for (const list of LISTS) {
    const tag = RESERVED_TAGS[list];
    const values = chosen(selection, list);
    if (values === undefined || Object.hasOwn(id.tags, tag)) continue;
    const [value, ...others] = values;
    if (value === undefined || others.length > 0) return { unclear: { list, count: values.length } };
    tags[tag] = value;
  }
  return { series: seriesKey({ name: id.name, tags }) };
}
