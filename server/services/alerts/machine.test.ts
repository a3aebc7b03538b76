import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { inactive, step } from './machine.ts';
import type { Outcome, Standing, Timing } from './machine.ts';

const NEVER_FLAPS = { flapStartPercent: 1_000, flapStopPercent: 1_000 };
const SECOND = 1_000;
const START = 1_750_000_000_000;

const WORDS = { f: 'firing', c: 'clear', u: 'unknown', g: 'gone' } as const;
const LETTERS = { inactive: '-', pending: 'p', firing: 'F', resolved: 'R', 'no-data': 'N' } as const;
const AT_ONCE: Timing = { forMs: 0, keepFiringForMs: 0, noData: 'ok' };

/** The states after each second of a trace such as `ffcu`, as letters. */
function states(trace: string, timing: Timing): string {
  let standing = inactive(START);
  return [...trace]
    .map((letter, i) => {
      const outcome = WORDS[letter as keyof typeof WORDS];
      standing = step(standing, { outcome, at: START + i * SECOND }, timing, NEVER_FLAPS);
      return LETTERS[standing.state];
    })
    .join('');
}

const after = (seconds: number, more: Partial<Timing> = {}): Timing => ({
  ...AT_ONCE,
  forMs: seconds * SECOND,
  ...more,
});
const keep = (seconds: number, more: Partial<Timing> = {}): Timing => ({
  ...AT_ONCE,
  keepFiringForMs: seconds * SECOND,
  ...more,
});

describe('a condition', () => {
  for (const [title, timing, trace, expected] of [
    ['fires at once without `for`', AT_ONCE, 'cfc', '-FR'],
    ['is pending until it held for `for`, to the millisecond', after(3), 'fffff', 'pppFF'],
    ['that clears before is inactive, and begins anew', after(3), 'fffcffff', 'ppp-pppF'],
    ['that resolved may fire again', AT_ONCE, 'fcccfc', 'FRRRFR'],
    ['keeps firing until it was clear for `keepFiringFor`', keep(3), 'fccccc', 'FFFFRR'],
    ['that comes back meanwhile has not been clear', keep(3), 'fccfcccc', 'FFFFFFFR'],
    ['without data is not resolved', AT_ONCE, 'fuuuu', 'FNNNN'],
    ['goes on firing when data comes back bad, without a new `for`', after(2), 'fffuuf', 'ppFNNF'],
    ['resolves once data comes back good', AT_ONCE, 'fuuc', 'FNNR'],
    ['resolves after `keepFiringFor` once data comes back good', keep(2), 'fuuccc', 'FNNFFR'],
    ['that was pending begins anew after a time without data', after(2), 'ffufff', 'ppNppF'],
    ['that was good needs no data where that is ok', AT_ONCE, 'cuuc', '----'],
    [
      'that was good alerts without data where that is an alert',
      after(0, { noData: 'alert' }),
      'cuuc',
      '-NNR',
    ],
    ['that was resolved does so too', after(0, { noData: 'alert' }), 'fcuf', 'FRNF'],
    ['and waits for `for` when data comes back bad', after(2, { noData: 'alert' }), 'uufff', 'NNppF'],
    [
      'stays what it was where no data changes nothing',
      after(2, { noData: 'keep' }),
      'ffuuuf',
      'ppppp' + 'F',
    ],
    [
      'keeps firing through no data, whose time does not count as clear',
      keep(2, { noData: 'keep' }),
      'fcuuccc',
      'FFFFFFR',
    ],
    ['ends when it is gone', AT_ONCE, 'fgg', 'FRR'],
    ['ends when it is gone, without data too', AT_ONCE, 'fug', 'FNR'],
    ['that was pending is just over when it is gone', after(9), 'ffg', 'pp-'],
    ['that was never there cannot be gone', AT_ONCE, 'ggf', '--F'],
  ] as const) {
    it(title, () => assert.equal(states(trace, timing), expected));
  }

  it('says since when, when it fired, when it resolved and why', () => {
    const timing = after(2, { keepFiringForMs: 1_000 });
    let standing = inactive(START);
    const see = (outcome: Outcome, second: number, more: object = {}): Standing =>
      (standing = step(standing, { outcome, at: START + second * SECOND, ...more }, timing, NEVER_FLAPS));
    see('firing', 1, { value: 7 });
    assert.deepEqual([standing.activeAt, standing.firedAt, standing.value], [START + 1_000, undefined, 7]);
    see('firing', 3);
    assert.deepEqual([standing.activeAt, standing.firedAt], [START + 1_000, START + 3_000]);
    see('clear', 4);
    assert.equal(standing.clearAt, START + 4_000);
    see('clear', 5);
    assert.deepEqual(
      [standing.resolvedAt, standing.clearAt, standing.reason],
      [START + 5_000, undefined, undefined],
    );
    see('firing', 6);
    assert.deepEqual([standing.firedAt, standing.resolvedAt], [undefined, undefined]);
    see('firing', 8);
    see('gone', 9, { reason: 'its rule was removed' });
    assert.deepEqual([standing.state, standing.reason], ['resolved', 'its rule was removed']);
    see('firing', 10);
    assert.equal(standing.reason, undefined);
  });

  it('waits `for` at most once more when the wall clock is put back, and never for ever', () => {
    const timing = after(10);
    let standing = step(inactive(START), { outcome: 'firing', at: START }, timing, NEVER_FLAPS);
    const back = START - 3_600_000;
    standing = step(standing, { outcome: 'firing', at: back }, timing, NEVER_FLAPS);
    assert.equal(standing.state, 'pending');
    standing = step(standing, { outcome: 'firing', at: back + 10_000 }, timing, NEVER_FLAPS);
    assert.equal(standing.state, 'firing');
  });
});

/** What the state must be, said from the whole past at once instead of step by step. */
function expectedState(past: readonly { outcome: Outcome; at: number }[], timing: Timing): Standing['state'] {
  if (past.length === 0) return 'inactive';
  const last = past.at(-1)!;
  const before = expectedState(past.slice(0, -1), timing);
  /** The longest run at the end for which `holds` is true, as the time it has lasted. */
  const lasted = (holds: (i: number) => boolean): number => {
    let i = past.length;
    while (i > 0 && holds(i - 1)) i -= 1;
    return i === past.length ? -1 : last.at - past[i]!.at;
  };
  const stateAt = (i: number): Standing['state'] => expectedState(past.slice(0, i), timing);
  const wasFiring = (): boolean => {
    for (let i = past.length - 1; i >= 0; i--) {
      const state = stateAt(i);
      if (state === 'firing') return true;
      if (state !== 'no-data') return false;
    }
    return false;
  };
  const active = before === 'firing' || (before === 'no-data' && wasFiring());
  switch (last.outcome) {
    case 'gone':
      if (before === 'pending') return 'inactive';
      return before === 'firing' || before === 'no-data' ? 'resolved' : before;
    case 'unknown':
      if (timing.noData === 'keep') return before;
      if (before === 'firing' || before === 'pending' || before === 'no-data') return 'no-data';
      return timing.noData === 'alert' ? 'no-data' : before;
    case 'firing': {
      if (active) return 'firing';
      // Pending begins where the run of pending states did: no data under `keep` belongs to it.
      let from = past.length - 1;
      while (from > 0 && stateAt(from) === 'pending') from -= 1;
      const since = before === 'pending' ? last.at - past[from]!.at : 0;
      return since >= timing.forMs ? 'firing' : 'pending';
    }
    case 'clear': {
      if (before === 'pending') return 'inactive';
      if (before === 'no-data' && !active) return 'resolved';
      if (!active) return before;
      return lasted((i) => past[i]!.outcome === 'clear') >= timing.keepFiringForMs ? 'resolved' : 'firing';
    }
  }
}

describe('any trace', () => {
  it('leads to what a plain reading of the whole past says', () => {
    const outcomes: Outcome[] = ['firing', 'clear', 'unknown', 'gone', 'firing', 'clear', 'firing', 'clear'];
    const seen = new Set<string>();
    for (let seed = 1; seed <= 400; seed++) {
      const chance = random(seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
      const timing: Timing = {
        forMs: pick([0, 1_000, 2_500]),
        keepFiringForMs: pick([0, 1_000, 2_500]),
        noData: pick(['alert', 'keep', 'ok']),
      };
      let at = START;
      let standing = inactive(at);
      const past: { outcome: Outcome; at: number }[] = [];
      for (let length = 0; length < 9; length++) {
        at += Math.floor(chance() * 2_000);
        past.push({ outcome: pick(outcomes), at });
        standing = step(standing, past.at(-1)!, timing, NEVER_FLAPS);
        const trace = `seed ${seed}: ${past.map(({ outcome }) => outcome).join(' ')} ${JSON.stringify(timing)}`;
        assert.equal(standing.state, expectedState(past, timing), trace);
        seen.add(standing.state);
        // What was told as firing ends only by a resolve that says when.
        assert.equal(standing.resolvedAt !== undefined, standing.state === 'resolved', trace);
        if (standing.state === 'firing') assert.ok(standing.firedAt !== undefined, trace);
      }
    }
    assert.equal(seen.size, 5);
  });
});

describe('flapping', () => {
  const limits = { flapStartPercent: 30, flapStopPercent: 20 };

  it('changes no state, is not judged by what is not known, and ends with what flaps', () => {
    let standing = inactive(START);
    const see = (outcome: Outcome): Standing =>
      (standing = step(standing, { outcome, at: START }, AT_ONCE, limits));
    for (let i = 0; i < 8; i++) see(i % 2 === 0 ? 'clear' : 'firing');
    assert.deepEqual([standing.flapping, standing.state], [true, 'firing']);
    const { history } = standing;
    for (let i = 0; i < 50; i++) see('unknown');
    assert.deepEqual([standing.flapping, standing.history, standing.state], [true, history, 'no-data']);
    see('gone');
    assert.deepEqual([standing.flapping, standing.state], [false, 'resolved']);
  });
});
