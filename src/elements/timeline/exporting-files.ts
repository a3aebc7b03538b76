/** Events as a file, as JSON or CSV, and the trail with its proof from the server. */
import type { Json } from '../../protocol/frames.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { isoTime } from './details-text.ts';
import type { ServerApi } from '../server-api.ts';

/** How events are written. */
export type ExportFormat = 'json' | 'csv';

/** How the server writes its trail. */
export type TrailFormat = ExportFormat | 'ndjson';

/** Until then the browser has the file, ms. */
const REVOKE_MS = 10_000;
/** Rows that are one piece of a file: a hundred thousand events need not be one text. */
const PIECE = 1_000;
const MOST_NAME = 60;
/** Roles that may take the trail away. */
const EXPORTERS = ['auditor', 'admin'];

const COLUMNS = [
  'id',
  'time',
  'type',
  'title',
  'description',
  'actor_kind',
  'actor_id',
  'actor_name',
  'status',
  'duration_ms',
  'href',
  'tags',
  'before',
  'after',
  'details',
  'sequence',
] as const;

/**
 * What a spreadsheet begins a formula or a command with, also behind what it trims, and in full width; and the guard, so that
 * taking it away again is exact.
 */
const FORMULA = /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\p{Cc}'])/u;
const GUARD = "'";
const QUOTED = /[",\r\n]|^\s|\s$/;

/**
 * Hands events to the browser as a file. Nothing of the page is touched.
 * @param name what they are about, of which the file's name is made.
 * @throws {TypeError} where an event cannot be written: nested too deep for JSON.
 */
export function download(events: readonly TimelineEvent[], format: ExportFormat, name: string): void {
  save(fileOf(events, format), fileName(name, format));
}

/** Events as a file. */
export function fileOf(events: readonly TimelineEvent[], format: ExportFormat): Blob {
  const pieces = format === 'csv' ? csvOf(events) : jsonOf(events);
  const type = format === 'csv' ? 'text/csv;charset=utf-8' : 'application/json';
  return new Blob([...pieces], { type });
}

/** RFC 4180, with a row of names; no spreadsheet takes a cell for a formula. */
export function* csvOf(events: readonly TimelineEvent[]): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (let i = 0; i < events.length; i += PIECE)
    yield events
      .slice(i, i + PIECE)
      .map(rowOf)
      .join('');
}

/** One array, an event a line. */
export function* jsonOf(events: readonly TimelineEvent[]): Generator<string> {
  yield '[';
  for (let i = 0; i < events.length; i += PIECE) {
    const lines = events.slice(i, i + PIECE).map((event) => JSON.stringify(event));
    yield `${i > 0 ? ',' : ''}\n${lines.join(',\n')}`;
  }
  yield '\n]\n';
}

/** `audit-log-2026-11-23T09-10-55Z.csv` */
export function fileName(name: string, format: TrailFormat, now = Date.now()): string {
  const about = name
    .replace(/[^\p{L}\p{N}.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MOST_NAME)
    .toLowerCase();
  const time = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  return `${about || 'timeline'}-${time}.${format}`;
}

/** Whether a role may take the trail away with its proof. */
export function mayExportTrail(role: string | undefined): boolean {
  return role !== undefined && EXPORTERS.includes(role);
}

/**
 * Fetches the server's export of the trail, with its proof, and hands it to the browser as a file.
 * @param query in the trail's language; empty: all.
 * @throws Error with the server's words where it refuses.
 */
export async function downloadTrail(
  api: ServerApi,
  { format, query = '' }: { readonly format: TrailFormat; readonly query?: string },
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const asked = new URLSearchParams({ format, ...(query && { q: query }) });
  const response = await api.get(`/audit/export?${asked.toString()}`, signal);
  if (!response.ok) throw new Error(await whyOf(response));
  save(await response.blob(), fileName(name, format));
}

async function whyOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as { readonly detail?: unknown } | undefined;
  return typeof body?.detail === 'string' ? body.detail : `HTTP ${response.status}`;
}

/** A link that is in no document: the page's own click handlers do not hear of it. */
function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}

function rowOf(event: TimelineEvent): string {
  const { actor, durationMs, sequence } = event;
  const cells: Readonly<Record<(typeof COLUMNS)[number], string | undefined>> = {
    id: event.id,
    time: isoTime(event.time),
    type: event.type,
    title: event.title,
    description: event.description,
    actor_kind: actor?.kind,
    actor_id: actor?.id,
    actor_name: actor?.name,
    status: event.status,
    duration_ms: durationMs === undefined ? undefined : String(durationMs),
    href: event.href,
    tags: json(event.tags),
    before: json(event.before),
    after: json(event.after),
    details: json(event.details),
    sequence: sequence === undefined ? undefined : String(sequence),
  };
  return `${COLUMNS.map((name) => cellText(cells[name])).join(',')}\r\n`;
}

function cellText(value: string | undefined): string {
  if (value === undefined) return '';
  const safe = FORMULA.test(value) ? GUARD + value : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function json(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
