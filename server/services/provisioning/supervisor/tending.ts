/** Brings one agent to what it is meant to be, one look at a time. */
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { AgentKind } from '../kinds.ts';
import { Doings } from './doings.ts';
import type { DoingsDeps, Start } from './doings.ts';
import { Endings } from './endings.ts';
import type { Ending } from './endings.ts';
import type { SupervisorLimits } from './limits.ts';
import { Patience } from './patience.ts';
import { survey } from './survey.ts';
import type { Survey } from './survey.ts';

/** What it takes. */
export interface TendingDeps extends DoingsDeps {
  readonly limits: SupervisorLimits;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly onError: (error: unknown, what: string) => void;
}

/** What is to be done about instances that ended. */
interface Judged {
  readonly starts: readonly Start[];
  /** Until the next start is due, ms. */
  readonly waitMs: number;
  readonly crashed:
    { readonly name: string; readonly ending: Extract<Ending, { kind: 'crashed' }> } | undefined;
  /** Nothing of the agent is left, and nothing is to be started: whether it failed. */
  readonly wentOut: boolean | undefined;
}

/** One agent's. Never two looks at once. */
export class Tending {
  readonly #agent: string;
  readonly #deps: TendingDeps;
  readonly #doings: Doings;
  readonly #endings: Endings;
  readonly #patience: Patience;

  constructor(agent: string, deps: TendingDeps) {
    const { clock, random, limits, onError } = deps;
    this.#agent = agent;
    this.#deps = deps;
    this.#doings = new Doings(agent, deps);
    this.#endings = new Endings(clock, random);
    this.#patience = new Patience({
      clock,
      random,
      delayMs: limits.agentRetryDelayMs,
      maxDelayMs: limits.maxAgentRetryDelayMs,
      onError: (error, what) => onError(error, `agent ${agent}: cannot ${what}, and will try again`),
    });
  }

  /** Somebody worked on the agent: what was before says nothing of what is now. */
  anew(): void {
    this.#doings.forget();
    this.#endings.forget();
    this.#patience.forget();
  }

  /** What could not be done may go well now. */
  retry(): void {
    this.#patience.forget();
  }

  /**
   * Looks once, and does what is to be done.
   * @param isFree false once somebody else works on the agent: nothing is begun from then on.
   * @returns when to look again at the latest, ms; undefined: when something new asks for it.
   */
  async look(isFree: () => boolean): Promise<number | undefined> {
    const { book, runtime, clock, limits, epoch } = this.#deps;
    const record = book.get(this.#agent);
    const instances = runtime.instances(this.#agent);
    const { keepEndedInstancesMs, maxEndedInstances } = limits;
    const plan = survey({
      record,
      instances,
      epoch: epoch(),
      now: clock.now(),
      keepEndedInstancesMs,
      maxEndedInstances,
    });
    const due = new Set<string>();
    const act = async (what: string, task: () => Promise<unknown>): Promise<void> => {
      due.add(what);
      if (isFree()) await this.#patience.try(what, task);
    };
    let kind: AgentKind | undefined;
    if (record && record.state !== 'revoked')
      await act('find its kind', () => Promise.resolve((kind = this.#deps.kinds.get(record.kind))));
    this.#watch([...plan.running, ...plan.left], instances, kind);
    const judged = this.#judge(plan, kind);
    const { crashed, wentOut } = judged;
    const lead = (): Promise<void> => act('lead its port', () => this.#doings.lead());
    // Nobody is to be led to what has ended, and least of all once something of the same name is about to start.
    await lead();
    await Promise.all([
      ...judged.starts.map((start) =>
        act(`start ${start.wanted.name}`, () => this.#doings.start(start, isFree)),
      ),
      ...plan.stop.map((one) => act(`stop ${one.name}`, () => this.#doings.clear(one, isFree))),
      ...plan.suspend.map((name) => act(`suspend ${name}`, () => runtime.suspend(name))),
      ...plan.resume.map((name) => act(`resume ${name}`, () => runtime.resume(name))),
      ...plan.remove.map(({ name }) => act(`remove ${name}`, () => runtime.remove(name))),
    ]);
    if (crashed) await act('give up', () => this.#doings.giveUp(crashed.name, crashed.ending));
    if (wentOut !== undefined) await act('say that it ended', () => this.#doings.goOut(wentOut));
    await lead();
    this.#patience.keep((what) => due.has(what));
    const nextMs = Math.min(judged.waitMs, this.#patience.waitMs ?? Infinity);
    return Number.isFinite(nextMs) ? nextMs : undefined;
  }

  /** Watches over what may serve, and over nothing else. */
  #watch(running: readonly Instance[], all: readonly Instance[], kind: AgentKind | undefined): void {
    const { watches } = this.#deps;
    const watched = new Set<string>();
    for (const instance of running) {
      if (instance.state === 'suspended') continue;
      watched.add(instance.name);
      watches.over(instance, kind);
    }
    for (const { name } of all) if (!watched.has(name)) watches.drop(name);
  }

  #judge({ missing, ended, running }: Survey, kind: AgentKind | undefined): Judged {
    const starts: Start[] = missing.map((wanted) => ({ wanted, before: undefined }));
    let waitMs = Infinity;
    let crashed: Judged['crashed'];
    const over: boolean[] = [];
    for (const { instance, ...wanted } of kind ? ended : []) {
      const ending = this.#endings.of(instance, kind!.restart);
      switch (ending.kind) {
        case 'crashed':
          crashed = { name: wanted.name, ending };
          break;
        case 'over':
          over.push(ending.failed);
          break;
        case 'restart':
          if (ending.waitMs > 0) waitMs = Math.min(waitMs, ending.waitMs);
          else starts.push({ wanted, before: { instance, ending } });
          break;
        case 'again':
          starts.push({ wanted, before: { instance, ending } });
      }
    }
    // One that crashed takes the others' restarts with it: whoever looks into it finds things as they are.
    if (crashed) return { starts: [], waitMs: Infinity, crashed, wentOut: undefined };
    const isOut = over.length > 0 && over.length === ended.length && missing.length + running.length === 0;
    return { starts, waitMs, crashed, wentOut: isOut ? over.includes(true) : undefined };
  }
}
