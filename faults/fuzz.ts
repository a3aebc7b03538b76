/**
 * A process that throws malformed frames, at the server or at the client, and looks at its own memory between rounds.
 *
 *     node --expose-gc faults/fuzz.ts server --seed 1 --cases 2000 --rounds 4
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fuzzClient } from './fuzz-client.ts';
import { fuzzServer } from './fuzz-server.ts';
import { fuzzSocket } from './fuzz-socket.ts';

/** What came of it. */
export interface Fuzzed {
  readonly cases: number;
  /** How often each answer, close or state came of it. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** What the process prints, as JSON. */
export interface FuzzReport extends Fuzzed {
  readonly side: 'server' | 'socket' | 'client';
  readonly seed: number;
  /** Heap after each round and a collection, bytes. */
  readonly heap: readonly number[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '4' },
  },
});
const MAX_PROBLEMS = 20;

const side = (positionals[0] ?? 'server') as FuzzReport['side'];
const seed = Number(values.seed);
const fuzz = { server: fuzzServer, socket: fuzzSocket, client: fuzzClient }[side];
const problems: string[] = [];
const outcomes: Record<string, number> = {};
const heap: number[] = [];
let cases = 0;

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: Error) => problems.push(`${event}: ${error.stack ?? String(error)}`));
}
for (let round = 0; round < Number(values.rounds); round += 1) {
  const fuzzed = await fuzz(seed + round, Number(values.cases));
  cases += fuzzed.cases;
  problems.push(...fuzzed.problems);
  for (const [what, times] of Object.entries(fuzzed.outcomes)) outcomes[what] = (outcomes[what] ?? 0) + times;
  await sleep(50);
  globalThis.gc?.();
  heap.push(process.memoryUsage().heapUsed);
}
const report: FuzzReport = { side, seed, cases, outcomes, heap, problems: problems.slice(0, MAX_PROBLEMS) };
console.log(JSON.stringify(report));
process.exit();
