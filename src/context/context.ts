/** A selection by name, as a page's widgets follow it. */
import type { RuleOption } from './rule.ts';
import type { ListName, Selection, SelectionLimits, SelectionPart } from './selection.ts';

/** Where a change came from. */
export type ChangeOrigin = 'set' | 'options' | 'storage' | 'tab' | 'url';

/** Detail of `waooaw-context-change`. */
export interface ContextChange {
  readonly name: string;
  readonly selection: Selection;
  /** What is otherwise than before. A part that is gone is there, as undefined. */
  readonly change: SelectionPart;
  readonly origin: ChangeOrigin;
}

/** Hears of every change after it was made. */
export type ContextListener = (selection: Selection, change: SelectionPart, origin: ChangeOrigin) => void;

/** Where a selection is kept beside memory. What is left out stays as it was; everything is off at first. */
export interface PersistOptions {
  /** In `localStorage`, so that the next page load begins with it. An unlinked tab keeps its own in `sessionStorage`. */
  readonly storage?: boolean;
  /** The same in every tab of this origin that asks for it. */
  readonly tabs?: boolean;
  /** In the address, as query parameters. `prefix` stands before their names; default none, `<name>.` for a context with a name. */
  readonly url?: boolean | { readonly prefix: string };
}

/** A selection that a page's widgets follow. */
export interface PageContext {
  readonly name: string;
  readonly limits: SelectionLimits;
  /** What is chosen now; frozen. */
  get(): Selection;
  /**
   * Changes the parts that are named. A list takes the place of its rule; `range: undefined` ends the range;
   * `rules: { agents: rule }` sets one rule, `rules: { agents: undefined }` ends it and leaves its list as it is.
   * What does not fit is left out; never throws.
   */
  set(part: SelectionPart): void;
  /** Sets a part back to everything, or all of them. */
  clear(part?: keyof Selection): void;
  /** @returns stops it. */
  subscribe(listener: ContextListener): () => void;
  /** The options there are: rules for the list are resolved against them, now and until others are offered. */
  offer(list: ListName, options: readonly RuleOption[]): void;
  /** Keeps the selection in these places from now on, and takes what they hold. */
  persist(options: PersistOptions): void;
  /** False while this tab goes its own way; survives a reload of the tab. */
  readonly linked: boolean;
  /** Unlinks this tab from the others, or links it again: then it takes what they have chosen. */
  link(linked: boolean): void;
}

/** How a context is made. */
export interface ContextOptions extends Partial<SelectionLimits> {
  /** Hears `waooaw-context-change`; the document by default. */
  readonly target?: EventTarget;
}
