/** One attempt to deliver a notice over HTTP, and what its answer means. */
import { VERSION } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { SIGNATURE_HEADER, sign } from '../../signature.ts';
import type { Notice } from './notices.ts';
import type { Receiver } from './rules-file.ts';

/** What makes requests; `fetch` fits. */
export type Send = (url: string, init: SendInit) => Promise<SendAnswer>;

/** A request. Redirects are not to be followed. */
export interface SendInit {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What is looked at in an answer. Its body is never read. */
export interface SendAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body?: { cancel(): Promise<void> } | null;
}

/** How an attempt ended. `refused`: the same request will hardly ever be taken. */
export type Attempt =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'refused' | 'failed'; readonly error: string; readonly afterMs?: number };

/** What an attempt needs. */
export interface AttemptDeps {
  readonly clock: Clock;
  readonly send: Send;
  /** ms. */
  readonly timeoutMs: number;
  /** Ends the attempt when the service closes. */
  readonly signal: AbortSignal;
}

/** Makes one attempt. Never rejects. */
export async function attempt(receiver: Receiver, notice: Notice, deps: AttemptDeps): Promise<Attempt> {
  const { clock, send, timeoutMs } = deps;
  const ended = new AbortController();
  const timer = clock.after(timeoutMs, () => ended.abort(new Error(`No answer within ${timeoutMs} ms`)));
  const signal = AbortSignal.any([ended.signal, deps.signal]);
  const { secret, url } = receiver;
  const headers = {
    'content-type': 'application/json',
    'user-agent': `waooaw/${VERSION}`,
    'idempotency-key': notice.id,
    ...(secret !== undefined && {
      [SIGNATURE_HEADER]: sign(secret, Math.floor(clock.now() / 1_000), notice.body),
    }),
  };
  try {
    const asked = send(url, { method: 'POST', headers, body: notice.body, redirect: 'manual', signal });
    // A sender that does not heed its signal must not hold the receiver's queue up.
    const answer = await Promise.race([asked, aborted(signal)]);
    answer.body?.cancel().catch(() => undefined);
    return judge(answer, clock.now());
  } catch (error) {
    return { outcome: 'failed', error: reasonOf(error) };
  } finally {
    timer.cancel();
  }
}

function judge({ status, headers }: SendAnswer, now: number): Attempt {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const error = `HTTP ${status}`;
  const refused = status < 500 && status !== 408 && status !== 429;
  const afterMs = retryAfter(headers.get('retry-after'), now);
  return { outcome: refused ? 'refused' : 'failed', error, ...(afterMs !== undefined && { afterMs }) };
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** `fetch` says "fetch failed" and hides why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== ''
    ? `${error.message}: ${cause.message}`
    : error.message;
}
