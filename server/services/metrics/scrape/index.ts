/** Scrapes targets that expose metrics over HTTP. */
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Clock } from '../../../ports/clock.ts';
import type { MetricFormat, SeriesRef } from '../formats/format.ts';
import type { Ingest, Source } from '../ingest.ts';
import { targetUrl } from './job.ts';
import type { ScrapeJob } from './job.ts';
import { Slots } from './slots.ts';
import type { ScrapeStatus } from './status.ts';
import { Target } from './target.ts';
import type { TargetDeps } from './target.ts';

export { SCRAPE_FAILURES } from './failure.ts';
export type { ScrapeFailure } from './failure.ts';
export { SCRAPE_DEFAULTS } from './job.ts';
export type { ScrapeJob } from './job.ts';
export { readScrapeFile } from './scrape-file.ts';
export type { ScrapeStatus } from './status.ts';

/** Scrapes that run at once: with the default `maxBytes` they hold at most 320 MiB of answers. */
const MAX_CONCURRENT = 32;

/** What scraping takes. */
export interface ScraperOptions {
  readonly clock: Clock;
  readonly ingest: Ingest;
  readonly jobs: readonly ScrapeJob[];
  /** Those that answers may be in; their media types choose. */
  readonly formats: readonly MetricFormat[];
  /** Most scrapes at once; more wait in line, and their timeout begins when it is their turn. Default 32. */
  readonly maxConcurrent?: number | undefined;
  /**
   * Told of series that a target brought before and brings no more: it left them out, it is down, or it is scraped no longer.
   * Series whose samples bring their own times are never among them. Default: nobody is told, and `up` says what it can.
   */
  readonly ended?: ((source: Source, series: readonly SeriesRef[]) => void) | undefined;
  /** Told when a target came up or went down, for the log. */
  readonly changed?: ((status: ScrapeStatus) => void) | undefined;
  /** Told of faults of our own; those of targets are in their status. */
  readonly onError: (error: unknown) => void;
}

/** Scraping under way. */
export interface Scraper {
  /** Every target, in the order of the jobs. */
  status(): readonly ScrapeStatus[];
  /** Goes on with other jobs. A target that stays, by its job and address, keeps its state and its rhythm. */
  apply(jobs: readonly ScrapeJob[]): void;
  /** Ends everything under way: no timer, no socket and no promise is left. Twice is harmless. */
  close(): Promise<void>;
}

/** Scrapes from now on. */
export function createScraper(options: ScraperOptions): Scraper {
  const { clock, ingest, jobs, formats, maxConcurrent = MAX_CONCURRENT, onError } = options;
  const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) };
  const deps: TargetDeps = {
    clock,
    ingest,
    formats,
    slots: new Slots(maxConcurrent),
    agent: ({ protocol }) => (protocol === 'https:' ? agents['https:'] : agents['http:']),
    ended: (source, series) => options.ended?.(source, series),
    changed: (status) => options.changed?.(status),
    failed: onError,
  };
  let targets = new Map<string, Target>();
  /** Those that still let go. */
  const leaving = new Set<Promise<void>>();

  const stop = (target: Target, gone: boolean): void => {
    const stopped: Promise<void> = target
      .stop(gone)
      .catch(onError)
      .finally(() => leaving.delete(stopped));
    leaving.add(stopped);
  };

  const apply = (wanted: readonly ScrapeJob[]): void => {
    const before = targets;
    targets = new Map();
    for (const job of wanted) {
      for (const address of job.targets) {
        const key = `${job.job}\n${targetUrl(address).href}`;
        const known = before.get(key);
        known?.update(job);
        targets.set(key, known ?? new Target(job, address, deps));
        before.delete(key);
      }
    }
    for (const target of before.values()) stop(target, true);
  };

  apply(jobs);
  return {
    status: () => [...targets.values()].map(({ status }) => status),
    apply,
    async close() {
      for (const target of targets.values()) stop(target, false);
      targets = new Map();
      await Promise.all(leaving);
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
