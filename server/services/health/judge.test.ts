import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckState } from '../../../src/protocol/index.ts';
import { random } from '../../testing/random.ts';
import { beginning, graded, judge } from './judge.ts';
import type { Found, Judged, Seen } from './judge.ts';
import type { JudgeSettings } from './settings.ts';

const START = 1_750_000_000_000;
const SECOND = 1_000;
const AT_ONCE: JudgeSettings = {
  failureThreshold: 1,
  successThreshold: 1,
  startGraceMs: 0,
  flapStartPercent: 1_000,
  flapStopPercent: 1_000,
};
const FOUND = { u: 'up', g: 'degraded', d: 'down' } as const;
const LETTERS = { up: 'U', degraded: 'G', down: 'D', unknown: '?' } as const;

const after = (
  failureThreshold: number,
  successThreshold = 1,
  more: Partial<JudgeSettings> = {},
): JudgeSettings => ({
  ...AT_ONCE,
  failureThreshold,
  successThreshold,
  ...more,
});

/** What is thought after each result of a trace such as `uudg`, one a second. */
function trace(letters: string, settings: JudgeSettings, before = beginning(START)): Judged[] {
  let judged = before;
  return [...letters].map((letter, i) => {
    const state = FOUND[letter as keyof typeof FOUND];
    return (judged = judge(
      judged,
      { state, at: START + i * SECOND, reason: `${state} ${i}` },
      settings,
      START,
    ));
  });
}

describe('a state', () => {
  for (const [title, settings, letters, expected] of [
    ['follows each result where one is enough', AT_ONCE, 'ugduddgu', 'UGDUDDGU'],
    ['is down after `failureThreshold` in a row', after(3), 'udduddd', 'UUUUUUD'],
    ['is up again after `successThreshold` in a row', after(1, 3), 'ddudguuuu', 'DDDDDDGUU'],
    ['that is down is degraded where not all of the last were up', after(1, 2), 'dggu', 'DDGG'],
    ['that is degraded is up after `successThreshold` ups', after(1, 2), 'uuguguu', '?UGGGGU'],
    ['is degraded after `failureThreshold` that were degraded or down', after(3), 'udgdgg', 'UUUGGG'],
    ['that is degraded is down once enough in a row were down', after(3), 'ugdddu', 'UUUGDU'],
    ['is unknown until enough results agree', after(2, 2), 'ududduu', '????DDU'],
    ['is up first after `successThreshold`', after(3, 2), 'uu', '?U'],
    ['is degraded first after `failureThreshold`', after(3, 1), 'ggg', '??G'],
    ['is degraded where it was long enough neither quite up nor down', after(2, 3), 'ugu', '??G'],
    ['is not changed by what it is already', after(2, 2), 'ddddd', '?DDDD'],
  ] as const) {
    it(title, () => {
      const states = trace(letters, settings).map(({ hard }) => LETTERS[hard]);
      assert.equal(states.join(''), expected);
    });
  }

  it('began with the first of the results that led to it, and keeps its reason', () => {
    const all = trace('uudddduu', after(3, 2));
    assert.deepEqual([all[4]!.hard, all[4]!.since, all[4]!.cause], ['down', START + 2_000, 'down 2']);
    assert.deepEqual([all[5]!.since, all[5]!.cause], [START + 2_000, 'down 2']);
    assert.deepEqual([all[7]!.hard, all[7]!.since, all[7]!.cause], ['up', START + 6_000, 'up 6']);
  });

  it('has no cause where the first result had no reason', () => {
    const judged = judge(beginning(START), { state: 'down', at: START }, AT_ONCE, START);
    assert.equal('cause' in judged, false);
    assert.equal('reason' in judged.last!, false);
  });

  it('goes on from JSON', () => {
    const settings = after(3, 2, { flapStartPercent: 30, flapStopPercent: 20 });
    const letters = 'ududgdgduddduu';
    const whole = trace(letters, settings);
    let judged = beginning(START);
    for (const [i, letter] of [...letters].entries()) {
      judged = JSON.parse(JSON.stringify(judged)) as Judged;
      const state = FOUND[letter as keyof typeof FOUND];
      judged = judge(judged, { state, at: START + i * SECOND, reason: `${state} ${i}` }, settings, START);
      assert.deepEqual(judged, whole[i]);
    }
  });

  it('never began in the future when the wall clock was put back', () => {
    const settings = after(3);
    const back = START - 3_600_000;
    const ats = [START, START + 1_000, back, back + 1_000];
    let judged = beginning(START - 1);
    for (const at of ats) judged = judge(judged, { state: 'down', at }, settings, START);
    assert.deepEqual([judged.hard, judged.since], ['down', back]);
  });

  it('takes other thresholds into account with the next result', () => {
    const judged = trace('udd', after(5)).at(-1)!;
    const next = judge(judged, { state: 'down', at: START + 3_000 }, after(2), START);
    assert.deepEqual([judged.hard, next.hard, next.since], ['up', 'down', START + 1_000]);
  });
});

describe('below a threshold', () => {
  for (const [title, settings, letters, expected] of [
    [
      'the last results are told',
      after(3),
      'udd',
      { state: 'down', runs: 2, needed: 3, since: START + 1_000 },
    ],
    [
      'bad ones of both kinds are counted together',
      after(3),
      'ugd',
      { state: 'degraded', runs: 2, needed: 3, since: START + 1_000 },
    ],
    ['they are told from unknown too', after(3, 2), 'u', { state: 'up', runs: 1, needed: 2, since: START }],
    ['recovery is told', after(1, 3), 'duu', { state: 'up', runs: 2, needed: 3, since: START + 1_000 }],
    [
      'a recovery that is not whole is told',
      after(1, 3),
      'dgu',
      { state: 'degraded', runs: 2, needed: 3, since: START + 1_000 },
    ],
    ['nothing is told where the last says what is known', after(3), 'uddu', undefined],
    ['nothing is told once they were enough', after(3), 'uddd', undefined],
  ] as const) {
    it(title, () => assert.deepEqual(trace(letters, settings).at(-1)!.soft, expected));
  }
});

describe('latency', () => {
  it('over its limit makes a success degraded, and says so', () => {
    const settings = { ...AT_ONCE, degradedAfterMs: 500 };
    const see = (tookMs: number | undefined, state: Found = 'up'): Judged =>
      judge(beginning(START), { state, at: START, tookMs, reason: 'as found' }, settings, START);
    assert.deepEqual([see(500).hard, see(undefined).hard], ['up', 'up']);
    assert.equal(see(501).hard, 'degraded');
    assert.equal(see(812.4).last!.reason, 'Took 812 ms, over 500 ms');
    assert.deepEqual([see(501, 'down').hard, see(501, 'down').cause], ['down', 'as found']);
    assert.deepEqual([see(501, 'degraded').hard, see(501, 'degraded').cause], ['degraded', 'as found']);
  });

  it('is not judged without a limit', () => {
    const result = { state: 'up', tookMs: 1e9 } as const;
    assert.equal(graded(result, AT_ONCE), result);
  });
});

describe('the start-up grace', () => {
  const settings = after(2, 1, { startGraceMs: 3 * SECOND });

  it('records failures and does not count them', () => {
    const [first, second, third, fourth, fifth] = trace('ddddd', settings);
    for (const judged of [first!, second!, third!]) {
      assert.deepEqual(
        [judged.hard, judged.since, judged.soft, judged.history],
        ['unknown', START, undefined, ''],
      );
      assert.equal(judged.last!.counted, false);
    }
    assert.deepEqual(second!.last, { state: 'down', at: START + 1_000, reason: 'down 1', counted: false });
    assert.deepEqual(fourth!.soft, { state: 'down', runs: 1, needed: 2, since: START + 3_000 });
    assert.equal(fourth!.last!.counted, true);
    assert.deepEqual([fifth!.hard, fifth!.since], ['down', START + 3_000]);
  });

  it('ends with the first success, degraded or not', () => {
    for (const success of ['u', 'g']) {
      const judged = trace(`${success}dd`, settings).at(-1)!;
      assert.deepEqual([judged.hard, judged.since, judged.started], ['down', START + 1_000, true]);
    }
  });

  it('is over when the wall clock was put back to before the start', () => {
    const judged = judge(
      beginning(START),
      { state: 'down', at: START - 1 },
      after(1, 1, { startGraceMs: 60_000 }),
      START,
    );
    assert.deepEqual([judged.hard, judged.since], ['down', START - 1]);
  });

  it('does not begin again after a restart of ours', () => {
    const before = trace('u', settings).at(-1)!;
    const later = START + 86_400_000;
    const first = judge(before, { state: 'down', at: later }, settings, later);
    assert.equal(judge(first, { state: 'down', at: later + 1 }, settings, later).hard, 'down');
  });
});

describe('a check that flaps', () => {
  const settings = after(1, 1, { flapStartPercent: 30, flapStopPercent: 20 });

  it('says how much, how often and in what time; its state follows nevertheless', () => {
    const all = trace('udududu', settings);
    assert.equal(all[5]!.flapping, undefined);
    assert.deepEqual(all[6]!.flapping, { percent: 35.5, changes: 6, windowMs: 6_000 });
    assert.deepEqual(all.map(({ hard }) => LETTERS[hard]).join(''), 'UDUDUDU');
  });

  it('counts within the last 21 results, and stops when it is calm', () => {
    const all = trace(`udududu${'u'.repeat(40)}`, settings);
    const calm = all.findIndex(({ flapping }, i) => i > 6 && !flapping);
    assert.ok(calm > 10 && calm < 27, String(calm));
    assert.equal(all.at(-1)!.flapping, undefined);
    assert.deepEqual([all.at(-1)!.history.length, all.at(-1)!.times.length], [21, 21]);
    assert.equal(trace('ud'.repeat(20), settings).at(-1)!.flapping!.windowMs, 20_000);
  });

  it('flaps below its thresholds as well', () => {
    const judged = trace('udududududud', { ...settings, failureThreshold: 3 }).at(-1)!;
    assert.deepEqual([judged.hard, judged.flapping!.changes], ['up', 11]);
  });

  it('lasts no less than no time where the wall clock was put back', () => {
    let judged = beginning(START);
    for (let i = 0; i < 10; i++)
      judged = judge(judged, { state: i % 2 ? 'up' : 'down', at: START - i }, settings, START);
    assert.equal(judged.flapping!.windowMs, 0);
  });
});

/** What must be thought, said from the whole past at once instead of step by step. */
function expected(past: readonly Seen[], settings: JudgeSettings): { hard: CheckState; since: number } {
  const { failureThreshold: f, successThreshold: s, startGraceMs } = settings;
  const firstGood = past.findIndex(({ state }) => state !== 'down');
  const counted = past.filter(
    ({ at }, i) => (firstGood >= 0 && i >= firstGood) || at >= START + startGraceMs,
  );
  let standing: { hard: CheckState; since: number } = { hard: 'unknown', since: START };
  for (let end = 1; end <= counted.length; end++) {
    const upTo = counted.slice(0, end);
    const last = (count: number, holds: (state: Found) => boolean): boolean =>
      upTo.length >= count && upTo.slice(-count).every(({ state }) => holds(state));
    const isUp = (state: Found): boolean => state === 'up';
    const isDown = (state: Found): boolean => state === 'down';
    const notUp = (state: Found): boolean => state !== 'up';
    const notDown = (state: Found): boolean => state !== 'down';
    const move = (hard: CheckState, holds: (state: Found) => boolean): void => {
      let first = upTo.length;
      while (first > 0 && holds(upTo[first - 1]!.state)) first -= 1;
      standing = { hard, since: upTo[first]!.at };
    };
    const { hard } = standing;
    if (hard !== 'down' && last(f, isDown)) move('down', isDown);
    else if (hard !== 'up' && last(s, isUp)) move('up', isUp);
    else if ((hard === 'up' || hard === 'unknown') && last(f, notUp)) move('degraded', notUp);
    else if (hard === 'down' && last(s, notDown)) move('degraded', notDown);
    else if (hard === 'unknown' && last(Math.max(f, s), notDown)) move('degraded', notDown);
  }
  return standing;
}

describe('any trace', () => {
  it('is judged as its whole past says, told ahead as it comes, and never goes back in time', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 3_000; seed++) {
      const chance = random(seed);
      const settings = after(1 + Math.floor(chance() * 4), 1 + Math.floor(chance() * 4), {
        startGraceMs: Math.floor(chance() * 4) * SECOND,
        flapStartPercent: 30,
        flapStopPercent: 20,
      });
      // Some traces are calm, some are not.
      const sticky = chance();
      const past: Seen[] = [];
      let judged = beginning(START);
      let state: Found = 'up';
      for (let i = 0; i < 24; i++) {
        if (chance() > sticky) state = (['up', 'degraded', 'down'] as const)[Math.floor(chance() * 3)]!;
        const result: Seen = { state, at: START + i * SECOND };
        past.push(result);
        const before = judged;
        judged = judge(judged, result, settings, START);
        const { hard, since } = judged;
        const where = `seed ${seed}, result ${i}`;
        assert.deepEqual({ hard, since }, expected(past, settings), where);
        assert.ok(since >= before.since && since <= result.at, where);
        seen.add(`${before.hard}-${hard}`);

        // What `soft` announces comes true with as many more such results, and no sooner.
        const { soft } = judged;
        const left = soft ? soft.needed - soft.runs : 10;
        assert.ok(left > 0, where);
        let future = judged;
        for (let more = 1; more <= left; more++) {
          if (!judged.last!.counted) break;
          future = judge(future, { state, at: result.at + more }, settings, START);
          assert.equal(future.hard, soft && more === left ? soft.state : hard, where);
        }
        if (soft && judged.last!.counted) assert.equal(future.since, soft.since, where);
      }
    }
    // Every change of state that there is came up.
    assert.equal(seen.size, 4 + 3 + 6);
  });
});
