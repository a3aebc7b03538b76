/** What a context makes of a grid's metric: the series of all that were chosen. Loaded once a grid has a `context`. */
import type { ReactiveControllerHost } from 'lit';
import { LISTS, chosen } from '../../context/selection.ts';
import type { Selection } from '../../context/selection.ts';
import { RESERVED_TAGS } from '../../protocol/contexts.ts';
import { parseSelector, selectorText } from '../../protocol/selector.ts';
import type { Matcher, Selector } from '../../protocol/selector.ts';
import { ContextController } from '../context-controller.ts';

/** Follows a context for one grid. */
export class GridNarrowing {
  readonly #context: ContextController;

  /** @param nameOf the context's name, or null to follow none. */
  constructor(host: ReactiveControllerHost & HTMLElement, nameOf: () => string | null) {
    this.#context = new ContextController(host, nameOf);
  }

  /** Makes sure that it is the named context which is followed. */
  follow(): void {
    this.#context.follow();
  }

  /** The selector of what was chosen; undefined: a rule lets nothing through. */
  narrow(metric: string): string | undefined {
    return narrowAll(metric, this.#context.selection);
  }

  /** How far back the page looks, s; undefined where it does not say, or looks at a span of the past. */
  get last(): number | undefined {
    const range = this.#context.selection?.range;
    return range && 'last' in range ? range.last : undefined;
  }
}

/**
 * Adds what was chosen to a selector, as matchers. A tag that the selector speaks of itself stays as it is.
 * @returns undefined where a rule lets nothing through.
 */
export function narrowAll(metric: string, selection: Selection | undefined): string | undefined {
  if (!selection) return metric;
  let own: Selector;
  try {
    own = parseSelector(metric);
  } catch {
    // What it is in the way of, the server says better.
    return metric;
  }
  const added: Matcher[] = [];
  for (const list of LISTS) {
    const tag = RESERVED_TAGS[list];
    const values = chosen(selection, list);
    if (values === undefined || own.matchers.some((matcher) => matcher.tag === tag)) continue;
    const [value, ...others] = values;
    if (value === undefined) return undefined;
    if (others.length === 0) added.push({ tag, operator: '=', value });
    else added.push({ tag, operator: '=~', value: values.map(quoted).join('|') });
  }
  return added.length === 0 ? metric : selectorText({ ...own, matchers: [...own.matchers, ...added] });
}

/** A text that a regular expression (RE2) takes for itself. */
function quoted(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
