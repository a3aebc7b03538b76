/** Refusals as a server sent them, made fit to be handed on. */
import type { ErrorBody } from '../protocol/frames.ts';

/** A server that wants to be left alone for longer is asked again all the same, ms. */
const MAX_AFTER_MS = 3_600_000;

/**
 * Holds a refusal to its shape: code and message are texts, whatever stood there, and the wait, if it names one, is such that somebody
 * may live to see the end of it.
 */
export function tidy(refusal: ErrorBody): void {
  const error = refusal as { code: unknown; message: unknown; afterMs?: number };
  const { code, message, afterMs = NaN } = error;
  if (typeof code !== 'string') error.code = 'internal';
  if (typeof message !== 'string') error.message = '';
  if (afterMs >= 0) error.afterMs = Math.min(afterMs, MAX_AFTER_MS);
  else delete error.afterMs;
}
