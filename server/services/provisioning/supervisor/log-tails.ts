/** The `logs/<agent>` channels: the last lines for whoever comes, and then all that are written, while somebody follows. */
import type { Json, LogLine, LogUpdate } from '../../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Publisher } from '../../../ports/publisher.ts';
import type { AgentLogs } from './agent-logs.ts';
import type { SupervisorLimits } from './limits.ts';

/** How often it is asked whether anybody still follows, ms. */
const SWEEP_MS = 10_000;

/** What it takes. */
export interface LogTailsDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly logs: Pick<AgentLogs, 'follow'>;
  readonly limits: Pick<SupervisorLimits, 'logTailLines' | 'logPublishIntervalMs'>;
}

/** The tails of logs that are followed. */
export class LogTails {
  readonly #deps: LogTailsDeps;
  readonly #tails = new Map<string, Tail>();
  #sweep: Timer | undefined;

  constructor(deps: LogTailsDeps) {
    this.#deps = deps;
  }

  /** What a reader of `logs/<agent>` begins with. Lines that are still being read come as a publication. */
  snapshot(agent: string): LogUpdate {
    let tail = this.#tails.get(agent);
    if (!tail) {
      tail = new Tail(agent, this.#deps);
      this.#tails.set(agent, tail);
      this.#sweep ??= this.#deps.clock.every(SWEEP_MS, () => this.#look());
    }
    return { lines: tail.lines };
  }

  /** Follows nothing any more. */
  close(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    for (const tail of this.#tails.values()) tail.close();
    this.#tails.clear();
  }

  #look(): void {
    for (const [agent, tail] of this.#tails) {
      if (this.#deps.publisher.wants(channelOf(agent))) continue;
      tail.close();
      this.#tails.delete(agent);
    }
    if (this.#tails.size === 0) this.close();
  }
}

/** The end of one agent's log. */
class Tail {
  readonly #agent: string;
  readonly #deps: LogTailsDeps;
  readonly #unfollow: () => void;
  /** In order. */
  #lines: LogLine[] = [];
  #unpublished: LogLine[] = [];
  #timer: Timer | undefined;

  constructor(agent: string, deps: LogTailsDeps) {
    this.#agent = agent;
    this.#deps = deps;
    this.#unfollow = deps.logs.follow(agent, deps.limits.logTailLines, (lines) => this.#take(lines));
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  close(): void {
    this.#unfollow();
    this.#timer?.cancel();
  }

  #take(lines: readonly LogLine[]): void {
    const { clock, limits } = this.#deps;
    this.#lines = newest(this.#lines, lines, limits.logTailLines);
    this.#unpublished = newest(this.#unpublished, lines, limits.logTailLines);
    this.#timer ??= clock.after(limits.logPublishIntervalMs, () => this.#publish());
  }

  #publish(): void {
    this.#timer = undefined;
    const update: LogUpdate = { lines: this.#unpublished };
    this.#unpublished = [];
    this.#deps.publisher.publish(channelOf(this.#agent), update as unknown as Json);
  }
}

function channelOf(agent: string): string {
  return `logs/${agent}`;
}

/** The last so many of both, in order. */
function newest(known: readonly LogLine[], more: readonly LogLine[], count: number): LogLine[] {
  return [...known, ...more.slice(-count)].sort((a, b) => a.n - b.n).slice(-count);
}
