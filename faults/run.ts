/** One run of the model: real server, real clients, a network that fails, and a judge on every listener. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WaooawError } from '../src/protocol/index.ts';
import type { Json } from '../src/protocol/index.ts';
import type { Bus } from '../server/ports/bus.ts';
import { ANYBODY } from '../server/testing/identities.ts';
import { Caller } from './caller.ts';
import { Chance } from './chance.ts';
import { fastClock } from './fast-clock.ts';
import type { FastClock } from './fast-clock.ts';
import { FaultyBus } from './faulty-bus.ts';
import type { Rewrite } from './flow.ts';
import { PublishedLog } from './log.ts';
import { Meter } from './narrow.ts';
import type { Plan, Step } from './plan.ts';
import { FaultProxy } from './proxy.ts';
import { Site } from './site.ts';
import { Tally } from './tally.ts';
import type { Lie, View } from './view.ts';
import { Witness } from './witness.ts';

/** What is broken on purpose, for proving that it is found. */
export interface Sabotage {
  /** Stands between the server and its engine. */
  readonly bus?: (bus: Bus) => Bus;
  /** Stands between the server and its clients. */
  readonly middlebox?: () => Rewrite;
  /** The faults are over: whatever is broken only for a while is whole from now on. */
  readonly rest?: () => void;
  /** Stands between a client and its listener. */
  readonly view?: (view: View) => Pick<View, 'snapshot' | 'publication' | 'lost' | 'error'>;
}

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  readonly lies: readonly Lie[];
  readonly tally: Tally;
  /** What happened, a line each, with the ms since the beginning. */
  readonly trace: readonly string[];
}

const SETTLE_MS = 6_000;
const LOOK_MS = 2;
/** Slower than before: on a machine that has other work, a client shall not give up on a server that is only slow. */
const SETTLING_RATE = 30;

/** Plays a plan. @param settleMs after so long a quiet system has settled or never will, ms of the machine. */
export async function play(plan: Plan, sabotage: Sabotage = {}, settleMs = SETTLE_MS): Promise<Outcome> {
  const run = new Run(plan, sabotage, settleMs);
  try {
    await run.open();
    for (const step of plan.steps) {
      if (step.waitMs > 0) await sleep(step.waitMs);
      run.step(step);
    }
    await run.settle();
  } finally {
    await run.close();
  }
  return run.outcome();
}

class Run {
  readonly #plan: Plan;
  readonly #sabotage: Sabotage;
  readonly #settleMs: number;
  readonly #clock: FastClock;
  readonly #log = new PublishedLog();
  readonly #tally = new Tally();
  readonly #meter = new Meter();
  readonly #lies: Lie[] = [];
  readonly #trace: string[] = [];
  readonly #startedAt = performance.now();
  readonly #sites: Site[] = [];
  /** What goes on beside the steps: restarts, publications that wait for their answer. */
  readonly #aside = new Map<string, Promise<void>>();
  readonly #callers: Caller[] = [];
  #proxy!: FaultProxy;
  #bus: FaultyBus;
  #site: Site | undefined;
  #lastId = 0;
  #asides = 0;
  #over = false;
  #restarting = Promise.resolve();

  constructor(plan: Plan, sabotage: Sabotage, settleMs: number) {
    this.#settleMs = settleMs;
    this.#plan = plan;
    this.#sabotage = sabotage;
    this.#clock = fastClock(plan.rate);
    this.#bus = this.#newBus();
  }

  async open(): Promise<void> {
    const { clients, seed } = this.#plan;
    this.#proxy = await FaultProxy.open(new Chance(seed).fork());
    this.#proxy.meter = this.#meter;
    this.#proxy.middlebox = this.#sabotage.middlebox;
    await this.#openSite();
    for (const [i, way] of clients.entries()) {
      this.#callers.push(
        new Caller({
          way,
          name: `client ${i}`,
          url: `http://127.0.0.1:${this.#proxy.port}`,
          clock: this.#clock.client,
          chance: new Chance(seed + 1_000_003 * (i + 1)),
          log: this.#log,
          lagging: this.#plan.lagging,
          lie: (lie) => this.#lies.push(lie),
          trace: (what) => this.#note(what),
          ...(this.#sabotage.view && { between: this.#sabotage.view }),
        }),
      );
    }
  }

  step(step: Step): void {
    const { waitMs: _, ...what } = step;
    this.#note(JSON.stringify(what));
    switch (step.do) {
      case 'publish':
        return this.#publish(step.channel, step.count, step.bytes);
      case 'post':
        return this.#beside(step.do, this.#post(step.channel, step.times));
      case 'client-publish': {
        const { name } = this.#channel(step.channel);
        return this.#beside(step.do, this.#callers[step.client]!.publish(name, ++this.#lastId));
      }
      case 'listen':
        return this.#callers[step.client]!.listen(this.#channel(step.channel), step.everyMs, step.shout);
      case 'leave':
        return this.#callers[step.client]!.leave(step.pick);
      case 'demand':
        return this.#callers[step.client]!.demand(step.pick, step.everyMs);
      case 'hang-up':
        return this.#callers[step.client]!.hangUp();
      case 'dial':
        return this.#callers[step.client]!.dial();
      case 'fault':
        return this.#proxy.inflict(step.fault);
      case 'restart':
        this.#tally.count('restarts', step.how);
        // One after the other: a server that comes up while its engine goes down is another fault.
        this.#restarting = this.#restarting.then(() => this.#restart(step.how, step.downMs));
        return this.#beside(step.do, this.#restarting);
      case 'roll-back': {
        const lost = this.#bus.rollBack(this.#channel(step.channel).name, step.count);
        return this.#tally.count('engine', 'rolled back', lost > 0 ? 1 : 0);
      }
      case 'wipe':
        this.#bus.wipe();
        return this.#tally.count('engine', 'wiped');
      case 'engine':
        this.#tally.count('engine', step.what);
        return this.#beside(step.do, this.#trouble(step.what, step.forMs));
    }
  }

  /** The faults are over: with one more publication a channel, everybody must come to see what the log has. */
  async settle(): Promise<void> {
    this.#note('the faults are over');
    this.#sabotage.rest?.();
    this.#proxy.heal(this.#plan.resetDead);
    this.#clock.setRate(SETTLING_RATE);
    for (const caller of this.#callers) caller.wantEverything();
    await Promise.race([Promise.all(this.#aside.values()), sleep(this.#settleMs, undefined, { ref: false })]);
    for (const what of this.#aside.keys())
      this.#lies.push({ kind: 'stuck', who: 'the run', detail: `${what} never ended` });
    for (const place of this.#plan.channels.keys()) await this.#post(place, 1);
    const views = this.#callers.flatMap((caller) => caller.views).filter(({ stopped }) => !stopped);
    const giveUpAt = performance.now() + this.#settleMs;
    while (views.some(({ caughtUp }) => !caughtUp)) {
      if (performance.now() > giveUpAt) break;
      await sleep(LOOK_MS);
    }
    for (const view of views) {
      if (view.caughtUp) continue;
      const caller = this.#callers.find(({ views }) => views.includes(view));
      this.#lies.push({
        kind: 'stuck',
        who: view.who,
        detail: `${view.standing}; its client is ${caller?.state}`,
      });
    }
    for (const detail of this.#log.twice()) this.#lies.push({ kind: 'duplicate', who: 'the log', detail });
    this.#note('settled');
  }

  async close(): Promise<void> {
    this.#over = true;
    for (const caller of this.#callers) {
      for (const view of caller.views) this.#tally.view(view);
      caller.end();
    }
    await this.#proxy.close();
    for (const site of this.#sites) {
      this.#tally.site(site.broadcaster.stats());
      site.kill();
    }
    await this.#bus.close();
    this.#tally.faults(this.#proxy.done);
    this.#tally.count('runs', 'runs');
    this.#tally.count('publications', 'stored', this.#log.publications);
  }

  outcome(): Outcome {
    return { seed: this.#plan.seed, lies: this.#lies, tally: this.#tally, trace: this.#trace };
  }

  #channel(place: number): Plan['channels'][number] {
    return this.#plan.channels[place]!;
  }

  #newBus(): FaultyBus {
    this.#log.forgotten();
    return new FaultyBus(this.#clock.server, this.#log);
  }

  async #openSite(): Promise<void> {
    const { limits, history, narrow } = this.#plan;
    const witness = new Witness(this.#bus, this.#log);
    const site = await Site.open({
      bus: this.#sabotage.bus?.(witness) ?? witness,
      clock: this.#clock.server,
      limits,
      history,
      narrow,
      meter: this.#meter,
      snapshot: (channel) => witness.snapshot(channel),
      onError: (error, what) => this.#note(`server: ${what}: ${String(error)}`),
    });
    this.#site = site;
    this.#sites.push(site);
    this.#proxy.targets = [site.port];
  }

  /** As a service does: nobody waits for an answer. */
  #publish(place: number, count: number, bytes: number): void {
    const { name } = this.#channel(place);
    for (let i = 0; i < count; i += 1) {
      const data: Json = { ids: [++this.#lastId], ...(bytes > 0 && { pad: 'ä'.repeat(bytes / 2) }) };
      this.#site?.broadcaster.publish(name, data);
    }
  }

  /** As a program does that may not have heard the answer: with a key, and again. Both times are one publication. */
  async #post(place: number, times: number): Promise<void> {
    const { name: ch } = this.#channel(place);
    const id = ++this.#lastId;
    for (let done = 0; done < times && !this.#over;) {
      const site = this.#site;
      if (!site) {
        await sleep(1);
        continue;
      }
      try {
        const { e, o } = await site.broadcaster.post({ ch, data: { ids: [id] }, key: `key ${id}` }, ANYBODY);
        done += 1;
        if (!this.#log.at(ch, o).some(({ epoch, ids }) => epoch === e && ids.includes(id)))
          this.#lies.push({
            kind: 'invented',
            who: 'post',
            detail: `${ch}: number ${id} does not stand at ${o} of ${e}`,
          });
      } catch (error) {
        if (this.#site === site && !(error instanceof WaooawError)) throw error;
        this.#note(`post: ${String(error)}`);
        await sleep(1);
      }
    }
  }

  async #restart(how: 'kill' | 'crash' | 'roll', downMs: number): Promise<void> {
    const old = this.#site;
    if (!old) return;
    if (how === 'roll') {
      await this.#openSite();
      await old.stop();
      return;
    }
    this.#site = undefined;
    this.#proxy.targets = [];
    old.kill();
    if (how === 'kill') {
      void this.#bus.close();
      this.#bus = this.#newBus();
    }
    await sleep(downMs);
    await this.#openSite();
  }

  async #trouble(what: 'deaf' | 'late' | 'slow', forMs: number): Promise<void> {
    const bus = this.#bus;
    if (what === 'deaf') bus.deaf = true;
    else if (what === 'late') bus.tellAfterMs = Math.ceil(forMs / 3);
    else bus.readAfterMs = Math.ceil(forMs / 3);
    await sleep(forMs);
    bus.deaf = false;
    bus.tellAfterMs = 0;
    bus.readAfterMs = 0;
  }

  #beside(what: string, work: Promise<void>): void {
    const name = `${what} (${(this.#asides += 1)})`;
    this.#aside.set(
      name,
      work.finally(() => this.#aside.delete(name)),
    );
  }

  #note(what: string): void {
    this.#trace.push(`${(performance.now() - this.#startedAt).toFixed(1).padStart(7)}  ${what}`);
  }
}
