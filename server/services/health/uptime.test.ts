import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckWord, TimeSpent } from '../../../src/protocol/index.ts';
import { random } from '../../testing/random.ts';
import { segmentsOf, spent, uptimeOf } from './uptime.ts';
import type { Change } from './uptime.ts';

const NOTHING: TimeSpent = { upMs: 0, degradedMs: 0, downMs: 0, maintenanceMs: 0, unknownMs: 0 };
const change = (at: number, to: CheckWord): Change => ({ at, to });

describe('time spent', () => {
  it('is weighed by how long each word was shown', () => {
    const transitions = [change(100, 'down'), change(130, 'degraded'), change(200, 'up')];
    assert.deepEqual(spent(transitions, 'up', 0, 1_000), {
      ...NOTHING,
      upMs: 900,
      degradedMs: 70,
      downMs: 30,
    });
  });

  it('is unknown while paused and unreachable, and maintenance apart', () => {
    const transitions = [change(10, 'paused'), change(30, 'unreachable'), change(60, 'maintenance')];
    assert.deepEqual(spent(transitions, 'unknown', 0, 100), { ...NOTHING, unknownMs: 60, maintenanceMs: 40 });
  });

  it('knows the word at its beginning from what came before', () => {
    const transitions = [change(10, 'down'), change(20, 'up'), change(90, 'down')];
    assert.deepEqual(spent(transitions, 'unknown', 50, 80), { ...NOTHING, upMs: 30 });
    assert.deepEqual(spent(transitions, 'unknown', 90, 95), { ...NOTHING, downMs: 5 });
    assert.deepEqual(spent([], 'up', 90, 95), { ...NOTHING, upMs: 5 });
  });

  it('is nothing where there is no time', () => {
    assert.deepEqual(spent([change(5, 'up')], 'down', 10, 10), NOTHING);
    assert.deepEqual(spent([change(5, 'up')], 'down', 10, 3), NOTHING);
  });
});

describe('uptime', () => {
  it('counts degraded as available, and leaves out what is not known', () => {
    const transitions = [
      change(100, 'degraded'),
      change(200, 'down'),
      change(250, 'maintenance'),
      change(500, 'paused'),
    ];
    assert.deepEqual(uptimeOf(transitions, 'up', 0, 1_000), {
      upMs: 100,
      degradedMs: 100,
      downMs: 50,
      maintenanceMs: 250,
      unknownMs: 500,
      windowMs: 1_000,
      ratio: 0.8,
    });
  });

  it('has no ratio where nothing was known', () => {
    assert.deepEqual(uptimeOf([], 'unknown', 0, 50), {
      ...NOTHING,
      unknownMs: 50,
      windowMs: 50,
      ratio: null,
    });
    assert.equal(uptimeOf([], 'up', 50, 0).windowMs, 0);
  });
});

describe('segments', () => {
  it('are counted back from the end; the oldest may be shorter', () => {
    const segments = segmentsOf([change(25, 'down'), change(28, 'up')], 'up', 5, 45, 15);
    assert.deepEqual(segments, [
      { ...NOTHING, from: 5, to: 15, upMs: 10, worst: 'up' },
      { ...NOTHING, from: 15, to: 30, upMs: 12, downMs: 3, worst: 'down' },
      { ...NOTHING, from: 30, to: 45, upMs: 15, worst: 'up' },
    ]);
    assert.deepEqual(segmentsOf([], 'up', 45, 45, 15), []);
    assert.deepEqual(segmentsOf([], 'up', 60, 45, 15), []);
  });

  it('name the worst that was shown at all, and unknown only where there was nothing else', () => {
    const words: CheckWord[] = ['unknown', 'up', 'paused', 'maintenance', 'degraded', 'unreachable', 'down'];
    words.forEach((worse, i) => {
      words.slice(0, i + 1).forEach((better) => {
        for (const [first, second] of [
          [worse, better],
          [better, worse],
        ] as const)
          assert.equal(segmentsOf([change(5, second)], first, 0, 10, 10)[0]!.worst, worse);
      });
    });
    assert.equal(segmentsOf([change(5, 'down'), change(5, 'up')], 'up', 0, 10, 10)[0]!.worst, 'up');
  });
});

const PLACES: Record<CheckWord, keyof TimeSpent> = {
  up: 'upMs',
  degraded: 'degradedMs',
  down: 'downMs',
  maintenance: 'maintenanceMs',
  unknown: 'unknownMs',
  paused: 'unknownMs',
  unreachable: 'unknownMs',
};

describe('any past', () => {
  it('adds up, millisecond by millisecond, whole and in segments', () => {
    for (let seed = 1; seed <= 2_500; seed++) {
      const chance = random(seed);
      const words = Object.keys(PLACES) as CheckWord[];
      const word = (): CheckWord => words[Math.floor(chance() * words.length)]!;
      const transitions = Array.from({ length: Math.floor(chance() * 12) }, () =>
        change(Math.floor(chance() * 200) - 20, word()),
      ).sort((a, b) => a.at - b.at);
      const first = word();
      const from = Math.floor(chance() * 60);
      const to = from + Math.floor(chance() * 120);
      const wordAt = (ms: number): CheckWord => transitions.findLast(({ at }) => at <= ms)?.to ?? first;
      const counted = (start: number, end: number): Record<keyof TimeSpent, number> => {
        const time = { ...NOTHING } as Record<keyof TimeSpent, number>;
        for (let ms = start; ms < end; ms++) time[PLACES[wordAt(ms)]] += 1;
        return time;
      };
      assert.deepEqual(spent(transitions, first, from, to), counted(from, to), `seed ${seed}`);
      const segments = segmentsOf(transitions, first, from, to, 1 + Math.floor(chance() * 40));
      let at = from;
      for (const { from: start, to: end, worst, ...time } of segments) {
        assert.equal(start, at);
        assert.deepEqual(time, counted(start, end), `seed ${seed}`);
        const shown = new Set(Array.from({ length: end - start }, (_, i) => wordAt(start + i)));
        assert.ok(shown.has(worst));
        at = end;
      }
      assert.equal(at, to);
    }
  });
});
