/** Runs `fuzz.ts` in a process of its own, where its memory can be measured and its end forced. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FuzzReport } from './fuzz.ts';

/** Who is thrown at: a broadcaster in memory, one behind a real socket, a client. */
export type Side = FuzzReport['side'];

/** From the second round to the last the heap may grow by this: caches fill, and nothing else. */
const MAX_GROWTH_BYTES = 4_000_000;
/** A case that takes longer hangs, ms. */
const CASE_MS = 50;
const START_MS = 20_000;

/** @param cases a round. */
export async function fuzzProcess(
  side: Side,
  seed: number,
  cases: number,
  rounds: number,
): Promise<FuzzReport> {
  const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
  const numbers = ['--seed', `${seed}`, '--cases', `${cases}`, '--rounds', `${rounds}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, join(import.meta.dirname, 'fuzz.ts'), side, ...numbers],
    { timeout: START_MS + cases * rounds * CASE_MS, killSignal: 'SIGKILL', maxBuffer: 64_000_000 },
  );
  return JSON.parse(stdout) as FuzzReport;
}

/** Nothing was thrown, nothing hangs, nothing grows. */
export function assertUnharmed({ problems, heap }: FuzzReport): void {
  assert.deepEqual(problems, []);
  const growth = heap.at(-1)! - heap[1]!;
  assert.ok(growth < MAX_GROWTH_BYTES, `the heap grew by ${growth} bytes: ${heap.join(', ')}`);
}
