/** What a selector says of itself and of what is chosen, in the language of its place. */
import type { LocaleController } from '../../i18n/locale-controller.ts';
import type { Chosen } from './chosen.ts';
import type { Wording } from './choice-words.ts';
import { cutText } from './option.ts';
import type { SelectorOption } from './option.ts';
import { presetOf, presetTexts } from './presets.ts';
import { rangeLabel, rangeOptions } from './range.ts';
import { selectorMessages } from './words.ts';
import type { SelectorMessages } from './words.ts';

/** What the element says of it. */
export interface CaptionHost {
  readonly preset: string;
  readonly label: string;
  readonly placeholder: string;
  readonly messages: Partial<SelectorMessages> | undefined;
  readonly ariaLabel: string | null;
  /** The page's own `<label>`s. */
  readonly labels: NodeList;
}

/** An id of which nothing else is known is shown in its place, cut to this. */
const ID_LENGTH = 100;

/** The words of one selector. */
export class Caption {
  readonly #host: CaptionHost;
  readonly #locale: LocaleController;
  readonly #chosen: () => Pick<Chosen, 'optionOf' | 'rangeOf'>;
  #ranges: { readonly of: SelectorMessages; readonly options: readonly SelectorOption[] } | undefined;

  constructor(
    host: CaptionHost,
    locale: LocaleController,
    chosen: () => Pick<Chosen, 'optionOf' | 'rangeOf'>,
  ) {
    this.#host = host;
    this.#locale = locale;
    this.#chosen = chosen;
  }

  /** All that it says. */
  get texts(): SelectorMessages {
    return selectorMessages.get(this.#locale.locale, this.#host.messages);
  }

  /** In view; empty: the page has a name of its own for it. */
  get label(): string {
    const { label, ariaLabel } = this.#host;
    return label || (this.#labels || ariaLabel ? '' : this.#preset.label);
  }

  /** For whoever hears. */
  get spoken(): string {
    return this.label || this.#host.ariaLabel || this.#labels;
  }

  get placeholder(): string {
    return this.#host.placeholder || this.#preset.placeholder;
  }

  /** The ranges of time that are offered; the same list for as long as nothing changed. */
  get ranges(): readonly SelectorOption[] {
    const { texts } = this;
    if (this.#ranges?.of !== texts)
      this.#ranges = { of: texts, options: rangeOptions(texts, this.#locale.locale) };
    return this.#ranges.options;
  }

  /** What a choice in words needs. */
  get wording(): Wording {
    return { texts: this.texts, locale: this.#locale.locale, labelOf: (id) => this.labelOf(id) };
  }

  /** The label of an id: its option's, the range in words, or the id itself. */
  labelOf(id: string): string {
    const chosen = this.#chosen();
    const known = chosen.optionOf(id)?.label;
    if (known !== undefined) return known;
    const range = chosen.rangeOf({ ids: [id] });
    const { locale, timeZone } = this.#locale;
    return range ? rangeLabel(range, this.texts, locale, timeZone) : cutText(id, ID_LENGTH);
  }

  get #preset() {
    return presetTexts(presetOf(this.#host.preset), this.texts);
  }

  get #labels(): string {
    return [...this.#host.labels].map((label) => label.textContent?.trim() ?? '').join(' ');
  }
}
