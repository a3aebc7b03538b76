import { LitElement, html } from 'lit';
import { findState } from '../../protocol/states.ts';
import { VERSION } from '../../protocol/version.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { still } from '../still-figures.ts';
import { badgeView } from './badge-view.ts';
import type { BadgeShown } from './badge-view.ts';
import type { BadgeDetails, BadgeStatus, BadgeTexts } from './host.ts';
import type { LiveBadge } from './live.ts';
import { styles } from './status-badge.styles.ts';

export type { BadgeChange, BadgeDetails, BadgeStatus, BadgeTexts } from './host.ts';

const UNKNOWN = findState('unknown')!;

/**
 * One thing's state, as figure, colour and text. Set `state`, or name a `check` and the badge follows it through the
 * page's socket; a `tag` or a `context` makes it the worst of many. While nobody can see it, it hears of its check every
 * ten seconds at the latest, and still says failures aloud.
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
 * @csspart trigger - The button around a badge that has `details`.
 * @csspart details - What opens: a tooltip or a panel.
 * @csspart incident - The link to the incident.
 * @csspart history - The bar of the last 90 days, in the panel.
 * @csspart acknowledge - The form that acknowledges an incident, in the panel.
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
  static override styles = [tokens, still, styles];
  static override properties = {
    state: {},
    label: {},
    check: {},
    tag: {},
    context: {},
    details: {},
    incidentHref: { attribute: 'incident-href' },
    status: { attribute: false },
    messages: { attribute: false },
    size: { reflect: true },
    theme: { reflect: true },
    plain: { reflect: true, type: Boolean },
    iconOnly: { attribute: 'icon-only', type: Boolean },
    showSince: { attribute: 'show-since', type: Boolean },
  };

  /** A word of the vocabulary, such as `up`, `degraded` or `running`. Not looked at while a check is followed. */
  declare state: string;
  /** All that is known, in place of `state`: the shape of the health API's checks, as much of it as there is. */
  declare status: BadgeStatus | undefined;
  /** What has this state. Default: the check's title. */
  declare label: string;
  /** Id of the check to follow. */
  declare check: string;
  /** Follows all checks that carry this tag, such as `service=payments`, and shows the worst. Several: with commas. */
  declare tag: string;
  /**
   * Name of the page's context; empty for the page's own. Follows all checks that carry the tags that are chosen there, and
   * shows the worst. Not looked at beside `check`. Default null: none.
   */
  declare context: string | null;
  /** `s`, `m` (default) or `l`. */
  declare size: 's' | 'm' | 'l';
  /** Without the pill's edge and ground, as for running text. */
  declare plain: boolean;
  /** Shows the figure alone; its name is spoken in full. */
  declare iconOnly: boolean;
  /** Shows since when the state is so. */
  declare showSince: boolean;
  /** `tooltip`: a text with all that is known; `disclosure`: a panel, with its past. Empty (default): neither. */
  declare details: BadgeDetails;
  /** Address of an incident's page; `{id}` and `{check}` are put in. Default: no link. */
  declare incidentHref: string;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** Texts of this badge's own, by name; what they leave out stays. Default: those of the page's language. */
  declare messages: BadgeTexts | undefined;

  #live: LiveBadge | undefined;
  #shown!: BadgeShown;

  constructor() {
    super();
    this.state = this.label = this.check = this.tag = this.details = this.incidentHref = this.theme = '';
    this.size = 'm';
    this.context = null;
    this.iconOnly = this.plain = this.showSince = false;
  }

  /** A thousand that change at once take turns. */
  protected override scheduleUpdate(): void | Promise<unknown> {
    return this.#live?.turn?.then(() => super.scheduleUpdate()) ?? super.scheduleUpdate();
  }

  protected override willUpdate(): void {
    const { status, check, tag } = this;
    const note = check || tag || this.context !== null ? 'loading' : '';
    this.#shown = this.#live?.read() ?? {
      // What is followed has no word yet.
      info: note
        ? { ...UNKNOWN, label: '' }
        : (findState(String(status?.word ?? status?.state ?? this.state)) ?? UNKNOWN),
      freshness: note || 'idle',
      name: this.textContent.trim() || this.label || status?.title || check || tag,
      note,
    };
  }

  /** Following, telling and speaking are loaded when there is something to see. */
  protected override firstUpdated(): void {
    const first = this.#shown;
    import('./live.ts').then(({ LiveBadge }) => {
      this.#live = new LiveBadge(this, first);
      this.requestUpdate();
    }, console.warn);
  }

  protected override render(): unknown {
    const { name } = this.#shown;
    const title = html`<slot>${name}</slot>`;
    const badge = badgeView(this.#shown, title, !name && !this.firstElementChild, this.iconOnly);
    return this.#live?.frame(badge) ?? badge;
  }
}
