/** Brings checkpoints to a receiver over HTTP, where whoever rewrites this machine's disk cannot reach them. */
import { VERSION } from '../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { AuditLimits } from './limits.ts';

/** What it needs. */
export interface CheckpointPostDeps {
  readonly clock: Clock;
  readonly url: string;
  readonly limits: AuditLimits;
  readonly onError: (error: unknown, what: string) => void;
}

/** Posts the newest. */
export class CheckpointPost {
  readonly #deps: CheckpointPostDeps;
  readonly #closed = new AbortController();
  #waiting: string | undefined;
  #busy: Promise<void> | undefined;
  #pause: (() => void) | undefined;
  delivered = 0;
  failedAttempts = 0;

  constructor(deps: CheckpointPostDeps) {
    this.#deps = deps;
  }

  /** Takes the place of an older one that is still to be brought: it says all that the older one says. */
  offer(note: string): void {
    this.#waiting = note;
    if (this.#closed.signal.aborted) return;
    this.#busy ??= this.#run().finally(() => (this.#busy = undefined));
    this.#pause?.();
  }

  /** Breaks off. What was not brought is brought after the next start, by a newer one. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('The server is going down'));
    this.#pause?.();
    await this.#busy;
  }

  async #run(): Promise<void> {
    const { limits, onError, url } = this.#deps;
    let failures = 0;
    while (this.#waiting !== undefined && !this.#closed.signal.aborted) {
      const note = this.#waiting;
      this.#waiting = undefined;
      const failure = await this.#attempt(note);
      if (failure === undefined) {
        this.delivered += 1;
        failures = 0;
        continue;
      }
      if (this.#closed.signal.aborted) return;
      this.failedAttempts += 1;
      failures += 1;
      if (failures === limits.maxCheckpointAttempts)
        onError(failure, `the checkpoint was not taken by ${url} in ${failures} attempts`);
      if (failures >= limits.maxCheckpointAttempts && this.#waiting === undefined) return;
      this.#waiting ??= note;
      await this.#wait(
        limits.checkpointRetryMs * 2 ** (Math.min(failures, limits.maxCheckpointAttempts) - 1),
      );
    }
  }

  /** @returns why it failed. */
  async #attempt(note: string): Promise<Error | undefined> {
    const { clock, url, limits } = this.#deps;
    const ended = new AbortController();
    const late = new Error(`No answer within ${limits.checkpointTimeoutMs} ms`);
    const timer = clock.after(limits.checkpointTimeoutMs, () => ended.abort(late));
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': `waooaw/${VERSION}` },
        body: note,
        redirect: 'manual',
        signal: AbortSignal.any([ended.signal, this.#closed.signal]),
      });
      answer.body?.cancel().catch(() => undefined);
      return answer.ok ? undefined : new Error(`HTTP ${answer.status}`);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      timer.cancel();
    }
  }

  /** Until the time is over or the service closes. A newer checkpoint does not shorten it: the receiver is no better for it. */
  async #wait(ms: number): Promise<void> {
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      timer = this.#deps.clock.after(ms, resolve);
      this.#pause = () => {
        if (this.#closed.signal.aborted) resolve();
      };
    });
    timer?.cancel();
    this.#pause = undefined;
  }
}
