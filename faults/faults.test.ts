/** A short part of `npm run faults`, and the proof that it can fail. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planOf } from './plan.ts';
import type { Plan } from './plan.ts';
import { FAULTS } from './proxy.ts';
import { play } from './run.ts';
import type { Outcome, Sabotage } from './run.ts';
import {
  HashlessBus,
  Mischief,
  forger,
  repeater,
  swapper,
  thief,
  withoutLosses,
  withoutSome,
} from './sabotage.ts';
import type { Harm } from './sabotage.ts';
import { Tally } from './tally.ts';
import type { LieKind } from './view.ts';

const RUNS = 100;
/** Of so many seeds, each kind of sabotage must show in at least one. */
const SABOTAGED = 40;
const AT_ONCE = 3;
/** A sabotaged client that is stuck stays so, ms. */
const SETTLE_SABOTAGED_MS = 200;

/** Plays plans, a few at a time, until one is found. */
async function playUntil(
  plans: readonly Plan[],
  enough: (outcome: Outcome) => boolean,
  sabotage: () => Sabotage = () => ({}),
  settleMs?: number,
): Promise<Outcome[]> {
  const left = [...plans];
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let plan = left.shift(); plan; plan = left.shift()) {
      const outcome = await play(plan, sabotage(), settleMs);
      outcomes.push(outcome);
      if (enough(outcome)) left.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcomes;
}

function plans(count: number): Plan[] {
  return Array.from({ length: count }, (_, i) => planOf(i + 1));
}

/** A lie ends it: what happened is told whole. */
function assertHonest(outcomes: readonly Outcome[]): Tally {
  const tally = new Tally();
  for (const { seed, lies, trace, tally: one } of outcomes) {
    tally.add(one.groups);
    const how = `again: npm run faults -- --one ${seed}`;
    if (lies.length > 0) assert.fail(`${how}\n${JSON.stringify(lies, null, 1)}\n${trace.join('\n')}`);
  }
  return tally;
}

const lied = ({ lies }: Outcome): boolean => lies.length > 0;

describe('the model', () => {
  it(`holds in ${RUNS} runs, and every kind of trouble was met`, async () => {
    const tally = assertHonest(await playUntil(plans(RUNS), lied));
    const expected: readonly (readonly [group: string, names: readonly string[]])[] = [
      ['faults', FAULTS],
      ['restarts', ['kill', 'crash', 'roll']],
      ['engine', ['rolled back', 'wiped', 'deaf', 'late', 'slow']],
      ['losses told', ['epoch', 'history']],
      // Few of a hundred runs meet one, and not every reader that met it is still there to be told.
      ['recoveries', ['recovered', 'tail']],
      ['told', ['snapshots', 'publications', 'conflated', 'lost']],
    ];
    for (const [group, names] of expected)
      for (const name of names) assert.ok(tally.of(group, name) > 0, `no ${name}:\n${String(tally)}`);
  });
});

describe('the model, sabotaged', () => {
  const found: [what: string, kind: LieKind, sabotage: () => Sabotage][] = [
    [
      'an engine whose hash tells nothing of the past',
      'past',
      () => ({ bus: (bus) => new HashlessBus(bus) }),
    ],
    ['a client that keeps losses to itself', 'gap', () => ({ view: withoutLosses })],
    ['a client that leaves out publications', 'gap', () => ({ view: withoutSome })],
    [
      'a middlebox that takes a publication out and renumbers the rest',
      'invented',
      () => new Mischief(forger),
    ],
  ];
  for (const [what, kind, sabotage] of found) {
    it(`finds ${what}`, async () => {
      const hasKind = ({ lies }: Outcome): boolean => lies.some((lie) => lie.kind === kind);
      const outcomes = await playUntil(plans(SABOTAGED), hasKind, sabotage, SETTLE_SABOTAGED_MS);
      assert.ok(outcomes.some(hasKind), `none in ${outcomes.length} runs`);
    });
  }

  const borne: [what: string, harm: Harm, plans: Plan[]][] = [
    ['takes frames out', thief, plans(SABOTAGED)],
    ['says frames twice', repeater, plans(SABOTAGED)],
    // A frame names its last hash and not its first: one of an undone past that comes late cannot be told from the next.
    ['lets frames overtake one another', swapper, plans(SABOTAGED).map(withoutRollBacks)],
  ];
  for (const [what, harm, plans] of borne) {
    it(`holds behind a middlebox that ${what}, because the client notices`, async () => {
      const all: Mischief[] = [];
      const next = (): Mischief => {
        const mischief = new Mischief(harm);
        all.push(mischief);
        return mischief;
      };
      assertHonest(await playUntil(plans, lied, next));
      const struck = all.filter(({ done }) => done > 0).length;
      // How often depends on how busy the machine is.
      assert.ok(struck > all.length / 8, `struck in ${struck} of ${all.length} runs`);
    });
  }
});

function withoutRollBacks(plan: Plan): Plan {
  return { ...plan, steps: plan.steps.filter((step) => step.do !== 'roll-back' && step.do !== 'wipe') };
}
