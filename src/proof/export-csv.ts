/** Reads exports as RFC 4180 tables, and takes the guard against formulas back. */
import { SALTED_FIELDS } from '../protocol/index.ts';
import { quoted } from './bytes.ts';
import { checkLength, parseJson } from './export-format.ts';
import type { ExportItem, ExportReader } from './export-format.ts';
import { ProofFailed } from './failed.ts';

/**
 * The columns, in their order. An empty cell: absent. JSON are `before` … `path`, and `header`, which holds the export's header in the
 * first row and its end in the last; where there is one row, both.
 */
export const CSV_COLUMNS = [
  'sequence',
  'time',
  'action',
  'level',
  'result',
  'actor_kind',
  'actor_id',
  'actor_name',
  'resource_type',
  'resource_id',
  'resource_name',
  'reason',
  'error',
  'ip',
  'session',
  'request_id',
  'before',
  'after',
  'details',
  'tags',
  'hidden',
  'salts',
  'leaf',
  'path',
  'header',
] as const;

/** The name of a column. */
export type CsvColumn = (typeof CSV_COLUMNS)[number];

/** Stands before a cell that a spreadsheet would take for a formula, before one that begins with it, and for an empty text. */
export const CSV_GUARD = "'";

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z$/;
const SEQUENCE = /^[1-9]\d{0,15}$/;
const QUOTE = 0x22;

/** µs since 1970 as a cell has them: ISO 8601 in UTC with six digits behind the second. */
export function csvTime(micros: number): string {
  const second = Math.floor(micros / 1e6);
  const text = new Date(second * 1_000).toISOString().slice(0, -5);
  return `${text}.${String(micros - second * 1e6).padStart(6, '0')}Z`;
}

/** A row an entry, below one with the columns' names. */
export class CsvReader implements ExportReader {
  readonly unit = 'Row';
  #rest = '';
  /** Where in `#rest` the search for a row's end goes on, and whether a quote is open there. */
  #searched = 0;
  #quoted = false;
  /** The names of the columns were read, and the header is to stand in the next row. */
  #begins = false;
  place = 0;

  *push(text: string): Iterable<ExportItem> {
    this.#rest += text;
    let start = 0;
    for (let at = this.#searched; at < this.#rest.length; at += 1) {
      const code = this.#rest.charCodeAt(at);
      if (code === QUOTE) this.#quoted = !this.#quoted;
      if (code !== 0x0a || this.#quoted) continue;
      yield* this.#row(this.#rest.slice(start, this.#rest[at - 1] === '\r' ? at - 1 : at));
      start = at + 1;
    }
    this.#rest = this.#rest.slice(start);
    this.#searched = this.#rest.length;
    checkLength(this.#searched);
  }

  *finish(): Iterable<ExportItem> {
    if (this.#rest !== '') yield* this.#row(this.#rest);
    if (this.#begins) throw new ProofFailed('malformed', 'below the names of the columns there is no row');
  }

  *#row(text: string): Iterable<ExportItem> {
    this.place += 1;
    const cells = cellsOf(text);
    if (cells.length !== CSV_COLUMNS.length)
      throw new ProofFailed('malformed', `it has ${cells.length} cells; expected ${CSV_COLUMNS.length}`);
    // Again where the rest of an export was put behind its beginning.
    if (cells[0] === CSV_COLUMNS[0]) {
      checkNames(cells);
      if (this.#begins) throw new ProofFailed('malformed', 'the row before it has the same names');
      this.#begins = true;
      return;
    }
    if (this.place === 1) throw new ProofFailed('malformed', 'expected the names of the columns');
    const cell = Object.fromEntries(CSV_COLUMNS.map((name, at) => [name, unguarded(cells[at]!)])) as Row;
    const { header, end } = endsOf(cell.header);
    if ((header !== undefined) !== this.#begins)
      throw new ProofFailed(
        'malformed',
        'expected the header of an export in the first row, and in no other',
      );
    this.#begins = false;
    const isEmpty = cells.slice(0, -1).every((text) => text === '');
    if (isEmpty && !end) throw new ProofFailed('malformed', 'it is empty');
    yield { ...(header && { header }), ...(!isEmpty && { line: lineOf(cell) }), ...(end && { end }) };
  }
}

type Row = Readonly<Record<CsvColumn, string | undefined>>;
type Ends = Readonly<Record<'header' | 'end', object | undefined>>;

/** The last cell: empty, or the header, or the end, or both in one; whatever else stood there nobody would check. */
function endsOf(text: string | undefined): Ends {
  if (text === undefined) return { header: undefined, end: undefined };
  const value = parseJson(text);
  if (typeof value !== 'object' || !value || Array.isArray(value) || !('waooaw' in value || 'end' in value))
    throw new ProofFailed('malformed', 'its header is neither that of an export nor an end');
  const { end, count, ...header } = value as Readonly<Record<string, unknown>>;
  const hasEnd = end !== undefined || count !== undefined;
  const hasHeader = Object.keys(header).length > 0;
  return { header: hasHeader ? header : undefined, end: hasEnd ? { end, count } : undefined };
}

function lineOf(cell: Row): Record<string, unknown> {
  // Of digits that a double loses, another number would be proven.
  if (!SEQUENCE.test(cell.sequence ?? '') || String(Number(cell.sequence)) !== cell.sequence)
    throw bad('sequence', cell.sequence, 'a whole number');
  const entry: Record<string, unknown> = { sequence: Number(cell.sequence), time: timeOf(cell.time) };
  const json = (name: CsvColumn): unknown => (cell[name] === undefined ? undefined : parseJson(cell[name]));
  const fields: Record<string, unknown> = {
    action: cell.action,
    level: cell.level,
    result: cell.result,
    requestId: cell.request_id,
    actor: named({ kind: cell.actor_kind, id: cell.actor_id, name: cell.actor_name }),
    resource: named({ type: cell.resource_type, id: cell.resource_id, name: cell.resource_name }),
    hidden: json('hidden'),
  };
  for (const field of SALTED_FIELDS) {
    if (field === 'actor' || field === 'resource') continue;
    const isJson = field === 'before' || field === 'after' || field === 'details' || field === 'tags';
    fields[field] = isJson ? json(field) : cell[field];
  }
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) entry[name] = value;
  const line: Record<string, unknown> = { entry, salts: json('salts') };
  if (cell.leaf !== undefined) line['leaf'] = cell.leaf;
  if (cell.path !== undefined) line['path'] = json('path');
  return line;
}

/** Absent where all of it is. */
function named(parts: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined {
  const present = Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

function timeOf(text: string | undefined): number {
  const [, second = '', micros = ''] = TIME.exec(text ?? '') ?? [];
  const time = Date.parse(`${second}Z`) * 1_000 + Number(micros);
  if (Number.isNaN(time) || csvTime(time) !== text) throw bad('time', text, '2026-11-23T12:00:00.000000Z');
  return time;
}

function unguarded(cell: string): string | undefined {
  if (cell === '') return undefined;
  return cell.startsWith(CSV_GUARD) ? cell.slice(CSV_GUARD.length) : cell;
}

function checkNames(cells: readonly string[]): void {
  const odd = CSV_COLUMNS.find((name, at) => cells[at] !== name);
  if (odd !== undefined) throw new ProofFailed('malformed', `expected the column ${odd}`);
}

function cellsOf(row: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at <= row.length; at += 1) {
    if (row.charCodeAt(at) !== QUOTE) {
      const comma = row.indexOf(',', at);
      const end = comma < 0 ? row.length : comma;
      const cell = row.slice(at, end);
      if (cell.includes('"'))
        throw new ProofFailed('malformed', `a cell has a quote within: ${quoted(cell)}`);
      cells.push(cell);
      at = end;
      continue;
    }
    let end = row.indexOf('"', at + 1);
    while (end >= 0 && row.charCodeAt(end + 1) === QUOTE) end = row.indexOf('"', end + 2);
    if (end < 0 || (end + 1 < row.length && row[end + 1] !== ','))
      throw new ProofFailed('malformed', 'a quoted cell does not end in a quote and a comma');
    cells.push(row.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 1;
  }
  return cells;
}

function bad(column: CsvColumn, found: string | undefined, expected: string): ProofFailed {
  return new ProofFailed('malformed', `its ${column} is ${quoted(found ?? '')}; expected ${expected}`);
}
