/** Whether what comes connects to what is known. */
import type { PublicationRow } from '../protocol/frames.ts';

/** True when offsets run from the very next one without a hole. */
export function follows(pubs: readonly PublicationRow[], offset: number | undefined): boolean {
  return offset !== undefined && pubs.every(([o], i) => o === offset + 1 + i);
}

/** True when offsets rise, from beyond `after`. */
export function ascend(pubs: readonly PublicationRow[], after: number): boolean {
  return pubs.every(([o], i) => o > (pubs[i - 1]?.[0] ?? after));
}
