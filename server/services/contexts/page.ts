/** A page of values: searched without regard to case and accents, and cut where the one before ended. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ContextItem, ContextPage } from '../../../src/protocol/index.ts';
import type { Values } from './values.ts';

/** What is asked for. */
export interface PageQuery {
  /** Text that id or label holds; everything when empty. */
  readonly q: string;
  /** Items, at most. */
  readonly limit: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/**
 * Cuts a page. A cursor stands for a place in the order of ids, so that values that come and go between two pages
 * neither repeat an item nor skip one.
 * @throws WaooawError `bad_request` for a cursor that is none.
 */
export function pageOf(values: Values, { q, limit, cursor }: PageQuery): ContextPage {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const sought = fold(q.trim());
  const matches = (item: ContextItem): boolean =>
    sought === '' || fold(item.id).includes(sought) || fold(item.label).includes(sought);
  const items: ContextItem[] = [];
  let total = 0;
  let more = false;
  for (const item of values.values()) {
    if (!matches(item)) continue;
    total += 1;
    if (after !== undefined && item.id <= after) continue;
    if (items.length < limit) items.push(item);
    else more = true;
  }
  const last = items.at(-1);
  return { items, total, ...(more && last && { next: writeCursor(last.id) }) };
}

/** Lower case, without accents. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

// As JSON, which writes the half of a surrogate pair that UTF-8 cannot.
function writeCursor(id: string): string {
  return Buffer.from(JSON.stringify(id)).toString('base64url');
}

function readCursor(cursor: string): string {
  try {
    const id: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof id === 'string' && writeCursor(id) === cursor) return id;
  } catch {
    // Told below.
  }
  throw new WaooawError('bad_request', `cursor: expected the "next" of a page, was "${cursor.slice(0, 80)}"`);
}
