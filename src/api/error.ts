/** What a server said in the place of an answer. */
import { CODES } from '../protocol/codes.ts';
import type { ErrorCode } from '../protocol/codes.ts';
import { WaooawError } from '../protocol/error.ts';
import type { ErrorDetail } from '../protocol/error.ts';

/** The body of an error answer: `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId: string;
  readonly retryable: boolean;
  readonly errors?: readonly ErrorDetail[];
}

/** An error that a server answered with. `code` is the contract: docs/errors.md. */
export class ApiError extends WaooawError {
  /** Finds the call in the server's log; empty where something else answered. */
  readonly requestId: string;
  /** As it was answered, which a proxy may have done. */
  readonly httpStatus: number;

  /** @param problem what was said; a code that this release does not know is kept. */
  constructor(problem: Problem, httpStatus: number, afterMs?: number) {
    const { code, detail, requestId, errors } = problem;
    super(Object.hasOwn(CODES, code) ? code : 'internal', detail, {
      ...(errors && { details: errors }),
      ...(afterMs !== undefined && { afterMs }),
    });
    this.name = 'ApiError';
    this.requestId = requestId;
    this.httpStatus = httpStatus;
    Object.assign(this, { code, retryable: problem.retryable });
  }
}

/** The error of an answer. What is no problem is a proxy's, or no server of ours: `unavailable` where it may pass, else `internal`. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const afterS = Number(headers.get('retry-after') ?? NaN);
  const afterMs = afterS >= 0 ? afterS * 1_000 : undefined;
  const body = (await response.json().catch(() => undefined)) as Partial<Problem> | null | undefined;
  if (typeof body?.code === 'string' && isJson(headers)) {
    const { code, detail = '', requestId = '', retryable = false, errors } = body;
    return new ApiError({ code, detail, requestId, retryable, ...(errors && { errors }) }, status, afterMs);
  }
  const code = status === 502 || status === 503 || status === 504 ? 'unavailable' : 'internal';
  const detail = `The answer was ${status}, and not one of waooaw's`;
  return new ApiError({ code, detail, requestId: '', retryable: CODES[code].retryable }, status, afterMs);
}

/** The answer says that it is JSON, of whatever kind. */
export function isJson(headers: Headers): boolean {
  return /^application\/([\w.-]+\+)?json\b/.test(headers.get('content-type') ?? '');
}
