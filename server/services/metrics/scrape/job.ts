/** What is scraped, how often, and how much of it is borne. */

/** Targets that are scraped alike. */
export interface ScrapeJob {
  /** The `job` tag of every series; no two jobs share one. */
  readonly job: string;
  /** Where, `http:` or `https:`, without credentials. An address without a path means `/metrics`. */
  readonly targets: readonly string[];
  /** Between the beginnings of two scrapes, ms. Default 15,000. */
  readonly intervalMs: number;
  /** For the whole of a scrape, from the connection to the last byte, ms. At most `intervalMs`. Default 10,000. */
  readonly timeoutMs: number;
  /** Largest answer, bytes, once decompressed. Default 10 MiB. */
  readonly maxBytes: number;
  /** Most samples of one answer. One with more is refused whole. Default 50,000. */
  readonly maxSamples: number;
  /** What every series gets beside `job` and `instance`. Default none. */
  readonly tags: Readonly<Record<string, string>>;
  /** True leaves a series its own tags where they have these names; false renames them to `exported_…`. Default false. */
  readonly honorTags: boolean;
  /** Sent with every request; nothing secret. Default none. */
  readonly headers: Readonly<Record<string, string>>;
  /** A file that holds a token. It is read anew for every scrape, so that it may be exchanged. */
  readonly bearerTokenFile?: string | undefined;
  /** A name, and a file that holds the password. */
  readonly basicAuth?: { readonly user: string; readonly passwordFile: string } | undefined;
}

/** What holds where a job does not say otherwise. */
export const SCRAPE_DEFAULTS = Object.freeze({
  intervalMs: 15_000,
  timeoutMs: 10_000,
  maxBytes: 10_485_760,
  maxSamples: 50_000,
});

/** Where an address without a path points. */
const DEFAULT_PATH = '/metrics';

/** A target's address, whole. */
export function targetUrl(target: string): URL {
  const url = new URL(target);
  if (url.pathname === '/' && url.search === '') url.pathname = DEFAULT_PATH;
  return url;
}

/** A target's `instance` tag: its host and port, and its path where that is not the usual one. */
export function instanceOf(url: URL): string {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const path = `${url.pathname}${url.search}`;
  return `${url.hostname}:${port}${path === DEFAULT_PATH ? '' : path}`;
}
