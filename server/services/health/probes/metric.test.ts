import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricQuery, QueryAnswer, QueryPoint } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import type { MetricReader } from '../../../ports/metric-reader.ts';
import { look, probeOf } from '../../../testing/probing.ts';
import { NoResult } from './probe.ts';

type Options = Omit<Parameters<typeof probeOf>[0] & { kind: 'metric' }, 'kind' | 'metric'>;

/** Answers with these values of complete steps, and with one of the step that is still open. */
function metrics(values: readonly number[] | undefined) {
  const clock = createManualClock();
  const asked: MetricQuery[] = [];
  const reader: MetricReader = {
    query(query) {
      asked.push(query);
      const { stepMs = 0 } = query;
      const open = Math.floor(clock.now() / stepMs) * stepMs;
      const points: QueryPoint[] = (values ?? []).map((value, index) => [
        open - (values!.length - index) * stepMs,
        value,
      ]);
      points.push([open, 1_000_000]);
      const group = { key: '', tags: {}, series: 1, points, gaps: [] };
      return Promise.resolve({ stepMs, groups: values ? [group] : [] } as unknown as QueryAnswer);
    },
  };
  return { clock, reader, asked };
}

async function says(values: readonly number[] | undefined, options: Options): Promise<string> {
  const { clock, reader } = metrics(values);
  const { state, reason } = await look(
    probeOf({ kind: 'metric', metric: 'load', ...options }, { clock, reader }),
  );
  return `${state}: ${reason}`;
}

describe('the probe that holds a metric to its limits', () => {
  it('judges the newest complete step', async () => {
    const above: Options = { degradedAbove: 5, downAbove: 10 };
    for (const [value, said] of [
      [5, 'up: 5'],
      [5.01, 'degraded: 5.01, above 5'],
      [10, 'degraded: 10, above 5'],
      [10.5, 'down: 10.5, above 10'],
      [0.1 + 0.2, 'up: 0.3'],
    ] as const) {
      assert.equal(await says([99, value], above), said);
    }
    const below: Options = { degradedBelow: 5, downBelow: 1 };
    for (const [value, said] of [
      [5, 'up: 5'],
      [4, 'degraded: 4, below 5'],
      [1, 'degraded: 1, below 5'],
      [-1, 'down: -1, below 1'],
    ] as const) {
      assert.equal(await says([value], below), said);
    }
    assert.equal(await says([0], { downAbove: 10, degradedBelow: 1 }), 'degraded: 0, below 1');
    assert.equal(await says([11], { degradedBelow: 20, downAbove: 10 }), 'down: 11, above 10');
  });

  it('asks for what its settings say, in steps of which two fit', async () => {
    for (const [options, stepMs] of [
      [{}, 60_000],
      [{ windowMs: 10_000 }, 5_000],
      [{ windowMs: 1_000 }, 1_000],
      [{ windowMs: 60_000, stepMs: 10_000 }, 10_000],
    ] as const) {
      const { clock, reader, asked } = metrics([1]);
      const probe = probeOf(
        { kind: 'metric', metric: 'load', downAbove: 1, aggregation: 'max', across: 'sum', ...options },
        { clock, reader },
      );
      await look(probe);
      const windowMs = 'windowMs' in options ? options.windowMs : 300_000;
      assert.deepEqual(asked, [{ metric: 'load', windowMs, stepMs, aggregation: 'max', across: 'sum' }]);
    }
  });

  it('has no result without data, or is down where it is to be', async () => {
    for (const values of [undefined, [], [1, NaN], [Infinity]]) {
      await assert.rejects(says(values, { downAbove: 1 }), (error) => {
        assert.ok(error instanceof NoResult);
        assert.equal(error.message, 'No data in the last 300 s');
        return true;
      });
      assert.equal(await says(values, { downAbove: 1, noData: 'down' }), 'down: No data in the last 300 s');
    }
  });

  it('has no result where the metrics fail or take too long: that says nothing of what is measured', async () => {
    const { clock } = metrics([]);
    const spec = { kind: 'metric', metric: 'load', downAbove: 1, noData: 'down' } as const;
    const failing = probeOf(spec, { clock, reader: { query: () => Promise.reject(new Error('disk full')) } });
    await assert.rejects(look(failing), {
      name: 'NoResult',
      message: 'The metrics could not be asked: disk full',
    });
    const controller = new AbortController();
    const hanging = probeOf(spec, { clock, reader: { query: () => new Promise(() => undefined) } });
    const looking = look(hanging, controller.signal);
    controller.abort(new Error('No result within 100 ms'));
    const late = { name: 'NoResult', message: 'The metrics could not be asked: No result within 100 ms' };
    await assert.rejects(looking, late);
    await assert.rejects(look(hanging, controller.signal), late);
  });
});
