/** How samples come in, whatever brings them: the door that routes and the scraper use. */
import type { ErrorCode } from '../../../src/protocol/index.ts';
import type { MetricParser } from './formats/format.ts';

/** Who sends. */
export interface Source {
  /** For quotas and statistics: `push:<subject>`, `scrape:<job>`, `self`. */
  readonly name: string;
  /** Tags that every series of this source gets. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Where a series brings one of these tags itself: `source` renames the series' own to `exported_<tag>`, `series` leaves the
   * series' own. Default `source`.
   */
  readonly prefer?: 'source' | 'series' | undefined;
}

/** A part that was not taken. */
export interface Rejected {
  /** `line 12`, or a JSON pointer such as `/samples/3`. */
  readonly place: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What became of a body. */
export interface ReadResult {
  readonly accepted: number;
  /** How many parts were not taken. */
  readonly rejected: number;
  /** The first of them, at most `maxRejectedShown`. */
  readonly shown: readonly Rejected[];
}

/** Takes bodies in. */
export interface Ingest {
  /**
   * Reads a body with a source's parser, in turns with everything else that the process does.
   * @throws WaooawError where the parser says that the whole is unreadable.
   */
  read(parser: MetricParser, body: Buffer, source: Source): Promise<ReadResult>;
}
