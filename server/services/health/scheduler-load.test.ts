import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { settled, START, startScheduling } from '../../testing/scheduling.ts';

const MINUTE = 60_000;

interface Planned {
  readonly id: string;
  readonly intervalMs: number;
  readonly phaseMs: number;
  readonly host: string | undefined;
}

interface Model {
  readonly begun: string[];
  overruns: number;
  /** When something is due, or is over. */
  readonly moments: { readonly at: number; readonly over?: string }[];
  /** What runs and what waits after each of them. */
  readonly counts: [running: number, waiting: number][];
}

/** Four seconds of checks, millisecond by millisecond, over plain lists. Nothing is ever over when something else happens. */
function modelled(
  checks: readonly Planned[],
  { maxConcurrent, maxPerHost }: { maxConcurrent: number; maxPerHost: number },
  tookMs: () => number,
): Model {
  const model: Model = { begun: [], overruns: 0, moments: [], counts: [] };
  let running: { readonly check: Planned; readonly until: number }[] = [];
  let waiting: Planned[] = [];
  const isDue = ({ intervalMs, phaseMs }: Planned, at: number): boolean =>
    (START + at - phaseMs) % intervalMs === 0;
  const give = (at: number): void => {
    for (const check of [...waiting]) {
      const ofHost = running.filter((one) => check.host !== undefined && one.check.host === check.host);
      if (running.length >= maxConcurrent || ofHost.length >= maxPerHost) continue;
      let until = at + tookMs();
      while (running.some((one) => one.until === until) || checks.some((one) => isDue(one, until)))
        until += 1;
      running.push({ check, until });
      waiting = waiting.filter((one) => one !== check);
      model.begun.push(`${check.id}@${at}`);
    }
    model.counts.push([running.length, waiting.length]);
  };
  for (let at = 1; at <= 4_000; at++) {
    const over = running.find(({ until }) => until === at);
    running = running.filter((one) => one !== over);
    const due = checks.find((check) => isDue(check, at));
    if (due) {
      if (waiting.includes(due) || running.some(({ check }) => check === due)) model.overruns += 1;
      else waiting.push(due);
    }
    if (!over && !due) continue;
    model.moments.push({ at, ...(over && { over: over.check.id }) });
    give(at);
  }
  return model;
}

describe('many checks', () => {
  it('are spread over their interval, with one timer for all', async () => {
    const { clock, scheduler, begun, pass } = startScheduling(0);
    for (let i = 0; i < 1_000; i++) scheduler.set(`service-${i}-health`, { intervalMs: 30_000 });
    assert.equal(clock.pending, 1);
    await pass(61_000);
    const perSecond = Array.from({ length: 30 }, () => 0);
    for (const { at } of begun) if (at >= 31_000 && at < 61_000) perSecond[Math.floor(at / 1_000) % 30]! += 1;
    assert.equal(
      perSecond.reduce((sum, count) => sum + count, 0),
      1_000,
    );
    assert.ok(Math.max(...perSecond) < 65 && Math.min(...perSecond) > 10, String(perSecond));
    assert.deepEqual([scheduler.stats().checks, scheduler.stats().skewP99Ms], [1_000, 0]);
    await scheduler.close();
    assert.equal(clock.pending, 0);
  });

  it('wait in line for a slot, in all and for one host', async () => {
    const { scheduler, begun, news, pass } = startScheduling(undefined, { maxConcurrent: 3, maxPerHost: 2 });
    const hosts = { a: 'h', b: 'h', c: 'h', d: 'i', e: 'i', f: undefined };
    Object.entries(hosts).forEach(([id, host], i) =>
      scheduler.set(id, { intervalMs: MINUTE, phaseMs: 100 * (i + 1), host }),
    );
    await pass(700);
    assert.equal(news(), 'a@100 b@200 d@400');
    assert.deepEqual([scheduler.stats().running, scheduler.stats().waiting], [3, 3]);
    begun[2]!.end();
    await pass(50);
    assert.equal(news(), 'e@750');
    begun[0]!.end();
    await pass(50);
    assert.equal(news(), 'c@800');
    assert.ok(scheduler.stats().skewP99Ms >= 500, 'waiting is late');
    await scheduler.close();
    assert.deepEqual([scheduler.stats().running, scheduler.stats().waiting], [0, 0]);
  });

  it('run when a plain list of them says so', async () => {
    let overrunsSeen = 0;
    let waitsSeen = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const chance = random(seed);
      const caps = { maxConcurrent: 1 + Math.floor(chance() * 4), maxPerHost: 1 + Math.floor(chance() * 2) };
      const checks = Array.from({ length: 2 + Math.floor(chance() * 7) }, (_, i) => ({
        id: `n${i}`,
        intervalMs: 200 * (1 + Math.floor(chance() * 5)),
        phaseMs: 20 * i + 10,
        host: [undefined, 'a', 'b'][Math.floor(chance() * 3)],
      }));
      const model = modelled(checks, caps, () => 1 + Math.floor(chance() ** 2 * 900));
      const { clock, scheduler, begun } = startScheduling(undefined, caps);
      for (const { id, ...timing } of checks) scheduler.set(id, timing);
      let now = 0;
      for (const { at, over } of model.moments) {
        clock.advance(at - now);
        now = at;
        if (over) begun.findLast(({ id }) => id === over)!.end();
        await settled();
        assert.deepEqual([scheduler.stats().running, scheduler.stats().waiting], model.counts.shift());
        waitsSeen += scheduler.stats().waiting;
      }
      assert.deepEqual(
        begun.map(({ id, at }) => `${id}@${at}`),
        model.begun,
        `seed ${seed}`,
      );
      assert.equal(scheduler.stats().overruns, model.overruns, `seed ${seed}`);
      overrunsSeen += model.overruns;
      await scheduler.close();
    }
    assert.ok(overrunsSeen > 1_000 && waitsSeen > 1_000);
  });
});
