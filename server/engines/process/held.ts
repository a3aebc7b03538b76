/** An instance, as the server holds it: what is kept of it, and the line to its shim while it runs. */
import type { InstanceExit } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { ShimLink } from './link.ts';
import { isRunning } from './identity.ts';
import type { Usage } from './messages.ts';
import { isOver, lastRun, readRun } from './record.ts';
import type { RunRecord } from './record.ts';
import { endRemains, isShimOf } from './remains.ts';

/** Between two tries to reach a shim that lives, ms. */
const AGAIN_MS = 20;
/** Tries to reach one, after which it is held for broken. */
const TRIES = 250;

/** What an instance is held by. */
export interface HeldOptions {
  readonly name: string;
  /** Its own. */
  readonly folder: string;
  readonly clock: Clock;
  readonly answerMs: number;
  /** It ended, or was lost, while it was held. */
  readonly onOver: (held: Held) => void;
  /** Its log has new lines. */
  readonly onLogged: (name: string) => void;
  readonly onError: (error: unknown) => void;
}

/** One run of an instance. */
export class Held {
  readonly #options: HeldOptions;
  #record: RunRecord;
  #link: ShimLink | undefined;
  #over: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#over = resolve));
  #isLetGo = false;
  #isEnding = false;
  #isHeld = false;

  private constructor(options: HeldOptions, record: RunRecord) {
    this.#options = options;
    this.#record = record;
    if (isOver(record)) this.#over();
  }

  /** Finds the last run in a folder, and ends what is left of one without a shim. @returns undefined when there is none. */
  static async adopt(options: HeldOptions): Promise<Held | undefined> {
    const { name, folder } = options;
    for (let tries = 0; ; tries++) {
      const run = lastRun(folder);
      if (run === 0) return undefined;
      const record = readRun(folder, run);
      if (!record || record.name !== name) return new Held(options, unreadable(name, run, options));
      const held = new Held(options, record);
      if (isOver(record) || (await held.#reach(tries))) {
        held.#isHeld = true;
        return held;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  get record(): RunRecord {
    return this.#record;
  }

  get isOver(): boolean {
    return isOver(this.#record);
  }

  /** It was asked to end. */
  get isEnding(): boolean {
    return this.#isEnding && !this.isOver;
  }

  /** True when it was lost, and a process that may be its own runs. */
  get mayRun(): boolean {
    const { state, process, mark } = this.#record;
    return state === 'lost' && (mark === '' || (process !== undefined && isRunning(process)));
  }

  /** Resolves once it has ended. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** @throws WaooawError `unavailable`. */
  async call(call: 'suspend' | 'resume'): Promise<void> {
    await this.#link?.ask({ call });
  }

  async usage(): Promise<Usage | undefined> {
    const usage = await this.#link?.ask({ call: 'usage' });
    return typeof usage === 'object' && usage !== null ? usage : undefined;
  }

  async listens(): Promise<boolean | undefined> {
    const listens = await this.#link?.ask({ call: 'listens' });
    return typeof listens === 'boolean' ? listens : undefined;
  }

  /** @param stopMs how long its shim may take beyond the grace, before it is ended itself. */
  async stop(graceMs: number | undefined, stopMs: number): Promise<InstanceExit | undefined> {
    if (!this.isOver) {
      this.#isEnding = true;
      this.#link?.tell({ call: 'stop', ...(graceMs !== undefined && { graceMs }) });
      const patienceMs = (graceMs ?? this.#record.stop.graceMs) + stopMs;
      const timer = this.#options.clock.after(patienceMs, () => this.#endShim());
      await this.#ended;
      timer.cancel();
    }
    return this.#record.exit;
  }

  /** Its shim need not write down how it ended: it is forgotten. */
  forget(): void {
    this.#link?.tell({ call: 'leave' });
    this.letGo();
  }

  letGo(): void {
    this.#isLetGo = true;
    this.#link?.close();
  }

  /** @returns false when it has to be looked at anew. */
  async #reach(tries: number): Promise<boolean> {
    const { folder, clock, answerMs, onLogged, name } = this.#options;
    try {
      const begun = new Promise<boolean>((resolve) => {
        const opening = ShimLink.open({
          folder,
          record: this.#record,
          clock,
          answerMs,
          onRecord: (record) => {
            this.#take(record);
            if (record.state !== 'starting') resolve(true);
          },
          onLogged: () => onLogged(name),
          onClosed: () => {
            // Before it began: whoever started it has ended, and took it back.
            if (this.#record.state === 'starting') resolve(false);
            else void this.#lineEnded();
          },
        });
        opening.then(
          (link) => (this.#link = link),
          () => resolve(false),
        );
      });
      if (await begun) return true;
    } finally {
      if (this.#record.state === 'starting') this.letGo();
    }
    if (isShimOf(folder, this.#record.shim)) {
      if (tries < TRIES) return false;
      this.#endShim();
    }
    const { run } = this.#record;
    // It may have ended in between, and said so.
    const last = readRun(folder, run);
    if (lastRun(folder) !== run || (last && isOver(last))) return false;
    this.#take(await this.#endRemains());
    return true;
  }

  #take(record: RunRecord): void {
    const wasOver = this.isOver;
    this.#record = record;
    if (wasOver || !this.isOver) return;
    this.#over();
    if (this.#isHeld) this.#options.onOver(this);
  }

  /** The shim has ended: in order, when it has said so. */
  async #lineEnded(): Promise<void> {
    if (this.#isLetGo || this.isOver) return;
    const { folder, onError } = this.#options;
    try {
      const last = readRun(folder, this.#record.run);
      this.#take(last && isOver(last) ? last : await this.#endRemains());
    } catch (error) {
      onError(error);
    }
  }

  #endRemains(): Promise<RunRecord> {
    const { folder, clock, onError } = this.#options;
    return endRemains(folder, this.#record, clock.now(), onError);
  }

  /** One that does not answer: what it held is ended as if it had died. */
  #endShim(): void {
    const { shim } = this.#record;
    if (isShimOf(this.#options.folder, shim)) process.kill(shim.pid, 'SIGKILL');
  }
}

/** Nobody knows what it was, so nothing of it is touched. */
function unreadable(name: string, run: number, { clock }: HeldOptions): RunRecord {
  return {
    form: 1,
    name,
    run,
    mark: '',
    labels: {},
    state: 'lost',
    startedAt: clock.now(),
    shim: { pid: 0, startTime: 0, bootId: '' },
    stop: { signal: 'SIGTERM', graceMs: 0 },
    exit: { at: clock.now() },
  };
}
