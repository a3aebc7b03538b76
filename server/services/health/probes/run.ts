/** One run of a probe: what it is doing, how long that takes, and what it has open. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ProbeTimings } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import { failureOf } from './failure.ts';

type Phase = Exclude<keyof ProbeTimings, 'totalMs'>;

/** Runs once. */
export class Run {
  readonly signal: AbortSignal;
  /** What it is doing, for the reason of a timeout. */
  phase = 'beginning';
  readonly #clock: Clock;
  readonly #began: number;
  readonly #sockets = new Set<Socket>();
  readonly #timings: { -readonly [K in Phase]?: number } = {};

  constructor(clock: Clock, signal: AbortSignal) {
    this.signal = signal;
    this.#clock = clock;
    this.#began = clock.monotonicMs();
  }

  /** Begins something that is measured. @returns what ends it. */
  begin(phase: Phase, words: string): () => void {
    const began = this.#clock.monotonicMs();
    this.phase = words;
    return () => (this.#timings[phase] = rounded(this.#clock.monotonicMs() - began));
  }

  /** Up to now; a phase that came several times, as redirects have it, is the last one's. */
  get timings(): ProbeTimings {
    return { ...this.#timings, totalMs: rounded(this.#clock.monotonicMs() - this.#began) };
  }

  /** Forgets the phases of a request that is over, as another begins. */
  again(): void {
    for (const phase of Object.keys(this.#timings) as Phase[]) delete this.#timings[phase];
  }

  /** Closes the socket with the run, unless it is kept. */
  holds(socket: Socket): void {
    this.#sockets.add(socket);
    // Whoever waits for something of it hears of an error; without a listener one that comes between would end the process.
    socket.off('error', ignore).on('error', ignore);
  }

  /** Leaves the socket to somebody else. */
  keeps(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  /** Rejects once the run is aborted, should `work` hang; what `work` then says is heard by nobody. */
  async within<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    signal.throwIfAborted();
    let stop = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Closes what is open; resolves once it is closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#sockets].map(closed));
  }
}

/**
 * Runs once, from beginning to end.
 * @throws ProbeFailure and NoResult alone, and only once everything that was opened is closed.
 */
export async function running<T>(
  clock: Clock,
  signal: AbortSignal,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const run = new Run(clock, signal);
  try {
    signal.throwIfAborted();
    return await work(run);
  } catch (error) {
    throw failureOf(error, signal, run.phase);
  } finally {
    await run.close();
  }
}

function ignore(): void {
  // Said by whoever waits.
}

async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const gone = once(socket, 'close');
  socket.destroy();
  await gone;
}

/** Tenths of a millisecond: less is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
