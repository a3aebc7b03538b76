/** Writes entries as rows of RFC 4180 that no spreadsheet takes for formulas: `CsvReader` of src/proof reads them back. */
import { CSV_COLUMNS, CSV_GUARD, csvTime } from '../../../src/proof/export-csv.ts';
import type { CsvColumn } from '../../../src/proof/export-csv.ts';
import type { ExportEnd, ExportHeader, ExportLine } from '../../../src/proof/export-format.ts';

/**
 * What a spreadsheet begins a formula or a command with, at the beginning of a cell or behind what it may trim; their full-width and
 * small forms, which some of them take for the same; and the guard itself, so that taking it back is exact.
 */
const DANGEROUS = /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\p{Cc}'])/u;
const QUOTED = /[",\r\n]|^\s|\s$/;

type Cells = Partial<Record<CsvColumn, string | undefined>>;

/** The row above all others. */
export const CSV_HEAD = row(Object.fromEntries(CSV_COLUMNS.map((name) => [name, name])));

/** A row, CR and LF behind it. @param ends for the first and the last row. */
export function csvRow(line: ExportLine | undefined, ends: Partial<ExportHeader & ExportEnd> = {}): string {
  const header = Object.keys(ends).length > 0 ? JSON.stringify(ends) : undefined;
  if (!line) return row({ header });
  const { entry, salts, leaf, path } = line;
  const { actor, resource } = entry;
  return row({
    sequence: String(entry.sequence),
    time: csvTime(entry.time),
    action: entry.action,
    level: entry.level,
    result: entry.result,
    actor_kind: actor?.kind,
    actor_id: actor?.id,
    actor_name: actor?.name,
    resource_type: resource?.type,
    resource_id: resource?.id,
    resource_name: resource?.name,
    reason: entry.reason,
    error: entry.error,
    ip: entry.ip,
    session: entry.session,
    request_id: entry.requestId,
    before: json(entry.before),
    after: json(entry.after),
    details: json(entry.details),
    tags: json(entry.tags),
    hidden: json(entry.hidden),
    salts: json(salts),
    leaf,
    path: json(path),
    header,
  });
}

function row(cells: Cells): string {
  return `${CSV_COLUMNS.map((name) => cellText(cells[name])).join(',')}\r\n`;
}

/** Empty: absent. An empty text is the guard alone. */
function cellText(value: string | undefined): string {
  if (value === undefined) return '';
  const safe = value === '' || DANGEROUS.test(value) ? CSV_GUARD + value : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
