import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { MetricStoreModel } from '../../testing/metric-store-model.ts';
import { WRITER_OPTIONS, WRITER_TIER, batchOf } from '../../testing/metric-writer.ts';
import { Program } from '../../testing/program.ts';
import { random } from '../../testing/random.ts';
import { openMetricStore } from './metric-store.ts';

/** What a store holds after so many batches. */
function modelOf(seed: number, batches: number): MetricStoreModel {
  const model = new MetricStoreModel();
  for (let batch = 1; batch <= batches; batch += 1) {
    const rows = batchOf(seed, batch).map((numbers) => ({ numbers, sketch: undefined }));
    model.write(WRITER_TIER, rows);
  }
  return model;
}

describe('SQLite metric store under kill -9', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`has every write that it took, and no half of one (seed ${seed})`, async (t) => {
      const dir = await mkdtemp(join(tmpdir(), 'waooaw-metrics-'));
      const path = join(dir, 'metrics.db');
      const writer = new Program(t, 'server/testing/metric-writer.ts', {}, [path, String(seed)]);
      // It goes on at once: the kill finds it anywhere in a later write, or in the sealing between two.
      await writer.line(new RegExp(`^took ${5 + Math.floor(random(seed)() * 80)} `));
      writer.kill('SIGKILL');
      const { stdout, signal, stderr } = await writer.ended;
      assert.equal(signal, 'SIGKILL', stderr);
      const took = stdout.split('\n').length - 1;

      const store = openMetricStore(path, WRITER_OPTIONS);
      await store.open();
      const mark = await store.read(WRITER_TIER, [1], 0, 1);
      const batches = mark.rows.at(-1)!;
      assert.ok(batches >= took, `took ${took}, has ${batches}`);
      const check = async (model: MetricStoreModel) => {
        model.check(await store.read(WRITER_TIER, undefined, 0, Infinity), undefined, 0, Infinity);
      };
      await check(modelOf(seed, batches));

      // What was being sealed is sealed by whoever comes next.
      const rows = Float64Array.from(batchOf(seed, batches + 1).flat());
      await store.write({ series: [], blocks: [{ tier: WRITER_TIER, rows, sketches: [] }] });
      await check(modelOf(seed, batches + 1));
      await store.close();
      const database = new DatabaseSync(path);
      assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
      assert.ok(Number(database.prepare('SELECT count(*) AS n FROM chunk').get()?.['n']) > 0);
      database.close();
      await rm(dir, { recursive: true });
    });
  }
});
