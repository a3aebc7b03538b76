import { LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { cleanRange } from '../../context/selection.ts';
import type { Rule } from '../../context/selection.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { figures } from '../figures.ts';
import type { CloseReason } from '../popover.ts';
import { chooseIds, chooseRule, NO_CHOICE, readRule, sameChoice } from './choice.ts';
import type { Choice } from './choice.ts';
import { summaryOf } from './choice-words.ts';
import type { Wording } from './choice-words.ts';
import { styles } from './context-selector.styles.ts';
import type { Dropdown, DropdownFacts, DropdownHost } from './dropdown.ts';
import type { ActionDetail, QuickAction, Selected, SelectorChange, SelectorValue } from './events.ts';
import { FormField, readState } from './form-field.ts';
import { cutText } from './option.ts';
import type { Option, SelectorOption } from './option.ts';
import { PageLink } from './page-link.ts';
import { kindOf, presetOf, presetTexts } from './presets.ts';
import type { Kind, Preset } from './presets.ts';
import type { OptionsProvider } from './provider.ts';
import { CUSTOM, rangeLabel, rangeOptions, rangeText, readRange } from './range.ts';
import type * as rangeForm from './range-form.ts';
import { keepRecents, readRecents } from './recents.ts';
import { renderSelector } from './selector-view.ts';
import { Sources } from './sources.ts';
import type { Speech } from './speech.ts';
import { selectorMessages } from './words.ts';
import type { SelectorMessages } from './words.ts';

export type { ActionDetail, QuickAction, Selected, SelectorChange, SelectorValue } from './events.ts';
export type { SelectorOption } from './option.ts';
export type { OptionsProvider, ProviderPage } from './provider.ts';
export type { SelectorMessages } from './words.ts';

/** Until when a provider has to answer, ms. */
const TIMEOUT_MS = 10_000;
/** An id of which nothing else is known is shown in its place, cut to this. */
const ID_LENGTH = 100;

/**
 * Chooses what a page is about: one or several agents, services, environments or anything else, or a range of time.
 * Options come from a property, from `<option>`s inside, from a function, or live from the server. With `context` the
 * widgets of the page follow the choice. In a form it is a field like any other.
 *
 * @summary Chooses what the page is about.
 * @tag waooaw-context-selector
 *
 * @slot - `<option>`s and `<optgroup>`s, as in a `<select>`; `data-icon` and `data-state` say what those cannot.
 * @fires {CustomEvent<SelectorChange>} waooaw-change - Another choice: by somebody, or by a rule that took new options.
 * @fires {Event} input - Somebody chose.
 * @fires {CustomEvent<ActionDetail>} waooaw-action - A quick action was pressed. Cancel it, and nothing is chosen.
 * @csspart label - The name.
 * @csspart control - The closed selector: the text field or the button, with what stands beside it.
 * @csspart input - The text field.
 * @csspart trigger - The button of a selector for several.
 * @csspart clear - The button that clears.
 * @csspart popup - What opens.
 * @csspart list - The options.
 * @csspart group - The name of a group.
 * @csspart option - An option.
 * @csspart option-label - Its text.
 * @csspart option-state - Its state.
 * @csspart icon - Its icon.
 * @csspart match - What was searched for, in a text.
 * @csspart note - Loading, nothing found, or what is wrong.
 * @csspart retry - Asks again.
 * @csspart footer - Below the list of a selector for several.
 * @csspart action - A quick action.
 * @csspart message - Why the choice cannot be taken.
 * @cssproperty --waooaw-accent - Of what is chosen and focused.
 * @cssproperty --waooaw-highlight - Behind what was searched for.
 * @cssstate open - The list is open.
 * @cssstate loading - Options are on their way.
 * @cssstate stale - The options were right once.
 * @cssstate error - The options could not be had.
 * @cssstate empty - Nothing is chosen.
 */
export class WaooawContextSelector extends LitElement implements DropdownHost {
  static readonly version: string = VERSION;
  static readonly formAssociated = true;
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [tokens, surfaces, figures, styles];
  static override properties = {
    preset: {},
    source: {},
    options: { attribute: false },
    provider: { attribute: false },
    timeoutMs: { type: Number, attribute: 'timeout-ms' },
    multiple: { type: Boolean },
    label: {},
    placeholder: {},
    context: {},
    kind: {},
    name: { reflect: true },
    defaultValue: { attribute: 'value' },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    recent: {},
    quickActions: { attribute: false },
    messages: { attribute: false },
    theme: { reflect: true },
    density: { reflect: true },
  };

  /** `agents`, `services`, `environment` or `range`: everything that such a selector needs. */
  declare preset: string;
  /** Options from the server, live: `agents`, `services` or `environments`. Default: the preset's. */
  declare source: string;
  /** What can be chosen. Goes before `<option>`s inside; `provider` and `source` go before it. */
  declare options: readonly SelectorOption[] | undefined;
  /** Finds options: asked on opening, and with every search. */
  declare provider: OptionsProvider | undefined;
  /** How long the provider's answer is waited for, ms. Default 10,000. */
  declare timeoutMs: number;
  /** Several may be chosen. Presets for agents and services choose several anyway. */
  declare multiple: boolean;
  /** Names the selector, in view. Default: the preset's; with a `<label>` of the page's: none. */
  declare label: string;
  /** Shown while nothing is chosen. */
  declare placeholder: string;
  /** Name of the page's context that follows the choice; an empty one is the page's usual one. Null: none. */
  declare context: string | null;
  /** The part of the context: `agents`, `services`, `environments` or `range`. Default: the preset's or the source's. */
  declare kind: string;
  /** Of the field, in its form. */
  declare name: string;
  /** Attribute `value`: the id that is chosen at first and after a reset; of several, with spaces between them. */
  declare defaultValue: string;
  /** A form is not sent while nothing is chosen. */
  declare required: boolean;
  declare disabled: boolean;
  /** Under which name recent choices are remembered in the browser; `none`: not at all. Default: source, preset or name. */
  declare recent: string;
  /** What the host offers in the footer of a selector for several. */
  declare quickActions: readonly QuickAction[];
  /** Texts of this one element, above all others. */
  declare messages: Partial<SelectorMessages> | undefined;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** `compact` or `comfortable`; the page's when empty. */
  declare density: string;

  readonly #internals = this.attachInternals();
  readonly #field = new FormField(this.#internals);
  readonly #locale = new LocaleController(this);
  readonly #sources = new Sources(this, () => this.#sourced());
  readonly #link = new PageLink(this, () => this.#linked());
  #dropdown: Dropdown | undefined;
  #loading = false;
  /** It shall open as soon as what opens is loaded. */
  #wanted: 'first' | 'last' | 'none' | undefined;
  #choice: Choice = NO_CHOICE;
  /** Somebody chose, or the host did: defaults no longer count. */
  #dirty = false;
  /** Somebody was here: from now on it is said what is missing. */
  #visited = false;
  #formDisabled = false;
  /** Chosen options whose list may be gone: another search, another page of a provider. */
  readonly #known = new Map<string, Option>();
  #recent: readonly string[] = [];
  /** What is typed into the field of a single selector; undefined while nobody types. */
  #typed: string | undefined;
  /** The options that the rule was applied to. */
  #resolvedFor: readonly Option[] | undefined;
  #adopting = false;
  #ranges: { readonly of: SelectorMessages; readonly options: readonly SelectorOption[] } | undefined;
  #speech: Speech | undefined;
  #rangeForm: typeof rangeForm | undefined;
  /** The form for a range is open, and why its last try was not taken. */
  #form: { readonly problem: string } | undefined;

  constructor() {
    super();
    this.preset = this.source = this.label = this.placeholder = this.kind = this.name = '';
    this.defaultValue = this.recent = this.theme = this.density = '';
    this.context = null;
    this.multiple = this.required = this.disabled = false;
    this.timeoutMs = TIMEOUT_MS;
    this.quickActions = [];
  }

  /** The chosen id, the first of several; empty: none. Of a time range: `PT5M`, or two ISO times with `/` between. */
  get value(): string {
    return this.#choice.ids[0] ?? '';
  }

  set value(value: string) {
    this.set(value);
  }

  /** The chosen ids. */
  get values(): readonly string[] {
    return this.#choice.ids;
  }

  set values(values: readonly string[]) {
    this.set(values);
  }

  /** Whether the list is open. */
  get open(): boolean {
    return this.#dropdown?.isOpen ?? false;
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get labels(): NodeList {
    return this.#internals.labels;
  }

  get validity(): ValidityState {
    this.#judge();
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#sources.resume();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sources.stop();
  }

  /** @internal by the browser */
  formResetCallback(): void {
    this.#dirty = this.#visited = false;
    this.#take(this.#defaults());
  }

  /** @internal by the browser */
  formDisabledCallback(disabled: boolean): void {
    this.#formDisabled = disabled;
    if (disabled) this.hide();
    this.requestUpdate();
  }

  /** @internal by the browser: back in history, or filled in by it */
  formStateRestoreCallback(state: unknown): void {
    const { ids, rule } = readState(state);
    const read = readRule(rule);
    this.set(read ? { rule: read } : chooseIds(ids).ids);
  }

  /** @internal what the list needs to know */
  get facts(): DropdownFacts {
    const texts = this.#texts;
    return {
      texts,
      sources: this.#sources,
      choice: this.#choice,
      multiple: this.#several,
      rules: this.#several && !this.provider,
      recent: this.#recent,
      speech: this.#speech,
      name: this.#spoken,
      placeholder: this.#placeholder,
      locale: this.#locale.locale,
      chosen: this.#hasChoice,
      count: this.#choice.ids.length,
      actions: Array.isArray(this.quickActions) ? this.quickActions : [],
      form: this.#renderForm(),
      ...this.#handlers,
    };
  }

  get #preset(): Preset | undefined {
    return presetOf(this.preset);
  }

  get #source(): string {
    const preset = this.#preset;
    return this.source || (preset && this.options === undefined ? preset.kind : '');
  }

  get #kind(): Kind | undefined {
    return kindOf(this.kind) ?? this.#preset?.kind ?? kindOf(this.source);
  }

  get #several(): boolean {
    return this.#kind !== 'range' && (this.multiple || this.#preset?.multiple === true);
  }

  get #isDisabled(): boolean {
    return this.disabled || this.#formDisabled;
  }

  get #texts(): SelectorMessages {
    return selectorMessages.get(this.#locale.locale, this.messages);
  }

  /** The texts of the page's own `<label>`s. */
  get #labels(): string {
    return [...this.#internals.labels].map((label) => label.textContent?.trim() ?? '').join(' ');
  }

  /** In view. */
  get #label(): string {
    return this.label || (this.#labels || this.ariaLabel ? '' : presetTexts(this.#preset, this.#texts).label);
  }

  /** For whoever hears. */
  get #spoken(): string {
    return this.#label || this.ariaLabel || this.#labels;
  }

  get #placeholder(): string {
    return this.placeholder || presetTexts(this.#preset, this.#texts).placeholder;
  }

  get #recentName(): string {
    if (this.recent === 'none' || this.#kind === 'range') return '';
    return this.recent || this.#source || this.preset || this.name;
  }

  get #wording(): Wording {
    return {
      texts: this.#texts,
      locale: this.#locale.locale,
      labelOf: (id) => this.#labelOf(id),
    };
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('context') && this.context !== null) void this.#join();
    if (changed.has('disabled') && this.disabled) this.hide();
    const range = this.#kind === 'range';
    this.#sources.use({
      provider: typeof this.provider === 'function' ? this.provider : undefined,
      timeoutMs: this.timeoutMs > 0 ? this.timeoutMs : TIMEOUT_MS,
      source: range ? '' : this.#source,
      options: this.options ?? (range ? this.#rangeOptions() : undefined),
    });
    if (!this.#dirty && (changed.has('defaultValue') || !this.hasUpdated)) this.#take(this.#defaults());
    this.#resolve();
    this.#judge();
    setStates(this.#internals, this.#states());
  }

  protected override firstUpdated(): void {
    // Only now there is a field that the browser can point to.
    this.#judge();
    void this.#load();
    this.addEventListener('invalid', () => this.#visit());
    this.addEventListener('focusin', () => void this.#loadSpeech(), { once: true });
    this.addEventListener('focusout', () => {
      // Between its own parts the focus may move as it likes.
      if (!this.open) this.#visit();
    });
  }

  /** What is chosen. */
  get(): Selected {
    const { ids, rule } = this.#choice;
    const range = this.#kind === 'range' ? readRange(this.value) : undefined;
    const options = ids.flatMap((id) => this.#optionOf(id)?.given ?? []);
    return { ids, options, ...(rule && { rule }), ...(range && { range }) };
  }

  /** Chooses, without an event. What is no option yet may become one. Never throws: what cannot be chosen is left out. */
  set(value: SelectorValue): void {
    this.#dirty = true;
    this.#take(this.#read(value));
  }

  /** Chooses nothing, without an event. */
  clear(): void {
    this.set([]);
  }

  /** Opens the list. */
  show(): void {
    if (!this.#isDisabled) this.#openList('none');
  }

  /** Closes it. */
  hide(): void {
    this.#wanted = undefined;
    this.#dropdown?.close('escape');
  }

  checkValidity(): boolean {
    this.#judge();
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    this.#judge();
    return this.#internals.reportValidity();
  }

  /** Says why the choice cannot be taken; empty: it can. */
  setCustomValidity(message: string): void {
    this.#field.custom = String(message);
    this.requestUpdate();
    this.#judge();
  }

  /** @internal somebody chose in the list */
  pick(choice: Choice): void {
    if (this.#kind === 'range' && choice.ids[0] === CUSTOM) return void this.#openForm();
    this.#choose(choice);
    if (!this.#several) this.#dropdown?.close('picked');
  }

  /** @internal the list has closed */
  closed(why: CloseReason | 'picked'): void {
    const typed = this.#typed;
    this.#typed = this.#form = undefined;
    // Who goes on without choosing from the list has typed a name in full, or nothing that counts.
    if (typed === undefined || (why !== 'blur' && why !== 'outside')) return;
    if (typed.trim() === '') return this.#choose(NO_CHOICE);
    const same = this.#dropdown?.named(typed);
    if (same && same.id !== CUSTOM) this.#choose({ ids: [same.id] });
  }

  #states(): string[] {
    const { state } = this.#sources;
    const failed = state === 'failed' || state === 'late' || state === 'refused';
    return [
      ...(failed ? ['error'] : state === 'ready' ? [] : [state]),
      ...(this.open ? ['open'] : []),
      ...(this.#hasChoice ? [] : ['empty']),
    ];
  }

  get #hasChoice(): boolean {
    return this.#choice.ids.length > 0 || this.#choice.rule !== undefined;
  }

  #rangeOptions(): readonly SelectorOption[] {
    const texts = this.#texts;
    if (this.#ranges?.of !== texts)
      this.#ranges = { of: texts, options: rangeOptions(texts, this.#locale.locale) };
    return this.#ranges.options;
  }

  #optionOf(id: string): Option | undefined {
    return this.#sources.options.byId.get(id) ?? this.#known.get(id);
  }

  #labelOf(id: string): string {
    const known = this.#optionOf(id)?.label;
    if (known !== undefined) return known;
    const range = this.#kind === 'range' ? readRange(id) : undefined;
    const { locale, timeZone } = this.#locale;
    return range ? rangeLabel(range, this.#texts, locale, timeZone) : cutText(id, ID_LENGTH);
  }

  #read(value: unknown): Choice {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#bound(chooseIds(Array.isArray(value) ? value : [value]));
    }
    const { rule, range } = value as { rule?: unknown; range?: unknown };
    const read = this.#several ? readRule(rule) : undefined;
    if (read) return this.#rule(read);
    const clean = cleanRange(range);
    return clean ? this.#bound(chooseIds([rangeText(clean)])) : NO_CHOICE;
  }

  #rule(rule: Rule): Choice {
    return chooseRule(rule, this.#sources.options.all, this.#link.most);
  }

  /** What this selector can hold. */
  #bound({ ids }: Choice): Choice {
    const fit = this.#kind === 'range' && !this.options ? ids.filter((id) => readRange(id)) : ids;
    return { ids: this.#several ? fit : fit.slice(0, 1) };
  }

  #defaults(): Choice {
    const { defaultValue } = this;
    if (!defaultValue) return this.#bound(chooseIds(this.#sources.selected));
    return this.#bound(chooseIds(this.#several ? defaultValue.split(/\s+/) : [defaultValue]));
  }

  /** Takes a choice as it is, and tells form and context. @returns whether it is another. */
  #take(choice: Choice): boolean {
    if (sameChoice(choice, this.#choice)) return false;
    this.#choice = choice;
    const ids = new Set(choice.ids);
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const id of ids) {
      const option = this.#sources.options.byId.get(id);
      if (option) this.#known.set(id, option);
    }
    this.#field.submit(choice, this.#several, this.name);
    if (!this.#adopting) this.#link.write(this.#kind, choice);
    this.requestUpdate();
    return true;
  }

  /** Somebody chose. */
  #choose(choice: Choice): void {
    const before = this.#choice;
    if (!this.#take(choice)) return;
    this.#dirty = true;
    const newest = choice.ids.at(-1);
    if (!choice.rule && newest !== undefined && !before.ids.includes(newest))
      keepRecents(this.#recentName, [newest]);
    this.#speech?.changed(before, this.#choice, this.#several, this.#wording);
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    this.#tell('user');
  }

  #tell(reason: SelectorChange['reason']): void {
    const detail: SelectorChange = { ...this.get(), reason };
    this.dispatchEvent(new CustomEvent('waooaw-change', { detail, bubbles: true, composed: true }));
  }

  #judge(): void {
    this.#field.judge(this.#choice, {
      required: this.required,
      missing: this.#texts.missing,
      anchor: this.#find('#field') ?? undefined,
    });
  }

  #visit(): void {
    this.#visited = true;
    this.requestUpdate();
  }

  /** Options or their state are other than before. */
  #sourced(): void {
    if (!this.#dirty && !this.#hasChoice) this.#take(this.#defaults());
    this.#resolve();
    this.requestUpdate();
  }

  /** A rule takes what has come, and loses what has gone. */
  #resolve(): void {
    const { all } = this.#sources.options;
    if (all === this.#resolvedFor) return;
    this.#resolvedFor = all;
    if (!this.provider) this.#link.offer(this.#kind, all);
    const { rule } = this.#choice;
    if (rule && this.#take(this.#rule(rule))) this.#tell('options');
  }

  async #join(): Promise<void> {
    if (!(await this.#link.join())) return;
    const own = this.#choice;
    this.#link.offer(this.#kind, this.#sources.options.all);
    this.#linked();
    // What the page was about before goes first; of what nobody has said anything, this is the first word.
    if (!this.#hasChoice || own.rule) this.#link.write(this.#kind, this.#hasChoice ? this.#choice : own);
    this.#linked();
  }

  /** The context says something. */
  #linked(): void {
    const said = this.#link.read(this.#kind);
    if (!said) return;
    const { rule } = this.#choice;
    // To the context a rule that takes everything is no choice at all.
    if (said.ids.length === 0 && !said.rule && rule && !rule.where && rule.except.length === 0) return;
    this.#adopting = true;
    this.#take(said);
    this.#adopting = false;
  }

  async #loadSpeech(): Promise<void> {
    try {
      const { Speech } = await import('./speech.ts');
      this.#speech = new Speech();
      this.requestUpdate();
    } catch (error) {
      console.warn('<waooaw-context-selector>: what speaks could not be loaded.', error);
    }
  }

  async #openForm(): Promise<void> {
    try {
      this.#rangeForm ??= await import('./range-form.ts');
    } catch (error) {
      console.warn('<waooaw-context-selector>: the form for a range could not be loaded.', error);
      return;
    }
    this.#setForm({ problem: '' }, '.range input');
  }

  #setForm(form: { readonly problem: string } | undefined, focus: string): void {
    this.#form = form;
    this.#focus(focus);
  }

  /** Focuses what the next update brings. */
  #focus(selector: string): void {
    this.requestUpdate();
    void this.updateComplete.then(() => this.#find(selector)?.focus());
  }

  #find(selector: string): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>(selector) ?? null;
  }

  #openList(begin: 'first' | 'last' | 'none'): void {
    if (this.open) return;
    this.#wanted = begin;
    if (this.#dropdown) this.#openNow();
    else void this.#load();
  }

  #openNow(): void {
    if (this.#wanted === undefined || this.#isDisabled) return;
    this.#recent = readRecents(this.#recentName);
    this.#dropdown?.open(this.#wanted);
    this.#wanted = undefined;
    if (this.#typed !== undefined) this.#dropdown?.search(this.#typed);
    if (this.#several) this.#focus('#search');
  }

  /** What opens is not needed for the first paint. */
  async #load(): Promise<void> {
    if (this.#loading || this.#dropdown) return;
    this.#loading = true;
    try {
      const { Dropdown, styles } = await import('./dropdown.ts');
      const { styleSheet } = styles;
      if (styleSheet) this.shadowRoot?.adoptedStyleSheets.push(styleSheet);
      this.#dropdown = new Dropdown(this);
      this.requestUpdate();
      await this.updateComplete;
      this.#openNow();
    } catch (error) {
      // Whoever tries to open it tries to load it again.
      console.warn('<waooaw-context-selector>: the list could not be loaded.', error);
    }
    this.#loading = false;
  }

  #onInput(event: Event): void {
    // The selector tells of choices; what is typed is nobody's business.
    event.stopPropagation();
    const { value } = event.target as HTMLInputElement;
    if (!this.#several) {
      this.#typed = value;
      this.#openList('none');
    }
    this.#dropdown?.search(value);
    this.requestUpdate();
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#dropdown) return this.#onTriggerKey(event);
    if (this.#dropdown.key(event) || event.key !== 'Escape' || event.isComposing) return;
    // An open list has heard it before.
    if (this.open || event.defaultPrevented || !this.#hasChoice) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(NO_CHOICE);
  }

  #onTriggerKey(event: KeyboardEvent): void {
    if (this.open || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    this.#openList(event.key === 'ArrowUp' ? 'last' : 'first');
  }

  #toggle(): void {
    if (this.open) this.hide();
    else this.#openList('none');
    if (!this.#several) this.#find('#field')?.focus();
  }

  #clear(): void {
    this.#choose(NO_CHOICE);
    this.#find(this.open && this.#several ? '#search' : '#field')?.focus();
  }

  #act({ id, select }: QuickAction): void {
    const detail: ActionDetail = { id };
    const init = { detail, bubbles: true, composed: true, cancelable: true };
    const goesOn = this.dispatchEvent(new CustomEvent('waooaw-action', init));
    if (goesOn && select !== undefined) this.#choose(this.#read(select));
  }

  #renderForm(): unknown {
    if (!this.#form || !this.#rangeForm) return undefined;
    const range = readRange(this.value) ?? { last: 3_600 };
    const to = Date.now();
    const filled = 'last' in range ? { from: to - range.last * 1000, to } : range;
    return this.#rangeForm.renderRangeForm({
      texts: this.#texts,
      timeZone: this.#locale.timeZone,
      range: filled,
      problem: this.#form.problem,
      apply: (chosen) => {
        this.#choose({ ids: [rangeText(chosen)] });
        this.#dropdown?.close('picked');
        this.#find('#field')?.focus();
      },
      refuse: (problem) => this.#setForm({ problem }, '.range input'),
      back: () => this.#setForm(undefined, '#field'),
    });
  }

  protected override render(): TemplateResult {
    const texts = this.#texts;
    const { value } = this;
    const several = this.#several;
    return renderSelector({
      texts,
      label: this.#label,
      name: this.#spoken,
      placeholder: this.#placeholder,
      open: this.open,
      multiple: several,
      required: this.required,
      disabled: this.#isDisabled,
      message: this.#visited ? this.#internals.validationMessage : '',
      chosen: this.#hasChoice,
      option: value ? this.#optionOf(value) : undefined,
      text: this.#typed ?? (value ? this.#labelOf(value) : ''),
      typing: this.#typed !== undefined,
      ...summaryOf(this.#choice, this.#wording),
      locale: this.#locale.locale,
      listed: !this.#form,
      popup: this.#dropdown?.render(),
      ...this.#handlers,
    });
  }

  readonly #handlers = {
    input: (event: Event) => this.#onInput(event),
    key: (event: KeyboardEvent) => this.#onKey(event),
    triggerKey: (event: KeyboardEvent) => this.#onTriggerKey(event),
    press: () => this.#openList('none'),
    toggle: () => this.#toggle(),
    clear: () => this.#clear(),
    act: (action: QuickAction) => this.#act(action),
  };
}
