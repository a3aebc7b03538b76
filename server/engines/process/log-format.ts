/** A line of an instance's log on disk: `<number> <ms since 1970> <stream> <text>`. Its file is named by its first number. */
import type { LogLine } from '../../../src/protocol/index.ts';
import { LINES_PER_MS } from '../../ports/agent-runtime.ts';

/** One letter a stream. */
export const STREAM_LETTERS = { stdout: 'o', stderr: 'e', engine: 's' } as const satisfies Record<
  LogLine['stream'],
  string
>;

const STREAMS: Readonly<Record<string, LogLine['stream']>> = { o: 'stdout', e: 'stderr', s: 'engine' };
const LINE = /^(\d{1,16}) (\d{1,15}) ([oes]) (.*)$/s;
const FILE = /^(\d{16})\.log$/;

/** A line's number: after the one before it, and comparable by time with those of other instances. */
export function numberOf(previous: number, at: number): number {
  return Math.max(previous + 1, at * LINES_PER_MS);
}

/** A file's name: in the order of the names is in the order of the lines. */
export function logFileName(first: number): string {
  return `${String(first).padStart(16, '0')}.log`;
}

/** The number that a file begins with; undefined for other files. */
export function firstNumberOf(fileName: string): number | undefined {
  const digits = FILE.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Undefined for half a line, such as the last one before a power cut. */
export function parseLine(text: string): LogLine | undefined {
  const [, n, at, letter = '', rest = ''] = LINE.exec(text) ?? [];
  const stream = STREAMS[letter];
  return stream && { n: Number(n), at: Number(at), stream, text: rest };
}
