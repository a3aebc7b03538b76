/** The service while it runs: its parts, from the moment that there is a database until it closes. */
import { isEnded } from '../../../src/protocol/index.ts';
import type { Timer } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import { agentBook } from './agent-book.ts';
import { publishAgent, publishOperation, publishOperationLog } from './channels.ts';
import { Commands } from './commands.ts';
import { Executor } from './executor.ts';
import { Hosts } from './hosts.ts';
import { Idempotency } from './idempotency.ts';
import type { ProvisioningDeps } from './deps.ts';
import { Journal } from './journal.ts';
import type { Ledger, News } from './ledger.ts';
import type { ProvisioningLimits } from './limits.ts';
import { OperationLogs } from './operation-logs.ts';
import { Operations } from './operations.ts';
import { Queue } from './queue.ts';
import { openRecord } from './record/index.ts';
import type { OperationRecord, ProvisioningRecord } from './record/record.ts';
import type { AgentResources } from './resources.ts';
import { SecretNames } from './secret-names.ts';
import { Showing } from './showing.ts';
import { createSupervisor } from './supervisor/index.ts';
import type { AgentSupervisor } from './supervisor/index.ts';
import { LogTails } from './supervisor/log-tails.ts';
import { SeenDoor } from './supervisor/seen-door.ts';
import { SeenRuntime } from './supervisor/seen-runtime.ts';

/** How often it is looked what is to be forgotten, ms. */
const FORGET_EVERY_MS = 60_000;
/** Places in the queue are told anew at most this often, ms. */
const PLACES_EVERY_MS = 250;

/** What it takes. */
export interface RunningDeps extends Omit<ProvisioningDeps, 'limits'> {
  readonly limits: ProvisioningLimits;
  readonly ledger: Ledger;
  /** Told of operations as they change. */
  readonly observed: (operation: OperationRecord) => void;
}

/** Runs. */
export class Running {
  readonly commands: Commands;
  readonly operations: Operations;
  readonly hosts: Hosts;
  readonly showing: Showing;
  readonly record: ProvisioningRecord;
  readonly resources: AgentResources;
  readonly supervisor: AgentSupervisor;
  readonly queue: Queue;
  readonly agentTails: LogTails;
  readonly logs: OperationLogs;
  readonly #deps: RunningDeps;
  readonly #journal: Journal;
  readonly #executor: Executor;
  readonly #names: SecretNames;
  readonly #timers: Timer[] = [];
  #places: Timer | undefined;
  #isClosed = false;
  #isFenced = false;

  constructor(database: Database, deps: RunningDeps) {
    const { clock, publisher, audit, kinds, tokens, limits, ledger, onError } = deps;
    const { health, alerts, metrics, say: tell } = deps;
    const runtime = new SeenRuntime(deps.runtime);
    const door = new SeenDoor(deps.door);
    const record = openRecord({
      database,
      audit,
      clock,
      limits,
      onForgotten: (agents) => ledger.forgetRevoked(agents),
      onFenced: () => this.#fenced(),
      onError,
    });
    const resources = deps.openResources(database);
    const say = (operation: string, stage: string | undefined, text: string): void =>
      this.logs.say(operation, stage, [text]);
    this.#deps = deps;
    this.record = record;
    this.resources = resources;
    this.logs = new OperationLogs({
      clock,
      record,
      publish: (operation, update) => publishOperationLog(publisher, operation, update),
      onError,
    });
    this.#names = new SecretNames({ resources, known: (agent) => this.#showAgent(agent), onError });
    this.queue = new Queue(limits.maxActiveOperations, (id) => this.#executor.drive(id));
    this.queue.moved = () => this.#placesMoved();
    this.showing = new Showing({
      ledger,
      place: (operation) => this.queue.place(operation),
      expected: (kind, type, stage) => record.expected(kind, type, stage),
      instances: (agent) => this.supervisor.instances(agent),
      secrets: (agent) => this.#names.of(agent),
    });
    const book = agentBook(
      ledger,
      (agent) => this.showing.agent(agent),
      ({ agent }) => this.#showAgent(agent),
    );
    const epoch = (): number => record.epoch;
    this.supervisor = createSupervisor({
      ...{ clock, runtime, door, book, kinds, resources, epoch, health, alerts, audit, metrics, onError },
      limits,
      say: tell,
    });
    this.agentTails = new LogTails({ clock, publisher, logs: this.supervisor.logs, limits });
    this.#journal = new Journal({
      clock,
      ledger,
      maxRetryMs: limits.maxJournalRetryMs,
      onError,
    });
    this.#executor = new Executor({
      ...{ clock, ledger, kinds, limits, say, onError },
      journal: this.#journal,
      tools: { runtime, door, resources, tokens, epoch },
      supervisor: this.supervisor,
    });
    const { queue, showing } = this;
    this.operations = new Operations({ clock, ledger, record, queue, showing, executor: this.#executor });
    const { operations } = this;
    const idempotency = new Idempotency(record, (id) => operations.get(id).catch(() => undefined));
    this.commands = new Commands({ clock, ledger, kinds, queue, idempotency, resources, limits });
    this.hosts = new Hosts({
      ...{ clock, ledger, idempotency, operations, limits },
      say: (operation, stage, texts) => this.logs.say(operation, stage, texts),
    });
  }

  /** Takes up what was under way, and adopts what runs. @param ready called once everything may be asked. */
  async begin(ready: () => void): Promise<void> {
    const { ledger, clock } = this.#deps;
    const kept = await this.record.begin();
    ledger.load(this.record, kept);
    ledger.changed = (news) => this.#changed(news);
    ledger.fenced = () => this.#fenced();
    const open = kept.operations.filter(({ state }) => !isEnded(state));
    await this.logs.load(open.map(({ operation }) => operation));
    const ours = open.filter(({ source }) => source === 'engine');
    for (const operation of ours)
      if (operation.stages.some(({ attempts }) => attempts > 0)) this.#executor.hold(operation);
    await this.supervisor.adopt();
    if (this.#isClosed) return;
    ready();
    for (const agent of ledger.agents()) this.#names.of(agent);
    this.#timers.push(clock.every(FORGET_EVERY_MS, () => this.#forget()));
    const of = (...states: readonly OperationRecord['state'][]) =>
      ours.filter(({ state }) => states.includes(state));
    for (const { operation } of of('rolling-back')) this.queue.force(operation);
    for (const { operation } of [...of('running'), ...of('queued')]) this.queue.add(operation);
    for (const { operation, action } of of('paused'))
      if (action?.name === 'cancel') this.queue.force(operation);
  }

  /** At the next journaled step nothing goes on. Agents run on. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#halt();
    this.#places?.cancel();
    for (const timer of this.#timers) timer.cancel();
    this.agentTails.close();
    await this.supervisor.close();
    await this.#deps.ledger.idle();
    await this.record.close();
  }

  #halt(): void {
    this.queue.close();
    this.#executor.close();
    this.#journal.close();
  }

  /** What runs is somebody else's to look after now. */
  #fenced(): void {
    if (this.#isFenced) return;
    this.#isFenced = true;
    this.#deps.onFenced?.();
    this.#halt();
    this.supervisor
      .close()
      .catch((error: unknown) => this.#deps.onError(error, 'agents cannot be let go of'));
  }

  #changed({ agent, operation }: News): void {
    if (agent) {
      this.supervisor.enroll(agent);
      if (agent.state === 'revoked') this.#names.forget(agent.agent);
    }
    if (operation) {
      publishOperation(this.#deps.publisher, this.showing.operation(operation));
      this.#deps.observed(operation);
    }
    const id = agent?.agent ?? (operation?.source === 'engine' ? operation.agent : undefined);
    if (id !== undefined) this.#showAgent(id);
  }

  #showAgent(id: string): void {
    const agent = this.#deps.ledger.agent(id);
    if (agent && !this.#isClosed) publishAgent(this.#deps.publisher, this.showing.agent(agent));
  }

  #placesMoved(): void {
    if (this.#isClosed) return;
    const { clock, ledger, publisher } = this.#deps;
    this.#places ??= clock.after(PLACES_EVERY_MS, () => {
      this.#places = undefined;
      for (const id of this.queue.order()) {
        const operation = ledger.operation(id);
        if (operation) publishOperation(publisher, this.showing.operation(operation));
      }
    });
  }

  #forget(): void {
    const { ledger, clock, limits } = this.#deps;
    ledger.forget(clock.now() - limits.showEndedOperationsMs);
    this.logs.keep((operation) => ledger.operation(operation) !== undefined);
  }
}
