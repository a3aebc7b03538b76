/** A page of the trail: bounded in entries and in bytes, and read in turns with everything else that the process does. */
import { setImmediate } from 'node:timers/promises';
import type { AuditRecord } from '../../../src/protocol/index.ts';
import type { AuditFilter, AuditLog, SearchOptions } from '../../ports/audit-log.ts';
import type { AuditView } from './views.ts';

/** Entries that are read at once: each may be 64 KB. */
const CHUNK = 32;
/** A page that has so much ends there, characters of JSON. */
const MAX_LENGTH = 1_048_576;

/** What was read. */
export interface ReadPage {
  /** Newest first; fewer than were asked for where they are large. */
  readonly items: readonly AuditRecord[];
  /** There are older ones. */
  readonly more: boolean;
}

/** Where a page stands, and for how long anybody waits for it. */
export interface PageAsked extends SearchOptions {
  /** Entries, at most. */
  readonly limit: number;
  /** The sequence that the page ends before; the newest entries when absent. */
  readonly before?: number | undefined;
}

/** Reads it. @throws the signal's reason once it is aborted. */
export async function readPage(
  log: AuditLog,
  filter: AuditFilter,
  view: AuditView,
  { limit, before, signal }: PageAsked,
): Promise<ReadPage> {
  const items: AuditRecord[] = [];
  let length = 0;
  let at = before;
  for (;;) {
    const wanted = Math.min(limit + 1 - items.length, CHUNK);
    const rows = await log.find(filter, {
      limit: wanted,
      ...(at !== undefined && { before: at }),
      ...(signal && { signal }),
    });
    for (const row of rows) {
      if (items.length === limit || length >= MAX_LENGTH) return { items, more: true };
      const record = view.record(row);
      length += JSON.stringify(record).length;
      items.push(record);
    }
    if (rows.length < wanted) return { items, more: false };
    at = rows.at(-1)!.sequence;
    await setImmediate();
  }
}
