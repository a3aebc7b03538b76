/** For tests: a supervisor with everything that it works on, and agents for it. */
import type { TestContext } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import type { AgentStatus, Sample } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import type { AlertSignal } from '../ports/alert-sink.ts';
import type { AuditEvent } from '../ports/audit-sink.ts';
import type { CheckDefinition, HealthGate } from '../ports/health-gate.ts';
import type { AgentBook } from '../services/provisioning/book.ts';
import type { AgentKind, Kinds } from '../services/provisioning/kinds.ts';
import type { AgentRecord, AgentSpec } from '../services/provisioning/record/record.ts';
import { instanceName } from '../services/provisioning/resources.ts';
import type { AgentResources } from '../services/provisioning/resources.ts';
import { createSupervisor } from '../services/provisioning/supervisor/index.ts';
import type { AgentSupervisor, SupervisorDeps } from '../services/provisioning/supervisor/index.ts';
import { SeenDoor } from '../services/provisioning/supervisor/seen-door.ts';
import { SeenRuntime } from '../services/provisioning/supervisor/seen-runtime.ts';
import { turn } from './event-loop.ts';
import { MemoryDoor } from './memory-door.ts';
import { MemoryMachine, MemoryRuntime } from './memory-runtime.ts';
import { random } from './random.ts';

/** A kind that is ready by running, and is started again after 1 s, 2 s, 4 s …, and left alone at its fifth end in a minute. */
export const KIND: AgentKind = {
  kind: 'worker',
  title: 'Worker',
  versions: [{ version: '1', command: ['worker'], env: {} }],
  parameters: {},
  secrets: [],
  passEnv: [],
  hasPort: false,
  maxReplicas: 8,
  resources: {},
  storage: { quotaBytes: 1 },
  queue: false,
  ready: { kind: 'process', intervalMs: 1_000, timeoutMs: 500, failureThreshold: 3 },
  restart: {
    when: 'always',
    delayMs: 1_000,
    maxDelayMs: 60_000,
    stableMs: 30_000,
    maxInWindow: 5,
    windowMs: 60_000,
  },
  upgrade: { progressDeadlineMs: 10_000, minHealthyMs: 0, watchMs: 0, drainMs: 0 },
  stop: { signal: 'SIGTERM', graceMs: 1_000 },
  logs: { maxFileBytes: 1, maxFiles: 1, maxLineBytes: 1 },
};

/** What an agent is made of. */
export function specOf(more: Partial<AgentSpec> = {}): AgentSpec {
  return { generation: 1, version: '1', parameters: {}, secretsRevision: 0, replicas: 1, ...more };
}

/** An agent that runs, with one instance. */
export function agentOf(more: Partial<AgentRecord> = {}): AgentRecord {
  const spec = more.spec ?? more.live ?? specOf();
  return {
    agent: 'a',
    incarnation: 1,
    kind: 'worker',
    title: 'Agent A',
    tags: { team: 'x' },
    state: 'running',
    since: 1,
    desired: 'running',
    spec,
    live: spec,
    restarts: 0,
    createdAt: 1,
    createdBy: 'ana',
    changedAt: 1,
    ...more,
  };
}

/** The same without something. */
export function without<Key extends keyof AgentRecord>(record: AgentRecord, key: Key): AgentRecord {
  const { [key]: _, ...rest } = record;
  return rest as AgentRecord;
}

/** Labels of an agent's instance. */
export function labelsOf(
  record: Pick<AgentRecord, 'agent' | 'incarnation'>,
  generation = 1,
  epoch = 1,
): Record<string, string> {
  const { agent, incarnation } = record;
  return {
    agent,
    incarnation: `${incarnation}`,
    generation: `${generation}`,
    version: '1',
    epoch: `${epoch}`,
  };
}

/** A book in memory: every change with its entry, or none. */
export class MemoryBook implements AgentBook {
  readonly records = new Map<string, AgentRecord>();
  readonly events: AuditEvent[] = [];
  readonly refreshed: string[] = [];
  /** What changes are refused with. */
  refused: Error | undefined;
  /** What changes wait for. */
  wait: Promise<void> | undefined;

  constructor(records: readonly AgentRecord[] = []) {
    for (const record of records) this.records.set(record.agent, record);
  }

  /** What each entry says in short: `restart success`. */
  get said(): string[] {
    return this.events.map(({ action, result, error }) => [action, result, error].filter(Boolean).join(' '));
  }

  get(agent: string): AgentRecord | undefined {
    return this.records.get(agent);
  }

  list(): readonly AgentRecord[] {
    return [...this.records.values()];
  }

  async change(agent: string, next: Parameters<AgentBook['change']>[1]): Promise<AgentRecord | undefined> {
    await this.wait;
    if (this.refused) throw this.refused;
    const now = this.records.get(agent);
    const change = now && next(now);
    if (!change) return undefined;
    this.records.set(agent, change.agent);
    this.events.push(change.event);
    return change.agent;
  }

  status(): AgentStatus {
    throw new Error('Nobody here shows agents');
  }

  refresh(agent: string): void {
    this.refreshed.push(agent);
  }
}

/** Kinds that can be changed under way. */
export class MemoryKinds implements Pick<Kinds, 'get' | 'onChange' | 'list'> {
  readonly kinds = new Map<string, AgentKind>();
  readonly #listeners = new Set<() => void>();

  constructor(kinds: readonly AgentKind[]) {
    for (const kind of kinds) this.kinds.set(kind.kind, kind);
  }

  list(): readonly AgentKind[] {
    return [...this.kinds.values()];
  }

  get(kind: string): AgentKind {
    const found = this.kinds.get(kind);
    if (!found) throw new WaooawError('unknown_kind', `There is no kind ${kind}`);
    return found;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The file was read anew. */
  change(kind: AgentKind): void {
    this.kinds.set(kind.kind, kind);
    for (const listener of this.#listeners) listener();
  }
}

/** Specs as the real resources make them, with nothing in them. */
export const RESOURCES: Pick<AgentResources, 'prepare'> = {
  prepare: (agent, spec, kind, index, epoch) =>
    Promise.resolve({
      name: instanceName(agent, spec.generation, index),
      labels: labelsOf(agent, spec.generation, epoch),
      command: kind.versions[0]!.command,
      env: {},
      workingFolder: '/',
      hasPort: kind.hasPort,
      resources: {},
      stop: kind.stop,
      logs: kind.logs,
    }),
};

/** Checks that are asked by hand. */
export class FakeHealth implements Pick<HealthGate, 'register'> {
  readonly checks = new Map<string, CheckDefinition>();

  register(definition: CheckDefinition): () => void {
    const { check } = definition;
    if (this.checks.has(check)) throw new WaooawError('bad_request', `There is a check ${check}`);
    this.checks.set(check, definition);
    return () => void this.checks.delete(check);
  }

  /** What a check finds now, in short. */
  look(check: string): string {
    const found = this.checks.get(check)?.probe(new AbortController().signal);
    if (!found || found instanceof Promise) return 'none';
    return found.reason === undefined ? found.state : `${found.state}: ${found.reason}`;
  }
}

/** What a test of the supervisor works with. */
export interface Supervising {
  readonly clock: ManualClock;
  readonly machine: MemoryMachine;
  readonly door: MemoryDoor;
  readonly book: MemoryBook;
  readonly kinds: MemoryKinds;
  readonly health: FakeHealth;
  readonly alerts: AlertSignal[];
  readonly samples: Sample[];
  readonly errors: string[];
  readonly runtime: SeenRuntime;
  readonly seenDoor: SeenDoor;
  readonly supervisor: AgentSupervisor;
  /** Time passes, and what is due then is done. */
  pass(ms: number): Promise<void>;
}

/** Makes one; it is closed with the test. @param epoch of this server. */
export function supervise(
  t: TestContext,
  {
    records = [agentOf()],
    kind = KIND,
    clock = createManualClock(),
    machine = new MemoryMachine(clock),
    door = new MemoryDoor(),
    book = new MemoryBook(records),
    epoch = 1,
    seed = 1,
    ...more
  }: {
    readonly records?: readonly AgentRecord[];
    readonly kind?: AgentKind;
    readonly clock?: ManualClock;
    readonly machine?: MemoryMachine;
    readonly door?: MemoryDoor;
    readonly book?: MemoryBook;
    readonly epoch?: number;
    readonly seed?: number;
  } & Partial<Omit<SupervisorDeps, 'clock' | 'door' | 'book' | 'epoch'>> = {},
): Supervising {
  const kinds = new MemoryKinds([kind]);
  const health = new FakeHealth();
  const alerts: AlertSignal[] = [];
  const samples: Sample[] = [];
  const errors: string[] = [];
  const runtime = new SeenRuntime(new MemoryRuntime(machine));
  const seenDoor = new SeenDoor(door);
  const supervisor = createSupervisor({
    ...{ clock, runtime, door: seenDoor, book },
    kinds: kinds as unknown as Kinds,
    resources: RESOURCES,
    epoch: () => epoch,
    health: health as unknown as HealthGate,
    alerts: { observe: (signal) => Promise.resolve(void alerts.push(signal)) },
    metrics: { ingest: (given) => void samples.push(...given) },
    random: random(seed),
    onError: (error, what) =>
      void errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    ...more,
  });
  t.after(async () => {
    await supervisor.close();
    await runtime.close();
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let i = 0; i < 5; i++) await turn();
  };
  return {
    ...{ clock, machine, door, book, kinds, health, alerts, samples, errors, runtime, seenDoor, supervisor },
    pass,
  };
}
