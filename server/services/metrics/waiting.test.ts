import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import { ROW_LENGTH } from '../../ports/metric-store.ts';
import type { BucketBlock, MetricStore, StoredTier } from '../../ports/metric-store.ts';
import { FakePublisher } from '../../testing/fake-publisher.ts';
import { random } from '../../testing/random.ts';
import type { Intake, MetricParser } from './formats/format.ts';
import { openMetrics } from './formats/openmetrics.ts';
import { prometheusText } from './formats/prometheus-text.ts';
import { createMetrics } from './index.ts';
import { SeenSeries } from './scrape/seen-series.ts';

const START = 1_750_000_000_000;
const SOURCE = { name: 'scrape:test', tags: { job: 'test' } };
const NO_ROWS: BucketBlock = { tier: 60_000, rows: new Float64Array(), sketches: [] };

/** Keeps what was written last of each bucket. */
class Written implements MetricStore {
  readonly rows = new Map<string, number[]>();
  open = () => Promise.resolve([]);
  read = () => Promise.resolve(NO_ROWS);
  newest = () => Promise.resolve(undefined);
  prune = () => Promise.resolve();
  sweep = () => Promise.resolve(0);
  size = () => Promise.resolve({ bytes: 0, series: 0, buckets: {} as Readonly<Record<StoredTier, number>> });
  close = () => Promise.resolve();

  write({ blocks }: Parameters<MetricStore['write']>[0]): Promise<void> {
    for (const { tier, rows } of blocks) {
      for (let at = 0; at < rows.length; at += ROW_LENGTH) {
        const row = [...rows.subarray(at, at + ROW_LENGTH)];
        this.rows.set(`${tier} ${row[0]} ${row[1]}`, row);
      }
    }
    return Promise.resolve();
  }
}

/** A parser that is another one for each body, and whose intake counts nothing: no number waits, and every line is doubted. */
function plainly(parser: MetricParser): MetricParser {
  return {
    parse: (body, intake) => {
      const plain: Intake = {
        faultOf: (...all) => intake.faultOf(...all),
        series: (...all) => intake.series(...all),
        sample: (...all) => intake.sample(...all),
        increment: (...all) => intake.increment(...all),
        observe: (...all) => intake.observe(...all),
        histogram: (...all) => intake.histogram(...all),
        reject: (...all) => intake.reject(...all),
      };
      return parser.parse(body, plain);
    },
  };
}

/** One server's metrics, fed by targets. */
function side(format: typeof prometheusText, isPlain: boolean) {
  const manual = createManualClock(START);
  let shift = 0;
  const clock = { ...manual, now: () => manual.now() + shift };
  const publisher = new FakePublisher();
  // Whoever is followed does not wait.
  publisher.wanted = new Set();
  const metrics = createMetrics({ clock, publisher, limits: { maxFineSeries: 12, keepSecondsMs: 120_000 } });
  const store = new Written();
  const targets = [0, 1].map(() => new SeenSeries(format.parser()));
  return {
    metrics,
    publisher,
    store,
    advance: (ms: number) => manual.advance(ms),
    setClock: (ms: number) => void (shift += ms),
    async scrape(target: number, body: string) {
      const seen = targets[target]!;
      const result = await metrics.read(isPlain ? plainly(seen) : seen, Buffer.from(body), SOURCE);
      const ended = seen.ended();
      metrics.end(ended);
      return { ...result, ended: ended.length };
    },
    /** All that anybody can ask. */
    told() {
      const { series, accepted, rejected, codes, late, fineSeries } = metrics.stats();
      const known = metrics.series();
      return {
        counts: { series, accepted, rejected, codes, late, fineSeries },
        used: metrics.tagSource.tagged(),
        known,
        windows: known.map(({ series: key }) => metrics.window(key, 120_000)),
      };
    },
  };
}

const VALUES = ['x é', 'a\\"b', 'back\\\\slash', '\\n', '日本', '', 'plain'];

/** Bodies of a target: mostly the same lines, sometimes others, in another order, twice, or with a time of their own. */
function bodies(chance: () => number, isOpen: boolean): (nowMs: number) => string {
  const any = (below: number): number => Math.floor(chance() * below);
  const line = (kind: string, i: number): string =>
    `${kind}${kind === 'c' && isOpen ? '_total' : ''}{i="${i}",v="${VALUES[i % VALUES.length]}"}`;
  let gauges = Array.from({ length: 12 }, (_, i) => i);
  const counts = new Map<number, number>();
  return (nowMs) => {
    if (chance() < 0.15) gauges = gauges.filter(() => chance() > 0.2);
    if (chance() < 0.15) gauges.splice(any(gauges.length), 0, any(20));
    if (chance() < 0.05) gauges = gauges.toSorted(() => chance() - 0.5);
    const unique = isOpen ? [...new Set(gauges)] : gauges;
    const value = (): string => (chance() < 0.03 ? 'NaN' : String(any(1_000) / 8 - 20));
    const time = (): string => {
      if (chance() > 0.02) return '';
      const at = nowMs - any(400_000);
      return isOpen ? ` ${at / 1_000}` : ` ${at}`;
    };
    const text = ['# TYPE g gauge\n', ...unique.map((i) => `${line('g', i)} ${value()}${time()}\n`)];
    text.push('# TYPE c counter\n');
    for (let i = 0; i < 4; i++) {
      const count = chance() < 0.05 ? 0 : (counts.get(i) ?? 0) + any(5);
      counts.set(i, count);
      text.push(`${line('c', i)} ${count}\n`);
    }
    if (chance() < 0.5)
      text.push('# TYPE h histogram\n', `h_bucket{le="1"} ${any(3)}\nh_bucket{le="+Inf"} 3\n`);
    return text.join('') + (isOpen ? '# EOF\n' : '');
  };
}

describe('numbers that wait to be folded in', () => {
  for (const [name, format] of [
    ['Prometheus text', prometheusText],
    ['OpenMetrics', openMetrics],
  ] as const) {
    for (const seed of [1, 2, 3, 4]) {
      it(`are never missed: ${name} says what it says where none waits, seed ${seed}`, async () => {
        const chance = random(seed);
        const sides = [side(format, false), side(format, true)] as const;
        const [waiting, plain] = sides;
        const body = [0, 1].map(() => bodies(chance, format === openMetrics));
        const both = <T>(act: (one: (typeof sides)[number]) => T): void =>
          assert.deepEqual(act(waiting), act(plain));
        for (const one of sides) await one.metrics.start(one.store);
        let now = START;
        for (let i = 0; i < 150; i++) {
          const step = chance() < 0.03 ? 200_000 : Math.floor(chance() * 5_000);
          const back = chance() < 0.02 ? -Math.floor(chance() * 700_000) : 0;
          now += step + back;
          for (const one of sides) {
            one.advance(step);
            one.setClock(back);
          }
          // What is written on an interval is written before the next body, on both sides.
          await new Promise((resolve) => setImmediate(resolve));
          const target = chance() < 0.8 ? 0 : 1;
          const text = body[target]!(now);
          assert.deepEqual(await waiting.scrape(target, text), await plain.scrape(target, text), `body ${i}`);
          const kind = chance();
          if (kind < 0.1) both((one) => one.told());
          else if (kind < 0.2) for (const one of sides) await one.metrics.persist();
          else if (kind < 0.3)
            both((one) =>
              one.metrics.ingest([{ name: 'g', tags: { i: '1', job: 'test', v: 'a"b' }, value: 7 }]),
            );
          else if (kind < 0.4) {
            const asked = { metric: 'g', windowMs: 60_000, stepMs: 10_000, by: ['i'] };
            assert.deepEqual(await waiting.metrics.query(asked), await plain.metrics.query(asked));
          }
        }
        both((one) => one.told());
        for (const one of sides) await one.metrics.close();
        assert.ok(waiting.store.rows.size > 50);
        assert.deepEqual(waiting.store.rows, plain.store.rows);
      });
    }
  }

  it('are told at once to whoever follows a series', async () => {
    const { metrics, publisher, scrape, advance } = side(prometheusText, false);
    const following = metrics.namespaces.find(({ name }) => name === 'metrics')!;
    for (let i = 0; i < 3; i++) {
      await scrape(0, `g ${i}\n`);
      advance(1_000);
    }
    publisher.wanted!.add('metrics/g{job="test"}');
    const snapshot = following.snapshot!('metrics/g{job="test"}') as { rows: number[][] };
    assert.deepEqual(
      snapshot.rows.map(([, value]) => value),
      [0, 1, 2],
    );
    await scrape(0, 'g 5\n');
    advance(1_000);
    assert.deepEqual(
      publisher.take().map(([, update]) => (update as unknown as { rows: number[][] }).rows),
      [[[START + 3_000, 5]]],
    );
    metrics.silence();
  });
});
