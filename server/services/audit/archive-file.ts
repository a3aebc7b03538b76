/** One archived segment: a gzip NDJSON export on the disk, believed only once it was read back. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { WaooawError } from '../../../src/protocol/index.ts';
import { base64, parseCheckpoint } from '../../../src/proof/index.ts';
import type { ExportHeader } from '../../../src/proof/export-format.ts';
import { verifyExport } from '../../../src/proof/export.ts';
import { exportPieces } from './export.ts';
import type { Audit } from './index.ts';
import { platformHash } from './platform-hash.ts';
import { FULL_VIEW } from './views.ts';

/** What is not finished is called like this, and is nobody's. */
const UNFINISHED = '.part';

/** Entries that are archived as one: a complete subtree. */
export interface Segment {
  /** Sequences, both inclusive. */
  readonly first: number;
  readonly last: number;
}

/** What a segment is called, in its folder and in the trail. */
export function segmentName({ first, last }: Segment): string {
  return `audit-${first}-${last}`;
}

/** Archived segments of one trail. */
export class ArchiveFolder {
  readonly #audit: Audit;
  readonly #folder: string;

  /** @param folder made when it is first needed, for this user only. */
  constructor(audit: Audit, folder: string) {
    this.#audit = audit;
    this.#folder = folder;
  }

  /** Path of a segment's file. */
  pathOf(segment: Segment): string {
    return join(this.#folder, `${segmentName(segment)}.ndjson.gz`);
  }

  /**
   * Makes sure that the segment's file is there, on the disk, and holds what the trail holds. One that is there already is kept
   * where it proves itself, and made anew where it does not.
   * @param signal ends it early.
   * @throws ExportFailed where what was read back is not what was written; the file system's own errors.
   */
  async keep(segment: Segment, signal: AbortSignal): Promise<void> {
    const path = this.pathOf(segment);
    if (await this.#holds(path, segment, signal)) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const unfinished = `${path}${UNFINISHED}`;
    try {
      await this.#write(unfinished, segment, signal);
      await this.#check(unfinished, segment, signal);
      await rename(unfinished, path);
      await sync(dirname(path));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async #write(path: string, segment: Segment, signal: AbortSignal): Promise<void> {
    const { log } = this.#audit;
    const { first, last } = segment;
    const checkpoint = await this.#audit.checkpoint(last);
    const { size } = parseCheckpoint(checkpoint);
    const path0 = await log.inclusion(first - 1, size);
    const header: ExportHeader = {
      waooaw: 'audit-export',
      version: 1,
      checkpoint,
      keys: this.#audit.keys(),
      proof: 'segment',
      query: {},
      first,
      // The lower part of the first entry's way up lies within the segment.
      path: path0.slice(Math.log2(last - first + 1)).map(base64),
    };
    const pieces = exportPieces(log, { format: 'ndjson', header, filter: {}, view: FULL_VIEW, size, last });
    const file = createWriteStream(path, { mode: 0o600 });
    await pipeline(Readable.from(textsOf(pieces)), createGzip(), file, { signal });
    await sync(path);
  }

  async #holds(path: string, segment: Segment, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#check(path, segment, signal);
      return true;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  async #check(path: string, { first, last }: Segment, signal: AbortSignal): Promise<void> {
    await stat(path);
    const bytes = createReadStream(path, { signal }).pipe(createGunzip());
    const verifiers = this.#audit.keys().map(({ verifier }) => verifier);
    const found = await verifyExport(bytes as AsyncIterable<Uint8Array>, 'ndjson', verifiers, {
      hash: platformHash,
    });
    if (found.proof === 'segment' && found.first === first && found.last === last) return;
    throw new WaooawError(
      'storage_failed',
      `${path} holds ${found.first}–${found.last}; expected ${first}–${last}`,
    );
  }
}

/** SHA-256 of a file, base64; in constant memory, however long it is. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
  return hash.digest('base64');
}

async function* textsOf(pieces: AsyncIterable<{ readonly text: string }>): AsyncGenerator<string> {
  for await (const { text } of pieces) if (text !== '') yield text;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
