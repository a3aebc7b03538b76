/** Keeps what is chosen: reads what a host gives, tells form and page, and lets rules take what has come. */
import { cleanRange } from '../../context/selection.ts';
import type { Rule, TimeRange } from '../../context/selection.ts';
import { chooseIds, chooseRule, NO_CHOICE, readRule, sameChoice } from './choice.ts';
import type { Choice } from './choice.ts';
import { readState } from './form-field.ts';
import type { FormField } from './form-field.ts';
import type { Option } from './option.ts';
import type { LinkHost, PageLink } from './page-link.ts';
import type { Kind } from './presets.ts';
import { rangeText, readRange } from './range.ts';
import type { Sources } from './sources.ts';
import type { Traits } from './traits.ts';

/** The selector, as its choice sees it. */
export interface ChosenHost extends LinkHost {
  readonly name: string;
  readonly defaultValue: string;
  readonly options: unknown;
  readonly provider: unknown;
}

/** With what a choice has to do. */
export interface ChosenParts {
  readonly sources: Sources;
  readonly field: FormField;
  readonly traits: () => Traits;
  /** A rule took others. */
  readonly retaken: () => void;
}

/** The choice of one selector. */
export class Chosen {
  readonly #host: ChosenHost;
  readonly #parts: ChosenParts;
  #link: PageLink | undefined;
  #joining = false;
  #choice: Choice = NO_CHOICE;
  /** Somebody chose, or the host did: defaults no longer count. */
  #dirty = false;
  /** Chosen options whose list may be gone: another search, another page of a provider. */
  readonly #known = new Map<string, Option>();
  /** The options that the rule was applied to. */
  #resolvedFor: readonly Option[] | undefined;

  constructor(host: ChosenHost, parts: ChosenParts) {
    this.#host = host;
    this.#parts = parts;
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** Something is chosen, if only a rule that takes nothing yet. */
  get some(): boolean {
    return this.#choice.ids.length > 0 || this.#choice.rule !== undefined;
  }

  get kind(): Kind | undefined {
    return this.#parts.traits().kind;
  }

  /** All that can be chosen now. */
  get all(): readonly Option[] {
    return this.#parts.sources.options.all;
  }

  /** The option of an id, as far as it is or was known. */
  optionOf(id: string): Option | undefined {
    return this.#parts.sources.options.byId.get(id) ?? this.#known.get(id);
  }

  /** The range of time that a choice is; undefined for any other. */
  rangeOf({ ids }: Choice = this.#choice): TimeRange | undefined {
    return this.kind === 'range' ? readRange(ids[0] ?? '') : undefined;
  }

  /** Reads whatever a host gives; what cannot be chosen is left out. */
  read(value: unknown): Choice {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#bound(chooseIds(Array.isArray(value) ? value : [value]));
    }
    const { rule, range } = value as { rule?: unknown; range?: unknown };
    const read = this.#parts.traits().several ? readRule(rule) : undefined;
    if (read) return this.#rule(read);
    const clean = cleanRange(range);
    return clean ? this.#bound(chooseIds([rangeText(clean)])) : NO_CHOICE;
  }

  /** Takes what a host gives. */
  set(value: unknown): void {
    this.#dirty = true;
    this.take(this.read(value));
  }

  /** Takes what somebody chose. @returns whether it is another choice. */
  choose(choice: Choice): boolean {
    const other = this.take(choice);
    this.#dirty ||= other;
    return other;
  }

  /** Takes what the browser has kept. */
  restore(state: unknown): void {
    const { ids, rule } = readState(state);
    const read = readRule(rule);
    this.set(read ? { rule: read } : ids);
  }

  /** Back to the default. */
  reset(): void {
    this.#dirty = false;
    this.take(this.#defaults());
  }

  /** Takes the default, unless it no longer counts. */
  begin(): void {
    if (!this.#dirty) this.take(this.#defaults());
  }

  /** Takes a choice as it is, and tells form and page. @returns whether it is another. */
  take(choice: Choice): boolean {
    if (sameChoice(choice, this.#choice)) return false;
    this.#choice = choice;
    const { field, sources, traits } = this.#parts;
    const ids = new Set(choice.ids);
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const id of ids) {
      const option = sources.options.byId.get(id);
      if (option) this.#known.set(id, option);
    }
    field.submit(choice, traits().several, this.#host.name);
    this.#link?.write(choice);
    this.#host.requestUpdate();
    return true;
  }

  /** A rule takes what has come, and loses what has gone. */
  resolve(): void {
    const { all } = this;
    if (all === this.#resolvedFor) return;
    this.#resolvedFor = all;
    if (!this.#host.provider) this.#link?.offer();
    const { rule } = this.#choice;
    if (rule && this.take(this.#rule(rule))) this.#parts.retaken();
  }

  /** Follows the page's context from now on. */
  async join(): Promise<void> {
    if (this.#link || this.#joining) return;
    this.#joining = true;
    try {
      const { PageLink } = await import('./page-link.ts');
      this.#link = new PageLink(this.#host, this);
      this.#link.begin();
    } catch (error) {
      console.warn('<waooaw-context-selector>: the page’s context could not be loaded.', error);
    }
    this.#joining = false;
  }

  #rule(rule: Rule): Choice {
    return chooseRule(rule, this.all, this.#link?.most);
  }

  /** What this selector can hold. */
  #bound({ ids }: Choice): Choice {
    const { kind, several } = this.#parts.traits();
    const fit = kind === 'range' && !this.#host.options ? ids.filter((id) => readRange(id)) : ids;
    return { ids: several ? fit : fit.slice(0, 1) };
  }

  #defaults(): Choice {
    const { defaultValue } = this.#host;
    const { sources, traits } = this.#parts;
    if (!defaultValue) return this.#bound(chooseIds(sources.selected));
    return this.#bound(chooseIds(traits().several ? defaultValue.split(/\s+/) : [defaultValue]));
  }
}
