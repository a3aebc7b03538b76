/** The one error class, thrown at the cause and translated once at the edge. */
import { CODES } from './codes.ts';
import type { ErrorCode } from './codes.ts';

/** One bad part of a request. */
export interface ErrorDetail {
  /** Where: a JSON pointer (RFC 6901) into what was sent. */
  readonly pointer: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What may be said of an error beyond its code and message. */
export interface ErrorOptions {
  readonly cause?: unknown;
  readonly details?: readonly ErrorDetail[];
  /** When to try again, ms. */
  readonly afterMs?: number;
}

/** An error with a code of the registry. */
export class WaooawError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly afterMs: number | undefined;

  /**
   * @param code from the registry.
   * @param message what was wrong and what was expected; defaults to the code's title.
   */
  constructor(code: ErrorCode, message?: string, options: ErrorOptions = {}) {
    super(message ?? CODES[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WaooawError';
    this.code = code;
    this.status = CODES[code].status;
    this.retryable = CODES[code].retryable;
    this.details = options.details;
    this.afterMs = options.afterMs;
  }
}
