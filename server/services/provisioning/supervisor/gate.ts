/** Waits for instances: to be ready, and to stay well. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { AgentKind } from '../kinds.ts';
import type { Gate } from '../supervision.ts';
import { ReadyProgress, WatchProgress } from './gate-progress.ts';
import type { Member, Standing } from './gate-progress.ts';
import type { InstanceWatch } from './instance-watch.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { hasEnded } from './survey.ts';
import type { Watches } from './watches.ts';
import { wordsOfEnd } from './words.ts';

/** Longer than a timer can be, ms. */
const LONGEST_WAIT_MS = 3_600_000;

/** What it takes. */
export interface GatekeeperDeps {
  readonly clock: Clock;
  readonly runtime: SeenRuntime;
  readonly watches: Watches;
}

/** Lets operations go on, or stops them. */
export class Gatekeeper {
  readonly #deps: GatekeeperDeps;

  constructor(deps: GatekeeperDeps) {
    this.#deps = deps;
  }

  /** As `Supervisor.ready`. */
  async ready(
    names: readonly string[],
    kind: AgentKind,
    gate: Gate,
    signal: AbortSignal,
    onProgress: (percent: number, detail: string) => void,
  ): Promise<void> {
    await this.#find(names, signal);
    // What was known of them may be from before they were suspended, or from before this server.
    for (const name of names) this.#watchOver(name, kind).renew();
    const progress = new ReadyProgress(gate, this.#deps.clock.monotonicMs());
    let told = '';
    await this.#until(names, kind, signal, (members, nowMs) => {
      const standing = progress.judge(members, nowMs);
      const { percent, detail } = standing;
      if (told !== `${percent} ${detail}`) onProgress(percent, detail);
      told = `${percent} ${detail}`;
      return standing;
    });
  }

  /** As `Supervisor.watch`. */
  async watch(names: readonly string[], kind: AgentKind, forMs: number, signal: AbortSignal): Promise<void> {
    await this.#find(names, signal);
    const progress = new WatchProgress(forMs, kind.ready.failureThreshold, this.#deps.clock.monotonicMs());
    await this.#until(names, kind, signal, (members, nowMs) => progress.judge(members, nowMs));
  }

  /** Learns of each what the runtime knows now. */
  async #find(names: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (const name of names) {
      await this.#deps.runtime.find(name);
      signal.throwIfAborted();
    }
  }

  /** @throws WaooawError `agent_crashed`. */
  #watchOver(name: string, kind: AgentKind): InstanceWatch {
    const instance = this.#deps.runtime.seen(name);
    if (!instance) throw new WaooawError('agent_crashed', `${name} is not there any more`);
    if (hasEnded(instance)) throw new WaooawError('agent_crashed', wordsOfEnd(instance));
    return this.#deps.watches.over(instance, kind);
  }

  /** Judges whenever something is heard, and when it was asked to. */
  #until(
    names: readonly string[],
    kind: AgentKind,
    signal: AbortSignal,
    judge: (members: readonly Member[], nowMs: number) => Standing,
  ): Promise<void> {
    const { clock, runtime } = this.#deps;
    return new Promise<void>((resolve, reject) => {
      const heard = new Map<InstanceWatch, () => void>();
      let timer: Timer | undefined;
      let over = false;
      const end = (settle: () => void): void => {
        over = true;
        timer?.cancel();
        signal.removeEventListener('abort', abort);
        unsee();
        for (const unhear of heard.values()) unhear();
        settle();
      };
      const member = (name: string): Member => {
        // What is known of an instance may grow, and with it who watches over it.
        const watch = this.#watchOver(name, kind);
        if (!heard.has(watch)) heard.set(watch, watch.onAnswer(look));
        return memberOf(name, watch);
      };
      const look = (): void => {
        if (over) return;
        timer?.cancel();
        try {
          const { done, waitMs } = judge(names.map(member), clock.monotonicMs());
          if (done) end(resolve);
          else timer = clock.after(Math.min(waitMs, LONGEST_WAIT_MS), look);
        } catch (error) {
          const failure = error as Error;
          end(() => reject(failure));
        }
      };
      const abort = (): void => {
        const why = signal.reason as Error;
        end(() => reject(why));
      };
      const unsee = runtime.onSeen((_agent, name) => names.includes(name) && look());
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      else look();
    });
  }
}

function memberOf(name: string, watch: InstanceWatch): Member {
  const { wellness, wellSinceMs, failures, said } = watch;
  return { name, wellness, wellSinceMs, failures, said };
}
