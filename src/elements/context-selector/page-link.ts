/** Ties a selector's choice to a part of the page's context. What does it is loaded when a selector has `context`. */
import type { ReactiveControllerHost } from 'lit';
import type { SelectionPart } from '../../context/selection.ts';
import type { ContextController } from '../context-controller.ts';
import { chooseIds } from './choice.ts';
import type { Choice } from './choice.ts';
import type { Option } from './option.ts';
import type { Kind } from './presets.ts';
import { rangeText, readRange } from './range.ts';

/** The selector, as its link sees it. */
export interface LinkHost extends ReactiveControllerHost, HTMLElement {
  readonly context: string | null;
}

/** One selector's link. */
export class PageLink {
  readonly #host: LinkHost;
  /** The context says something else than before. */
  readonly #changed: () => void;
  #controller: ContextController | undefined;
  #loading = false;

  constructor(host: LinkHost, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  /** Begins to follow. @returns whether the context has come just now. */
  async join(): Promise<boolean> {
    if (this.#controller || this.#loading) return false;
    this.#loading = true;
    try {
      const { ContextController } = await import('../context-controller.ts');
      this.#controller = new ContextController(this.#host, () => this.#host.context, this.#changed);
      return true;
    } catch (error) {
      console.warn('<waooaw-context-selector>: the page’s context could not be loaded.', error);
      return false;
    } finally {
      this.#loading = false;
    }
  }

  /** How many ids of a list the context takes. */
  get most(): number {
    return this.#controller?.context?.limits.maxValues ?? Infinity;
  }

  /** Lets the context resolve its rules against these. */
  offer(kind: Kind | undefined, options: readonly Option[]): void {
    if (!kind || kind === 'range') return;
    this.#controller?.context?.offer(
      kind,
      options.filter(({ disabled }) => !disabled),
    );
  }

  /** What the context says; undefined while there is none. */
  read(kind: Kind | undefined): Choice | undefined {
    const selection = kind && this.#controller?.selection;
    if (!selection) return undefined;
    if (kind === 'range') return chooseIds(selection.range ? [rangeText(selection.range)] : []);
    const rule = selection.rules?.[kind];
    return { ids: selection[kind], ...(rule && { rule }) };
  }

  /** Tells the context. */
  write(kind: Kind | undefined, { ids, rule }: Choice): void {
    const context = this.#controller?.context;
    if (!kind || !context) return;
    let part: SelectionPart;
    if (kind === 'range') part = { range: readRange(ids[0] ?? '') };
    else part = rule ? { rules: { [kind]: rule } } : { [kind]: ids };
    context.set(part);
  }
}
