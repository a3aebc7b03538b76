/** What the parsers of both text formats have in common. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { Identity, Intake, MetricParser, SeriesRef } from './format.ts';
import type { TextCursor } from './text-cursor.ts';

/** Limits of a text parser. */
export interface TextLimits {
  /** What it may remember of a source's lines from one body to the next, bytes by estimate: about 500 a line. Default 64 MiB. */
  readonly maxRememberedBytes: number;
  /** A longer line is refused, unless it is a known one. Default 65536. */
  readonly maxLineBytes: number;
  /** Lines between two pauses. Default 2000. */
  readonly pauseLines: number;
}

/** Limits used when none are given. */
export const DEFAULT_TEXT_LIMITS: TextLimits = {
  maxRememberedBytes: 64 * 1024 * 1024,
  maxLineBytes: 65_536,
  pauseLines: 2_000,
};

/** Reads one body after another. */
export class TextParser implements MetricParser {
  readonly #make: () => MetricParser;
  #reader: MetricParser | undefined;

  /** @param make a reader, which may remember the bodies that it read. */
  constructor(make: () => MetricParser) {
    this.#make = make;
    this.#reader = make();
  }

  /** Reads a body. One that comes while another is read is read as if it were the first of its source. */
  *parse(body: Buffer, intake: Intake): Generator<void, void, void> {
    const reader = this.#reader ?? this.#make();
    this.#reader = undefined;
    try {
      yield* reader.parse(body, intake);
    } finally {
      this.#reader ??= reader;
    }
  }
}

/** Finds a series, or names the line where it cannot be had. */
export function findSeries(intake: Intake, identity: Identity, line: number): SeriesRef | undefined {
  try {
    return intake.series(identity);
  } catch (error) {
    if (!(error instanceof WaooawError)) throw error;
    intake.reject(`line ${line}`, error.code, error.message);
    return undefined;
  }
}

/**
 * Names the line that is read, and goes to the next.
 * @param expected what should have stood at the cursor, where its reader has not said so.
 */
export function refuse(cursor: TextCursor, intake: Intake, expected = cursor.fault): undefined {
  cursor.fault = expected;
  intake.reject(`line ${cursor.line}`, 'bad_exposition', cursor.describe());
  cursor.skipLine();
  return undefined;
}
