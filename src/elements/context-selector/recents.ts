/** What was chosen lately, kept in the browser as far as it allows that. */
import { readStored, writeStored } from '../../context/storage.ts';

/** So many are kept. */
const MOST = 5;
/** An id longer than this is not worth its room. */
const ID_LENGTH = 200;

/** Where it is kept, and under which name. */
const keyOf = (name: string): string => `waooaw.recent.${name}`;

/** Ids, newest first; none when storage is forbidden, empty, or holds something else. */
export function readRecents(name: string): string[] {
  if (!name) return [];
  try {
    const kept: unknown = JSON.parse(readStored('localStorage', keyOf(name)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Remembers ids that were just chosen. Does nothing where storage is full or forbidden. */
export function keepRecents(name: string, ids: readonly string[]): void {
  const worth = ids.filter((id) => id.length <= ID_LENGTH);
  if (!name || worth.length === 0) return;
  const kept = [...new Set([...worth, ...readRecents(name)])].slice(0, MOST);
  writeStored('localStorage', keyOf(name), JSON.stringify(kept));
}
