/** A watch over each instance that runs, for as long as it does. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { AgentKind, KindProbe } from '../kinds.ts';
import { InstanceWatch } from './instance-watch.ts';
import type { SupervisorLimits } from './limits.ts';
import type { SeenDoor } from './seen-door.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { hasEnded, lifeOf } from './survey.ts';

/** What it takes. */
export interface WatchesDeps {
  readonly clock: Clock;
  readonly door: SeenDoor;
  readonly runtime: SeenRuntime;
  readonly limits: Pick<SupervisorLimits, 'startProbeIntervalMs' | 'maxProbeBodyBytes'>;
}

interface Entry {
  /** Another one of the same name is watched anew. */
  readonly life: string;
  readonly agent: string;
  readonly watch: InstanceWatch;
}

/** For a kind that is not there any more. */
const RUNS: KindProbe = { kind: 'process', intervalMs: 1_000, timeoutMs: 1_000, failureThreshold: 1 };

/** All watches. */
export class Watches {
  readonly #deps: WatchesDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(agent: string) => void>();

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
  }

  get(name: string): InstanceWatch | undefined {
    return this.#entries.get(name)?.watch;
  }

  /** Hears of agents of which an instance has become well, or not well. @returns stops listening. */
  onTurn(listener: (agent: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * The watch over an instance that runs; begins one where there is none.
   * @throws WaooawError `agent_crashed` when it runs no more.
   */
  over(instance: Instance, kind: Pick<AgentKind, 'ready'> | undefined): InstanceWatch {
    const { name, port } = instance;
    const life = lifeOf(instance);
    if (hasEnded(instance)) throw new WaooawError('agent_crashed', `${name} runs no more`);
    const known = this.#entries.get(name);
    if (known?.life === life) return known.watch;
    known?.watch.close();
    const { clock, door, runtime, limits } = this.#deps;
    const agent = instance.labels['agent'] ?? '';
    const isTarget =
      door.route(agent)?.targets.some((target) => target.instance === name && target.port === port) ?? false;
    const watch = new InstanceWatch({
      clock,
      probe: kind?.ready ?? RUNS,
      port,
      listens: () => runtime.listens(name),
      presumedWell: isTarget,
      ...limits,
    });
    let before = watch.wellness;
    watch.onAnswer(() => {
      const { wellness } = watch;
      if (wellness === before) return;
      before = wellness;
      for (const listener of [...this.#listeners]) listener(agent);
    });
    this.#entries.set(name, { life, agent, watch });
    return watch;
  }

  /** It runs no more, or stands still. */
  drop(name: string): void {
    this.#entries.get(name)?.watch.close();
    this.#entries.delete(name);
  }

  close(): void {
    for (const { watch } of this.#entries.values()) watch.close();
    this.#entries.clear();
    this.#listeners.clear();
  }
}
