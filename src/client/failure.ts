/** Errors as the client's callers get them. The registry of codes is loaded when the first of them is needed. */
import type { WaooawError } from '../protocol/error.ts';
import type { Failure, makeError } from './make-error.ts';

let maker: Promise<{ readonly makeError: typeof makeError }> | undefined;

/**
 * The error that a failure stands for, also when its code is newer than this release.
 * @param cause what was thrown, if anything was.
 */
export async function errorOf(failure: Failure, cause?: unknown): Promise<WaooawError> {
  try {
    // One promise for all: errors come out in the order in which they happened.
    maker ??= import('./make-error.ts');
    const loaded = await maker;
    return loaded.makeError(failure, cause);
  } catch {
    maker = undefined;
    // Not loaded yet, and no network now: the code matters more than the class.
    return Object.assign(new Error(failure.code), failure) as unknown as WaooawError;
  }
}
