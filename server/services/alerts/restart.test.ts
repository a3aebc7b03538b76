import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import { aRule, alerting } from '../../testing/alerting.ts';
import type { Alerting, AlertingParts } from '../../testing/alerting.ts';
import { temporaryFolder } from '../../testing/harness.ts';
import { Program } from '../../testing/program.ts';
import { random } from '../../testing/random.ts';
import { Webhooks } from '../../testing/webhooks.ts';

/** A service that can be started again, with the same folder and clock. */
async function restartable(t: TestContext, receiver: object = {}) {
  const hooks = await Webhooks.listen(t);
  const receivers = [{ name: 'pager', url: hooks.url, groupWaitMs: 0, ...receiver }];
  const fileOf = (rules: object[], more: object[] = receivers): object => ({ receivers: more, rules });
  const begin = (parts: AlertingParts): Promise<Alerting> => alerting(t, parts);
  const again = async (run: Alerting, file: object, awayMs = 0): Promise<Alerting> => {
    await run.stop();
    run.clock.advance(awayMs);
    return alerting(t, { clock: run.clock, folder: run.folder, file });
  };
  return { hooks, receivers, fileOf, begin, again };
}

async function be(run: Alerting, value: number, ms = 1_000): Promise<void> {
  run.metrics.set(value);
  await run.pass(ms);
}

describe('after a restart', () => {
  it('pending goes on: `for` counts from when the condition began', async (t) => {
    const { fileOf, begin, again } = await restartable(t);
    const file = fileOf([aRule({ forMs: 10_000 })]);
    let run = await begin({ file });
    await be(run, 11, 6_000);
    assert.equal(run.state(), 'pending');
    run = await again(run, file);
    assert.equal(run.state(), 'pending');
    await be(run, 11, 3_000);
    assert.equal(run.state(), 'pending');
    await be(run, 11, 3_000);
    assert.equal(run.state(), 'firing');
  });

  it('so does keepFiringFor', async (t) => {
    const { fileOf, begin, again } = await restartable(t);
    const file = fileOf([aRule({ keepFiringForMs: 10_000 })]);
    let run = await begin({ file });
    await be(run, 11);
    await be(run, 1, 6_000);
    run = await again(run, file);
    await be(run, 1, 3_000);
    assert.equal(run.state(), 'firing');
    await be(run, 1, 3_000);
    assert.equal(run.state(), 'resolved');
  });

  it('what was told is not told again, and its resolve is', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t);
    const file = fileOf([aRule()]);
    let run = await begin({ file });
    await be(run, 11, 2_000);
    const before = run.alerts.list();
    run = await again(run, file);
    assert.deepEqual(run.alerts.list(), before);
    await be(run, 11, 20_000);
    assert.deepEqual(hooks.words(), ['busy:firing']);
    run = await again(run, file, 60_000);
    await be(run, 1, 2_000);
    assert.deepEqual(hooks.words(), ['busy:firing', 'busy:resolved']);
  });

  it('what was not told yet is: before its notice was made, and while it is tried again', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t, { groupWaitMs: 5_000 });
    const file = fileOf([aRule()]);
    let run = await begin({ file });
    await be(run, 11, 2_000);
    run = await again(run, file);
    hooks.reactions.push({ status: 503, headers: { 'retry-after': '30' } });
    await be(run, 11, 6_000);
    assert.equal(hooks.received.length, 1);
    run = await again(run, file);
    await be(run, 11, 20_000);
    assert.equal(hooks.received.length, 1);
    await be(run, 11, 15_000);
    const [first, second, ...more] = hooks.received;
    assert.deepEqual(more, []);
    assert.equal(second?.body, first?.body);
    assert.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key']);
  });

  it('the time away is no lack of data, and nothing resolves for it', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t);
    const file = fileOf([aRule({ noDataAfterMs: 5_000, goneAfterMs: 60_000 })]);
    let run = await begin({ file });
    await be(run, 11, 2_000);
    run = await again(run, file, 3_600_000);
    await run.pass(4_000);
    assert.equal(run.state(), 'firing');
    await run.pass(3_000);
    assert.equal(run.state(), 'no-data');
    assert.deepEqual(hooks.words(), ['busy:firing', 'busy:firing']);
  });

  it('a wall clock that was put back makes nobody wait', async (t) => {
    const { hooks, fileOf, begin } = await restartable(t, { groupWaitMs: 2_000 });
    const file = fileOf([aRule()]);
    let run = await begin({ file });
    hooks.reactions.push({ status: 503, headers: { 'retry-after': '60' } });
    await be(run, 11, 4_000);
    assert.equal(hooks.received.length, 1);
    await run.stop();
    const clock = createManualClock(run.clock.now() - 86_400_000);
    run = await alerting(t, { clock, folder: run.folder, file });
    await be(run, 11, 1_000);
    // The notice that waited, and what still fires once more: nobody can tell how long ago it was told.
    assert.deepEqual(hooks.words(), ['busy:firing', 'busy:firing', 'busy:firing']);
    await be(run, 1, 4_000);
    assert.deepEqual(hooks.words().slice(3), ['busy:resolved']);
  });

  it('a group that is gone is not missed again', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t);
    const query = { ...aRule().query, by: ['agent'] };
    const file = fileOf([aRule({ query, noDataAfterMs: 3_000, goneAfterMs: 10_000 })]);
    let run = await begin({ file });
    run.metrics.set(1, { agent: 'b' });
    run.metrics.set(11, { agent: 'a' });
    await run.pass(2_000);
    run.metrics.set(undefined, { agent: 'a' });
    await run.pass(15_000);
    run = await again(run, file);
    run.metrics.set(1, { agent: 'b' });
    await run.pass(20_000);
    assert.deepEqual(hooks.words(), ['a:firing', 'a:firing', 'a:resolved']);
    run.metrics.set(undefined, { agent: 'b' });
    await run.pass(40_000);
    // First b is missed, then, once b is gone too, everything.
    assert.deepEqual(hooks.words().slice(3), ['b:firing', 'b:resolved', 'busy:firing']);
  });

  it('alerts of rules that are gone or changed are over, and that is told', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t);
    let run = await begin({ file: fileOf([aRule(), aRule({ name: 'slow' })]) });
    await be(run, 11, 2_000);
    run = await again(run, fileOf([aRule({ name: 'slow', labels: { team: 'web' } })]));
    const ended = run.alerts
      .list()
      .map(({ rule, state, annotations }) => `${rule} ${state}: ${annotations['reason']}`);
    assert.deepEqual(ended.sort(), [
      'busy resolved: its rule was removed',
      'slow resolved: its rule was changed',
    ]);
    await run.pass(1_000);
    assert.deepEqual(hooks.words().slice(2).sort(), ['busy:resolved', 'slow:resolved']);
  });

  it('receivers that are new hear of what stands, and those that are gone lose what waited', async (t) => {
    const { hooks, receivers, fileOf, begin, again } = await restartable(t);
    hooks.reactions.push(...Array.from({ length: 20 }, () => 500));
    let run = await begin({ file: fileOf([aRule()]) });
    await be(run, 11, 3_000);
    const other = await Webhooks.listen(t);
    const changed = [{ ...receivers[0], name: 'chat', url: other.url }];
    run = await again(run, fileOf([aRule()], changed));
    await be(run, 11, 2_000);
    assert.deepEqual(other.words(), ['busy:firing']);
    assert.match(run.errors.join(), /2 notices are dropped/);
    const kept = await run.database.read({ sql: 'SELECT receiver FROM alert_tells' });
    assert.deepEqual(
      kept.map(({ receiver }) => receiver),
      ['chat'],
    );
    assert.deepEqual(await run.database.read({ sql: 'SELECT id FROM alert_notices' }), []);
  });

  it('a silence holds, and one that ended meanwhile tells what it withheld', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t);
    const file = fileOf([aRule()]);
    let run = await begin({ file });
    const matchers = [{ label: 'alertname', operator: '=' as const, value: 'busy' }];
    const { id } = await run.alerts.silence(
      { matchers, endsAt: run.clock.now() + 30_000, comment: '' },
      'me',
    );
    await be(run, 11, 2_000);
    run = await again(run, file);
    assert.deepEqual(run.alerts.list()[0]?.silencedBy, [id]);
    await be(run, 11, 5_000);
    assert.deepEqual(hooks.words(), []);
    run = await again(run, file, 60_000);
    await be(run, 11, 1_000);
    assert.deepEqual(hooks.words(), ['busy:firing']);
    run = await again(run, file);
    await be(run, 11, 1_000);
    assert.equal(hooks.received.length, 1);
  });

  it('rules of the API are there, unless the file took their name or they are not understood', async (t) => {
    const { fileOf, begin, again } = await restartable(t);
    let run = await begin({ file: fileOf([]) });
    await run.alerts.createRule(aRule({ forMs: 7 }), 'me');
    await run.alerts.createRule(aRule({ name: 'kept' }), 'you');
    await run.database.transaction([{ sql: "INSERT INTO alert_rules VALUES ('odd', '{}', 1, 'x')" }]);
    run = await again(run, fileOf([aRule()]));
    assert.deepEqual(
      run.alerts.rules().map(({ rule, origin, changedBy }) => [rule.name, origin, changedBy]),
      [
        ['busy', 'file', undefined],
        ['kept', 'api', 'you'],
      ],
    );
    assert.equal(run.errors.length, 2);
  });

  it('dead letters are still there', async (t) => {
    const { hooks, fileOf, begin, again } = await restartable(t);
    hooks.reactions.push(...Array.from({ length: 5 }, () => 400));
    let run = await begin({ file: fileOf([aRule()]) });
    await be(run, 11, 60_000);
    run = await again(run, fileOf([aRule()]));
    assert.deepEqual(
      run.alerts.notices().dead.map(({ lastError }) => lastError),
      ['HTTP 400'],
    );
  });
});

describe('whatever happens', () => {
  it('a receiver’s last word on an alert is how it stands', { timeout: 120_000 }, async (t) => {
    for (let seed = 1; seed <= 8; seed++) {
      const chance = random(seed);
      const hooks = await Webhooks.listen(t);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
      const timing = { forMs: pick([0, 2_000]), keepFiringForMs: pick([0, 3_000]), noDataAfterMs: 3_000 };
      const rule = aRule({
        ...timing,
        noData: pick(['alert', 'keep', 'ok']),
        query: { ...aRule().query, by: ['agent'] },
      });
      const groupBy = pick([['alertname'], ['agent']]);
      const receivers = [{ name: 'pager', url: hooks.url, groupBy, groupWaitMs: pick([0, 1_500]) }];
      const file = { receivers, rules: [rule] };
      const limits = { noticeRetryMaxMs: 2_000, flapStartPercent: pick([30, 1_000]) };
      let run = await alerting(t, { file, limits });
      const values = new Map<string, number | undefined>();
      for (let i = 0; i < 25; i++) {
        const agent = pick(['a', 'b', 'c']);
        values.set(agent, pick([1, 11, 12, undefined]));
        if (chance() < 0.4) hooks.reactions.push(pick([500, 400, 'resets', 429] as const));
        if (chance() < 0.15) run.refuse.next = 1;
        if (chance() < 0.15) {
          await run.stop();
          run = await alerting(t, { clock: run.clock, folder: run.folder, file, limits });
        }
        for (const [name, value] of values) run.metrics.set(value, { agent: name });
        await run.pass(pick([1_000, 2_000, 4_000]));
      }
      // Everybody recovers; what still fires goes on firing.
      for (const [name, value] of values) run.metrics.set(value ?? 1, { agent: name });
      await run.pass(400_000, 4_000);
      const last = new Map<string, string>();
      for (const { payload } of hooks.received) {
        for (const { fingerprint, status } of payload.alerts) last.set(fingerprint, status);
      }
      assert.ok(last.size > 0, `seed ${seed}`);
      for (const { alert, state, labels } of run.alerts.list()) {
        const expected = state === 'firing' ? ['firing'] : ['resolved', undefined];
        const where = `seed ${seed}: ${labels['agent']} is ${state}, told ${last.get(alert)}: ${hooks.words().join(' | ')}`;
        assert.ok(expected.includes(last.get(alert)), where);
      }
      assert.deepEqual(run.alerts.notices().waiting, [], `seed ${seed}`);
      await run.stop();
    }
  });
});

describe('after kill -9', () => {
  /** Kills at a moment of its own between "firing" and its delivery, then between "resolved" and its. */
  const kills = async (t: TestContext, seed: number): Promise<void> => {
    const chance = random(seed);
    const hooks = await Webhooks.listen(t);
    const folder = temporaryFolder();
    const value = (text: string): Promise<void> => writeFile(join(folder, 'value'), text);
    const groupWaitMs = Math.floor(chance() * 300);
    const file = { receivers: [{ name: 'pager', url: hooks.url, groupWaitMs }], rules: [aRule()] };
    await writeFile(join(folder, 'alerts.yaml'), JSON.stringify(file));
    const start = (): Program => new Program(t, 'server/testing/alerting-program.ts', {}, [folder]);

    const killed = async (state: 'firing' | 'resolved', program: Program): Promise<Program> => {
      const before = hooks.received.length;
      // Half of the times the request is on its way, and its answer never comes.
      const onItsWay = chance() < 0.5;
      if (onItsWay) hooks.reactions.push('hangs');
      await program.line(new RegExp(`^is ${state}`));
      if (onItsWay) await hooks.count(before + 1);
      program.kill('SIGKILL');
      await program.ended;
      const next = start();
      assert.equal(await next.line(/^begins with/), `begins with ${state}`, `seed ${seed}`);
      // One of before the kill may come late.
      const told = () => hooks.received.slice(before).filter(({ payload }) => payload.status === state);
      while (told().length < (onItsWay ? 2 : 1)) await hooks.count(hooks.received.length + 1);
      const keys = new Set(told().map(({ headers }) => headers['idempotency-key']));
      assert.equal(keys.size, 1, `seed ${seed}: the same notice has the same key`);
      return next;
    };

    await value('11');
    const program = await killed('firing', start());
    await value('1');
    const last = await killed('resolved', program);
    last.kill('SIGKILL');
    await last.ended;
    assert.match(hooks.words().join(' '), /^(busy:firing ?)+(busy:resolved ?)+$/, `seed ${seed}: in order`);
  };

  for (const seed of [1, 2, 3]) {
    it(
      `goes on where it was, and loses neither firing nor resolved (seed ${seed})`,
      { timeout: 60_000 },
      (t) => kills(t, seed),
    );
  }
});
