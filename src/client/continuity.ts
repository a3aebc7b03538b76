/** Whether what comes connects to what is known. */
import type { LostReason, Position, PublicationRow } from '../protocol/frames.ts';

/** True when offsets run from the very next one without a hole. */
export function follows(pubs: readonly PublicationRow[], offset: number | undefined): boolean {
  return offset !== undefined && pubs.every(([o], i) => o === offset + 1 + i);
}

/** True when offsets rise, from beyond `after`. */
export function ascend(pubs: readonly PublicationRow[], after: number): boolean {
  return pubs.every(([o], i) => o > (pubs[i - 1]?.[0] ?? after));
}

/** Why an answer is elsewhere than a position, when the server did not say so itself. */
export function breakBetween(before: Position, { e, o }: Position): LostReason {
  if (e !== before.e) return 'epoch';
  return o === before.o ? 'tail' : 'history';
}

/** A position, and nothing else that a server may have put there. */
export function positionOf({ e, o, h }: Position): Position {
  if (typeof e !== 'string' || typeof o !== 'number' || typeof h !== 'string')
    throw new TypeError('no position');
  return { e, o, h };
}
