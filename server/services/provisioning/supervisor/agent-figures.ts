/** What agents use, as series: memory, processor time, restarts and instances of each. */
import type { Sample } from '../../../../src/protocol/index.ts';
import type { MetricIntake } from '../../../ports/metric-intake.ts';
import type { AgentBook } from '../book.ts';
import type { AgentRecord } from '../record/record.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { hasEnded, lifeOf } from './survey.ts';

/** What it takes. */
export interface AgentFiguresDeps {
  readonly intake: MetricIntake | undefined;
  readonly book: AgentBook;
  readonly runtime: SeenRuntime;
}

interface Used {
  readonly life: string;
  readonly cpuSeconds: number;
}

/** Reads figures whenever it is told to. */
export class AgentFigures {
  readonly #deps: AgentFiguresDeps;
  readonly #used = new Map<string, Used>();
  /** Processor time of each agent since this began, s. */
  readonly #seconds = new Map<string, number>();
  #hasRead = false;

  constructor(deps: AgentFiguresDeps) {
    this.#deps = deps;
  }

  /** Reads once, and hands in what it read. */
  async read(): Promise<void> {
    const { intake, book, runtime } = this.#deps;
    if (!intake) return;
    const usage = await runtime.usage();
    const memory = new Map<string, number>();
    for (const [name, { memoryBytes, cpuSeconds }] of usage) {
      const instance = runtime.seen(name);
      const agent = instance?.labels['agent'];
      if (!instance || agent === undefined) continue;
      memory.set(agent, (memory.get(agent) ?? 0) + memoryBytes);
      this.#add(agent, name, { life: lifeOf(instance), cpuSeconds });
    }
    this.#hasRead = true;
    this.#forget(usage);
    const records = book.list().filter(({ state }) => state !== 'revoked');
    intake.ingest(records.flatMap((record) => this.#samplesOf(record, memory.get(record.agent))));
  }

  /** Counts what was used since the last look; of what ran before the first, nothing: an earlier server counted that. */
  #add(agent: string, name: string, used: Used): void {
    const before = this.#used.get(name);
    const from = before?.life === used.life ? before.cpuSeconds : this.#hasRead ? 0 : used.cpuSeconds;
    this.#used.set(name, used);
    this.#seconds.set(agent, (this.#seconds.get(agent) ?? 0) + Math.max(0, used.cpuSeconds - from));
  }

  #forget(usage: ReadonlyMap<string, unknown>): void {
    for (const name of [...this.#used.keys()]) if (!usage.has(name)) this.#used.delete(name);
    for (const agent of [...this.#seconds.keys()]) {
      const { state } = this.#deps.book.get(agent) ?? {};
      if (state === undefined || state === 'revoked') this.#seconds.delete(agent);
    }
  }

  #samplesOf(record: AgentRecord, memoryBytes: number | undefined): Sample[] {
    const { agent, kind, restarts } = record;
    const tags = { ...record.tags, agent, kind };
    const running = this.#deps.runtime.instances(agent).filter((one) => !hasEnded(one)).length;
    const seconds = this.#seconds.get(agent);
    return [
      {
        name: 'agent_instances',
        value: running,
        kind: 'gauge',
        unit: 'count',
        tags,
        help: 'Instances of the agent that run',
      },
      {
        name: 'agent_restarts_total',
        value: restarts,
        kind: 'counter',
        unit: 'count',
        tags,
        help: 'Instances of the agent that were started anew after they had ended by themselves',
      },
      ...(memoryBytes === undefined
        ? []
        : [
            {
              name: 'agent_memory_bytes',
              value: memoryBytes,
              kind: 'gauge' as const,
              unit: 'bytes',
              tags,
              help: 'Resident memory of all processes of the agent',
            },
          ]),
      ...(seconds === undefined
        ? []
        : [
            {
              name: 'agent_cpu_seconds_total',
              value: seconds,
              kind: 'counter' as const,
              unit: 'seconds',
              tags,
              help: 'Processor time of all processes of the agent',
            },
          ]),
    ];
  }
}
