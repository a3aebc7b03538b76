/**
 * `npm run faults`: holds real clients and a real server to the protocol's promises while the network fails.
 *
 *     npm run faults                              10,000 runs
 *     npm run faults -- --runs 500 --seed 7000    seeds 7000 to 7499
 *     npm run faults -- --one 7123                one seed, with all that happened in it
 *     npm run faults -- --keep-going              counts lies instead of ending at the first
 *     npm run faults -- --workers 4               so many processes; twice as many as processors when left out
 *     npm run faults -- --fuzz                    malformed frames instead, both ways, for --minutes 10
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { playAll } from './fleet.ts';
import { assertUnharmed, fuzzProcess } from './fuzz-process.ts';
import { planOf } from './plan.ts';
import { play } from './run.ts';
import { Tally } from './tally.ts';
import type { Result } from './worker.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    one: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism() * 2) },
    'keep-going': { type: 'boolean', default: false },
    fuzz: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
  },
});
const PROGRESS_MS = 10_000;
/** Cases a round. */
const SIDES = [
  ['server', 10_000],
  ['socket', 1_000],
  ['client', 10_000],
] as const;
const ROUNDS = 5;

if (values.fuzz) process.exitCode = await fuzz();
else process.exitCode = values.one === undefined ? await many() : await one(Number(values.one));

/** All three sides in turn, each time with the next seed, until the time is up. */
async function fuzz(): Promise<number> {
  const endsAt = performance.now() + Number(values.minutes) * 60_000;
  const cases: Record<string, number> = {};
  for (let seed = Number(values.seed); performance.now() < endsAt; seed += ROUNDS) {
    for (const [side, aRound] of SIDES) {
      const report = await fuzzProcess(side, seed, aRound, ROUNDS);
      cases[side] = (cases[side] ?? 0) + report.cases;
      const heap = report.heap.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ');
      console.log(
        `${side} seed ${seed}: ${report.cases} cases, heap ${heap} MB, ${JSON.stringify(report.outcomes)}`,
      );
      assertUnharmed(report);
    }
  }
  console.log(
    `✓ ${Object.entries(cases)
      .map(([side, count]) => `${count} at the ${side}`)
      .join(', ')}`,
  );
  return 0;
}

async function one(seed: number): Promise<number> {
  const plan = planOf(seed);
  const { steps: _, ...setting } = plan;
  console.log(JSON.stringify(setting));
  const { lies, tally, trace } = await play(plan);
  console.log(`${trace.join('\n')}\n\n${String(tally)}\n\n${lies.length} lies`);
  for (const { kind, who, detail } of lies) console.log(`✗ ${kind}: ${who}: ${detail}`);
  return lies.length > 0 ? 1 : 0;
}

async function many(): Promise<number> {
  const [runs, first] = [Number(values.runs), Number(values.seed)];
  const tally = new Tally();
  const lying: number[] = [];
  let played = 0;
  let slowestMs = 0;
  const startedAt = performance.now();
  const seconds = (): string => ((performance.now() - startedAt) / 1000).toFixed(0);
  const progress = setInterval(() => {
    console.log(`${played} of ${runs} runs, ${lying.length} with lies, ${seconds()} s`);
  }, PROGRESS_MS);

  await playAll(range(first, runs), Number(values.workers), (result) => {
    played += 1;
    tally.add(result.counts);
    slowestMs = Math.max(slowestMs, result.tookMs);
    if (result.lies.length === 0) return true;
    lying.push(result.seed);
    report(result);
    return values['keep-going'];
  });

  clearInterval(progress);
  console.log(`\n${String(tally)}`);
  console.log(
    `${played} runs of seeds ${first} to ${first + runs - 1} in ${seconds()} s, the slowest ${slowestMs.toFixed(0)} ms`,
  );
  console.log(lying.length === 0 ? '✓ no lie' : `✗ lies in ${lying.length} runs: ${lying.join(' ')}`);
  return lying.length === 0 ? 0 : 1;
}

function report({ seed, lies, trace }: Result): void {
  if (!values['keep-going']) console.log(trace.join('\n'));
  console.log(`✗ seed ${seed}: ${lies.length} lies`);
  for (const { kind, who, detail } of lies.slice(0, 3)) console.log(`  ${kind}: ${who}: ${detail}`);
  console.log(`  again: npm run faults -- --one ${seed}`);
}

function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed;
}
