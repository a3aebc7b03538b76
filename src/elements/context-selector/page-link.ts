/** Ties a selector's choice to a part of the page's context. Loaded when a selector has `context`. */
import type { ReactiveControllerHost } from 'lit';
import type { SelectionPart, TimeRange } from '../../context/selection.ts';
import { ContextController } from '../context-controller.ts';
import type { Choice } from './choice.ts';
import type { Option } from './option.ts';
import type { Kind } from './presets.ts';

/** The selector, as its link sees it. */
export interface LinkHost extends ReactiveControllerHost, HTMLElement {
  readonly context: string | null;
}

/** The choice that is tied. */
export interface LinkedChoice {
  readonly kind: Kind | undefined;
  readonly choice: Choice;
  /** Something is chosen. */
  readonly some: boolean;
  /** All that can be chosen now. */
  readonly all: readonly Option[];
  /** Makes a choice of a range, and a range of a choice. */
  read(value: { readonly range: TimeRange | undefined }): Choice;
  rangeOf(choice: Choice): TimeRange | undefined;
  take(choice: Choice): unknown;
}

/** One selector's link. */
export class PageLink {
  readonly #chosen: LinkedChoice;
  /** Not yet there while it is made, and tells the first time. */
  readonly #controller: ContextController | undefined;
  /** What is taken now comes from the context, and is no news to it. */
  #adopting = false;

  constructor(host: LinkHost, chosen: LinkedChoice) {
    this.#chosen = chosen;
    const context = (): string | null => host.context;
    this.#controller = new ContextController(host, context, () => this.#adopt());
  }

  /** Agrees with the context on what is chosen at first. */
  begin(): void {
    const chosen = this.#chosen;
    const own = chosen.choice;
    this.offer();
    this.#adopt();
    // What the page was about before goes first; of what nobody has said anything, this is the first word.
    if (!chosen.some || own.rule) this.write(chosen.some ? chosen.choice : own);
    this.#adopt();
  }

  /** How many ids of a list the context takes. */
  get most(): number {
    return this.#controller?.context?.limits.maxValues ?? Infinity;
  }

  /** Lets the context resolve its rules against the options. */
  offer(): void {
    const { all, kind } = this.#chosen;
    if (!kind || kind === 'range') return;
    this.#controller?.context?.offer(
      kind,
      all.filter(({ disabled }) => !disabled),
    );
  }

  /** Tells the context. */
  write(choice: Choice): void {
    const { ids, rule } = choice;
    const { kind } = this.#chosen;
    const context = this.#controller?.context;
    if (!kind || !context || this.#adopting) return;
    let part: SelectionPart;
    if (kind === 'range') part = { range: this.#chosen.rangeOf(choice) };
    else part = rule ? { rules: { [kind]: rule } } : { [kind]: ids };
    context.set(part);
  }

  /** Takes what the context says. */
  #adopt(): void {
    const said = this.#read();
    if (!said) return;
    const { rule } = this.#chosen.choice;
    // To the context a rule that takes everything is no choice at all.
    if (said.ids.length === 0 && !said.rule && rule && !rule.where && rule.except.length === 0) return;
    this.#adopting = true;
    this.#chosen.take(said);
    this.#adopting = false;
  }

  /** What the context says; undefined while there is none. */
  #read(): Choice | undefined {
    const { kind } = this.#chosen;
    const selection = kind && this.#controller?.selection;
    if (!selection) return undefined;
    if (kind === 'range') return this.#chosen.read({ range: selection.range });
    const rule = selection.rules?.[kind];
    return { ids: selection[kind], ...(rule && { rule }) };
  }
}
