/** What the supervisor does for one agent: each is recorded before it is done, and may be tried again. */
import type { AuditSink } from '../../../ports/audit-sink.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { AgentBook } from '../book.ts';
import type { Kinds } from '../kinds.ts';
import type { AgentRecord } from '../record/record.ts';
import type { AgentResources } from '../resources.ts';
import type { Say } from '../supervision.ts';
import type { Ending } from './endings.ts';
import { broughtBack, cleared, crashed, orphanCleared, restarted, wentOut } from './events.ts';
import type { AgentChange } from './events.ts';
import type { SeenDoor } from './seen-door.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import type { Slots } from './slots.ts';
import { hasEnded, instancesOf, lifeOf } from './survey.ts';
import type { Wanted } from './survey.ts';
import { leadsTo, targetsOf } from './targets.ts';
import type { Watches } from './watches.ts';
import { wordsOfExit } from './words.ts';

/** What it takes. */
export interface DoingsDeps {
  readonly clock: Clock;
  readonly runtime: SeenRuntime;
  readonly door: SeenDoor;
  readonly book: AgentBook;
  readonly kinds: Kinds;
  readonly resources: Pick<AgentResources, 'prepare'>;
  readonly audit: AuditSink | undefined;
  readonly watches: Watches;
  /** For starts, of all agents together. */
  readonly slots: Slots;
  readonly epoch: () => number;
  /** The agent's record was changed. */
  readonly onChanged: (record: AgentRecord) => void;
  /** An instance was started anew after it had ended by itself. */
  readonly onRestart: () => void;
  /** For the log. */
  readonly say: Say;
}

/** An instance that is to be started, and what it did before: nothing when it is not known. */
export interface Start {
  readonly wanted: Wanted;
  readonly before: { readonly instance: Instance; readonly ending: Ending } | undefined;
}

/** One agent's. */
export class Doings {
  readonly #agent: string;
  readonly #deps: DoingsDeps;
  /** What the trail was told of and is not done yet: what is tried again is not told again. */
  readonly #told = new Set<string>();

  constructor(agent: string, deps: DoingsDeps) {
    this.#agent = agent;
    this.#deps = deps;
  }

  /** Somebody worked on the agent: what was told is another story. */
  forget(): void {
    this.#told.clear();
  }

  /** Starts an instance. @param isFree false once somebody else works on the agent. */
  start({ wanted, before }: Start, isFree: () => boolean): Promise<void> {
    const { runtime, book, kinds, resources, slots, epoch, onRestart, say } = this.#deps;
    const { name, index } = wanted;
    return slots.run(async () => {
      if (!isFree()) return;
      const isRestart = before?.ending.kind === 'restart';
      const told = await this.#tell(
        `start ${name} ${before ? lifeOf(before.instance) : ''}`,
        (record, now) => {
          if (!isWanted(record, wanted)) return undefined;
          if (before?.ending.kind === 'restart') return restarted(record, name, before.ending.exit, now);
          return broughtBack(record, name, before ? wordsOfExit(before.instance.exit) : 'was not there');
        },
      );
      const record = book.get(this.#agent);
      if (!record || !isFree() || !isWanted(record, wanted)) return;
      const spec = await resources.prepare(record, wanted.spec, kinds.get(record.kind), index, epoch());
      if (!isFree()) return;
      await runtime.start(spec);
      this.#told.delete(told);
      if (isRestart) onRestart();
      if (!before) return;
      const why = wordsOfExit(before.instance.exit);
      say('agent restarted', { agent: this.#agent, instance: name, why, restarts: record.restarts });
    });
  }

  /** Ends an instance that is not meant to run. */
  async clear(instance: Instance, isFree: () => boolean): Promise<void> {
    const { runtime, book, audit } = this.#deps;
    const { name } = instance;
    const key = `stop ${name} ${lifeOf(instance)}`;
    if (book.get(this.#agent)) await this.#tell(key, (record) => cleared(record, name));
    else if (!this.#told.has(key)) await audit?.record(orphanCleared(this.#agent, name));
    this.#told.add(key);
    if (!isFree()) return;
    await runtime.stop(name);
    this.#told.delete(key);
  }

  /** Says that it ended too often. */
  async giveUp(name: string, { exit, ends }: Extract<Ending, { kind: 'crashed' }>): Promise<void> {
    const changed = await this.#change((record, now) =>
      record.state === 'running' ? crashed(record, name, exit, ends, now) : undefined,
    );
    if (changed) this.#sayCrashed({ instance: name, why: wordsOfExit(exit), ends });
  }

  /** Says that all its instances ended, and are not to be started again. */
  async goOut(failed: boolean): Promise<void> {
    const changed = await this.#change((record, now) =>
      record.state === 'running' ? wentOut(record, failed, now) : undefined,
    );
    if (changed && failed) this.#sayCrashed({ why: 'ended, and its kind does not want it back' });
  }

  /** Leads the stable port to what can answer. */
  async lead(): Promise<void> {
    const { book, door } = this.#deps;
    const record = book.get(this.#agent);
    const route = door.route(this.#agent);
    if (!record || record.state === 'revoked') {
      if (route) await door.close(this.#agent);
      return;
    }
    const { state, port } = record;
    // What an operation left in the middle is an operation's to finish.
    if (port === undefined || state === 'deployed') return;
    const targets = state === 'running' || state === 'errored' ? this.#targets(record) : [];
    // A port that was never opened stays closed until something is to be reached there.
    if (!route && targets.length === 0 && state !== 'running') return;
    if (!leadsTo(route, targets, port)) await door.point({ agent: this.#agent, port, targets });
  }

  #targets(record: AgentRecord): ReturnType<typeof targetsOf> {
    const { runtime, watches } = this.#deps;
    if (!record.live) return [];
    return targetsOf(
      instancesOf(record, record.live).flatMap(({ name }) => {
        const instance = runtime.seen(name);
        const watch = watches.get(name);
        return instance && watch && !hasEnded(instance) && instance.state !== 'suspended'
          ? [{ instance, wellness: watch.wellness }]
          : [];
      }),
    );
  }

  #sayCrashed(facts: Readonly<Record<string, string | number>>): void {
    this.#deps.say('agent crashed, and is left alone', { agent: this.#agent, ...facts });
  }

  /** Tells the trail of it, once until it is done. */
  async #tell(
    key: string,
    next: (now: AgentRecord, atMs: number) => AgentChange | undefined,
  ): Promise<string> {
    if (this.#told.has(key)) return key;
    if (await this.#change(next)) this.#told.add(key);
    return key;
  }

  async #change(
    next: (now: AgentRecord, atMs: number) => AgentChange | undefined,
  ): Promise<AgentRecord | undefined> {
    const { book, clock, onChanged } = this.#deps;
    const changed = await book.change(this.#agent, (now) => next(now, clock.now()));
    if (changed) onChanged(changed);
    return changed;
  }
}

/** Nobody has meant otherwise since. */
function isWanted({ state, live }: AgentRecord, { spec, index }: Wanted): boolean {
  return state === 'running' && live?.generation === spec.generation && index < live.replicas;
}
