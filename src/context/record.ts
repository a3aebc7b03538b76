/** A selection as it is kept and sent: with a revision and the tab it was made in, so that every tab picks the same one. */
import { cleanSelection } from './selection.ts';
import type { Selection, SelectionLimits } from './selection.ts';

/** When a selection was made, as far as tabs can agree on it (Lamport, 1978): revisions first, then tabs' ids. */
export interface Stamp {
  readonly revision: number;
  readonly tab: string;
}

/** What is kept and sent. */
export interface ContextRecord extends Stamp {
  /** Of this shape. Others are left alone. */
  readonly version: 1;
  readonly selection: Selection;
}

/** Before everything. */
export const UNSTAMPED: Stamp = Object.freeze({ revision: 0, tab: '' });

/** More characters than any record has that was made with usual limits; more is not even parsed. */
export const MAX_RECORD_LENGTH = 2_000_000;
/** A revision that no page reaches by itself: one that is planted must leave room for the next. */
const MAX_REVISION = 1e12;
const MAX_TAB_LENGTH = 64;

/** True when `a` is to win over `b`, in every tab alike. */
export function isNewer(a: Stamp, b: Stamp): boolean {
  return a.revision === b.revision ? a.tab > b.tab : a.revision > b.revision;
}

/** A record from storage. @returns undefined for what is none. */
export function parseRecord(text: string | null, limits: SelectionLimits): ContextRecord | undefined {
  if (text === null || text.length > MAX_RECORD_LENGTH) return undefined;
  try {
    return cleanRecord(JSON.parse(text), limits);
  } catch {
    return undefined;
  }
}

/** A record from anywhere. @returns undefined for what is none. */
export function cleanRecord(given: unknown, limits: SelectionLimits): ContextRecord | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { version, revision, tab, selection } = given as Readonly<Record<string, unknown>>;
  if (version !== 1 || typeof selection !== 'object' || selection === null) return undefined;
  if (typeof tab !== 'string' || tab === '' || tab.length > MAX_TAB_LENGTH) return undefined;
  if (!Number.isInteger(revision) || (revision as number) < 1 || (revision as number) > MAX_REVISION) {
    return undefined;
  }
  return { version, revision: revision as number, tab, selection: cleanSelection(selection, limits) };
}
