/** For tests: the provisioning service over a real database and audit trail, with a machine and a door that the test holds. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isEnded } from '../../src/protocol/index.ts';
import type { AgentStatus, NewAgent, OperationStatus } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AgentTokens } from '../ports/agent-tokens.ts';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import { createAgentResources } from '../services/provisioning/agent-resources.ts';
import { createProvisioning } from '../services/provisioning/index.ts';
import type { Asked, Command, Provisioning, ProvisioningLimits } from '../services/provisioning/index.ts';
import { openKinds } from '../services/provisioning/open-kinds.ts';
import { turn } from './event-loop.ts';
import { FakeAuditSink } from './fake-audit-sink.ts';
import { FakePublisher } from './fake-publisher.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { MemoryDoor } from './memory-door.ts';
import { MemoryMachine, MemoryRuntime } from './memory-runtime.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Who asks, unless the test says otherwise. */
export const ANA: Asked = { by: 'ana', actor: { id: 'ana', kind: 'user' } };

/** Agents that are ready as soon as they run, watched for a second. */
const COMMON = {
  command: [process.execPath, 'main.js'],
  versions: [{ version: '1.0.0' }, { version: '2.0.0' }, { version: '3.0.0' }],
  ready: { kind: 'process', intervalMs: 100, timeoutMs: 100, failureThreshold: 1 },
  upgrade: { progressDeadlineMs: 5_000, minHealthyMs: 200, watchMs: 1_000, drainMs: 1_000 },
  maxReplicas: 4,
};

/** The kinds: `web` has a stable port, `worker` has none, `guarded` has all that an agent can ask for. */
export const KINDS = {
  kinds: [
    { ...COMMON, kind: 'web', port: true },
    { ...COMMON, kind: 'ranged', port: { from: 21_000, to: 21_002 } },
    {
      ...COMMON,
      kind: 'worker',
      parameters: { type: 'object', properties: { every: { type: 'integer', default: 5 } } },
    },
    {
      ...COMMON,
      kind: 'guarded',
      port: true,
      tokenRole: 'operator',
      secrets: [
        { name: 'API_TOKEN', required: true },
        { name: 'EXTRA', required: false },
      ],
    },
  ],
};

/** What outlives a server: its data, and what runs. */
export interface World {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly machine: MemoryMachine;
  readonly door: MemoryDoor;
  /** One in memory, where many servers are begun and ended; default: a file. */
  readonly database?: MemoryDatabase;
}

/** What a test brings. */
export interface ServiceParts extends Partial<World> {
  readonly limits?: Partial<ProvisioningLimits>;
  readonly kinds?: unknown;
  /** Stands between the service and its journal. */
  readonly audit?: (sink: AuditSink) => AuditSink;
  /** False: the test starts it. */
  readonly started?: boolean;
}

/** Tokens that are written down. */
export class FakeTokens implements AgentTokens {
  readonly calls: string[] = [];
  #count = 0;

  issue(agent: string, role: string): Promise<{ keyId: string; token: string }> {
    this.calls.push(`issue ${agent} ${role}`);
    this.#count += 1;
    return Promise.resolve({ keyId: `key-${this.#count}`, token: `token-${this.#count}` });
  }

  revoke(keyId: string): Promise<void> {
    this.calls.push(`revoke ${keyId}`);
    return Promise.resolve();
  }
}

/** What a test gets. */
export interface Service extends Omit<World, 'database'> {
  readonly world: World;
  readonly provisioning: Provisioning;
  readonly database: Database;
  readonly publisher: FakePublisher;
  readonly tokens: FakeTokens;
  readonly entries: readonly AuditEvent[];
  /** What went wrong beside requests. */
  readonly errors: string[];
  /** Lets time pass until it holds. */
  until(holds: () => boolean | Promise<boolean>, what: string): Promise<void>;
  /** Lets time pass until the operation is at its end. */
  ended(operation: string | Promise<OperationStatus>): Promise<OperationStatus>;
  /** Creates an agent, and waits for it. */
  create(input?: Partial<NewAgent>): Promise<OperationStatus>;
  /** Asks, and waits. */
  run(agent: string, command: Command, asked?: Partial<Asked>): Promise<OperationStatus>;
  agent(agent?: string): AgentStatus;
  /** Ends the service as a server does; its world stays. */
  stop(): Promise<void>;
  /** Ends it as `kill -9` does: nothing that it was about to do is done any more. */
  kill(): Promise<void>;
  /** Entries that are written before it is killed by itself; `after`: the last one is durable, but nobody hears of it. */
  killAt: { entries: number; readonly after: boolean } | undefined;
  readonly isDead: boolean;
}

/** Turns of the event loop after which nothing is waited for any longer. */
const MAX_TURNS = 20_000;

/** Opens the service; it ends with the test. */
export async function provisioningService(t: TestContext, parts: ServiceParts = {}): Promise<Service> {
  const { clock = createManualClock(), folder = temporaryFolder(), limits = {}, kinds = KINDS } = parts;
  const { machine = new MemoryMachine(clock), door = new MemoryDoor(), audit = (sink) => sink } = parts;
  const errors: string[] = [];
  const onError = (error: unknown, what: string): void => void errors.push(`${what}: ${String(error)}`);
  const path = join(folder, 'agents.json');
  await writeFile(path, JSON.stringify(kinds));
  await chmod(path, 0o600);
  const database = parts.database ?? openSqlite(join(folder, 'waooaw.db'));
  await database.migrate(MIGRATIONS);
  const sink = new FakeAuditSink(database);
  const publisher = new FakePublisher();
  const tokens = new FakeTokens();
  const opened = await openKinds({ path, clock, onError });
  const runtime = new MemoryRuntime(machine);
  const life: Life = { isDead: false, killAt: undefined };
  const provisioning = createProvisioning({
    ...{ publisher, limits, onError },
    clock: mortalClock(clock, life),
    runtime: mortal(runtime, life),
    door: mortal(door, life),
    tokens: mortal(tokens, life),
    kinds: opened,
    audit: mortalSink(audit(sink), life),
    openResources: (of) =>
      createAgentResources({ database: of, folder: join(folder, 'agents'), url: () => 'http://127.0.0.1:1' }),
  });
  let stopped: Promise<void> | undefined;
  const letGo = async (): Promise<void> => {
    await opened.close();
    await runtime.close();
    await database.close();
  };
  const stop = (): Promise<void> => (stopped ??= life.isDead ? letGo() : provisioning.close().then(letGo));
  const kill = (): Promise<void> => {
    life.isDead = true;
    return stop();
  };
  t.after(stop);

  const until: Service['until'] = async (holds, what) => {
    for (let turns = 0; !(await holds()); turns++) {
      if (turns > MAX_TURNS) throw new Error(`${what} did not come; ${errors.join('; ')}`);
      await turn();
      if (turns % 10 === 9) clock.advance(50);
    }
  };
  const ended: Service['ended'] = async (given) => {
    const id = typeof given === 'string' ? given : (await given).operation;
    await until(async () => isEnded((await provisioning.operation(id)).state), `the end of ${id}`);
    return provisioning.operation(id);
  };
  const world = { folder, clock, machine, door, ...(parts.database && { database: parts.database }) };
  if (parts.started ?? true) await provisioning.start(database);
  return {
    ...{ folder, clock, machine, door },
    kill,
    get killAt() {
      return life.killAt;
    },
    set killAt(at) {
      life.killAt = at;
    },
    get isDead() {
      return life.isDead;
    },
    ...{ world, provisioning, database, publisher, tokens, errors, until, ended, stop },
    entries: sink.entries,
    create: (input) => ended(provisioning.create({ agent: 'shop', kind: 'web', ...input }, ANA)),
    run: (agent, command, asked) => ended(provisioning.command(agent, command, { ...ANA, ...asked })),
    agent: (agent = 'shop') => provisioning.agent(agent),
  };
}

/** A process that can be killed. */
interface Life {
  isDead: boolean;
  killAt: Service['killAt'];
}

/** What the dead ask is never answered, and what they were told comes to nothing. */
function mortal<T extends object>(target: T, life: Life): T {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name, of);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (life.isDead) return never();
        const answer: unknown = Reflect.apply(value, of, given);
        if (!(answer instanceof Promise)) return answer;
        return answer.then(
          (known: unknown) => (life.isDead ? never() : known),
          (error: unknown) => (life.isDead ? never() : Promise.reject(error as Error)),
        );
      };
    },
  });
}

function mortalClock(clock: ManualClock, life: Life): Clock {
  const unlessDead = (call: () => void) => () => {
    if (!life.isDead) call();
  };
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    after: (ms, call) => clock.after(ms, unlessDead(call)),
    every: (ms, call) => clock.every(ms, unlessDead(call)),
  };
}

function mortalSink(sink: AuditSink, life: Life): AuditSink {
  return {
    async record(event, alongside) {
      if (life.isDead) return never();
      const { killAt } = life;
      if (!killAt || --killAt.entries >= 0) {
        const written = await sink.record(event, alongside);
        return life.isDead ? never() : written;
      }
      life.isDead = true;
      if (killAt.after) await sink.record(event, alongside);
      return never();
    },
  };
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** Each stage and its state, in short: `start completed`. */
export function stagesSaid({ stages }: OperationStatus): readonly string[] {
  return stages.map(({ name, state }) => `${name} ${state}`);
}
