/** Exports of the trail: as much of it as is asked for, page by page, with what it takes to check it. */
import { WaooawError } from '../../../src/protocol/index.ts';
import { base64 } from '../../../src/proof/index.ts';
import type { ExportFormat, ExportHeader, ExportLine } from '../../../src/proof/export-format.ts';
import type { AuditFilter, AuditLog, AuditRow } from '../../ports/audit-log.ts';
import { Pace } from './export-pages.ts';
import { exportWriter } from './export-writers.ts';
import type { AuditView } from './views.ts';

/** UTF-16 code units of text that are handed on at once, about. */
const PIECE_LENGTH = 65_536;

/** What is exported. */
export interface ExportPlan {
  readonly format: ExportFormat;
  readonly header: ExportHeader;
  /** Already narrowed to what the reader may find. */
  readonly filter: AuditFilter;
  readonly view: AuditView;
  /** Entries in the header's checkpoint. */
  readonly size: number;
  /** The last sequence that is exported, at most `size`. */
  readonly last: number;
  /** Ends what is being read of the log, when nobody waits for it any more. */
  readonly signal?: AbortSignal;
}

/** A piece of an export's text. */
export interface ExportPiece {
  readonly text: string;
  /** Entries that were written, this piece's among them. */
  readonly count: number;
}

/**
 * The export's text, some entries at a time: whoever reads it slowly is waited for, and nobody else waits for whoever reads it fast.
 * @throws the signal's reason once it is aborted.
 */
export async function* exportPieces(log: AuditLog, plan: ExportPlan): AsyncGenerator<ExportPiece, void> {
  const { header, last, signal } = plan;
  const writer = exportWriter(plan.format);
  let text = writer.begin(header);
  let count = 0;
  const pace = new Pace();
  for (let from = header.first; from <= last;) {
    const wanted = pace.rows;
    const rows = await log.range(from, wanted, plan.filter, signal && { signal });
    if (header.proof !== 'paths' && rows[0]?.sequence !== from)
      throw new WaooawError('pruned', `Entry ${from} was archived while the export came to it`);
    const within = rows.filter(({ sequence }) => sequence <= last);
    pace.took(rows);
    const paths = await pathsOf(log, within, plan);
    for (const [at, row] of within.entries()) {
      const line = writer.line(lineOf(row, plan, paths?.[at]));
      text += line;
      count += 1;
      await pace.after(line.length);
      if (text.length < PIECE_LENGTH) continue;
      yield { text, count };
      text = '';
    }
    if (rows.length < wanted) break;
    from = rows.at(-1)!.sequence + 1;
  }
  yield { text: text + writer.end(count), count };
}

function lineOf(row: AuditRow, { view }: ExportPlan, path: readonly Uint8Array[] | undefined): ExportLine {
  const line = { entry: view.record(row), salts: view.salts(row) };
  return path ? { ...line, path: path.map(base64) } : { ...line, leaf: base64(row.leaf) };
}

async function pathsOf(
  log: AuditLog,
  rows: readonly AuditRow[],
  { header, size }: ExportPlan,
): Promise<readonly (readonly Uint8Array[])[] | undefined> {
  if (header.proof !== 'paths') return undefined;
  return Promise.all(rows.map(({ sequence }) => log.inclusion(sequence - 1, size)));
}
