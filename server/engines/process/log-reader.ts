/** Reads an instance's output from its files, while they may be written and rotated. */
import { readdirSync, statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine, LogPage } from '../../../src/protocol/index.ts';
import type { LogRead } from '../../ports/agent-runtime.ts';
import { firstNumberOf, parseLine } from './log-format.ts';

const BLOCK_BYTES = 65_536;
const NEWLINE = 0x0a;

/** Where a reader is: after what was read from a file. */
export interface LogPlace {
  readonly file: string;
  readonly offset: number;
}

/** A page of it. A folder that is not there holds none. */
export async function readLog(folder: string, { after, before, limit }: LogRead): Promise<LogPage> {
  const files = await logFiles(folder);
  const isAsked = ({ n }: LogLine) =>
    (after === undefined || n > after) && (before === undefined || n < before);
  const lines =
    after === undefined
      ? await newest(folder, files, limit, isAsked, before)
      : await oldest(folder, files, limit, isAsked, after);
  const [first] = lines;
  return { lines, more: first !== undefined && first.n > (await firstOf(folder, files)) };
}

/** Where the newest line ends now. Reads at once, so that nothing is written between the question and the answer. */
export function endOf(folder: string): LogPlace | undefined {
  try {
    const file = logNames(readdirSync(folder)).at(-1);
    return file === undefined ? undefined : { file, offset: statSync(join(folder, file)).size };
  } catch {
    return undefined;
  }
}

/**
 * Whole lines after a place, over as many files as there are.
 * @param place undefined: from the first.
 * @param maxBytes of the last file; what is older is passed over, as is what was rotated away.
 */
export async function readOn(
  folder: string,
  place: LogPlace | undefined,
  maxBytes: number,
): Promise<{ readonly lines: readonly LogLine[]; readonly place: LogPlace | undefined }> {
  const lines: LogLine[] = [];
  let reached = place;
  for (const file of await logFiles(folder)) {
    if (reached && file < reached.file) continue;
    const from = reached?.file === file ? reached.offset : 0;
    const end = await withFile(join(folder, file), async (handle) => {
      const { size } = await handle.stat();
      const start = Math.max(from, size - maxBytes);
      const bytes = await readBytes(handle, start, size - start);
      // Where something was passed over, it begins with half a line.
      const begin = start > from ? bytes.indexOf(NEWLINE) + 1 : 0;
      const length = bytes.lastIndexOf(NEWLINE) + 1;
      lines.push(...parseLines(bytes.subarray(begin, length)));
      return start + length;
    });
    reached = { file, offset: end ?? from };
  }
  return { lines, place: reached };
}

/** From the end backwards, as few blocks as will do. */
async function newest(
  folder: string,
  files: readonly string[],
  limit: number,
  isAsked: (line: LogLine) => boolean,
  before = Infinity,
): Promise<LogLine[]> {
  let lines: LogLine[] = [];
  for (const file of [...files].reverse()) {
    if (firstNumberOf(file)! >= before) continue;
    if (lines.length >= limit) break;
    await withFile(join(folder, file), async (handle) => {
      let { size: start } = await handle.stat();
      let rest: Buffer = Buffer.alloc(0);
      while (start > 0 && lines.length < limit) {
        const length = Math.min(BLOCK_BYTES, start);
        start -= length;
        const bytes = Buffer.concat([await readBytes(handle, start, length), rest]);
        // What stands before the first end belongs to a line that begins in an earlier block.
        const begin = start > 0 ? bytes.indexOf(NEWLINE) + 1 || bytes.length : 0;
        rest = bytes.subarray(0, begin);
        lines = [...parseLines(bytes.subarray(begin)).filter(isAsked), ...lines];
      }
    });
  }
  return limit > 0 ? lines.slice(-limit) : [];
}

/** From the file on that may hold the line after. */
async function oldest(
  folder: string,
  files: readonly string[],
  limit: number,
  isAsked: (line: LogLine) => boolean,
  after: number,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const from = files.findLastIndex((file) => firstNumberOf(file)! <= after + 1);
  for (const file of files.slice(Math.max(0, from))) {
    if (lines.length >= limit) break;
    await withFile(join(folder, file), async (handle) => {
      const { size } = await handle.stat();
      let rest: Buffer = Buffer.alloc(0);
      for (let start = 0; start < size && lines.length < limit; start += BLOCK_BYTES) {
        const block = await readBytes(handle, start, Math.min(BLOCK_BYTES, size - start));
        const bytes = Buffer.concat([rest, block]);
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        rest = bytes.subarray(end);
        lines.push(...parseLines(bytes.subarray(0, end)).filter(isAsked));
      }
    });
  }
  return lines.slice(0, limit);
}

/** Number of the first line that is kept; a file's name may be that of one that was lost. */
async function firstOf(folder: string, files: readonly string[]): Promise<number> {
  for (const file of files) {
    const lines = await withFile(join(folder, file), async (handle) =>
      parseLines(await readBytes(handle, 0, BLOCK_BYTES)),
    );
    if (lines?.[0]) return lines[0].n;
  }
  return Infinity;
}

/** Oldest first. */
async function logFiles(folder: string): Promise<string[]> {
  try {
    return logNames(await readdir(folder));
  } catch {
    return [];
  }
}

function logNames(names: readonly string[]): string[] {
  return names.filter((name) => firstNumberOf(name) !== undefined).sort();
}

/** Undefined when it was rotated away. */
async function withFile<Result>(
  path: string,
  use: (handle: FileHandle) => Promise<Result>,
): Promise<Result | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function readBytes(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}

function parseLines(bytes: Buffer): LogLine[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .map(parseLine)
    .filter((line) => line !== undefined);
}
