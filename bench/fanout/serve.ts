/**
 * The part that all servers of the fan-out bench share, in Node and in Bun: ticks on command, and the process's own
 * CPU time. Commands come on standard input and answers go to standard output, in JSON, one a line:
 *
 *     {"run":{"ticks":60,"perTick":10,"everyMs":40}}    a tick every 40 ms                     → {"done":{…}}
 *     {"run":{"ticks":60,"perTick":10,"window":8}}      at most 8 ticks on their way           → {"done":{…}}
 *     {"credit":4}                                      as many deliveries as 4 ticks make have arrived
 *     {"usage":true}                                    → {"usage":{"userUs":…,"systemUs":…}}
 *     {"memory":true}                                   after a collection, with --expose-gc → {"memory":{…}}
 *
 * With `own` among its arguments a server gives each reader a channel of its own, and a tick is one message to each.
 */
import { type Message, makeMessage } from './message.ts';

/** How ticks follow one another: by the clock, or as fast as the readers read. */
export type Pace = { readonly everyMs: number } | { readonly window: number };

/** One run. */
export type Run = Pace & {
  readonly ticks: number;
  readonly perTick: number;
  /** So many channels, each with one reader: a tick publishes to each, the same `seq` to all. */
  readonly channels?: number;
};

/** What a run says at its end. */
export interface Done {
  /** The most that a tick was late, ms: more than a few, and the server could not keep the pace. */
  readonly latestMs: number;
}

/** A process's CPU time so far, all its threads. */
export interface Usage {
  readonly userUs: number;
  readonly systemUs: number;
}

/** A process's memory, once what is garbage has been collected. */
export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Buffers and what else lies outside the heap. */
  readonly externalBytes: number;
}

interface Command {
  readonly run?: Run;
  readonly credit?: number;
  readonly usage?: true;
  readonly memory?: true;
}

/** True when each reader has a channel of its own. */
export const own = process.argv.includes('own');

/**
 * Serves until standard input ends.
 * @param port where readers connect
 * @param publish publishes one tick's messages: each to every reader, or the first to the first reader's own channel,
 *   the second to the second's, …
 * @param stop tidies up
 */
export function serve(
  port: number,
  publish: (messages: readonly Message[]) => void,
  stop = (): void => {},
): void {
  let seq = 0;
  let credits = 0;
  let wake = (): void => {};

  const tick = (perTick: number, channels: number): void => {
    const messages: Message[] = [];
    if (own) {
      seq += 1;
      for (let i = 0; i < channels; i += 1) messages.push(makeMessage(seq));
    } else for (let i = 0; i < perTick; i += 1) messages.push(makeMessage((seq += 1)));
    publish(messages);
  };

  const byTheClock = async ({
    ticks,
    perTick,
    channels = 1,
    everyMs,
  }: Extract<Run, { everyMs: number }>): Promise<Done> => {
    const start = performance.now();
    let latestMs = 0;
    for (let i = 0; i < ticks; i += 1) {
      const due = start + i * everyMs;
      await sleep(due - performance.now());
      latestMs = Math.max(latestMs, performance.now() - due);
      tick(perTick, channels);
    }
    return { latestMs };
  };

  const asFastAsRead = async ({
    ticks,
    perTick,
    channels = 1,
    window,
  }: Extract<Run, { window: number }>): Promise<Done> => {
    credits = window;
    for (let i = 0; i < ticks; i += 1) {
      // One turn of the event loop a tick: nothing of two ticks is put together.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (credits <= 0) await new Promise<void>((resolve) => (wake = resolve));
      credits -= 1;
      tick(perTick, channels);
    }
    return { latestMs: 0 };
  };

  const obey = async ({ run, credit, usage, memory }: Command): Promise<void> => {
    if (credit !== undefined) {
      credits += credit;
      wake();
    }
    if (usage) {
      const { user, system } = process.cpuUsage();
      say({ usage: { userUs: user, systemUs: system } satisfies Usage });
    }
    if (memory) {
      // Twice, and a turn between: what is freed by finalizers goes only then.
      for (let i = 0; i < 2; i += 1) {
        gc?.();
        await sleep(200);
      }
      const { rss, heapUsed, external } = process.memoryUsage();
      say({ memory: { rssBytes: rss, heapBytes: heapUsed, externalBytes: external } satisfies Memory });
    }
    if (run) say({ done: await ('everyMs' in run ? byTheClock(run) : asFastAsRead(run)) });
  };

  let text = '';
  process.stdin.setEncoding('utf8').on('data', (part: string) => {
    const lines = (text + part).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) void obey(JSON.parse(line) as Command);
  });
  process.stdin.on('end', () => {
    stop();
    process.exit(0);
  });
  say({ port });
}

/** Bun calls it otherwise. */
const gc = (globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }).gc;

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
