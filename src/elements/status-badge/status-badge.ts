import { LitElement, html, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { Json } from '../../protocol/frames.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import { findState } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { VERSION } from '../../protocol/version.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { ChannelController } from '../channel-controller.ts';
import { setStates } from '../custom-states.ts';
import { DRAWN, FILLED } from './figures.ts';
import { styles } from './status-badge.styles.ts';

/** Detail of `waooaw-state-change`. */
export interface BadgeChange {
  readonly state: string;
  readonly previous: string;
  readonly severity: string;
}

/** Results older than this many intervals are stale. */
const MISSED_RUNS = 3;

const UNKNOWN = findState('unknown')!;

/**
 * One thing's state, as figure, colour and text. Set `state`, or name a `check` and the badge follows it through the
 * page's socket.
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
 * @cssproperty --waooaw-ok - Tone of good states.
 * @cssproperty --waooaw-info - Tone of states under way.
 * @cssproperty --waooaw-degraded - Tone of degraded states.
 * @cssproperty --waooaw-critical - Tone of failures.
 * @cssproperty --waooaw-muted - Tone of neutral and unknown states.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate stale - What is shown was true once.
 * @cssstate error - The server does not know the check.
 * @cssstate critical - The state is a failure.
 */
export class WaooawStatusBadge extends LitElement {
  static readonly version: string = VERSION;
  static override styles = [tokens, styles];
  static override properties = {
    state: { type: String },
    label: { type: String },
    check: { type: String },
    size: { type: String, reflect: true },
    iconOnly: { type: Boolean, attribute: 'icon-only' },
    theme: { type: String, reflect: true },
    _status: { state: true },
  };

  /** A word of the vocabulary, such as `up`, `degraded` or `running`. Set by the server when `check` is. */
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
  declare protected _status: CheckStatus | undefined;

  readonly #internals = this.attachInternals();
  readonly #channel = new ChannelController(this, {
    snapshot: (data) => this.#heard(data),
    publication: (data) => this.#heard(data),
    dataTime: () => this._status?.at,
    staleAfterMs: () => (this._status?.intervalMs ?? 10_000) * MISSED_RUNS,
  });
  #shown: string | undefined;

  constructor() {
    super();
    this.state = '';
    this.label = '';
    this.check = '';
    this.size = 'm';
    this.iconOnly = false;
    this.theme = '';
  }

  #heard(data: Json): void {
    this._status = data as unknown as CheckStatus;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('check')) {
      if (changed.get('check')) this._status = undefined;
      this.#channel.follow(this.check ? `health/${this.check}` : undefined);
    }
    const { freshness } = this.#channel;
    setStates(this.#internals, [freshness, this.#info().severity]);
  }

  /** Compares with what was shown before, so that the first state is no change. */
  protected override updated(): void {
    const { word, severity, label } = this.#info();
    if (this.#channel.freshness === 'loading') return;
    const previous = this.#shown;
    this.#shown = word;
    if (previous === undefined || previous === word) return;
    const before = findState(previous)?.severity;
    if (severity === 'critical') this.#say(label, 'assertive');
    else if (severity === 'degraded' || (severity === 'ok' && (before === 'critical' || before === 'degraded'))) {
      this.#say(label, 'polite');
    }
    const detail: BadgeChange = { state: word, previous, severity };
    this.dispatchEvent(new CustomEvent('waooaw-state-change', { detail, bubbles: true, composed: true }));
  }

  #say(state: string, urgency: 'polite' | 'assertive'): void {
    const name = this.#name();
    pageAnnouncer().announce(name ? `${name}: ${state}` : state, urgency);
  }

  #name(): string {
    return this.label || this._status?.title || this.check;
  }

  #info(): StateInfo {
    const word = this.check ? (this._status?.state ?? '') : this.state;
    if (!word) return UNKNOWN;
    const known = findState(word);
    if (!known) warnOnce(word);
    return known ?? { ...UNKNOWN, word, label: word };
  }

  protected override render(): TemplateResult {
    const { freshness, refused } = this.#channel;
    const { severity, shape, label, moving } = this.#info();
    const name = this.#name();
    const note = freshness === 'stale' ? 'stale' : freshness === 'loading' ? 'loading' : refused ? 'not available' : '';
    const text = note === '' || note === 'stale' ? label : '';
    const classes = ['badge', this.iconOnly && 'icon-only', note === 'stale' && 'stale', moving && 'moving'];
    const full = [name && `${name}:`, text, note && (text ? `(${note})` : note)].filter(Boolean).join(' ');
    const figure = html`<svg part="icon" viewBox="0 0 16 16" aria-hidden="true">
      ${svg`<path class="${shape in DRAWN ? `drawn ${shape}` : shape}" d=${DRAWN[shape] ?? FILLED[shape] ?? ''} />`}
    </svg>`;
    const title = this._status?.reason ?? nothing;
    const className = classes.filter(Boolean).join(' ');
    if (this.iconOnly) {
      return html`<span class=${className} part="badge" data-severity=${severity} role="img" aria-label=${full} title=${full}
        >${figure}</span
      >`;
    }
    return html`<span class=${className} part="badge" data-severity=${severity} title=${title}
      >${figure}<span class="label" part="label"><slot>${name}</slot></span
      ><span class="state" part="state">${text}</span>${note ? html`<span class="note">${note}</span>` : nothing}</span
    >`;
  }
}

const warned = new Set<string>();

function warnOnce(word: string): void {
  if (warned.has(word)) return;
  warned.add(word);
  console.warn(`<waooaw-status-badge>: "${word}" is not in the vocabulary of states; shown as unknown.`);
}
