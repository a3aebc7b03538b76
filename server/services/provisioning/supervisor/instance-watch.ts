/** Asks one instance again and again how it is. */
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { KindProbe } from '../kinds.ts';
import { ask } from './readiness.ts';
import type { Answer } from './readiness.ts';

/** `starting`: it has not been ready yet. `unwell`: it was, and failed as often in a row as its kind allows. */
export type Wellness = 'starting' | 'well' | 'unwell';

/** What watching takes. */
export interface InstanceWatchOptions {
  readonly clock: Clock;
  readonly probe: KindProbe;
  readonly port: number | undefined;
  /**
   * Says whether it is the instance itself that listens on its port; undefined where that cannot be told. Asked before an
   * answer is believed for the first time: whoever took the port before it would answer in its place.
   */
  readonly listens: () => Promise<boolean | undefined>;
  /** It served before we came: it is held to be well until it is heard of. */
  readonly presumedWell: boolean;
  /** How often it is asked while it starts, ms. */
  readonly startProbeIntervalMs: number;
  readonly maxProbeBodyBytes: number;
}

/** One instance, watched from its construction until `close`. */
export class InstanceWatch {
  readonly #options: InstanceWatchOptions;
  readonly #listeners = new Set<() => void>();
  #over = new AbortController();
  #timer: Timer | undefined;
  #closed = false;
  #wellness: Wellness;
  #wellSinceMs: number;
  #failures = 0;
  #said = 'it has not been asked yet';
  /** It is known that it answers itself. */
  #isItself = false;

  constructor(options: InstanceWatchOptions) {
    this.#options = options;
    this.#wellness = options.presumedWell ? 'well' : 'starting';
    this.#wellSinceMs = options.clock.monotonicMs();
    void this.#ask(this.#over.signal);
  }

  get wellness(): Wellness {
    return this.#wellness;
  }

  /** Since when it is well without a break, monotonic ms; undefined while it is not. */
  get wellSinceMs(): number | undefined {
    return this.#wellness === 'well' ? this.#wellSinceMs : undefined;
  }

  /** It failed this often in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** What it answered last, in a few words. */
  get said(): string {
    return this.#said;
  }

  /** Hears of every answer. @returns stops listening. */
  onAnswer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Believes nothing of what it heard, and asks now. */
  renew(): void {
    if (this.#closed) return;
    this.#hush();
    this.#over = new AbortController();
    this.#wellness = 'starting';
    this.#failures = 0;
    this.#isItself = false;
    void this.#ask(this.#over.signal);
  }

  /** Asks no more. */
  close(): void {
    this.#closed = true;
    this.#hush();
    this.#listeners.clear();
  }

  #hush(): void {
    this.#timer?.cancel();
    this.#over.abort();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, probe, port, maxProbeBodyBytes, startProbeIntervalMs } = this.#options;
    const askedMs = clock.monotonicMs();
    const answer = await ask({ probe, port, maxBodyBytes: maxProbeBodyBytes }, clock, signal);
    const believed = answer.well ? await this.#believed(answer) : answer;
    if (signal.aborted) return;
    this.#heard(believed);
    // What runs is well by running: there is nothing more to ask.
    if (probe.kind !== 'process') {
      const { intervalMs } = probe;
      const everyMs = this.#wellness === 'starting' ? Math.min(intervalMs, startProbeIntervalMs) : intervalMs;
      const tookMs = clock.monotonicMs() - askedMs;
      this.#timer = clock.after(Math.max(0, everyMs - tookMs), () => void this.#ask(signal));
    }
    for (const listener of [...this.#listeners]) listener();
  }

  async #believed(answer: Answer): Promise<Answer> {
    const { probe, listens } = this.#options;
    if (this.#isItself || probe.kind === 'process') return answer;
    try {
      if ((await listens()) === false)
        return { well: false, said: 'its port is held by another program, or it listens elsewhere' };
    } catch (error) {
      return { well: undefined, said: `nobody knows who listens on its port: ${String(error)}` };
    }
    this.#isItself = true;
    return answer;
  }

  #heard({ well, said }: Answer): void {
    this.#said = said;
    if (well === undefined) return;
    if (well) {
      this.#failures = 0;
      if (this.#wellness !== 'well') this.#wellSinceMs = this.#options.clock.monotonicMs();
      this.#wellness = 'well';
      return;
    }
    this.#failures += 1;
    if (this.#wellness === 'well' && this.#failures >= this.#options.probe.failureThreshold)
      this.#wellness = 'unwell';
  }
}
