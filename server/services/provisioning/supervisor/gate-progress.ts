/** Whether instances may be waited for any longer: judged at moments, without a clock of its own. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { Gate } from '../supervision.ts';
import type { Wellness } from './instance-watch.ts';

/** Whoever looks on hears at least this often how far it is, ms. */
const TELL_EVERY_MS = 1_000;
/** Of the whole: what becoming ready is, and the rest is staying it. */
const READY_PERCENT = 80;

/** An instance at a moment. */
export interface Member {
  readonly name: string;
  readonly wellness: Wellness;
  /** Monotonic ms. */
  readonly wellSinceMs: number | undefined;
  readonly failures: number;
  /** Its last answer. */
  readonly said: string;
}

/** Where the wait stands. */
export interface Standing {
  readonly done: boolean;
  /** When to look again at the latest, ms from now. */
  readonly waitMs: number;
  readonly percent: number;
  readonly detail: string;
}

/** Waits for all to be ready, and then to stay well for a while. */
export class ReadyProgress {
  readonly #gate: Gate;
  /** Each counts as progress once: what becomes ready and fails in turns does not wait for ever. */
  readonly #wereReady = new Set<string>();
  /** Time without progress while one is not ready, ms. */
  #spentMs = 0;
  /** Since when one is not ready, monotonic ms; undefined while all are. */
  #waitingSinceMs: number | undefined;

  constructor(gate: Gate, nowMs: number) {
    this.#gate = gate;
    this.#waitingSinceMs = nowMs;
  }

  /** @throws WaooawError `not_ready` once the deadline is over. */
  judge(members: readonly Member[], nowMs: number): Standing {
    const { progressDeadlineMs, minHealthyMs } = this.#gate;
    const ready = members.filter(({ wellness }) => wellness === 'well');
    this.#progress(ready, nowMs);
    if (ready.length === members.length) {
      this.#spentMs += nowMs - (this.#waitingSinceMs ?? nowMs);
      this.#waitingSinceMs = undefined;
      const since = Math.max(...ready.map(({ wellSinceMs }) => wellSinceMs ?? nowMs));
      const wellMs = ready.length === 0 ? minHealthyMs : nowMs - since;
      const leftMs = Math.max(0, minHealthyMs - wellMs);
      const share = leftMs === 0 ? 1 : wellMs / minHealthyMs;
      return {
        done: leftMs === 0,
        waitMs: Math.min(leftMs, TELL_EVERY_MS),
        percent: Math.floor(READY_PERCENT + (100 - READY_PERCENT) * share),
        detail: `${counted(ready.length, members.length)}, and well for ${seconds(wellMs)} of ${seconds(minHealthyMs)}`,
      };
    }
    this.#waitingSinceMs ??= nowMs;
    const leftMs = progressDeadlineMs - this.#spentMs - (nowMs - this.#waitingSinceMs);
    const late = members.find(({ wellness }) => wellness !== 'well')!;
    const last = `${late.name}: ${late.said}`;
    if (leftMs <= 0)
      throw new WaooawError(
        'not_ready',
        `${counted(ready.length, members.length)} after ${seconds(progressDeadlineMs)} without progress; ${last}`,
      );
    return {
      done: false,
      waitMs: leftMs,
      percent: Math.floor((READY_PERCENT * ready.length) / members.length),
      detail: `${counted(ready.length, members.length)}; ${last}`,
    };
  }

  #progress(ready: readonly Member[], nowMs: number): void {
    const known = this.#wereReady.size;
    for (const { name } of ready) this.#wereReady.add(name);
    if (this.#wereReady.size === known) return;
    this.#spentMs = 0;
    if (this.#waitingSinceMs !== undefined) this.#waitingSinceMs = nowMs;
  }
}

/** Waits for a time in which all are well. */
export class WatchProgress {
  readonly #forMs: number;
  readonly #failureThreshold: number;
  readonly #beganMs: number;

  /** @param failureThreshold failures in a row of one that was not known to be well when the watch began. */
  constructor(forMs: number, failureThreshold: number, nowMs: number) {
    this.#forMs = forMs;
    this.#failureThreshold = failureThreshold;
    this.#beganMs = nowMs;
  }

  /** @throws WaooawError `not_ready` when one is not well. */
  judge(members: readonly Member[], nowMs: number): Standing {
    for (const { name, wellness, failures, said } of members) {
      if (wellness === 'unwell' || (wellness === 'starting' && failures >= this.#failureThreshold))
        throw new WaooawError('not_ready', `${name} is not well any more: ${said}`);
    }
    const leftMs = Math.max(0, this.#beganMs + this.#forMs - nowMs);
    const areKnown = members.every(({ wellness }) => wellness === 'well');
    return {
      done: leftMs === 0 && areKnown,
      waitMs: leftMs === 0 ? Infinity : leftMs,
      percent: this.#forMs === 0 ? 100 : Math.floor((100 * (this.#forMs - leftMs)) / this.#forMs),
      detail: `${seconds(this.#forMs - leftMs)} of ${seconds(this.#forMs)}`,
    };
  }
}

function counted(ready: number, all: number): string {
  return `${ready} of ${all} ready`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
