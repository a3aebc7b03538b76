import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { RunRecord } from './record.ts';
import {
  claimRun,
  forgetRunsBefore,
  isRunRecord,
  lastRun,
  readRun,
  releaseRun,
  toInstance,
  writeRun,
} from './record.ts';

const identity = { pid: 4711, startTime: 884_213, bootId: 'boot' };
const record: RunRecord = {
  form: 1,
  name: 'watcher-1.1.0',
  run: 1,
  mark: 'm'.repeat(32),
  labels: { agent: 'watcher' },
  state: 'running',
  startedAt: 1_750_000_000_000,
  shim: identity,
  process: identity,
  pid: 4711,
  port: 20_001,
  stop: { signal: 'SIGTERM', graceMs: 10 },
};

describe('The record of a run', () => {
  it('is claimed by one, and read as it was written', () => {
    const folder = temporaryFolder();
    assert.equal(claimRun(folder, record), true);
    assert.equal(claimRun(folder, { ...record, mark: 'other' }), false);
    assert.deepEqual(readRun(folder, 1), record);
    const exited: RunRecord = { ...record, state: 'exited', exit: { at: 1, code: 0 } };
    writeRun(folder, exited);
    assert.deepEqual(readRun(folder, 1), exited);
    assert.throws(() => claimRun(join(folder, 'nowhere'), record), { code: 'ENOENT' });
    assert.throws(() => writeRun(join(folder, 'nowhere'), record), { code: 'ENOENT' });
  });

  it('is one of several, of which the last counts', () => {
    const folder = temporaryFolder();
    assert.equal(lastRun(folder), 0);
    assert.equal(lastRun(join(folder, 'nowhere')), 0);
    for (const run of [1, 2, 10]) claimRun(folder, { ...record, run });
    assert.equal(lastRun(folder), 10);
    forgetRunsBefore(folder, 10);
    assert.deepEqual(readdirSync(folder), ['run-10.json']);
    releaseRun(folder, 10);
    releaseRun(folder, 10);
    assert.equal(lastRun(folder), 0);
  });

  it('is not believed when it has not the form of one', () => {
    assert.ok(isRunRecord(record));
    for (const bad of [
      null,
      'text',
      [],
      { ...record, form: 2 },
      { ...record, name: 1 },
      { ...record, run: -1 },
      { ...record, mark: 'short' },
      { ...record, labels: { agent: 1 } },
      { ...record, labels: null },
      { ...record, state: 'sleeping' },
      { ...record, startedAt: '1' },
      { ...record, shim: undefined },
      // As a group that would be everybody.
      { ...record, process: { ...identity, pid: 1 } },
      { ...record, process: { ...identity, pid: -4711 } },
      { ...record, process: { ...identity, startTime: null } },
      { ...record, process: { ...identity, bootId: 1 } },
      { ...record, pid: 1.5 },
      { ...record, port: '80' },
      { ...record, stop: null },
      { ...record, exit: {} },
    ]) {
      assert.equal(isRunRecord(bad), false, JSON.stringify(bad));
    }
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run-3.json'), JSON.stringify(record));
    assert.equal(readRun(folder, 3), undefined, 'of another run');
    writeFileSync(join(folder, 'run-3.json'), '{"form":1');
    assert.equal(readRun(folder, 3), undefined);
    assert.equal(readRun(folder, 4), undefined);
  });

  it('is shown with what others may know, and no pid once that may be somebody else’s', () => {
    assert.deepEqual(toInstance(record), {
      name: 'watcher-1.1.0',
      labels: { agent: 'watcher' },
      state: 'running',
      externalId: 'pid:4711:start:884213:boot:boot',
      startedAt: 1_750_000_000_000,
      pid: 4711,
      port: 20_001,
    });
    const { process: _, ...unknown } = record;
    assert.equal(toInstance(unknown).externalId, 'pid:4711');
    const { pid: __, ...none } = unknown;
    assert.equal(toInstance(none).externalId, '');
    assert.equal(toInstance({ ...record, state: 'exited', exit: { at: 1 } }).pid, undefined);
  });
});
