/**
 * `npm run crashes`: kills the server at every commit of every operation, and holds the next one to what it must finish.
 *
 *     npm run crashes                                   every commit, before and after, of create, upgrade, rollback, delete
 *     npm run crashes -- --scenario upgrade             of one of them
 *     npm run crashes -- --scenario upgrade --one 7     one commit of it
 *     npm run crashes -- --twice                        the server that takes up is killed as well, at a commit of its own
 *     npm run crashes -- --workers 4 --seed 3           so many at once; what chance decides
 */
import { parseArgs } from 'node:util';
import { playCrash } from './crash-point.ts';
import type { CrashPoint } from './crash-point.ts';
import { SCENARIOS } from './crash-scenarios.ts';
import type { ScenarioName } from './crash-scenarios.ts';
import { random } from './random.ts';
import { temporaryFolder } from './temporary-folder.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    one: { type: 'string' },
    twice: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
});
/** Commits of its own at which the second server is killed, at most. */
const MAX_AGAIN = 12;
const chance = random(Number(values.seed));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
let played = 0;
let failed = 0;

async function play(point: CrashPoint): Promise<number | undefined> {
  const { scenario, commit, when, again } = point;
  const title = `${scenario}, ${when} commit ${commit}${again === undefined ? '' : `, again after ${again}`}`;
  try {
    const commits = await playCrash(temporaryFolder(), point);
    if (commits === undefined) {
      played++;
      say(`✓ ${title}`);
    }
    return commits;
  } catch (error) {
    played++;
    failed++;
    say(`✗ ${title}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return undefined;
  }
}

/** Points one after the other, until one lies after the last commit. */
function* pointsOf(scenario: ScenarioName): Generator<readonly CrashPoint[], void, boolean> {
  const only = values.one === undefined ? undefined : Number(values.one);
  for (let commit = only ?? 1; only === undefined || commit === only; commit++) {
    const again = values.twice ? 1 + Math.floor(chance() * MAX_AGAIN) : undefined;
    const isOver = yield (['before', 'after'] as const).map((when) => ({
      ...{ scenario, commit, when },
      ...(again !== undefined && { again }),
    }));
    if (isOver) return;
  }
}

const names = Object.keys(SCENARIOS).filter((name) => (values.scenario ?? name) === name) as ScenarioName[];
if (names.length === 0)
  throw new Error(`--scenario is "${values.scenario}"; expected ${Object.keys(SCENARIOS).join(', ')}`);
const waiting = names.map((name) => pointsOf(name));
const started = performance.now();

async function work(): Promise<void> {
  for (let points = waiting.shift(); points; points = waiting.shift()) {
    for (let next = points.next(false); !next.done;) {
      let isOver = false;
      for (const point of next.value) isOver = (await play(point)) !== undefined || isOver;
      next = points.next(isOver);
    }
  }
}

await Promise.all(Array.from({ length: Number(values.workers) }, work));
const seconds = Math.round((performance.now() - started) / 1_000);
say(`${failed === 0 ? '✓' : '✗'} ${played} kills of the server, ${failed} of them did harm, ${seconds} s`);
process.exitCode = failed === 0 && played > 0 ? 0 : 1;
