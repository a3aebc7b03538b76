/** Why a scrape failed, in words that a program can tell apart. */

/** The kinds of failure, each with what it means. */
export const SCRAPE_FAILURES = {
  unreachable: 'The connection was not made, or broke before an answer',
  timeout: 'The answer was not whole within timeoutMs',
  cut: 'The connection ended in the middle of the answer',
  status: 'The answer has a status other than 200',
  redirect: 'The answer points elsewhere; redirects are not followed',
  content_type: 'The answer is of a type that holds no metrics',
  encoding: 'The answer is compressed in a way that is not read here, or is damaged',
  too_large: 'The answer is larger than maxBytes',
  too_many_samples: 'The answer holds more than maxSamples samples',
  unreadable: 'The answer does not follow its format',
  secret: 'A file of credentials cannot be read, or holds none',
} as const;

/** One of them. */
export type ScrapeFailure = keyof typeof SCRAPE_FAILURES;

/** A scrape that failed. The message never holds a header or a credential. */
export class ScrapeError extends Error {
  readonly failure: ScrapeFailure;

  constructor(failure: ScrapeFailure, message: string = SCRAPE_FAILURES[failure], options?: ErrorOptions) {
    super(message, options);
    this.name = 'ScrapeError';
    this.failure = failure;
  }
}
