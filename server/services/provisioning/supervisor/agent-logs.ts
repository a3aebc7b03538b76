/** What all instances of an agent write, as one log in the order of time. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { LogLine, LogPage } from '../../../../src/protocol/index.ts';
import type { Instance, LogRead } from '../../../ports/agent-runtime.ts';
import type { AgentBook } from '../book.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { lifeOf } from './survey.ts';

/**
 * Instances whose lines may have the same number in their own logs: each has a place of its own between two numbers. Two
 * generations, by turns, of so many instances.
 */
const PLACES = 128;

/** Agents' logs. */
export interface AgentLogs {
  /**
   * Reads a page of what an agent's instances wrote, those that ended and are still known too.
   * @throws WaooawError `not_found` when there is no such agent.
   */
  page(agent: string, read: LogRead): Promise<LogPage>;
  /**
   * Hears the last `backlog` lines of each instance, and then all that come, of instances that come later too. In the order
   * of their numbers for each instance.
   * @returns stops listening.
   */
  follow(agent: string, backlog: number, listener: (lines: readonly LogLine[]) => void): () => void;
}

/** What it takes. */
export interface AgentLogsDeps {
  readonly runtime: SeenRuntime;
  readonly book: AgentBook;
  readonly onError: (error: unknown, what: string) => void;
}

/** Reads and follows logs through a runtime. */
export function createAgentLogs(deps: AgentLogsDeps): AgentLogs {
  const { runtime, book } = deps;
  const instancesOf = (agent: string): Instance[] => {
    const incarnation = book.get(agent)?.incarnation;
    if (incarnation === undefined) throw new WaooawError('not_found', `There is no agent ${agent}`);
    return runtime.instances(agent).filter(({ labels }) => Number(labels['incarnation']) === incarnation);
  };
  return {
    async page(agent, read) {
      const pages = await Promise.all(
        instancesOf(agent).map(async ({ name }) => {
          const { lines, more } = await runtime.logs(name, readOf(name, read)).catch(nothing);
          return { lines: lines.map((line) => placed(name, line)), more };
        }),
      );
      const all = pages.flatMap(({ lines }) => lines).sort((a, b) => a.n - b.n);
      // After a line the next ones are asked for, and else the last.
      const lines = read.after === undefined ? all.slice(-read.limit) : all.slice(0, read.limit);
      const isCut = read.after === undefined && lines.length < all.length;
      return { lines, more: isCut || pages.some(({ more }) => more) };
    },
    follow: (agent, backlog, listener) => new Following(deps, agent, backlog, listener).stop,
  };
}

/** Follows every instance of one agent. */
class Following {
  readonly #deps: AgentLogsDeps;
  readonly #backlog: number;
  readonly #listener: (lines: readonly LogLine[]) => void;
  readonly #followed = new Map<string, { readonly life: string; readonly undo: () => void }>();
  /** The last line that was heard of each instance, by its own number. */
  readonly #heard = new Map<string, number>();
  readonly #unsee: () => void;

  constructor(
    deps: AgentLogsDeps,
    agent: string,
    backlog: number,
    listener: (lines: readonly LogLine[]) => void,
  ) {
    this.#deps = deps;
    this.#backlog = backlog;
    this.#listener = listener;
    this.#unsee = deps.runtime.onSeen((of, name, instance) => {
      if (of !== agent) return;
      if (instance) this.#follow(instance);
      else this.#leave(name);
    });
    for (const instance of deps.runtime.instances(agent)) this.#follow(instance);
  }

  readonly stop = (): void => {
    this.#unsee();
    for (const name of [...this.#followed.keys()]) this.#leave(name);
  };

  #follow(instance: Instance): void {
    const { name } = instance;
    const life = lifeOf(instance);
    const known = this.#followed.get(name);
    if (known?.life === life) return;
    known?.undo();
    // What it writes while its past is being read waits until that is told.
    let waiting: LogLine[] | undefined = [];
    let over = false;
    const undoFollow = this.#deps.runtime.follow(name, (lines) => {
      if (waiting) waiting.push(...lines);
      else this.#tell(name, lines);
    });
    const undo = (): void => {
      over = true;
      undoFollow();
    };
    this.#followed.set(name, { life, undo });
    void this.#past(name).then((past) => {
      if (over) return;
      const held = waiting ?? [];
      waiting = undefined;
      this.#tell(name, [...past, ...held]);
    });
  }

  async #past(name: string): Promise<readonly LogLine[]> {
    const { runtime, onError } = this.#deps;
    try {
      return (await runtime.logs(name, { limit: this.#backlog })).lines;
    } catch (error) {
      if (!isGone(error)) onError(error, `what ${name} wrote before cannot be read`);
      return [];
    }
  }

  #leave(name: string): void {
    this.#followed.get(name)?.undo();
    this.#followed.delete(name);
    this.#heard.delete(name);
  }

  #tell(name: string, lines: readonly LogLine[]): void {
    let last = this.#heard.get(name) ?? -1;
    const fresh: LogLine[] = [];
    for (const line of lines) {
      if (line.n <= last) continue;
      last = line.n;
      fresh.push(placed(name, line));
    }
    this.#heard.set(name, last);
    if (fresh.length > 0) this.#listener(fresh);
  }
}

/** A line as it stands in the agent's log: by time, and those of one moment by their instances' places. */
function placed(name: string, line: LogLine): LogLine {
  return { ...line, n: line.n * PLACES + placeOf(name), instance: name };
}

function readOf(name: string, { after, before, limit }: LogRead): LogRead {
  const place = placeOf(name);
  return {
    limit,
    ...(after !== undefined && { after: Math.floor((after - place) / PLACES) }),
    ...(before !== undefined && { before: Math.ceil((before - place) / PLACES) }),
  };
}

/** By the last two numbers of `<agent>-<incarnation>.<generation>.<index>`. */
function placeOf(name: string): number {
  const [generation = 0, index = 0] = name.split('.').slice(-2).map(Number);
  const half = PLACES / 2;
  return (generation % 2) * half + (index % half);
}

function isGone(error: unknown): boolean {
  return error instanceof WaooawError && error.code === 'not_found';
}

/** An instance may be removed while it is read. */
function nothing(error: unknown): LogPage {
  if (isGone(error)) return { lines: [], more: false };
  throw error;
}
