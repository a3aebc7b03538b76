/** One target: scraped on its grid, never twice at once, with what it brought last in mind. */
import type { Agent } from 'node:http';
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { MetricFormat, MetricParser, SeriesRef } from '../formats/format.ts';
import type { Ingest, ReadResult, Source } from '../ingest.ts';
import type { AnswerBuffer } from './answer-buffer.ts';
import { authorization } from './credentials.ts';
import { ACCEPT, checkSamples, formatOf } from './exposition.ts';
import { ScrapeError } from './failure.ts';
import { instanceOf, targetUrl } from './job.ts';
import type { ScrapeJob } from './job.ts';
import { OwnSamples } from './own-samples.ts';
import { requestExposition } from './request.ts';
import type { Exposition } from './request.ts';
import { Grid } from './schedule.ts';
import { SeenSeries } from './seen-series.ts';
import type { Slots } from './slots.ts';
import type { ScrapeStatus } from './status.ts';

const NOTHING = Buffer.alloc(0);

/** What a target needs. */
export interface TargetDeps {
  readonly clock: Clock;
  readonly ingest: Ingest;
  readonly formats: readonly MetricFormat[];
  readonly slots: Slots;
  readonly agent: (url: URL) => Agent;
  /** Told of series that a target brings no more. */
  readonly ended: (source: Source, series: readonly SeriesRef[]) => void;
  /** Told when a target came up or went down. */
  readonly changed: (status: ScrapeStatus) => void;
  /** Told of faults of our own. */
  readonly failed: (error: unknown) => void;
}

/** What is written to under one source. */
interface Writing {
  readonly source: Source;
  readonly own: OwnSamples;
  format: MetricFormat | undefined;
  seen: SeenSeries | undefined;
  /** Nothing more is written: its series have `ended`, or this process just `left` them. */
  over?: 'ended' | 'left';
}

type Outcome = Pick<ScrapeStatus, 'samples' | 'rejected' | 'failure' | 'error'>;

/** Scrapes until it is stopped. */
export class Target {
  readonly #deps: TargetDeps;
  readonly #url: URL;
  #job: ScrapeJob;
  #writing: Writing;
  #grid: Grid;
  #running: Promise<void> | undefined;
  #controller: AbortController | undefined;
  #status: ScrapeStatus;

  constructor(job: ScrapeJob, target: string, deps: TargetDeps) {
    this.#deps = deps;
    this.#url = targetUrl(target);
    this.#job = job;
    this.#writing = this.#begin();
    this.#grid = this.#follow();
    this.#status = {
      job: job.job,
      target,
      instance: instanceOf(this.#url),
      up: undefined,
      lastAt: undefined,
      tookMs: undefined,
      samples: 0,
      rejected: 0,
      skipped: 0,
      failure: undefined,
      error: undefined,
    };
  }

  get status(): ScrapeStatus {
    return this.#status;
  }

  /** Goes on by other settings. What is known of the target stays; series that are tagged otherwise from now on have ended. */
  update(job: ScrapeJob): void {
    const before = this.#job;
    this.#job = job;
    if (!same(sourceOf(before, this.#url), sourceOf(job, this.#url))) {
      this.#leave(this.#writing, 'ended');
      this.#writing = this.#begin();
    }
    if (before.intervalMs === job.intervalMs) return;
    this.#grid.stop();
    this.#grid = this.#follow();
  }

  /**
   * Scrapes no more and lets go of a scrape under way.
   * @param gone true where the target is no more: its series have ended. False where only this process stops.
   */
  async stop(gone: boolean): Promise<void> {
    this.#grid.stop();
    this.#leave(this.#writing, gone ? 'ended' : 'left');
    this.#controller?.abort(new ScrapeError('cut'));
    await this.#running;
  }

  #follow(): Grid {
    return new Grid(this.#deps.clock, this.#job.intervalMs, `${this.#job.job} ${this.#url.href}`, () =>
      this.#due(),
    );
  }

  #begin(): Writing {
    return {
      source: sourceOf(this.#job, this.#url),
      own: new OwnSamples(),
      format: undefined,
      seen: undefined,
    };
  }

  #due(): void {
    if (this.#running) {
      this.#status = { ...this.#status, skipped: this.#status.skipped + 1 };
      return;
    }
    const controller = new AbortController();
    const writing = this.#writing;
    this.#controller = controller;
    this.#running = this.#deps.slots
      .run((buffer) => this.#scrape(writing, controller, buffer))
      .catch((error: unknown) => this.#deps.failed(error))
      .finally(() => (this.#running = undefined));
  }

  async #scrape(writing: Writing, controller: AbortController, buffer: AnswerBuffer): Promise<void> {
    try {
      if (!writing.over) await this.#once(writing, controller, buffer);
    } finally {
      // Somebody stopped it while it waited or ran, or it is tagged otherwise by now.
      if (writing.over) this.#finish(writing);
    }
  }

  async #once(writing: Writing, controller: AbortController, buffer: AnswerBuffer): Promise<void> {
    const { clock, ingest, changed } = this.#deps;
    const [lastAt, began] = [clock.now(), clock.monotonicMs()];
    const outcome = await this.#outcome(this.#job, writing, controller, buffer);
    if (writing.over) return;

    const up = outcome.failure === undefined;
    const tookMs = clock.monotonicMs() - began;
    const before = this.#status.up;
    this.#status = { ...this.#status, ...outcome, up, lastAt, tookMs };
    this.#tell(writing.source, (up ? writing.seen?.ended() : writing.seen?.allEnded()) ?? []);
    writing.own.set({ up, tookMs, samples: outcome.samples, rejected: outcome.rejected });
    if (up !== before) changed(this.#status);
    await ingest.read(writing.own, NOTHING, writing.source);
  }

  /** @throws what is a fault of our own: that says nothing of the target. */
  async #outcome(
    job: ScrapeJob,
    writing: Writing,
    controller: AbortController,
    buffer: AnswerBuffer,
  ): Promise<Outcome> {
    try {
      const exposition = await this.#request(job, controller, buffer);
      const format = formatOf(exposition, this.#deps.formats);
      checkSamples(exposition.body, job.maxSamples);
      const { accepted, rejected } = await this.#read(writing, format, exposition.body);
      return { samples: accepted + rejected, rejected, failure: undefined, error: undefined };
    } catch (error) {
      if (!(error instanceof ScrapeError)) throw error;
      return { samples: 0, rejected: 0, failure: error.failure, error: error.message };
    }
  }

  async #request(job: ScrapeJob, controller: AbortController, buffer: AnswerBuffer): Promise<Exposition> {
    const { clock, agent } = this.#deps;
    const { signal } = controller;
    const timer = clock.after(job.timeoutMs, () => controller.abort(new ScrapeError('timeout')));
    try {
      const credentials = await authorization(job);
      signal.throwIfAborted();
      const headers = {
        'user-agent': 'waooaw',
        ...job.headers,
        accept: ACCEPT,
        'accept-encoding': 'gzip',
        'x-prometheus-scrape-timeout-seconds': String(job.timeoutMs / 1_000),
        ...(credentials === undefined ? {} : { authorization: credentials }),
      };
      return await requestExposition({
        url: this.#url,
        headers,
        maxBytes: job.maxBytes,
        signal,
        agent: agent(this.#url),
        buffer,
      });
    } finally {
      timer.cancel();
    }
  }

  async #read(writing: Writing, format: MetricFormat, body: Buffer): Promise<ReadResult> {
    if (writing.format !== format || !writing.seen) {
      this.#tell(writing.source, writing.seen?.allEnded() ?? []);
      writing.format = format;
      writing.seen = new SeenSeries(format.parser());
    }
    const result = await this.#readWhole(writing.seen, body, writing.source);
    const [first] = result.shown;
    // Lines, but none of metrics: a page of something else, and no target.
    if (result.accepted === 0 && first?.code === 'bad_exposition')
      throw new ScrapeError('unreadable', `${first.place}: ${first.message}`);
    return result;
  }

  async #readWhole(parser: MetricParser, body: Buffer, source: Source): Promise<ReadResult> {
    try {
      return await this.#deps.ingest.read(parser, body, source);
    } catch (error) {
      if (!(error instanceof WaooawError) || error.status >= 500) throw error;
      throw new ScrapeError('unreadable', `${error.code}: ${error.message}`, { cause: error });
    }
  }

  /** Writes no more; a scrape under way still may, and then finishes itself. */
  #leave(writing: Writing, how: 'ended' | 'left'): void {
    writing.over = how;
    if (!this.#running) this.#finish(writing);
  }

  #finish({ source, own, seen, over }: Writing): void {
    if (over === 'ended')
      this.#tell(source, [...(seen?.allEnded() ?? []), ...own.refs.filter(({ gone }) => !gone)]);
  }

  #tell(source: Source, series: readonly SeriesRef[]): void {
    if (series.length > 0) this.#deps.ended(source, series);
  }
}

function sourceOf({ job, tags, honorTags }: ScrapeJob, url: URL): Source {
  return {
    name: `scrape:${job}`,
    tags: { ...tags, job, instance: instanceOf(url) },
    prefer: honorTags ? 'series' : 'source',
  };
}

/** Of plain values: settings, which are read from a file. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
