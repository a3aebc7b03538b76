/** Checks an export of the audit trail, wherever it comes from. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { EXPORT_FORMATS, verifyExport } from '../src/proof/index.ts';
import type { ExportFormat } from '../src/proof/index.ts';
import { CsvReader } from '../src/proof/export-csv.ts';
import type { ExportReader } from '../src/proof/export-format.ts';
import { JsonReader } from '../src/proof/export-json.ts';
import { NdjsonReader } from '../src/proof/export-ndjson.ts';
import { CommandFailed } from './api.ts';
import { Misuse } from './command.ts';
import type { Output } from './command.ts';
import { platformHash } from './platform-hash.ts';

const READERS: Readonly<Record<ExportFormat, () => ExportReader>> = {
  ndjson: () => new NdjsonReader(),
  json: () => new JsonReader(),
  csv: () => new CsvReader(),
};

/**
 * @param file its path; `-` is standard input.
 * @param format by the file's ending when absent.
 * @param verifiers pinned keys; those of the export's header when there are none.
 * @throws Misuse; ProofFailed naming the first bad entry; CommandFailed where it cannot be read.
 */
export async function verifyExportFile(
  file: string,
  format: string | undefined,
  verifiers: readonly string[],
  output: Output,
): Promise<void> {
  const kind = formatOf(file, format);
  let pieces = piecesOf(file);
  let keys = verifiers;
  if (keys.length === 0) {
    output.note(
      'No --key is given: the keys are those in the file, and prove nothing against whoever wrote it.',
    );
    [keys, pieces] = await claimedKeys(pieces, kind);
  }
  const { checkpoint, count, first, last, proof } = await verifyExport(pieces, kind, keys, {
    hash: platformHash,
  });
  const which = count === 0 ? 'no entry' : `${count} entries, ${first} to ${last}`;
  const { origin, size } = checkpoint;
  output.print(`Verified: ${which}, against the checkpoint of ${size} entries of ${origin}.`);
  if (proof === 'paths') output.print('Each is proven for itself: that others were left out does not show.');
}

function formatOf(file: string, format: string | undefined): ExportFormat {
  const name = basename(file).replace(/\.gz$/, '');
  const wanted = format ?? /\.([a-z]+)$/.exec(name)?.[1] ?? 'ndjson';
  const found = EXPORT_FORMATS.find((known) => known === wanted);
  if (found) return found;
  throw new Misuse(`The format of "${file}" is "${wanted}"; expected --format ${EXPORT_FORMATS.join(', ')}`);
}

async function* piecesOf(file: string): AsyncGenerator<Uint8Array, void> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  const stream = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  // A pipe hands on what was read, and not what went wrong.
  if (stream !== source) source.on('error', (error: Error) => stream.destroy(error));
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Reads until the header is there. @returns its keys, and all of the file from its beginning. */
async function claimedKeys(
  pieces: AsyncGenerator<Uint8Array, void>,
  format: ExportFormat,
): Promise<[string[], AsyncGenerator<Uint8Array, void>]> {
  const reader = READERS[format]();
  const decoder = new TextDecoder();
  const read: Uint8Array[] = [];
  let header: unknown;
  for (let next; header === undefined && !(next = await pieces.next()).done;) {
    read.push(next.value);
    for (const item of reader.push(decoder.decode(next.value, { stream: true }))) header ??= item.header;
  }
  return [keysIn(header), joined(read, pieces)];
}

async function* joined(
  read: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  yield* read;
  yield* rest;
}

/** Whatever somebody wrote there. */
function keysIn(header: unknown): string[] {
  const { keys } = (header ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) return [];
  return keys.flatMap((key) => {
    const { verifier } = (key ?? {}) as { verifier?: unknown };
    return typeof verifier === 'string' ? [verifier] : [];
  });
}
