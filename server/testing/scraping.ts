/** For tests: targets on real ports, and a scraper whose time is moved by hand. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createManualClock } from '../engines/memory/clock.ts';
import { openMetrics } from '../services/metrics/formats/openmetrics.ts';
import { prometheusText } from '../services/metrics/formats/prometheus-text.ts';
import type { SeriesRef } from '../services/metrics/formats/format.ts';
import { SCRAPE_DEFAULTS, createScraper } from '../services/metrics/scrape/index.ts';
import type { ScrapeJob, ScrapeStatus, ScraperOptions } from '../services/metrics/scrape/index.ts';
import { turn } from './event-loop.ts';
import { RecordingIngest } from './recording-intake.ts';
import type { RecordedSeries, RecordingIntake } from './recording-intake.ts';

/** A target that runs until its test ends. */
export interface RunningTarget {
  readonly server: Server;
  /** With a path of `/metrics`. */
  readonly url: string;
  readonly requests: IncomingMessage[];
}

/** Starts a target. */
export async function startTarget(t: TestContext, answer: RequestListener): Promise<RunningTarget> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, requests };
}

/** Answers with text. */
export const text =
  (body: string, type = 'text/plain; version=0.0.4'): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type }).end(body);

/** A job that is scraped every second and may take as long. */
export function jobOf(targets: readonly string[], more: Partial<ScrapeJob> = {}): ScrapeJob {
  const { maxBytes, maxSamples } = SCRAPE_DEFAULTS;
  const defaults = {
    intervalMs: 1_000,
    timeoutMs: 1_000,
    maxBytes,
    maxSamples,
    tags: {},
    honorTags: false,
    headers: {},
  };
  return { job: 'test', targets, ...defaults, ...more };
}

/** Waits for what must happen within ten seconds. */
export async function until(what: string, happened: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!happened()) {
    if (performance.now() > deadline) throw new Error(`${what}: did not happen`);
    await turn();
  }
}

/** A scraper under test. */
export function scraping(t: TestContext, jobs: readonly ScrapeJob[], more: Partial<ScraperOptions> = {}) {
  const clock = createManualClock();
  const ingest = new RecordingIngest();
  const ended: string[][] = [];
  const changed: ScrapeStatus[] = [];
  const errors: unknown[] = [];
  const scraper = createScraper({
    clock,
    ingest,
    jobs,
    formats: [prometheusText, openMetrics],
    ended: (_source, series: readonly SeriesRef[]) =>
      ended.push(series.map((one) => (one as RecordedSeries).identity.name).sort()),
    changed: (status) => changed.push(status),
    onError: (error) => errors.push(error),
    ...more,
  });
  t.after(() => scraper.close());

  /** Of every scrape that ended, what it said of itself. */
  const ups = () => ingest.bodies.filter(({ intake }) => intake.of('up').length > 0);
  /** Of every scrape that was read, what it brought. */
  const read = (): RecordingIntake[] =>
    ingest.bodies.filter(({ intake }) => intake.of('up').length === 0).map(({ intake }) => intake);
  return {
    clock,
    ingest,
    scraper,
    ended,
    changed,
    errors,
    ups,
    read,
    /** Lets one interval pass, and waits until every target was scraped. @returns the first one's status. */
    async scrape(meanwhile: () => void | Promise<void> = () => undefined): Promise<ScrapeStatus> {
      const expected = ups().length + scraper.status().length;
      clock.advance(1_000);
      await meanwhile();
      await until('a scrape', () => ups().length >= expected);
      await turn();
      return scraper.status()[0]!;
    },
  };
}
