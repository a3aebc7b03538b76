/** Whether what comes connects to what is known. */
import type { LostReason, Position, PublicationRow } from '../protocol/frames.ts';

/** True when offsets run from the next one, or an earlier one, without a hole. */
export function follows(pubs: readonly PublicationRow[], offset: number | undefined): boolean {
  const first = pubs[0]?.[0] ?? NaN;
  if (offset === undefined) return false;
  return pubs.length === 0 || (first <= offset + 1 && pubs.every(([o], i) => o === first + i));
}

/** True when offsets rise, from beyond `after`. */
export function ascend(pubs: readonly PublicationRow[], after: number): boolean {
  return pubs.every(([o], i) => o > (pubs[i - 1]?.[0] ?? after));
}

/** Why an answer does not continue a position, when the server did not say so itself. */
export function breakBetween(before: Position, { e, o, h }: Position): LostReason | undefined {
  if (e !== before.e) return 'epoch';
  if (o !== before.o) return 'history';
  return h === before.h ? undefined : 'tail';
}
