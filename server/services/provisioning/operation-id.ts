/** Ids of operations. */
import { randomBytes } from 'node:crypto';

/** An id that sorts by time, and that nobody guesses. @param at ms since 1970. */
export function operationId(at: number): string {
  return `op-${at.toString(36).padStart(9, '0')}-${randomBytes(5).toString('hex')}`;
}
