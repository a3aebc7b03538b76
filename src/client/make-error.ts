/** Makes errors out of what the server said, by the registry of codes. Loaded when it is needed. */
import { CODES } from '../protocol/codes.ts';
import type { ErrorCode } from '../protocol/codes.ts';
import { WaooawError } from '../protocol/error.ts';
import type { ErrorBody } from '../protocol/frames.ts';

/** What is known of a failure; the registry adds the rest. */
export type Failure = Partial<ErrorBody> & { readonly code: ErrorCode };

/** The error of a failure. What the server said of it goes before what this release knows. */
export function makeError({ code, message, retryable, afterMs }: Failure, cause?: unknown): WaooawError {
  const known = Object.hasOwn(CODES, code) ? code : 'internal';
  const error = new WaooawError(known, message, {
    ...(cause !== undefined && { cause }),
    ...(afterMs !== undefined && { afterMs }),
  });
  return Object.assign(error, { code, ...(retryable !== undefined && { retryable }) });
}
