/** What a context makes of a widget's metric: the series of all that was chosen. Loaded once a widget has a `context`. */
import type { ReactiveControllerHost } from 'lit';
import { LISTS, chosen } from '../../context/selection.ts';
import type { ListName, Selection } from '../../context/selection.ts';
import { RESERVED_TAGS } from '../../protocol/contexts.ts';
import { parseSelector, selectorText } from '../../protocol/selector.ts';
import type { Matcher, Selector } from '../../protocol/selector.ts';
import { ContextController } from '../context-controller.ts';
import { narrowingMessages } from './narrowing-words.ts';

/** Characters of a selector: a channel's name may have 512, and says a few things more. */
const LONGEST = 440;

/** What a widget is to follow, or which choice keeps it from following anything. */
export interface Narrowed {
  /** One series, or a selector of several. */
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
      : [words.several, words.chooseFewer(list, count)];
  }
}

/**
 * Adds what was chosen to a metric, one value as `tag="a"`, several as `tag=~"a|b"`. The metric's own tags win. Where a list is
 * too long for that and a rule stands for it that only leaves out, the rule is written: `tag!="",tag!~"c"`.
 */
export function narrow(metric: string, selection: Selection | undefined): Narrowed {
  if (!metric) return {};
  if (!selection) return { series: metric };
  let selector: Selector;
  try {
    selector = parseSelector(metric);
  } catch {
    // What it is in the way of, the server says better.
    return { series: metric };
  }
  const own = new Set(selector.matchers.map(({ tag }) => tag));
  const lists = LISTS.filter((list) => chosen(selection, list) && !own.has(RESERVED_TAGS[list]));
  const none = lists.find((list) => selection[list].length === 0);
  if (none) return { unclear: { list: none, count: 0 } };

  const written = new Map(lists.map((list) => [list, namedOnes(list, selection[list])]));
  const text = (): string =>
    selectorText({ ...selector, matchers: [...selector.matchers, ...[...written.values()].flat()] });
  // The longest first: what can be said shortly otherwise may be enough.
  const byLength = [...lists].sort((a, b) => selection[b].length - selection[a].length);
  for (const list of byLength) {
    const rule = selection.rules?.[list];
    if (text().length <= LONGEST) break;
    if (rule && !rule.where) written.set(list, allBut(list, rule.except));
  }
  const [longest] = byLength;
  if (text().length > LONGEST && longest)
    return { unclear: { list: longest, count: selection[longest].length } };
  return { series: text() };
}

function namedOnes(list: ListName, values: readonly string[]): readonly Matcher[] {
  const tag = RESERVED_TAGS[list];
  const [value = '', ...others] = values;
  return others.length === 0
    ? [{ tag, operator: '=', value }]
    : [{ tag, operator: '=~', value: anyOf(values) }];
}

/** All that have the tag, but for some. */
function allBut(list: ListName, values: readonly string[]): readonly Matcher[] {
  const tag = RESERVED_TAGS[list];
  return [
    { tag, operator: '!=', value: '' },
    { tag, operator: '!~', value: anyOf(values) },
  ];
}

/** Matches just these values. Sorted, so that one choice is one channel in whatever order it was made. */
function anyOf(values: readonly string[]): string {
  return [...values]
    .sort()
    .map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('|');
}
