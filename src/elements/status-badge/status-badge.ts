import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import { findState } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { VERSION } from '../../protocol/version.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { FIGURES, figures } from '../figures.ts';
import type { BadgeTexts, LiveBadge } from './live.ts';
import { styles } from './status-badge.styles.ts';

export type { BadgeChange, BadgeTexts } from './live.ts';

const UNKNOWN = findState('unknown')!;

/**
 * One thing's state, as figure, colour and text. Set `state`, or name a `check` and the badge follows it through the
 * page's socket. While nobody can see it, it hears of its check every ten seconds at the latest, and still says
 * failures aloud.
 *
 * @summary A status light that is right, or marked as not.
 * @tag waooaw-status-badge
 *
 * @slot - Replaces the label.
 * @fires {CustomEvent<BadgeChange>} waooaw-state-change - The state changed after it was first shown.
 * @csspart badge - The whole.
 * @csspart icon - The figure.
 * @csspart label - The thing's name.
 * @csspart state - The state's word.
 * @csspart note - What is wrong, if anything is: with what is shown, or with the thing itself.
 * @cssproperty --waooaw-ok - Tone of good states.
 * @cssproperty --waooaw-info - Tone of states under way.
 * @cssproperty --waooaw-degraded - Tone of degraded states.
 * @cssproperty --waooaw-critical - Tone of failures.
 * @cssproperty --waooaw-muted - Tone of neutral and unknown states.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate stale - What is shown was true once.
 * @cssstate error - The check is not known, not allowed, or out of reach for good.
 * @cssstate critical - The state is a failure.
 */
export class WaooawStatusBadge extends LitElement {
  static readonly version: string = VERSION;
  static override styles = [tokens, figures, styles];
  static override properties = {
    state: {},
    label: {},
    check: {},
    size: { reflect: true },
    iconOnly: { type: Boolean, attribute: 'icon-only' },
    theme: { reflect: true },
    messages: { attribute: false },
  };

  /** A word of the vocabulary, such as `up`, `degraded` or `running`. Not looked at while `check` is set. */
  declare state: string;
  /** What has this state. Default: the check's title. */
  declare label: string;
  /** Id of the check to follow. */
  declare check: string;
  /** `s`, `m` (default) or `l`. */
  declare size: 's' | 'm' | 'l';
  /** Shows the figure alone; its name is spoken in full. */
  declare iconOnly: boolean;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** Texts of this badge's own, by name; what they leave out stays. Default: those of the page's language. */
  declare messages: BadgeTexts | undefined;

  readonly #internals = this.attachInternals();
  #live: LiveBadge | undefined;

  constructor() {
    super();
    this.state = this.label = this.check = this.theme = '';
    this.size = 'm';
    this.iconOnly = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('check')) this.#live?.follow(this.check);
    setStates(this.#internals, [this.#freshness, this.#info().severity]);
  }

  /** Following, telling and speaking are loaded when there is something to see. */
  protected override firstUpdated(): void {
    const first = this.check ? { ...UNKNOWN, word: '' } : this.#info();
    import('./live.ts').then(({ LiveBadge }) => {
      this.#live = new LiveBadge(this, first);
      this.#live.follow(this.check);
      this.requestUpdate();
    }, console.warn);
  }

  protected override updated(): void {
    this.#live?.show(this.#info(), this.#name);
  }

  get #freshness(): Freshness {
    return this.#live?.channel.freshness ?? (this.check ? 'loading' : 'idle');
  }

  get #name(): string {
    return this.textContent?.trim() || this.label || this.#live?.status?.title || this.check;
  }

  #info(): StateInfo {
    const word = String((this.check ? this.#live?.status?.state : this.state) || '');
    const info = findState(word || 'unknown') ?? { ...UNKNOWN, word, label: word };
    return this.#live?.named(info) ?? info;
  }

  protected override render(): TemplateResult {
    const { severity, shape, label } = this.#info();
    const freshness = this.#freshness;
    const note = this.#live?.note(severity) ?? (this.check && freshness);
    const state = this.check && !this.#live?.status ? '' : label;
    const name = this.#name;
    const full = `${name && `${name}: `}${state} ${note && `(${note})`}`;
    const only = this.iconOnly;
    return html`<span
      class="badge ${severity} ${freshness}"
      part="badge"
      role=${only ? 'img' : nothing}
      aria-label=${only ? full.trim() : nothing}
      ><svg class=${shape} part="icon" viewBox="0 0 16 16" aria-hidden="true">
        <path d=${FIGURES[shape]} /></svg
      >${
        only
          ? nothing
          : html`<span class="label" part="label" ?hidden=${!name && !this.firstElementChild}
                ><slot>${name}</slot></span
              ><span class="state" part="state">${state}</span><span class="note" part="note">${note}</span>`
      }</span
    >`;
  }
}
