import { LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { figures } from '../figures.ts';
import type { CloseReason } from '../popover.ts';
import { Caption } from './caption.ts';
import type { Choice } from './choice.ts';
import { summaryOf } from './choice-words.ts';
import { Chosen } from './chosen.ts';
import { styles } from './context-selector.styles.ts';
import type { DropdownFacts, DropdownHost } from './dropdown.ts';
import type { ActionDetail, QuickAction, Selected, SelectorChange, SelectorValue } from './events.ts';
import { FormField } from './form-field.ts';
import { Hands } from './hands.ts';
import { Opener } from './opener.ts';
import type { SelectorOption } from './option.ts';
import type { OptionsProvider } from './provider.ts';
import { CUSTOM, rangeText } from './range.ts';
import type { RangeForm } from './range-form.ts';
import { renderSelector } from './selector-view.ts';
import { Sources } from './sources.ts';
import type { Speech } from './speech.ts';
import { traitsOf } from './traits.ts';
import type { Traits } from './traits.ts';
import type { SelectorMessages } from './words.ts';

export type { ActionDetail, QuickAction, Selected, SelectorChange, SelectorValue } from './events.ts';
export type { SelectorOption } from './option.ts';
export type { OptionsProvider, ProviderPage } from './provider.ts';
export type { SelectorMessages } from './words.ts';

/** Until when a provider has to answer, ms. */
const TIMEOUT_MS = 10_000;

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

  #speech: Speech | undefined;
  /** Open in place of the list. */
  #form: RangeForm | undefined;
  readonly #internals = this.attachInternals();
  readonly #locale = new LocaleController(this);
  readonly #caption: Caption = new Caption(this, this.#locale, () => this.#chosen);
  readonly #field = new FormField(this.#internals, () => ({
    choice: this.#chosen.choice,
    required: this.required,
    missing: this.#caption.texts.missing,
    anchor: this.#find('#field') ?? undefined,
  }));
  readonly #sources = new Sources(this, () => this.#sourced());
  readonly #chosen: Chosen = new Chosen(this, {
    sources: this.#sources,
    field: this.#field,
    traits: () => this.#traits,
    retaken: () => this.#tell('options'),
  });
  readonly #opener = new Opener(this, {
    disabled: () => this.#isDisabled,
    recents: () => this.#traits.recents,
    opened: (dropdown) => {
      if (this.#hands.typed !== undefined) dropdown.search(this.#hands.typed);
      if (this.#traits.several) this.#focusNext('#search');
    },
  });
  readonly #hands: Hands = new Hands({
    opener: this.#opener,
    several: () => this.#traits.several,
    chosen: () => this.#chosen.some,
    choose: (choice) => this.#choose(choice),
    focus: (selector) => this.#find(selector)?.focus(),
    changed: () => this.requestUpdate(),
  });

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
    return this.values[0] ?? '';
  }

  set value(value: string) {
    this.set(value);
  }

  /** The chosen ids. */
  get values(): readonly string[] {
    return this.#chosen.choice.ids;
  }

  set values(values: readonly string[]) {
    this.set(values);
  }

  /** Whether the list is open. */
  get open(): boolean {
    return this.#opener.isOpen;
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get labels(): NodeList {
    return this.#internals.labels;
  }

  get validity(): ValidityState {
    return this.#field.judge().validity;
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
    this.#field.visited = false;
    this.#chosen.reset();
  }

  /** @internal by the browser */
  formDisabledCallback(disabled: boolean): void {
    this.#field.disabled = disabled;
    if (disabled) this.hide();
    this.requestUpdate();
  }

  /** @internal by the browser: back in history, or filled in by it */
  formStateRestoreCallback(state: unknown): void {
    this.#chosen.restore(state);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('context') && this.context !== null) void this.#chosen.join();
    if (changed.has('disabled') && this.disabled) this.hide();
    const { kind, source } = this.#traits;
    const range = kind === 'range';
    this.#sources.use({
      provider: typeof this.provider === 'function' ? this.provider : undefined,
      timeoutMs: this.timeoutMs > 0 ? this.timeoutMs : TIMEOUT_MS,
      source: range ? '' : source,
      options: this.options ?? (range ? this.#caption.ranges : undefined),
    });
    if (changed.has('defaultValue') || !this.hasUpdated) this.#chosen.begin();
    this.#chosen.resolve();
    this.#field.judge();
    setStates(this.#internals, this.#states());
  }

  protected override firstUpdated(): void {
    // Only now there is a field that the browser can point to.
    this.#field.judge();
    void this.#opener.load();
    this.addEventListener('invalid', () => this.#visit());
    this.addEventListener('focusin', () => void this.#loadSpeech(), { once: true });
    this.addEventListener('focusout', () => {
      // Between its own parts the focus may move as it likes.
      if (!this.open) this.#visit();
    });
  }

  /** What is chosen. */
  get(): Selected {
    const { ids, rule } = this.#chosen.choice;
    const range = this.#chosen.rangeOf();
    const options = ids.flatMap((id) => this.#chosen.optionOf(id)?.given ?? []);
    return { ids, options, ...(rule && { rule }), ...(range && { range }) };
  }

  /** Chooses, without an event. What is no option yet may become one. Never throws: what cannot be chosen is left out. */
  set(value: SelectorValue): void {
    this.#chosen.set(value);
  }

  /** Chooses nothing, without an event. */
  clear(): void {
    this.set([]);
  }

  /** Opens the list. */
  show(): void {
    if (!this.#isDisabled) this.#opener.open();
  }

  /** Closes it. */
  hide(): void {
    this.#opener.close();
  }

  checkValidity(): boolean {
    return this.#field.judge().checkValidity();
  }

  reportValidity(): boolean {
    return this.#field.judge().reportValidity();
  }

  /** Says why the choice cannot be taken; empty: it can. */
  setCustomValidity(message: string): void {
    this.#field.custom = String(message);
    this.requestUpdate();
    this.#field.judge();
  }

  /** @internal what the list needs to know */
  get facts(): DropdownFacts {
    const { several } = this.#traits;
    const { choice } = this.#chosen;
    const { texts } = this.#caption;
    return {
      ...this.#common,
      sources: this.#sources,
      choice,
      rules: several && !this.provider,
      recent: this.#opener.recent,
      speech: this.#speech,
      count: choice.ids.length,
      actions: Array.isArray(this.quickActions) ? this.quickActions : [],
      form: this.#form?.render(texts, this.#locale.timeZone),
      act: (action) => this.#act(action),
    };
  }

  /** @internal somebody chose in the list */
  pick(choice: Choice): void {
    const { kind, several } = this.#traits;
    if (kind === 'range' && choice.ids[0] === CUSTOM) return void this.#openForm();
    this.#choose(choice);
    if (!several) this.#opener.dropdown?.close('picked');
  }

  /** @internal the list has closed */
  closed(why: CloseReason | 'picked'): void {
    this.#form = undefined;
    this.#hands.left(why);
  }

  get #traits(): Traits {
    return traitsOf(this);
  }

  get #isDisabled(): boolean {
    return this.disabled || this.#field.disabled;
  }

  /** What both the closed selector and its list show and do. */
  get #common() {
    const { placeholder, spoken, texts } = this.#caption;
    const { input, key, clear } = this.#hands;
    return {
      texts,
      locale: this.#locale.locale,
      name: spoken,
      placeholder,
      multiple: this.#traits.several,
      chosen: this.#chosen.some,
      input,
      key,
      clear,
    };
  }

  #states(): string[] {
    const { state } = this.#sources;
    const failed = state === 'failed' || state === 'late' || state === 'refused';
    return [
      ...(failed ? ['error'] : state === 'ready' ? [] : [state]),
      ...(this.open ? ['open'] : []),
      ...(this.#chosen.some ? [] : ['empty']),
    ];
  }

  /** Options or their state are other than before. */
  #sourced(): void {
    if (!this.#chosen.some) this.#chosen.begin();
    this.#chosen.resolve();
    this.requestUpdate();
  }

  /** Somebody chose. */
  #choose(choice: Choice): void {
    const before = this.#chosen.choice;
    if (!this.#chosen.choose(choice)) return;
    const newest = choice.ids.at(-1);
    if (!choice.rule && newest !== undefined && !before.ids.includes(newest)) this.#opener.keep(newest);
    this.#speech?.changed(before, choice, this.#traits.several, this.#caption.wording);
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    this.#tell('user');
  }

  #tell(reason: SelectorChange['reason']): void {
    const detail: SelectorChange = { ...this.get(), reason };
    this.dispatchEvent(new CustomEvent('waooaw-change', { detail, bubbles: true, composed: true }));
  }

  #act({ id, select }: QuickAction): void {
    const detail: ActionDetail = { id };
    const init = { detail, bubbles: true, composed: true, cancelable: true };
    const goesOn = this.dispatchEvent(new CustomEvent('waooaw-action', init));
    if (goesOn && select !== undefined) this.#choose(this.#chosen.read(select));
  }

  #visit(): void {
    this.#field.visited = true;
    this.requestUpdate();
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
      const { RangeForm } = await import('./range-form.ts');
      this.#form = new RangeForm(this.#chosen.rangeOf(), {
        apply: (range) => {
          this.#choose({ ids: [rangeText(range)] });
          this.#opener.dropdown?.close('picked');
          this.#find('#field')?.focus();
        },
        back: () => {
          this.#form = undefined;
          this.#focusNext('#field');
        },
        refused: () => this.#focusNext('.range input'),
      });
      this.#focusNext('.range input');
    } catch (error) {
      console.warn('<waooaw-context-selector>: the form for a range could not be loaded.', error);
    }
  }

  /** Focuses what the next update brings. */
  #focusNext(selector: string): void {
    this.requestUpdate();
    void this.updateComplete.then(() => this.#find(selector)?.focus());
  }

  #find(selector: string): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>(selector) ?? null;
  }

  protected override render(): TemplateResult {
    const { value } = this;
    const { typed, triggerKey, press, toggle } = this.#hands;
    return renderSelector({
      ...this.#common,
      label: this.#caption.label,
      open: this.open,
      required: this.required,
      disabled: this.#isDisabled,
      message: this.#field.message,
      option: value ? this.#chosen.optionOf(value) : undefined,
      text: typed ?? (value ? this.#caption.labelOf(value) : ''),
      typing: typed !== undefined,
      ...summaryOf(this.#chosen.choice, this.#caption.wording),
      listed: !this.#form,
      popup: this.#opener.dropdown?.render(),
      triggerKey,
      press,
      toggle,
    });
  }
}
