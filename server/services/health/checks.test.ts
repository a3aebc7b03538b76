import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import { openSqlite } from '../../engines/sqlite/database.ts';
import { MIGRATIONS } from '../../migrations.ts';
import type { CheckDefinition, ProbeResult } from '../../ports/health-gate.ts';
import { block, turn } from '../../testing/event-loop.ts';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import {
  clockCheck,
  dataFolderCheck,
  databaseCheck,
  eventLoopCheck,
  judgeDelay,
  judgeRoom,
  serverCheck,
} from './checks.ts';

const TIMING = { intervalMs: 5_000, timeoutMs: 2_000 };
const look = async (check: CheckDefinition): Promise<ProbeResult> =>
  check.probe(new AbortController().signal);

describe('the server’s check', () => {
  it('is up while the server takes requests', async () => {
    let ready = true;
    const check = serverCheck(TIMING, () => ready);
    assert.deepEqual([check.check, check.intervalMs, check.timeoutMs], ['server', 5_000, 2_000]);
    assert.equal((await look(check)).state, 'up');
    ready = false;
    assert.deepEqual(await look(check), { state: 'down', reason: 'Starting or draining' });
    const faulty = serverCheck(
      TIMING,
      () => true,
      () => 'Another server is here',
    );
    assert.deepEqual(await look(faulty), { state: 'down', reason: 'Another server is here' });
  });
});

describe('the clock’s check', () => {
  it('is degraded once after the clock was moved by more than a second, and says how far', async () => {
    const clock = createManualClock();
    let moved = 0;
    const check = clockCheck(TIMING, { ...clock, now: () => clock.now() + moved });
    clock.advance(3_600_000.5);
    assert.deepEqual(await look(check), { state: 'up' });
    moved = 1_000;
    assert.deepEqual(await look(check), { state: 'up' });
    moved = -2_200;
    assert.deepEqual(await look(check), { state: 'degraded', reason: 'The clock jumped by 3.2 s' });
    assert.deepEqual(await look(check), { state: 'up' });
  });
});

describe('the event loop’s check', () => {
  it('judges the delay: above 100 ms degraded, above 1 s down', () => {
    for (const [delayMs, state] of [
      [0, 'up'],
      [100, 'up'],
      [100.1, 'degraded'],
      [1_000, 'degraded'],
      [1_000.1, 'down'],
    ] as const) {
      assert.deepEqual(judgeDelay(delayMs), { state, reason: `p99 delay ${delayMs.toFixed(1)} ms` });
    }
  });

  it('is up before there is anything to judge, and says the figure once there is', async () => {
    const check = eventLoopCheck(TIMING);
    assert.deepEqual(await look(check), { state: 'up' });
    let result = await look(check);
    while (result.reason === undefined) {
      await turn();
      result = await look(check);
    }
    assert.match(result.reason, /^p99 delay \d+\.\d ms$/);
  });

  it('sees a loop that was blocked', async () => {
    const check = eventLoopCheck(TIMING);
    let result = await look(check);
    while (result.reason === undefined) {
      await turn();
      result = await look(check);
    }
    await block(250);
    do {
      await turn();
      result = await look(check);
    } while (result.reason === undefined);
    assert.notEqual(result.state, 'up');
  });
});

describe('the data folder’s check', () => {
  it('judges the room: below 10 % degraded, below 1 % down', () => {
    for (const [free, state] of [
      [1, 'up'],
      [0.1, 'up'],
      [0.099, 'degraded'],
      [0.01, 'degraded'],
      [0.0099, 'down'],
      [0, 'down'],
    ] as const) {
      assert.equal(judgeRoom(free).state, state, `${free}`);
    }
    assert.equal(judgeRoom(0.251).reason, '25 % of the disk free');
  });

  it('says how much of the disk is free', async () => {
    const { reason } = await look(dataFolderCheck(TIMING, temporaryFolder()));
    assert.match(reason ?? '', /^\d+ % of the disk free$/);
  });

  it('fails, and so is down, when the folder is gone', async () => {
    const folder = await mkdtemp(join(temporaryFolder(), 'data-'));
    const check = dataFolderCheck(TIMING, folder);
    await look(check);
    await rm(folder, { recursive: true });
    await assert.rejects(look(check), { code: 'ENOENT' });
  });
});

describe('the database’s check', () => {
  const open = async (t: TestContext) => {
    const database = openSqlite(join(temporaryFolder(), 'waooaw.db'));
    t.after(() => database.close());
    await database.migrate(MIGRATIONS);
    return database;
  };

  it('is up when a row was written and came back, again and again', async (t) => {
    const database = await open(t);
    let now = 1_000;
    const check = databaseCheck(TIMING, database, () => now);
    assert.deepEqual(await look(check), { state: 'up' });
    now = 2_000;
    assert.deepEqual(await look(check), { state: 'up' });
    assert.deepEqual(
      { ...(await database.read({ sql: 'SELECT * FROM heartbeat' }))[0] },
      { id: 'server', at: 2_000 },
    );
  });

  it('is down when another row comes back', async (t) => {
    const database = await open(t);
    await database.transaction([
      {
        sql: `CREATE TRIGGER meddle AFTER INSERT ON heartbeat BEGIN UPDATE heartbeat SET at = 7; END`,
      },
    ]);
    const check = databaseCheck(TIMING, database, () => 1_000);
    assert.deepEqual(await look(check), { state: 'down', reason: 'A written row did not come back' });
  });

  it('fails, and so is down, with the code when the database is closed', async (t) => {
    const database = await open(t);
    const check = databaseCheck(TIMING, database, () => 1_000);
    await database.close();
    await assert.rejects(look(check), coded('database_closed'));
  });
});
