/** What opens in a tracker: a stage's own facts and lines, the whole log, and the waterfall. Loaded when something is opened. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatTime } from '../../i18n/times.ts';
import { elapsedOf, rangeText } from './estimate.ts';
import type { TrackerHost } from './host.ts';
import { LogPane } from './log-pane.ts';
import { LogSource } from './log-source.ts';
import { LogStore } from './log-store.ts';
import type { Stage, Work } from './stages.ts';
import { barsOf, waterfallView } from './waterfall.ts';
import type { Wording } from './wording.ts';

export { styles } from './details.styles.ts';

/** What is open. */
export interface Opened {
  /** The whole log. */
  readonly log: boolean;
  /** Names of stages. */
  readonly open: ReadonlySet<string>;
}

/** What they need to know. */
export interface DetailsSettings {
  /** The server's clock, ms since 1970. */
  readonly now: () => number;
  /** The operation is followed, and so is its log. */
  readonly follows: () => boolean;
}

/** The log of the whole among the panes. */
const WHOLE = '';

/** For one tracker. */
export class Details {
  readonly #host: TrackerHost;
  readonly #wording: Wording;
  readonly #settings: DetailsSettings;
  readonly #source: LogSource;
  #work: Work | undefined;
  /** By the stage's name. */
  readonly #panes = new Map<string, LogPane>();
  /** Lines that the page has set, by the stage's name. */
  readonly #given = new Map<string, { readonly logs: readonly string[]; readonly store: LogStore }>();

  constructor(host: TrackerHost, wording: Wording, settings: DetailsSettings) {
    this.#host = host;
    this.#wording = wording;
    this.#settings = settings;
    this.#source = new LogSource(host);
  }

  /** Before the element renders: follows the log for as long as some of it is open. */
  update(work: Work, { log, open }: Opened): void {
    if (work.id !== this.#work?.id) this.#close(() => true);
    this.#work = work;
    const follows = this.#settings.follows();
    this.#source.follow(follows && (log || open.size > 0) ? work.id : '');
    this.#close((name) => (name === WHOLE ? !log : !open.has(name)));
    this.#panes.forEach((pane) => pane.update());
  }

  stageView(stage: Stage): TemplateResult {
    const facts = this.#factsOf(stage);
    return html`${
      facts.length === 0
        ? nothing
        : html`<dl>
            ${facts.map(
              ([name, value]) =>
                html`<div>
                  <dt>${name}</dt>
                  <dd><bdi>${value}</bdi></dd>
                </div>`,
            )}
          </dl>`
    }${this.#stageLog(stage)}`;
  }

  logView(): TemplateResult {
    return this.#frame(WHOLE, this.#work?.title ?? '', this.#source.store);
  }

  waterfallView(): unknown {
    return this.#work ? waterfallView(this.#work, this.#settings.now(), this.#wording) : nothing;
  }

  #stageLog(stage: Stage): unknown {
    if (this.#settings.follows()) return this.#frame(stage.name, stage.title, this.#source.store, stage.name);
    if (stage.logs.length === 0) return nothing;
    let given = this.#given.get(stage.name);
    if (given?.logs !== stage.logs) {
      const store = given?.store ?? new LogStore();
      store.clear();
      store.add(stage.logs.map((text, n) => ({ n, at: NaN, stream: 'stdout', text })));
      given = { logs: stage.logs, store };
      this.#given.set(stage.name, given);
      this.#panes.get(stage.name)?.update();
    }
    return this.#frame(stage.name, stage.title, given.store);
  }

  #frame(name: string, title: string, store: LogStore, stage?: string): TemplateResult {
    let pane = this.#panes.get(name);
    if (!pane) {
      const at = this.#work?.stages.findIndex((one) => one.name === name) ?? -1;
      const key = at < 0 ? 'whole' : String(at);
      pane = new LogPane(this.#host, this.#wording, { key, store, ...(stage !== undefined && { stage }) });
      this.#panes.set(name, pane);
    }
    const { texts } = this.#wording;
    const isOurs = store === this.#source.store;
    return pane.view({
      label: texts.logOf(title),
      above: isOurs ? this.#olderView() : nothing,
      empty: isOurs ? this.#emptyText() : texts.logEmpty,
    });
  }

  #olderView(): unknown {
    const { texts } = this.#wording;
    const { older, store } = this.#source;
    if (!store.more) return nothing;
    const loading = older === 'loading';
    return html`<p class="above">
      ${typeof older === 'object' ? html`<span class="wrong">${texts.logFailed(older.failed)}</span>` : nothing}
      <button
        type="button"
        class="tool older"
        part="older"
        aria-disabled=${loading || nothing}
        @click=${() => void this.#source.loadOlder()}
      >
        ${loading ? texts.olderLoading : typeof older === 'object' ? texts.retryLoad : texts.older}
      </button>
    </p>`;
  }

  #emptyText(): string {
    const { texts } = this.#wording;
    const { freshness, refused = '' } = this.#source;
    if (freshness === 'error') return texts.logFailed(refused);
    return freshness === 'loading' ? texts.logLoading : texts.logEmpty;
  }

  #factsOf(stage: Stage): readonly (readonly [name: string, value: string])[] {
    const { texts, locale, timeZone } = this.#wording;
    const { startedAt, endedAt, expected, attempts, description, state, detail } = stage;
    const now = this.#settings.now();
    const time = (ms: number): string => formatTime(ms, locale, timeZone);
    const bar = this.#work && barsOf(this.#work, now).bars.find(({ name }) => name === stage.name);
    const waited = bar?.from === undefined ? 0 : bar.from - (bar.waitedFrom ?? bar.from);
    const ran = elapsedOf(stage, now);
    const facts: readonly (readonly [string, string | undefined | false])[] = [
      // While it runs its description gives way to what it does just now.
      [texts.about, state === 'running' && detail !== '' && description],
      [texts.started, startedAt !== undefined && time(startedAt)],
      [texts.endedAt, endedAt !== undefined && time(endedAt)],
      [texts.waited, waited > 0 && this.#wording.span(waited)],
      [
        texts.ran,
        ran !== undefined && (endedAt === undefined ? this.#wording.running(ran) : this.#wording.span(ran)),
      ],
      [
        texts.expected,
        expected &&
          texts.expectedOf(rangeText(expected, locale), expected.runs, this.#wording.count(expected.runs)),
      ],
      [texts.attempts, attempts > 1 && this.#wording.count(attempts)],
    ];
    return facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  }

  #close(which: (name: string) => boolean): void {
    for (const [name, pane] of this.#panes) {
      if (!which(name)) continue;
      pane.stop();
      this.#panes.delete(name);
    }
  }
}
