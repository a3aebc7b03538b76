/** A process that plays runs: it is sent a seed at a time, and sends what came of it. */
import { planOf } from './plan.ts';
import { play } from './run.ts';
import type { Tally } from './tally.ts';
import type { Lie } from './view.ts';

/** What a worker is told. */
export interface Task {
  readonly seed: number;
}

/** What a worker tells. */
export interface Result {
  readonly seed: number;
  readonly lies: readonly Lie[];
  readonly counts: Tally['groups'];
  /** Only of a run with a lie. */
  readonly trace: readonly string[];
  readonly tookMs: number;
}

let playing = 0;

process.on('message', (task: Task) => void run(task.seed));
// A run's failure that nobody waits for is the seed's. The next seed gets a process of its own: see fleet.ts.
process.on('uncaughtException', (error) => fail(error));
process.on('unhandledRejection', (error) => fail(error));

async function run(seed: number): Promise<void> {
  playing = seed;
  const startedAt = performance.now();
  try {
    const { lies, tally, trace } = await play(planOf(seed));
    const tookMs = performance.now() - startedAt;
    tell({ seed, lies, counts: tally.groups, trace: lies.length > 0 ? trace : [], tookMs });
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell({
    seed: playing,
    lies: [{ kind: 'crash', who: 'the run', detail }],
    counts: {},
    trace: [],
    tookMs: 0,
  });
}

function tell(result: Result): void {
  process.send?.(result);
}
