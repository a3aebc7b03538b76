/** Looks after agents between operations: restarts, adopts, leads ports, and tells how they are. */
import type { AgentInstance } from '../../../../src/protocol/index.ts';
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { AlertSink } from '../../../ports/alert-sink.ts';
import type { AuditSink } from '../../../ports/audit-sink.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { HealthGate } from '../../../ports/health-gate.ts';
import type { MetricIntake } from '../../../ports/metric-intake.ts';
import type { AgentBook } from '../book.ts';
import type { Kinds } from '../kinds.ts';
import type { AgentRecord } from '../record/record.ts';
import type { AgentResources } from '../resources.ts';
import type { Say, Supervisor } from '../supervision.ts';
import { AgentChecks } from './agent-checks.ts';
import { AgentFigures } from './agent-figures.ts';
import { createAgentLogs } from './agent-logs.ts';
import type { AgentLogs } from './agent-logs.ts';
import { CrashAlerts } from './crash-alerts.ts';
import { Gatekeeper } from './gate.ts';
import { Keeper } from './keeper.ts';
import { DEFAULT_SUPERVISOR_LIMITS } from './limits.ts';
import type { SupervisorLimits } from './limits.ts';
import { Rounds } from './rounds.ts';
import type { SeenDoor } from './seen-door.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { shownInstances } from './shown-instances.ts';
import { Slots } from './slots.ts';
import { survey } from './survey.ts';
import type { TendingDeps } from './tending.ts';
import { Watches } from './watches.ts';

export { DEFAULT_SUPERVISOR_LIMITS } from './limits.ts';
export type { SupervisorLimits } from './limits.ts';

/** What the supervisor needs. */
export interface SupervisorDeps {
  readonly clock: Clock;
  /** The same that operations use: what they do is seen. */
  readonly runtime: SeenRuntime;
  readonly door: SeenDoor;
  readonly book: AgentBook;
  readonly kinds: Kinds;
  readonly resources: Pick<AgentResources, 'prepare'>;
  /** Of this process; asked for when it is needed, from `adopt` on. */
  readonly epoch: () => number;
  readonly health?: HealthGate | undefined;
  readonly alerts?: AlertSink | undefined;
  /** For what belongs to no agent any more. */
  readonly audit?: AuditSink | undefined;
  readonly metrics?: MetricIntake | undefined;
  /** Numbers in [0, 1), for jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  readonly limits?: Partial<SupervisorLimits> | undefined;
  /** Told of agents that were adopted, restarted, or crashed. Default: nobody. */
  readonly say?: Say | undefined;
  readonly onError: (error: unknown, what: string) => void;
}

/** A supervisor that keeps its agents' logs too. */
export interface AgentSupervisor extends Supervisor {
  readonly logs: AgentLogs;
}

/** Begins with nothing: it looks after agents from `adopt` on. */
export function createSupervisor(deps: SupervisorDeps): AgentSupervisor {
  return new Agents(deps);
}

class Agents implements AgentSupervisor {
  readonly logs: AgentLogs;
  readonly #deps: SupervisorDeps;
  readonly #limits: SupervisorLimits;
  readonly #watches: Watches;
  readonly #gate: Gatekeeper;
  readonly #checks: AgentChecks;
  readonly #alerts: CrashAlerts;
  readonly #figures: AgentFigures;
  readonly #tending: TendingDeps;
  readonly #keepers = new Map<string, Keeper>();
  readonly #undo: (() => void)[];
  readonly #rounds: Rounds;
  #hasBegun = false;
  #isClosed = false;
  #adopted = 0;
  #restarts = 0;

  constructor(deps: SupervisorDeps) {
    const { clock, runtime, door, book, kinds, audit, random = Math.random, onError } = deps;
    const { say = () => undefined } = deps;
    const limits = { ...DEFAULT_SUPERVISOR_LIMITS, ...deps.limits };
    const watches = new Watches({ clock, door, runtime, limits });
    this.#deps = deps;
    this.#limits = limits;
    this.#watches = watches;
    this.#gate = new Gatekeeper({ clock, runtime, watches });
    this.#checks = new AgentChecks({ health: deps.health, book, runtime, watches, limits, onError });
    this.#alerts = new CrashAlerts({ sink: deps.alerts, clock, onError });
    this.#figures = new AgentFigures({ intake: deps.metrics, book, runtime });
    this.logs = createAgentLogs({ runtime, book, onError });
    this.#tending = {
      ...{ clock, runtime, door, book, kinds, audit, watches, limits, random, say },
      resources: deps.resources,
      epoch: deps.epoch,
      slots: new Slots(limits.maxAgentStartsAtOnce),
      onChanged: (record) => this.enroll(record),
      onRestart: () => void (this.#restarts += 1),
      onError: (error, what) => this.#failed(error, what),
    };
    this.#rounds = new Rounds(clock, (error, what) => this.#failed(error, what));
    this.#undo = [
      runtime.onSeen((agent) => this.#turned(agent)),
      door.onSeen((agent) => book.refresh(agent)),
      watches.onTurn((agent) => this.#turned(agent)),
      kinds.onChange(() => {
        for (const keeper of this.#keepers.values()) keeper.retry();
      }),
    ];
  }

  hold(agent: string): () => void {
    return this.#keeperOf(agent).hold();
  }

  idle(agent: string): Promise<void> {
    return this.#keeperOf(agent).idle();
  }

  ready(...asked: Parameters<Supervisor['ready']>): Promise<void> {
    return this.#gate.ready(...asked);
  }

  watch(...asked: Parameters<Supervisor['watch']>): Promise<void> {
    return this.#gate.watch(...asked);
  }

  instances(record: AgentRecord): readonly AgentInstance[] {
    return shownInstances(record, this.#deps);
  }

  enroll(record: AgentRecord): void {
    if (this.#isClosed) return;
    this.#checks.enroll(record);
    this.#alerts.observe(record);
  }

  async adopt(): Promise<number> {
    const { runtime, book, door, kinds, onError, say } = this.#deps;
    // Where ports lead is known before anything is judged by it; a door that cannot be asked is asked again.
    await door.list().catch((error: unknown) => onError(error, 'the open ports cannot be listed'));
    await runtime.list();
    if (this.#isClosed) return 0;
    let agents = 0;
    for (const record of book.list()) {
      if (record.state !== 'revoked') this.enroll(record);
      const found = this.#keepers.get(record.agent)?.isHeld ? 0 : this.#runningOf(record).length;
      this.#adopted += found;
      if (found > 0) agents += 1;
    }
    if (agents > 0) say?.('agents that were found running are adopted', { agents, instances: this.#adopted });
    // What serves is watched as such before anybody asks how it is.
    for (const record of book.list()) {
      for (const instance of this.#runningOf(record))
        if (instance.state === 'running')
          this.#watches.over(
            instance,
            tryTo(() => kinds.get(record.kind)),
          );
    }
    this.#hasBegun = true;
    this.#lookAtAll();
    const { reconcileIntervalMs, agentUsageIntervalMs } = this.#limits;
    this.#rounds.every(reconcileIntervalMs, 'what runs cannot be listed', () => this.#sweep());
    this.#rounds.every(agentUsageIntervalMs, 'what agents use cannot be read', () => this.#figures.read());
    return this.#adopted;
  }

  stats(): { readonly restarts: number; readonly adopted: number } {
    return { restarts: this.#restarts, adopted: this.#adopted };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const undo of this.#undo) undo();
    this.#watches.close();
    this.#checks.close();
    await Promise.all([this.#rounds.close(), ...[...this.#keepers.values()].map((keeper) => keeper.close())]);
  }

  #keeperOf(agent: string): Keeper {
    let keeper = this.#keepers.get(agent);
    if (!keeper) {
      keeper = new Keeper(agent, this.#tending);
      this.#keepers.set(agent, keeper);
    }
    return keeper;
  }

  /** Something of an agent is otherwise than before. */
  #turned(agent: string): void {
    this.#deps.book.refresh(agent);
    if (this.#hasBegun && !this.#isClosed) this.#keeperOf(agent).look();
  }

  #runningOf(record: AgentRecord): ReturnType<typeof survey>['running'] {
    const { runtime, epoch, clock } = this.#deps;
    const instances = runtime.instances(record.agent);
    return survey({ record, instances, epoch: epoch(), now: clock.now(), ...this.#limits }).running;
  }

  /** Compares everything with what it is meant to be, in case something was missed. */
  async #sweep(): Promise<void> {
    const { runtime, door, book } = this.#deps;
    await runtime.list();
    if (book.list().some(({ port }) => port !== undefined)) await door.list();
    if (!this.#isClosed) this.#lookAtAll();
  }

  #lookAtAll(): void {
    const { book, runtime, door } = this.#deps;
    // Of what is gone for good what is left is cleared away.
    const agents = new Set(door.agents);
    for (const record of book.list()) {
      if (record.state === 'revoked') continue;
      agents.add(record.agent);
      // A word that was not taken is said again.
      this.#alerts.observe(record);
    }
    for (const { labels } of runtime.instances()) if (labels['agent']) agents.add(labels['agent']);
    for (const [agent, keeper] of this.#keepers)
      if (!agents.has(agent) && keeper.isIdle && !keeper.isHeld) this.#keepers.delete(agent);
    for (const agent of agents) this.#keeperOf(agent).look();
  }

  #failed(error: unknown, what: string): void {
    this.#deps.onError(error, what);
    // Another server looks after these agents now: to touch them would be to work against it.
    if (error instanceof WaooawError && error.code === 'fenced') void this.close();
  }
}

function tryTo<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
