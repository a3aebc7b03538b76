/** What a selector tells. */
import type { Rule, TimeRange } from '../../context/selection.ts';
import type { SelectorOption } from './option.ts';

/** What is chosen, as {@link WaooawContextSelector.get} returns it. */
export interface Selected {
  /** In the order of choosing. Of a time range: the range as text. */
  readonly ids: readonly string[];
  /** The options with these ids, as far as they are known. */
  readonly options: readonly SelectorOption[];
  /** What goes on choosing new options, if something does. */
  readonly rule?: Rule;
  readonly range?: TimeRange;
}

/** What {@link WaooawContextSelector.set} takes: an id, several, a rule or a range. */
export type SelectorValue =
  string | readonly string[] | { readonly rule: Rule } | { readonly range: TimeRange };

/** Detail of `waooaw-change`. */
export interface SelectorChange extends Selected {
  /** `user`: somebody chose. `options`: a rule took options that came, or lost some that went. */
  readonly reason: 'user' | 'options';
}

/** Something that the host offers in the footer of a selector for several. */
export interface QuickAction {
  /** Told by `waooaw-action`. */
  readonly id: string;
  readonly label: string;
  /** Chosen by a press. */
  readonly select?: SelectorValue;
}

/** Detail of `waooaw-action`. Cancel the event, and nothing is chosen. */
export interface ActionDetail {
  readonly id: string;
}
