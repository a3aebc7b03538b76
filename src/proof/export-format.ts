/** What an export of the audit trail consists of, whichever format it is written in: docs/audit-exports.md. */
import type { AuditKey, AuditProof, AuditRecord, Json } from '../protocol/index.ts';
import { quoted } from './bytes.ts';
import { ProofFailed } from './failed.ts';
import type { ProofFault } from './failed.ts';

/** How an export may be written. */
export const EXPORT_FORMATS = ['json', 'ndjson', 'csv'] as const;

/** How an export is written. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * How its entries are proved.
 * - `tree`: they are all that the checkpoint counts, and together make its root.
 * - `segment`: they are all of one complete subtree, whose root has one path.
 * - `paths`: each has a path of its own. What was left out does not show.
 */
export const EXPORT_PROOFS = ['tree', 'segment', 'paths'] as const;

/** How an export's entries are proved. */
export type ExportProof = (typeof EXPORT_PROOFS)[number];

/** What an export says of itself before its entries. All but the checkpoint is a claim that nobody signed. */
export interface ExportHeader {
  readonly waooaw: 'audit-export';
  readonly version: 1;
  /** A signed C2SP tlog-checkpoint. */
  readonly checkpoint: string;
  /** The log's own word on its keys: for people, never for the check. */
  readonly keys: readonly AuditKey[];
  readonly proof: ExportProof;
  /** Conditions that its entries fulfil; `{}`: none. */
  readonly query: Json;
  /** No entry of a lower sequence is in it. */
  readonly first: number;
  /** Of a segment: RFC 6962 path of its root in the checkpoint's tree. Base64. */
  readonly path?: readonly string[];
}

/** Names of its fields: what else stood there would be read as part of a file that was verified. */
export const HEADER_FIELDS: ReadonlySet<string> = new Set<keyof ExportHeader>([
  'waooaw',
  'version',
  'checkpoint',
  'keys',
  'proof',
  'query',
  'first',
  'path',
]);

/** One entry of an export. */
export interface ExportLine {
  readonly entry: AuditRecord;
  readonly salts: AuditProof['salts'];
  /** Of `tree` and `segment`: hash of the entry's leaf, base64. It proves nothing, and tells which entry was changed. */
  readonly leaf?: string;
  /** Of `paths`: RFC 6962 inclusion path, base64. */
  readonly path?: readonly string[];
}

/** The last word of an export: without it, the export was cut off. */
export interface ExportEnd {
  readonly end: true;
  /** Entries since the header. */
  readonly count: number;
}

/** What a reader of a format finds next. A row of CSV can be all three. */
export interface ExportItem {
  readonly header?: unknown;
  readonly line?: unknown;
  readonly end?: unknown;
}

/** Takes an export apart as its text comes in. */
export interface ExportReader {
  /** What a place is called. */
  readonly unit: 'Line' | 'Row' | 'Item';
  /** Where it is, from 1. */
  readonly place: number;
  push(text: string): Iterable<ExportItem>;
  /** What there is at the end of the text. */
  finish(): Iterable<ExportItem>;
}

/** An export that does not hold, and where. */
export class ExportFailed extends ProofFailed {
  /** Line, row or item of the file, from 1. Absent: the whole. */
  readonly place: number | undefined;
  /** Sequence of the first bad entry, where one can be named. */
  readonly sequence: number | undefined;

  /** @param message names the place. */
  constructor(
    fault: ProofFault,
    message: string,
    at: { readonly place?: number; readonly sequence?: number | undefined } = {},
  ) {
    super(fault, message);
    this.name = 'ExportFailed';
    this.place = at.place;
    this.sequence = at.sequence;
  }
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

const NUMBER = /^[-\d]/;

/** UTF-16 code units that one line, row or item may have: what has no end must not fill the memory. */
export const MAX_EXPORT_LINE = 4_194_304;

/** @throws ProofFailed `malformed` for a line, row or item that is over {@link MAX_EXPORT_LINE}. */
export function checkLength(length: number): void {
  if (length > MAX_EXPORT_LINE)
    throw new ProofFailed('malformed', `it is longer than ${MAX_EXPORT_LINE} characters`);
}

/**
 * Reads JSON that says one thing only: no name comes twice, since of two, readers take this or that one; and no number has digits that a
 * double loses, since the proof covers the double, and an editor shows the digits.
 * @throws ProofFailed `malformed`.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new ProofFailed('malformed', `it is not JSON: ${(error as Error).message}`);
  }
  // What is written as we write it is seen to be so sooner than it is searched.
  if (JSON.stringify(value) !== text) checkTokens(text);
  return value;
}

/** @param text valid JSON. */
function checkTokens(text: string): void {
  /** Names of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const names = open.at(-1);
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (names && (before === '{' || before === ',')) {
      const name = JSON.parse(token) as string;
      if (names.has(name)) throw new ProofFailed('malformed', `it has ${quoted(name)} twice`);
      names.add(name);
    } else if (NUMBER.test(token)) checkNumber(token);
    before = token;
  }
}

/** RFC 8785 has one spelling for each double. */
function checkNumber(text: string): void {
  const canonical = JSON.stringify(Number(text));
  if (canonical !== text)
    throw new ProofFailed('malformed', `it has the number ${text.slice(0, 40)}; expected ${canonical}`);
}
