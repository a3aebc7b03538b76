/** A timeline's inside: what it knows, what it shows of that, and what somebody does with it. Loaded by the element. */
import { nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { ContextController } from '../context-controller.ts';
import { setStates } from '../custom-states.ts';
import { Announcing } from './announcing.ts';
import { renderBoard, statesOf } from './board-view.ts';
import { styles } from './board.styles.ts';
import { Content } from './content.ts';
import { isOpen, readFilter, sameFilter } from './event-filter.ts';
import type { EventFilter, EventTest } from './event-filter.ts';
import { Extras } from './extras.ts';
import { Feed } from './feed.ts';
import { hasDetails, renderRows } from './feed-view.ts';
import { Finding } from './finding.ts';
import type { TimelineHost, TimelineOpen } from './host.ts';
import { Laying } from './laying.ts';
import { focusBefore, focusBehind } from './neighbours.ts';
import { Panels } from './panels.ts';
import { Periods } from './periods.ts';
import type { Article } from './rows.ts';
import { Seen } from './seen.ts';
import { Stock } from './stock.ts';
import { countText } from './toolbar-view.ts';
import { Wording } from './wording.ts';

/** At most one change of the list in so long: faster nobody can read, ms. */
const SETTLE_MS = 200;
/** Heights of an event before it is measured, px. */
const ESTIMATE = { full: 64, compact: 32 } as const;
const EVERY: EventFilter = {};

/** The inside of one timeline. */
export class Board {
  readonly #host: TimelineHost;
  readonly #extras: Extras;
  readonly #wording: Wording;
  readonly #context: ContextController;
  readonly #content: Content;
  readonly #laying: Laying;
  readonly #stock: Stock;
  readonly #seen: Seen;
  readonly #feed: Feed;
  readonly #finding: Finding;
  readonly #panels: Panels;
  readonly #announcing: Announcing;
  /** Ids of events whose details are open, and keys of bursts that are. */
  readonly #open = new Set<string>();
  readonly #openBursts = new Set<string>();
  #filter: EventFilter = EVERY;
  #given: EventFilter | undefined;
  #query: EventTest | undefined;
  #paused = false;
  /** Counts bursts that were opened or closed. */
  #folds = 0;
  #settledAt = -Infinity;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** It scrolls by itself, to what somebody wants to see. */
  #revealing = false;

  constructor(host: TimelineHost) {
    this.#host = host;
    const update = (): void => host.requestUpdate();
    this.#extras = new Extras(host.renderRoot as ShadowRoot, update);
    this.#extras.adopt({ styles });
    this.#wording = new Wording(host, () => this.#stock.source.now());
    this.#context = new ContextController(host, () => host.context);
    this.#announcing = new Announcing((count) =>
      this.#wording.texts.newEvents(count, this.#wording.number(count)),
    );
    this.#content = new Content({
      periods: new Periods({ now: Date.now(), locale: 'en', timeZone: undefined }),
      folded: true,
      open: this.#openBursts,
      leftAt: undefined,
    });
    this.#laying = new Laying(this.#content, update);
    this.#stock = new Stock(host, this.#content, {
      came: (count) => this.#came(count),
      changed: () => this.#hurry(),
      moved: update,
      lost: (why) => this.#tell('waooaw-gap', { why }),
      forgotten: () => this.#forgotten(),
    });
    this.#seen = new Seen(host, {
      newest: () => this.#content.top?.time,
      now: () => this.#stock.source.now(),
      name: () => host.remember,
      changed: update,
    });
    this.#feed = new Feed(host, {
      rows: () => this.#content.rows,
      total: () => (this.#stock.more ? -1 : this.#content.rows.articles),
      estimate: () => (this.#isCompact ? ESTIMATE.compact : ESTIMATE.full),
      scrolled: () => this.#scrolled(),
      nearEnd: () => this.#stock.fetchOlder(),
      before: (feed) => {
        const find = this.#find('#find');
        if (find) find.focus();
        else focusBefore(feed, this.#find('.head'));
      },
      after: (feed) => focusBehind(feed, this.#find('.foot')),
      toggle: (article) => this.#toggle(article),
    });
    this.#finding = new Finding({
      events: () => this.#content.passing(),
      reveal: (id) => void this.#reveal(id, false),
      changed: update,
      found: () => this.#sayFound(),
      ended: () => this.#scrolled(),
    });
    this.#panels = new Panels(host, {
      finding: this.#finding,
      extras: this.#extras,
      texts: () => this.#wording.texts,
      filter: () => this.#filter,
      choose: (filter, query, test) => this.#choose(filter, query, test),
      events: () => this.#content.list.oldestFirst,
      count: () => this.#content.rows.articles,
      passing: () => [...this.#content.passing()],
      name: () => this.#wording.label,
      source: () => this.#stock.source,
      loading: () => this.#stock.loading,
    });
    host.addController({ hostDisconnected: () => this.#stop() });
    update();
    // Whoever asked for it once more by the keyboard goes on in it: their button goes.
    if ((host.renderRoot as ShadowRoot).activeElement)
      void host.updateComplete.then(() => this.#find('.head')?.focus());
  }

  /** Takes in what the element was told. Before each render. */
  read(changed: PropertyValues<TimelineHost>): void {
    const { first } = this.#laying;
    const preset = this.#wording.preset;
    const given = this.#host.filter ?? preset?.filter;
    // A page that renders anew with the same filter does not take back what the reader chose.
    if (given !== this.#given && (first || !sameFilter(given ?? EVERY, this.#given ?? EVERY)))
      this.#useFilter(readFilter(given));
    this.#given = given;
    if (changed.has('times')) this.#panels.timesChanged();
    this.#stock.read(first || changed.has('events'), preset);
    this.#lay();
    const { paused } = this.#host.parts.pace;
    if (this.#paused && !paused && !this.#isReading) this.#content.release();
    this.#paused = paused;
    this.#settle();
    setStates(this.#host.parts.internals, this.#states());
  }

  /** Adds events in any order. */
  add(events: readonly TimelineEvent[]): void {
    this.#stock.add(events);
  }

  /** Scrolls to the top, with what has come while somebody read. */
  showNewer(): void {
    this.#feed.scrollToTop();
    this.#release();
  }

  /** @returns whether it is listed. */
  scrollToEvent(id: string): Promise<boolean> {
    return this.#reveal(id, true);
  }

  /** @returns how many were found. */
  find(text: string): Promise<number> {
    return this.#finding.search(text);
  }

  async export(format: 'json' | 'csv'): Promise<void> {
    const { download } = await this.#extras.load('exporting');
    download([...this.#content.passing()], format, this.#wording.label);
  }

  render(): TemplateResult {
    const { rows, waiting, trimmed, list } = this.#content;
    const { source, pages, provided, most } = this.#stock;
    const { parts, noFilters } = this.#host;
    const texts = this.#wording.texts;
    const feed = this.#feed;
    return renderBoard({
      texts,
      label: this.#wording.label,
      freshness: source.freshness,
      refused: source.refused,
      forbidden: source.forbidden,
      partial: source.partial,
      paused: parts.pace.paused,
      known: list.size > 0,
      narrowed: !isOpen(this.#filter) || this.#query !== undefined,
      articles: rows.articles,
      waiting: waiting > 0 ? texts.newEvents(waiting, this.#wording.number(waiting)) : undefined,
      trimmed: trimmed ? texts.trimmed(this.#wording.number(most)) : undefined,
      pages: pages.state,
      olderForbidden: pages.forbidden,
      provided,
      compact: this.#isCompact,
      toolbar: noFilters ? nothing : this.#panels.renderToolbar(),
      panel: noFilters ? nothing : this.#panels.render(),
      rows: this.#renderRows(),
      spacer: feed.list.spacer(),
      scrolled: feed.scrolled,
      keydown: feed.keydown,
      focusin: feed.focusin,
      focusout: feed.focusout,
      showNewer: () => {
        this.showNewer();
        // The button goes; whoever pressed it goes on with what it has brought.
        void feed.focusFirst();
      },
      retry: () => source.again(),
      retryOlder: () => pages.retry(),
      clearFilters: () => this.#panels.clear(),
    });
  }

  #renderRows(): unknown {
    const { finder } = this.#finding;
    const calendar = this.#wording.calendar;
    return renderRows({
      list: this.#feed.list,
      items: this.#feed.items(),
      rows: this.#content.rows,
      texts: this.#wording.texts,
      calendar,
      time: { ...calendar, exact: this.#panels.exact, now: () => this.#stock.source.now() },
      compact: this.#isCompact,
      avatars: !this.#host.noAvatars && this.#wording.preset?.avatars !== false,
      times: !this.#host.noTimes,
      words: finder.words,
      current: finder.current,
      active: this.#feed.active,
      open: this.#open,
      details: (event) => this.#renderDetails(event),
      toggle: (article) => this.#toggle(article),
    });
  }

  #renderDetails(event: TimelineEvent): unknown {
    const details = this.#extras.get('details');
    if (!details)
      return this.#extras.failed('details') ? this.#wording.texts.detailsFailed : this.#wording.texts.loading;
    const { locale, timeZone } = this.#host.parts.locale;
    return details.detailsView(event, {
      locale,
      timeZone,
      api: event.sequence === undefined ? undefined : this.#stock.source.api,
      keys: this.#host.auditKeys,
      owner: this.#host,
      requestUpdate: () => this.#host.requestUpdate(),
    });
  }

  get #isCompact(): boolean {
    return this.#host.compact || this.#wording.preset?.compact === true;
  }

  /** What is shown is to stay where it is: somebody is at it. */
  get #isReading(): boolean {
    const { atTop, focused } = this.#feed;
    const isOpen = [...this.#open].some((id) => this.#content.shows(id));
    return this.#host.parts.pace.paused || !atTop || focused || isOpen || this.#finding.active;
  }

  #states(): string[] {
    const { rows, waiting } = this.#content;
    return statesOf(this.#stock.source.freshness, rows.articles, waiting);
  }

  #find(selector: string): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>(selector);
  }

  #tell(type: string, detail: unknown): void {
    this.#host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  /** The list is not to wait for its turn. */
  #hurry(): void {
    this.#settledAt = -Infinity;
    this.#host.requestUpdate();
  }

  #came(count: number): void {
    this.#announcing.came(count);
    const dueMs = this.#settledAt + SETTLE_MS - performance.now();
    if (dueMs <= 0) this.#host.requestUpdate();
    else this.#settling ??= setTimeout(() => this.#host.requestUpdate(), dueMs);
  }

  #forgotten(): void {
    this.#announcing.stop();
    this.#open.clear();
    this.#openBursts.clear();
    this.#hurry();
  }

  #lay(): void {
    const laid = this.#laying.lay({
      calendar: this.#wording.calendar,
      filter: this.#filter,
      query: this.#query,
      selection: this.#context.selection,
      folded: !this.#host.noBursts,
      open: this.#openBursts,
      folds: this.#folds,
      leftAt: this.#seen.leftAt,
    });
    if (laid) this.#settledAt = -Infinity;
    // A part that came late renders what has left the page: no clock is to keep that.
    if (!this.#host.isConnected) this.#laying.stop();
    else if (laid) queueMicrotask(() => void this.#finding.again());
  }

  #settle(reading = this.#isReading): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    const dueMs = this.#settledAt + SETTLE_MS - performance.now();
    if (dueMs > 0) {
      if (this.#content.unsettled) this.#settling = setTimeout(() => this.#host.requestUpdate(), dueMs);
    } else if (this.#content.settle(reading)) this.#settledAt = performance.now();
  }

  #release(): void {
    this.#content.release();
    this.#settledAt = -Infinity;
    this.#settle(false);
    this.#host.requestUpdate();
  }

  #scrolled(): void {
    this.#stock.asked();
    // At the top, and with nothing in hand: what has come comes in.
    if (this.#content.waiting > 0 && !this.#revealing && !this.#isReading) this.#release();
  }

  #useFilter(filter: EventFilter): void {
    this.#filter = filter;
    this.#panels.filterChanged(filter);
    this.#stock.asked();
  }

  /** Somebody chose: older pages are of the query's answers, and what else is known is left out. */
  #choose(filter: EventFilter, query: string, test: EventTest | undefined): void {
    this.#query = test;
    this.#stock.ask(query);
    this.#useFilter(filter);
    this.#content.release();
    this.#feed.scrollToTop();
    this.#tell('waooaw-filter', filter);
    this.#hurry();
  }

  #toggle(article: Article): void {
    if (article.kind === 'burst') {
      if (!this.#openBursts.delete(article.key)) this.#openBursts.add(article.key);
      this.#folds += 1;
    } else {
      const { event } = article;
      if (!hasDetails(event)) return;
      this.#extras.forgive();
      const open = !this.#open.delete(event.id);
      if (open) this.#open.add(event.id);
      this.#tell('waooaw-open', { event, open } satisfies TimelineOpen);
    }
    this.#host.requestUpdate();
  }

  /** Brings an event into view, out of a burst and from among those that wait. @returns whether it is listed. */
  async #reveal(id: string, focus: boolean): Promise<boolean> {
    const content = this.#content;
    await this.#host.updateComplete;
    if (!content.list.get(id)) return false;
    if (content.rows.indexOf(id) < 0 && content.waiting > 0) this.#release();
    const row = content.rows.at(content.rows.indexOf(id));
    if (row?.kind === 'burst') {
      this.#openBursts.add(row.key);
      this.#folds += 1;
      this.#host.requestUpdate();
      await this.#host.updateComplete;
    }
    const index = content.rows.indexOf(id);
    if (index < 0) return false;
    this.#revealing = true;
    if (focus) await this.#feed.focus(index, 'center');
    else await this.#feed.show(index, 'center');
    this.#revealing = false;
    return true;
  }

  #sayFound(): void {
    const { finder, typed } = this.#finding;
    const { locale } = this.#host.parts.locale;
    this.#announcing.say(countText({ finder, texts: this.#wording.texts, locale, typed }), 'find');
  }

  #stop(): void {
    this.#announcing.stop();
    this.#finding.stop();
    clearTimeout(this.#settling);
    this.#laying.stop();
    this.#settling = undefined;
  }
}
