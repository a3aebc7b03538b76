/** Checks an export of the audit trail while it is read, whatever its length. */
import { canonical } from './canonical.ts';
import { base64, equalBytes, fromBase64, quoted } from './bytes.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { leafOfRecord, verifyEntry } from './entry-proof.ts';
import { CsvReader } from './export-csv.ts';
import { EXPORT_FORMATS, EXPORT_PROOFS, ExportFailed, HEADER_FIELDS } from './export-format.ts';
import type {
  ExportFormat,
  ExportHeader,
  ExportItem,
  ExportLine,
  ExportProof,
  ExportReader,
} from './export-format.ts';
import { JsonReader } from './export-json.ts';
import { NdjsonReader } from './export-ndjson.ts';
import { ProofFailed } from './failed.ts';
import { sha256 } from './hash.ts';
import type { Hash } from './hash.ts';
import { verifyInclusion } from './tree-proof.ts';
import { TreeBuilder } from './tree.ts';

/** What an export was found to be. */
export interface VerifiedExport extends Pick<ExportHeader, 'proof' | 'query'> {
  /** What its entries were checked against. */
  readonly checkpoint: Checkpoint;
  /** Entries, every one of which stands in the trail as it is shown. */
  readonly count: number;
  /** Lowest and highest sequence; absent without entries. */
  readonly first?: number;
  readonly last?: number;
}

/** How an export is checked. */
export interface ExportCheck {
  /** SHA-256; in plain JavaScript unless a faster one is handed in. */
  readonly hash?: Hash;
}

/** There in browsers and Node alike, but in no library of types that both share. */
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean },
) => { decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string };

const READERS: Readonly<Record<ExportFormat, () => ExportReader>> = {
  json: () => new JsonReader(),
  ndjson: () => new NdjsonReader(),
  csv: () => new CsvReader(),
};
/** What nothing is checked against could say anything. */
const LINE_FIELDS: Readonly<Record<ExportProof, ReadonlySet<string>>> = {
  tree: new Set(['entry', 'salts', 'leaf']),
  segment: new Set(['entry', 'salts', 'leaf']),
  paths: new Set(['entry', 'salts', 'path']),
};
const KEY_FIELDS = new Set(['verifier', 'since', 'until']);
const END_FIELDS = new Set(['end', 'count']);

/**
 * Checks every entry of an export: its leaf from what is shown, its place against the checkpoint, the checkpoint against keys that are
 * trusted; the order, the count, and that it was not cut off. An export that was cut off may be followed by its rest, as `from_sequence`
 * gives it. Memory does not grow with the export.
 * @param pieces of the file, however it was cut: what a file or a response streams.
 * @param verifiers as `<name>+<id>+<base64>`: pinned by whoever asks, not taken from the export.
 * @throws ExportFailed at the first thing that is wrong.
 */
export async function verifyExport(
  pieces: AsyncIterable<string | Uint8Array>,
  format: ExportFormat,
  verifiers: readonly string[],
  { hash = sha256 }: ExportCheck = {},
): Promise<VerifiedExport> {
  if (!EXPORT_FORMATS.includes(format)) throw new TypeError(`Unknown format ${quoted(format)}`);
  const reader = READERS[format]();
  const checker = new ExportChecker(verifiers, hash);
  const decode = decoding();
  const take = (items: Iterable<ExportItem>): void => {
    for (const item of items) checker.take(item);
  };
  try {
    for await (const piece of pieces) take(reader.push(typeof piece === 'string' ? piece : decode(piece)));
    take(reader.push(decode()));
    take(reader.finish());
    return checker.finish();
  } catch (error) {
    throw failure(error, reader, checker.sequence);
  }
}

/** UTF-8, however it was cut. A byte that is none could be shown as anything. */
function decoding(): (piece?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (piece) => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      throw new ProofFailed('malformed', 'at it or soon after it the file is not UTF-8');
    }
  };
}

function failure(error: unknown, { unit, place }: ExportReader, sequence: number | undefined): unknown {
  if (error instanceof ExportFailed || !(error instanceof ProofFailed)) return error;
  return new ExportFailed(error.fault, `${unit} ${place}: ${error.message}`, { place, sequence });
}

class ExportChecker {
  readonly #verifiers: readonly string[];
  readonly #hash: Hash;
  readonly #tree: TreeBuilder;
  #header: ExportHeader | undefined;
  #checkpoint: Checkpoint | undefined;
  #count = 0;
  /** Entries since the last header. */
  #since = 0;
  #first: number | undefined;
  #last: number | undefined;
  #ended = false;
  /** Of the entry that is being checked. */
  sequence: number | undefined;

  constructor(verifiers: readonly string[], hash: Hash) {
    this.#verifiers = verifiers;
    this.#hash = hash;
    this.#tree = new TreeBuilder(hash);
  }

  take({ header, line, end }: ExportItem): void {
    if (this.#ended) throw new ProofFailed('malformed', 'something follows the end of the export');
    if (header !== undefined) this.#begin(header);
    if (line !== undefined) this.#entry(line);
    if (end !== undefined) this.#end(end);
  }

  finish(): VerifiedExport {
    const { header, checkpoint } = this.#begun();
    if (!this.#ended)
      throw new ExportFailed(
        'malformed',
        `The export was cut off after ${this.#count} entries: its end is missing`,
      );
    if (header.proof === 'tree') this.#checkTree(checkpoint);
    if (header.proof === 'segment') this.#checkSegment(header, checkpoint);
    return {
      checkpoint,
      proof: header.proof,
      query: header.query,
      count: this.#count,
      ...(this.#first !== undefined && { first: this.#first }),
      ...(this.#last !== undefined && { last: this.#last }),
    };
  }

  #begin(value: unknown): void {
    const header = headerOf(value);
    const checkpoint = verifyCheckpoint(header.checkpoint, this.#verifiers);
    if (this.#header && this.#checkpoint) {
      this.#checkContinues(this.#header, this.#checkpoint, header, checkpoint);
    } else if (header.proof === 'tree' && header.first !== 1) {
      throw new ProofFailed(
        'malformed',
        `it is the rest of an export from entry ${header.first} on: put it behind the beginning`,
      );
    }
    this.#header = header;
    this.#checkpoint = checkpoint;
    this.#since = 0;
  }

  #checkContinues(before: ExportHeader, old: Checkpoint, header: ExportHeader, now: Checkpoint): void {
    if (header.proof !== before.proof || header.proof === 'segment')
      throw new ProofFailed('malformed', `it does not go on as it began, with proof ${before.proof}`);
    if (canonical(header.query) !== canonical(before.query))
      throw new ProofFailed('malformed', 'it goes on with another query than it began with');
    if (header.first <= (this.#last ?? 0))
      throw new ProofFailed(
        'malformed',
        `it goes on from entry ${header.first}, and had come to ${this.#last}`,
      );
    if (header.proof === 'tree' && (old.size !== now.size || !equalBytes(old.root, now.root)))
      throw new ProofFailed(
        'inconsistent',
        `it began with the checkpoint of ${old.size} entries and goes on with that of ${now.size}`,
      );
  }

  #entry(value: unknown): void {
    const { header, checkpoint } = this.#begun();
    const { entry, salts, leaf, path } = lineOf(value, header.proof);
    const { sequence } = entry;
    if (Number.isSafeInteger(sequence)) this.sequence = sequence;
    const expected = (this.#last ?? header.first - 1) + 1;
    if (header.proof === 'paths') {
      if (sequence < Math.max(expected, header.first))
        throw new ProofFailed(
          'inconsistent',
          `Entry ${sequence} is out of order: expected ${expected} or later`,
        );
      verifyEntry({ entry, salts, path: path ?? [] }, checkpoint, this.#hash);
    } else {
      if (sequence !== expected)
        throw new ProofFailed('inconsistent', `Entry ${quoted(sequence)} stands where ${expected} belongs`);
      const own = leafOfRecord(entry, salts, this.#hash);
      if (base64(own) !== leaf)
        throw new ProofFailed(
          'not_included',
          `Entry ${sequence} was changed: it does not make the leaf that it came with`,
        );
      this.#tree.append(own);
    }
    this.#first ??= sequence;
    this.#last = sequence;
    this.#count += 1;
    this.#since += 1;
    this.sequence = undefined;
  }

  #end(value: unknown): void {
    this.#begun();
    const { end, count } = strict(objectOf(value, 'an end'), END_FIELDS);
    if (end !== true || count !== this.#since)
      throw new ProofFailed(
        'inconsistent',
        `its end counts ${quoted(count)} entries, and there were ${this.#since}`,
      );
    this.#ended = true;
  }

  #checkTree({ size, root }: Checkpoint): void {
    if (this.#tree.size !== size)
      throw new ExportFailed(
        'inconsistent',
        `The export has ${this.#tree.size} entries, and its checkpoint counts ${size}`,
      );
    if (!equalBytes(this.#tree.root(), root)) throw replaced('the checkpoint');
  }

  /** A complete subtree of 2^n leaves is a node, whose way up is that of a leaf in a tree that is n levels lower. */
  #checkSegment({ first, path = [] }: ExportHeader, { size, root }: Checkpoint): void {
    const width = this.#tree.size;
    if (
      width === 0 ||
      !Number.isInteger(Math.log2(width)) ||
      (first - 1) % width !== 0 ||
      first - 1 + width > size
    )
      throw new ExportFailed(
        'inconsistent',
        `The ${width} entries from ${first} on are no segment of ${size}`,
      );
    const node = {
      index: (first - 1) / width,
      size: Math.floor((size - 1) / width) + 1,
      leaf: this.#tree.root(),
      path: path.map(fromBase64),
      root,
    };
    if (!verifyInclusion(node, this.#hash)) throw replaced('the checkpoint and the path');
  }

  #begun(): { readonly header: ExportHeader; readonly checkpoint: Checkpoint } {
    if (!this.#header || !this.#checkpoint)
      throw new ProofFailed('malformed', 'expected the header of an export');
    return { header: this.#header, checkpoint: this.#checkpoint };
  }
}

function replaced(by: string): ExportFailed {
  return new ExportFailed(
    'not_included',
    `Every entry fits the leaf that it came with, and together they do not make what ${by} say: some were replaced, leaves and all`,
  );
}

function headerOf(value: unknown): ExportHeader {
  const header = objectOf(value, 'a header') as unknown as ExportHeader;
  const { waooaw, version, checkpoint, keys, proof, query, first, path } = header;
  if (waooaw !== 'audit-export' || version !== 1)
    throw new ProofFailed(
      'malformed',
      `it is ${quoted(waooaw)}, version ${quoted(version)}; expected "audit-export", version 1`,
    );
  strict(objectOf(value, 'a header'), HEADER_FIELDS);
  if (typeof checkpoint !== 'string') throw new ProofFailed('malformed', 'its header has no checkpoint');
  if (!EXPORT_PROOFS.includes(proof))
    throw new ProofFailed(
      'malformed',
      `its proof is ${quoted(proof)}; expected one of ${EXPORT_PROOFS.join(', ')}`,
    );
  if (!Number.isSafeInteger(first) || first < 1)
    throw new ProofFailed('malformed', `its first is ${quoted(first)}; expected 1 or more`);
  if (query === undefined) throw new ProofFailed('malformed', 'its header has no query');
  if (!Array.isArray(keys)) throw new ProofFailed('malformed', 'its keys are no list');
  for (const key of keys) strict(objectOf(key, 'keys'), KEY_FIELDS);
  if (path !== undefined && (proof !== 'segment' || !isTexts(path)))
    throw new ProofFailed('malformed', 'its path is no list of texts, or it is no segment');
  return header;
}

function lineOf(value: unknown, proof: ExportProof): ExportLine {
  const line = strict(objectOf(value, 'an entry with its salts'), LINE_FIELDS[proof]);
  const entry = objectOf(line['entry'], 'an entry');
  objectOf(line['salts'], 'salts');
  if (entry['hidden'] !== undefined) objectOf(entry['hidden'], 'hidden fields');
  return line as unknown as ExportLine;
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ProofFailed('malformed', `expected ${what}`);
}

/** @returns the object. @throws ProofFailed where it has a field that is none of these. */
function strict(
  object: Readonly<Record<string, unknown>>,
  fields: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const odd = Object.keys(object).find((name) => !fields.has(name));
  if (odd === undefined) return object;
  throw new ProofFailed('malformed', `${quoted(odd)} is covered by no proof`);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
