/** All that a timeline knows: what it was given, what it follows, what it has fetched of the past. */
import type { LostReason } from '../../protocol/frames.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { messageRegistry } from '../../i18n/messages.ts';
import type { Content } from './content.ts';
import type { TimelineHost } from './host.ts';
import { Pages } from './pages.ts';
import type { EventProvider } from './pages.ts';
import type { TimelinePreset } from './presets.ts';
import { readEvents } from './read-event.ts';
import { Source } from './source.ts';

/** Whom it tells. */
export interface StockSettings {
  /** So many events came that were not known; to be shown with the next update, or a little later. */
  readonly came: (count: number) => void;
  /** Older ones came, or all are others: to be shown with the next update. */
  readonly changed: () => void;
  /** State, not events. */
  readonly moved: () => void;
  /** What happened for a while is not known, and cannot be asked for. */
  readonly lost: (why: LostReason) => void;
  /** Nothing that was known is of what is followed now. */
  readonly forgotten: () => void;
}

/** Pages that are fetched in a row because the filters let so little through; then somebody has to scroll. */
const MOST_UNASKED = 5;

/** For one timeline. */
export class Stock {
  readonly source: Source;
  readonly pages: Pages;
  readonly #host: TimelineHost;
  readonly #content: Content;
  readonly #settings: StockSettings;
  #provider: EventProvider | undefined;
  #wording = '';
  #unasked = 0;
  /** Something is missing, unless the snapshot that follows has it. */
  #lost: LostReason | undefined;

  constructor(host: TimelineHost, content: Content, settings: StockSettings) {
    this.#host = host;
    this.#content = content;
    this.#settings = settings;
    this.source = new Source(host, {
      snapshot: (events) => this.#snapshot(events),
      update: (events) => this.#add(events),
      lost: (why) => (this.#lost = why),
      forget: () => this.#forget(),
      changed: settings.moved,
      locale: () => host.parts.locale.locale,
    });
    this.pages = new Pages((events) => this.#older(events), settings.moved);
    host.addController({ hostDisconnected: () => this.pages.stop() });
  }

  /** So many events are kept. */
  get most(): number {
    const { maxItems } = this.#host;
    return maxItems > 0 ? maxItems : Infinity;
  }

  /** Older events can be asked for. */
  get provided(): boolean {
    return this.#provider !== undefined;
  }

  /** Older events may come yet. */
  get more(): boolean {
    return this.pages.more && this.#content.list.size < this.most;
  }

  /** What is listed is not all yet: it is being asked for. */
  get loading(): boolean {
    return this.pages.state === 'loading' || this.source.freshness === 'loading';
  }

  /** Takes in what the element was told. @param given its events are others. */
  read(given: boolean, preset: TimelinePreset | undefined): void {
    const { source, events, provider: own } = this.#host;
    this.source.follow(source || (events || own ? '' : (preset?.source ?? '')));
    if (given && events) {
      this.#settings.came(this.#content.set(readEvents(events), this.most));
      setTimeout(() => this.#content.check() && this.#settings.changed());
    }
    const provider = own ?? this.source.older;
    if (provider !== this.#provider) {
      this.#provider = provider;
      this.pages.use(provider);
    }
    this.#reword();
  }

  /** Adds events in any order. */
  add(given: unknown): void {
    this.#add(readEvents(given).sort((a, b) => a.time - b.time));
  }

  /** Asks the trail's older pages by a query of its language; empty: by none. */
  ask(query: string): void {
    if (query === this.source.query) return;
    this.source.query = query;
    // Answers to one query are full of holes to another: the trail is read anew.
    this.#content.clear();
    this.#settings.changed();
    this.pages.use(this.#provider);
    // What is listed may be nothing now, with no end to scroll to.
    this.asked();
    this.fetchOlder();
  }

  /** Somebody scrolls, or wants to see other events. */
  asked(): void {
    this.#unasked = 0;
  }

  /** The end of what is listed is near. */
  fetchOlder(): void {
    const { freshness } = this.source;
    if (freshness === 'loading' || freshness === 'error' || this.#content.list.size >= this.most) return;
    if (this.pages.state !== 'idle' || this.#unasked >= MOST_UNASKED) return;
    this.#unasked += 1;
    // Not in the middle of an update, which would be asked for again by it.
    queueMicrotask(() => this.pages.fetchMore());
  }

  #snapshot(events: readonly TimelineEvent[]): void {
    const { list } = this.#content;
    const overlaps = list.size === 0 || events.some(({ id }) => list.get(id));
    const why = this.#lost;
    this.#lost = undefined;
    // Between what was known and what is now there may be more: it is asked for again from the newest on.
    if (!overlaps && this.source.older) {
      this.#content.clear();
      this.pages.use(this.#provider);
    } else if (!overlaps && why) {
      this.#content.miss(this.source.now());
      this.#settings.lost(why);
    }
    this.#older(events);
  }

  #add(events: readonly TimelineEvent[]): void {
    this.#settings.came(this.#content.add(events, this.most));
  }

  /** @param events newest first. */
  #older(events: readonly TimelineEvent[]): void {
    this.#content.add([...events].reverse(), this.most, true);
    this.#settings.changed();
  }

  #forget(): void {
    this.#lost = undefined;
    this.#content.clear();
    this.pages.use(this.#provider);
    this.#settings.forgotten();
  }

  /** Entries of the trail are worded in the page's language, once that is there. */
  #reword(): void {
    const wording = `${this.#host.parts.locale.locale} ${messageRegistry().revision}`;
    if (wording === this.#wording) return;
    const first = this.#wording === '';
    this.#wording = wording;
    if (first || !this.source.isAudit) return;
    this.#content.add(this.source.reword(this.#content.list.oldestFirst), this.most, true);
    this.#settings.changed();
  }
}
