import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { VERSION } from '../../protocol/version.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { figures } from '../figures.ts';
import { PaceController } from '../page-pace-controller.ts';
import type { Board } from './board.ts';
import type { EventFilter } from './event-filter.ts';
import { timelineFrameMessages } from './frame-words.ts';
import type { TimelineHost } from './host.ts';
import type { EventProvider } from './pages.ts';
import { styles } from './timeline.styles.ts';
import type { TimelineMessages } from './words.ts';

export type { EventFilter } from './event-filter.ts';
export type { TimelineOpen } from './host.ts';
export type { EventProvider, TimelinePage } from './pages.ts';
export type { TimelineMessages } from './words.ts';
export type { TimelineActor, TimelineEvent } from '../../protocol/timeline.ts';

/**
 * What happened, newest first: who did what, when, and what became of it. Name a `source`, such as `audit`, and it is live
 * through the page's socket; or set `events` yourself, and a `provider` of older ones. Any number of events can be filtered,
 * searched, opened and exported. What comes while somebody reads moves nothing: a button says how many there are.
 *
 * @summary What happened, newest first.
 * @tag waooaw-timeline
 *
 * @fires {CustomEvent<TimelineOpen>} waooaw-open - The details of an event were opened or closed.
 * @fires {CustomEvent<EventFilter>} waooaw-filter - Somebody set other filters.
 * @fires {CustomEvent<{why: LostReason}>} waooaw-gap - What happened for a while is not known.
 * @csspart card - The whole.
 * @csspart label - The name.
 * @csspart note - What is wrong, if anything is.
 * @csspart toolbar - What finds, filters and exports.
 * @csspart panel - The filters, or the ways to export.
 * @csspart newer - The button that shows what has come.
 * @csspart scroller - What scrolls.
 * @csspart feed - The list.
 * @csspart day - The name of a day.
 * @csspart gap - The line where events are missing that nobody knows of.
 * @csspart divider - The line above which is what came since the reader left.
 * @csspart event - An event.
 * @csspart burst - The same again and again, in one.
 * @csspart avatar - Who did it.
 * @csspart title - What happened.
 * @csspart status - What became of it.
 * @csspart time - When.
 * @csspart meta - Who, what kind, how long.
 * @csspart description - More of it.
 * @csspart match - What was searched for, in a text.
 * @csspart details - All there is to an event.
 * @csspart changes - What changed, as a table; in the details.
 * @csspart show-all - Shows more changes.
 * @csspart proof - What came of checking it against the audit trail; in the details.
 * @csspart check - Checks it.
 * @csspart empty - What stands in place of events.
 * @csspart foot - What stands below the oldest.
 * @csspart retry - Tries again what failed.
 * @csspart filters - All that filters; in the panel.
 * @csspart filter-text - The field for words.
 * @csspart filter-list - The values of one kind.
 * @csspart filter-value - One of them.
 * @csspart chip - A filter that is set.
 * @csspart clear-filters - Takes all filters away.
 * @csspart query - The field for the audit trail's query language.
 * @csspart suggestion - How the query may go on.
 * @csspart problem - What is wrong with the query.
 * @csspart formats - The ways to export; in the panel.
 * @csspart export - One of them.
 * @cssproperty --waooaw-timeline-size - Height. Default 32rem.
 * @cssproperty --waooaw-accent - Of what is focused, pressed and new.
 * @cssproperty --waooaw-highlight - Behind what was searched for.
 * @cssproperty --waooaw-surface - Background.
 * @cssproperty --waooaw-border - Border.
 * @cssproperty --waooaw-radius - Corners.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate live - What is shown is all there is.
 * @cssstate stale - What is shown was all there is once.
 * @cssstate empty - Nothing is listed.
 * @cssstate error - The source was refused, or the timeline could not be loaded.
 * @cssstate held - Events have come that are not shown yet.
 */
export class WaooawTimeline extends LitElement implements TimelineHost {
  static readonly version: string = VERSION;
  static override styles = [tokens, surfaces, figures, styles];
  static override properties = {
    events: { attribute: false },
    provider: { attribute: false },
    filter: { attribute: false },
    source: {},
    preset: {},
    label: {},
    context: {},
    maxItems: { type: Number, attribute: 'max-items' },
    compact: { type: Boolean, reflect: true },
    noAvatars: { type: Boolean, attribute: 'no-avatars' },
    noTimes: { type: Boolean, attribute: 'no-times' },
    noFilters: { type: Boolean, attribute: 'no-filters' },
    noBursts: { type: Boolean, attribute: 'no-bursts' },
    times: {},
    remember: {},
    auditKeys: { attribute: false },
    messages: { attribute: false },
    theme: { reflect: true },
    density: { reflect: true },
  };

  /** What happened, in any order. What has an id, a time and a title is an event; the rest is left out. */
  declare events: readonly TimelineEvent[] | undefined;
  /** Finds older events, page by page, when somebody scrolls to the end. */
  declare provider: EventProvider | undefined;
  /** Shows only some: `{ types, statuses, actors, from, to, text, tags }`. What somebody chooses in the filters replaces it. */
  declare filter: EventFilter | undefined;
  /** What to follow: `audit`, or a channel that carries events, such as `app/deploys`. Default: the preset's. */
  declare source: string;
  /** `agent-activity`, `audit-log`, `system-events` or `recent-changes`. Whatever is set beside it goes before it. */
  declare preset: string;
  /** The name, in view. Default: the preset's. */
  declare label: string;
  /**
   * Name of the page's context that narrows the timeline; empty for the page's own. What is chosen there is looked for in the
   * events' tags `agent`, `service` and `environment`, and its range in their times. Default null: none.
   */
  declare context: string | null;
  /** Only the newest so many events are kept. Default 200,000. */
  declare maxItems: number;
  /** One line an event. */
  declare compact: boolean;
  /** Without the pictures of actors. */
  declare noAvatars: boolean;
  /** Without times, but for the names of days. */
  declare noTimes: boolean;
  /** Without what finds, filters and exports. */
  declare noFilters: boolean;
  /** Without folding what happens again and again. */
  declare noBursts: boolean;
  /** `relative` (default): "5 min. ago"; `exact`: to the second. A button of the toolbar changes it. */
  declare times: string;
  /** Under which name the browser remembers what the reader has seen, for "since you left". Default: only while the page is open. */
  declare remember: string;
  /** The verifier keys of the audit trail that you trust, to check proofs against. Default: those that the server names. */
  declare auditKeys: readonly string[] | undefined;
  /** Texts of this one element, above all others. */
  declare messages: Partial<TimelineMessages> | undefined;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** `compact` or `comfortable`; the page's when empty. */
  declare density: string;

  /** @internal */
  readonly parts = {
    internals: this.attachInternals(),
    locale: new LocaleController(this),
    pace: new PaceController(this),
  };
  #board: Board | undefined;
  #coming: Promise<Board> | undefined;
  /** Its inside could not be loaded, and is not there yet. */
  #failed = false;

  constructor() {
    super();
    this.source = this.preset = this.label = this.times = this.remember = this.theme = this.density = '';
    this.context = null;
    this.maxItems = 200_000;
    this.compact = this.noAvatars = this.noTimes = this.noFilters = this.noBursts = false;
  }

  /** Adds events, or replaces those with their ids; in any order. */
  async add(events: readonly TimelineEvent[]): Promise<void> {
    (await this.#load()).add(events);
  }

  /** Scrolls to an event and focuses it, wherever it is. @returns whether it is listed. */
  async scrollToEvent(id: string): Promise<boolean> {
    return (await this.#load()).scrollToEvent(id);
  }

  /** Searches all events that are listed, and shows the first match. @returns how many there are. */
  async find(text: string): Promise<number> {
    return (await this.#load()).find(text);
  }

  /** Shows what has come while somebody read. */
  async showNewer(): Promise<void> {
    (await this.#load()).showNewer();
  }

  /** Saves what is listed to a file. */
  async export(format: 'json' | 'csv'): Promise<void> {
    await (await this.#load()).export(format);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // What could not be loaded is tried again when the element comes back.
    this.#begin();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.#board) this.#board.read(changed);
    else setStates(this.parts.internals, [this.#coming ? 'loading' : 'error']);
  }

  readonly #begin = (): void => {
    this.#load().catch(console.warn);
    this.requestUpdate();
  };

  /** Behind the first paint: all but the frame, whose room is kept. */
  #load(): Promise<Board> {
    return (this.#coming ??= import('./board.ts')
      .then(({ Board }) => (this.#board = new Board(this)))
      .catch((error: unknown) => {
        this.#coming = undefined;
        this.#failed = true;
        this.requestUpdate();
        throw error;
      }));
  }

  protected override render(): TemplateResult {
    if (this.#board) return this.#board.render();
    const { failed, retry } = timelineFrameMessages.get(this.parts.locale.locale);
    // The page's announcer may not have come either: this says itself what is wrong.
    return html`<div class="card" part="card">
      ${
        this.#failed
          ? html`<p part="empty" role="status">
              ${this.#coming ? '…' : failed} <button part="retry" @click=${this.#begin}>${retry}</button>
            </p>`
          : nothing
      }
    </div>`;
  }
}
