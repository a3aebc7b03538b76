/** What is known of a target, for whoever asks how scraping goes. */
import type { ScrapeFailure } from './failure.ts';

/** A target and its last scrape. */
export interface ScrapeStatus {
  readonly job: string;
  /** Its address, as configured. */
  readonly target: string;
  readonly instance: string;
  /** Undefined until a scrape has ended. */
  readonly up: boolean | undefined;
  /** When the last scrape began, ms since 1970. */
  readonly lastAt: number | undefined;
  readonly tookMs: number | undefined;
  /** What the target brought, a histogram being one, and how much of it was not taken. */
  readonly samples: number;
  readonly rejected: number;
  /** Scrapes that were left out as the one before still ran, since the target is known. */
  readonly skipped: number;
  /** Why the last scrape failed. */
  readonly failure: ScrapeFailure | undefined;
  /** The same, for people. */
  readonly error: string | undefined;
}
