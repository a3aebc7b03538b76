/** For tests: exports of a small trail, in parts that can be changed before they are written. */
import type { AuditKey, Json } from '../protocol/index.ts';
import { CSV_COLUMNS, csvTime } from '../proof/export-csv.ts';
import type { ExportFormat } from '../proof/export-format.ts';
import { base64, leafOfRecord } from '../proof/index.ts';
import { Signer } from './signer.ts';
import { Trail, someEntries } from './trail.ts';

/** Entries of the trail. */
export const SIZE = 13;
/** Whoever signs its checkpoint. */
export const signer = new Signer();
/** What is exported. */
export const trail = new Trail(signer, someEntries(SIZE));
const keys: readonly AuditKey[] = [{ verifier: signer.verifier, since: 0 }];

/** JSON that is about to be changed. */
export type Value = Record<string, Json>;

/** An export that is about to be changed. */
export interface Parts {
  header: Value;
  lines: Value[];
  end: Value;
}

/** A header of the trail's own checkpoint. */
export function headerOf(proof: string, more: object = {}): Value {
  const { checkpoint } = trail.proof(1);
  const header = {
    waooaw: 'audit-export',
    version: 1,
    checkpoint,
    keys,
    proof,
    query: {},
    first: 1,
    ...more,
  };
  return header as unknown as Value;
}

function lineOf(sequence: number, proof: string): Value {
  const { entry, salts, path } = trail.proof(sequence, sequence === 4 ? ['ip', 'resource'] : []);
  const own = proof === 'paths' ? { path } : { leaf: base64(leafOfRecord(entry, salts)) };
  return { entry, salts, ...own } as unknown as Value;
}

/** All entries, or some of them. */
export function partsOf(proof: 'tree' | 'paths', sequences?: readonly number[], more: object = {}): Parts {
  const chosen = sequences ?? trail.entries.map(({ sequence }) => sequence);
  const lines = chosen.map((sequence) => lineOf(sequence, proof));
  const copy = JSON.stringify({
    header: headerOf(proof, more),
    lines,
    end: { end: true, count: lines.length },
  });
  return JSON.parse(copy) as Parts;
}

/** Entries 5 to 8: a complete subtree of 4 within 13. The first two hashes of their paths are their own. */
export function segment(): Parts {
  const path = trail.proof(5).path.slice(2);
  return partsOf('tree', [5, 6, 7, 8], { proof: 'segment', first: 5, path });
}

/** As text, in the format's own spelling. */
export function textOf({ header, lines, end }: Parts, format: ExportFormat): string {
  const json = (value: unknown): string => JSON.stringify(value);
  if (format === 'ndjson')
    return [header, ...lines, end, ''].map((part) => (part === '' ? '' : json(part))).join('\n');
  if (format === 'json') return json({ ...header, entries: lines, count: end['count'] });
  const rows = lines.map((line, at) =>
    rowOf(line, { ...(at === 0 && header), ...(at === lines.length - 1 && end) }),
  );
  return [CSV_COLUMNS.join(','), ...rows, ''].join('\r\n');
}

function rowOf({ entry, salts, leaf, path }: Value, ends: object): string {
  const { actor = {}, resource = {}, requestId, time, ...rest } = entry as Record<string, Value>;
  const jsons = Object.fromEntries(
    Object.entries({ ...rest, salts, path, header: Object.keys(ends).length > 0 ? ends : undefined })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const cells: Record<string, Json | undefined> = {
    ...jsons,
    time: csvTime(Number(time)),
    request_id: requestId,
    actor_kind: actor['kind'],
    actor_id: actor['id'],
    actor_name: actor['name'],
    resource_type: resource['type'],
    resource_id: resource['id'],
    resource_name: resource['name'],
    leaf,
  };
  // A quoted cell reads as an unquoted one.
  return CSV_COLUMNS.map((name) => cells[name])
    .map((cell) =>
      cell === undefined
        ? ''
        : `"${(typeof cell === 'string' ? cell : JSON.stringify(cell)).replaceAll('"', '""')}"`,
    )
    .join(',');
}
