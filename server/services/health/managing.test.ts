import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { turn } from '../../testing/event-loop.ts';
import { coded } from '../../testing/harness.ts';
import { checking, loadCheck } from '../../testing/health-checking.ts';
import type { Checking } from '../../testing/health-checking.ts';

const HEARTBEAT = { kind: 'heartbeat', everyMs: 10_000, graceMs: 10_000 } as const;
const beating = (more: object = {}) => loadCheck({ check: 'backup', probe: HEARTBEAT, ...more });
const ids = ({ health }: Checking): string[] => health.summary().checks.map(({ check }) => check);

/** Until something of the file is seen. */
async function until(run: Checking, seen: () => boolean): Promise<void> {
  while (!seen()) {
    run.clock.advance(100);
    await turn();
  }
}

describe('before the start', () => {
  it('everything that would have to be kept is refused', async (t) => {
    const { health } = await checking(t, { start: false });
    for (const call of [
      () => health.create(loadCheck(), 'ana'),
      () => health.replace(loadCheck(), 'ana'),
      () => health.remove('load'),
      () => health.pause('load', 'ana'),
      () => health.resume('load'),
      () => health.history('load', 1),
      () => health.incidents({}),
      () => health.acknowledge('x', 'ana'),
      () => health.addNote('x', 'ana', 'hm'),
      () => health.addWindow({ reason: 'x', checks: ['load'], tags: {}, endsAt: 5 }, 'ana'),
      () => health.endWindow('x'),
    ])
      await assert.rejects(call, coded('unavailable'));
    for (const call of [() => health.definitions(), () => health.windows()])
      assert.throws(call, coded('unavailable'));
  });
});

describe('a check of the API', () => {
  it('is watched once it is kept, and is listed as it was defined, without its secrets', async (t) => {
    const run = await checking(t);
    const { health, metrics, pass } = run;
    metrics.set(5);
    const status = await health.create(loadCheck({ tags: { service: 'payments' } }), 'ana');
    assert.deepEqual(
      [status.word, status.kind, status.source, status.tags],
      ['unknown', 'metric', 'api', { service: 'payments' }],
    );
    await pass(1_000);
    assert.deepEqual([health.check('load').word, health.check('load').reason], ['up', '5']);
    const url = 'http://payments.invalid/';
    const probe = { kind: 'http', url, secretHeaders: { authorization: 's3cret' } } as const;
    await health.create(loadCheck({ check: 'page', probe, intervalMs: 3_600_000 }), 'ana');
    assert.equal(JSON.stringify(health.definitions()).includes('s3cret'), false);
    assert.deepEqual(
      health.definitions().map(({ check }) => check),
      ['load', 'page'],
    );
    await assert.rejects(health.create(loadCheck(), 'ana'), coded('conflict', '"load"'));
  });

  it('is refused when it cannot be, and when there is no room', async (t) => {
    const { health } = await checking(t, { limits: { maxChecks: 1 } });
    for (const [input, text] of [
      [loadCheck({ dependsOn: [{ check: 'nobody' }] }), 'nobody'],
      [loadCheck({ parent: 'load' }), 'load → load'],
      [loadCheck({ probe: { kind: 'tcp', host: '127.0.0.1', port: 1 } }), 'probe.host'],
      [
        loadCheck({
          probe: { kind: 'http', url: 'http://192.0.2.1/', secretHeaders: { authorization: '' } },
        }),
        'authorization',
      ],
    ] as const)
      await assert.rejects(health.create(input, 'ana'), coded('bad_request', text));
    await health.create(loadCheck(), 'ana');
    await assert.rejects(health.create(beating(), 'ana'), coded('check_limit', 'maxChecks'));
  });

  it('may look at private addresses where that is allowed', async (t) => {
    const { health } = await checking(t, { allowPrivateApiChecks: true });
    const probe = { kind: 'tcp', host: '127.0.0.1', port: 1 } as const;
    await health.create(loadCheck({ probe, intervalMs: 3_600_000 }), 'ana');
    assert.equal(health.check('load').kind, 'tcp');
  });

  it('that is replaced goes on from what its last results said', async (t) => {
    const { health, metrics, pass, said } = await checking(t);
    metrics.set(50);
    await health.create(loadCheck(), 'ana');
    await pass(1_000);
    const { since, incident } = health.check('load');
    said();
    const replaced = await health.replace(loadCheck({ title: 'Load, anew' }), 'bob');
    assert.deepEqual(
      [replaced.title, replaced.word, replaced.since, replaced.incident],
      ['Load, anew', 'down', since, incident],
    );
    assert.deepEqual(said(), [], 'its alert is the same');
    await health.replace(loadCheck({ tags: { service: 'x' } }), 'bob');
    assert.deepEqual(said(), ['gone critical'], 'other tags are another alert');
    await pass(2_000);
    await health.replace(loadCheck({ alert: false }), 'bob');
    assert.deepEqual(said().at(-1), 'gone critical');
    metrics.set(5);
    await pass(2_000);
    assert.deepEqual([health.check('load').word, said()], ['up', []]);
    await assert.rejects(health.replace(beating(), 'bob'), coded('not_found'));
  });

  it('goes when it is removed, with its alert and its incident, unless something stands on it', async (t) => {
    const run = await checking(t);
    const { health, metrics, pass, said, trail } = run;
    metrics.set(50);
    await health.create(loadCheck(), 'ana');
    await health.create(beating({ dependsOn: [{ check: 'load' }] }), 'ana');
    await pass(1_000);
    await assert.rejects(health.remove('load'), coded('conflict', '"backup" stands on "load"'));
    await health.remove('backup');
    said();
    await health.remove('load');
    assert.deepEqual(ids(run), []);
    assert.deepEqual(said(), ['gone critical']);
    assert.equal(trail.said.at(-1), 'incident.end check/load success by health');
    await assert.rejects(health.remove('load'), coded('not_found'));
    assert.deepEqual(await health.incidents({ open: true }), []);
  });

  it('can be looked at now, and told by a beat', async (t) => {
    const { health, metrics, pass, clock } = await checking(t);
    metrics.set(5);
    await health.create(loadCheck({ intervalMs: 3_600_000 }), 'ana');
    await pass(1_000);
    clock.advance(5_000);
    metrics.set(15);
    assert.equal((await health.run('load')).word, 'degraded');
    await assert.rejects(health.run('nobody'), coded('not_found'));
    assert.throws(() => health.beat('load'), coded('conflict', 'heartbeat'));
    assert.throws(() => health.beat('nobody'), coded('not_found'));
    await health.create(beating({ intervalMs: 3_600_000 }), 'ana');
    await pass(1_000);
    assert.equal(health.check('backup').word, 'unknown');
    health.beat('backup');
    await pass(0);
    assert.equal(health.check('backup').word, 'up');
    await health.pause('backup', 'ana');
    health.beat('backup');
    assert.equal(health.check('backup').word, 'paused');
  });
});

describe('a check of a service', () => {
  it('is nothing for the API to change, but may be paused', async (t) => {
    const { health } = await checking(t);
    const probe = () => ({ state: 'up' }) as const;
    health.register({ check: 'load', title: 'x', intervalMs: 1_000, timeoutMs: 500, probe });
    await assert.rejects(health.replace(loadCheck(), 'ana'), coded('read_only'));
    await assert.rejects(health.remove('load'), coded('read_only'));
    assert.equal((await health.pause('load', 'ana')).word, 'paused');
  });
});

describe('the file of checks', () => {
  const written = (...checks: object[]) => ({
    checks: checks.map((check) => ({ ...loadCheck(), ...check })),
  });

  it('is watched from the start, and what it changes is changed alone', async (t) => {
    const run = await checking(t, { checks: written({}, { check: 'other' }) });
    const { health, metrics, pass, file } = run;
    metrics.set(5);
    await pass(1_000);
    assert.deepEqual(ids(run), ['load', 'other']);
    const { at } = health.check('load');
    await writeFile(file, JSON.stringify(written({}, { check: 'third' })));
    await until(run, () => health.stateOf('third') === 'up');
    assert.deepEqual(ids(run), ['load', 'third']);
    assert.equal(health.check('load').word, 'up');
    assert.ok((health.check('load').at ?? 0) >= (at ?? 0));
    await assert.rejects(health.remove('load'), coded('read_only'));
    assert.deepEqual(health.definitions(), []);
  });

  it('that is not valid changes nothing, and is told', async (t) => {
    const run = await checking(t, { checks: written({}) });
    const { health, errors, file, metrics, pass } = run;
    metrics.set(5);
    await pass(1_000);
    for (const bad of [written({ dependsOn: [{ check: 'nobody', critical: true }] }), '{', written({}, {})]) {
      errors.length = 0;
      await writeFile(file, typeof bad === 'string' ? bad : JSON.stringify(bad, undefined, 1));
      await until(run, () => errors.length > 0);
      assert.match(errors[0]!, /what stood before stands/);
      assert.deepEqual([ids(run), health.stateOf('load')], [['load'], 'up']);
    }
  });

  it('that is not valid at the start stops it', async (t) => {
    const cyclic = written({ parent: 'other' }, { check: 'other', parent: 'load' });
    const { health, database, file } = await checking(t, { checks: cyclic, start: false });
    await assert.rejects(health.start(database), coded('bad_config', file));
    const many = await checking(t, {
      checks: written({}, { check: 'b' }),
      limits: { maxChecks: 1 },
      start: false,
    });
    await assert.rejects(many.health.start(many.database), coded('bad_config', 'maxChecks'));
  });

  it('may not take the id of a service’s check, may stand on it, and wins over one of the API', async (t) => {
    const first = await checking(t);
    await first.health.create(loadCheck(), 'ana');
    // Silent, and not late, however long the file takes to be read.
    const patient = { ...HEARTBEAT, everyMs: 86_400_000 };
    await first.health.create(beating({ parent: 'load', probe: patient }), 'ana');
    await first.stop();
    const { clock, folder } = first;
    const second = await checking(t, {
      clock,
      folder,
      checks: written({ dependsOn: [{ check: 'own', critical: true }] }),
      start: false,
    });
    const { health, errors, file } = second;
    const probe = () => ({ state: 'down' }) as const;
    health.register({ check: 'own', title: 'x', intervalMs: 1_000, timeoutMs: 500, probe });
    await second.pass(0);
    await health.start(second.database);
    assert.equal(health.check('load').source, 'file');
    assert.equal(health.check('load').causedBy, 'own');
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /check load, which the API defined, is left out/);
    assert.equal(health.check('backup').source, 'api');
    errors.length = 0;
    await writeFile(file, JSON.stringify(written({ check: 'own' })));
    await until(second, () => errors.length > 0);
    assert.match(errors[0]!, /There is a check "own" already/);
    errors.length = 0;
    await writeFile(file, JSON.stringify(written({ check: 'new' })));
    await until(second, () => errors.length > 0);
    assert.match(errors[0]!, /check backup stands on what is gone: load/);
    assert.equal(health.check('backup').word, 'unknown');
  });
});

describe('a restart', () => {
  it('brings checks of the API back whatever their order, and leaves out what the file makes impossible', async (t) => {
    const first = await checking(t);
    const { clock, folder } = first;
    await first.health.create(loadCheck(), 'ana');
    await first.health.create(beating(), 'ana');
    await first.health.replace(loadCheck({ parent: 'backup' }), 'ana');
    await first.stop();
    const checks = { checks: [loadCheck({ check: 'page', parent: 'load' })] };
    const second = await checking(t, { clock, folder, checks });
    assert.deepEqual(ids(second), ['page', 'load', 'backup']);
    assert.deepEqual(second.errors, []);
    await second.health.create(beating({ check: 'third', parent: 'load' }), 'ana');
    await second.stop();
    const other = { checks: [loadCheck({ check: 'backup' })] };
    const third = await checking(t, { clock, folder, checks: other });
    assert.deepEqual(ids(third), ['backup', 'load', 'third']);
    assert.match(third.errors.join(), /^check backup, which the API defined, is left out: There is/);
    await third.stop();
    const without = { checks: [loadCheck({ check: 'load' }), loadCheck({ check: 'backup' })] };
    const fourth = await checking(t, { clock, folder, checks: without });
    assert.deepEqual(ids(fourth), ['load', 'backup', 'third']);
    await fourth.stop();
    const nothing = await checking(t, { clock, folder, limits: { maxChecks: 1 } });
    assert.deepEqual(
      ids(nothing),
      ['load', 'backup', 'third'],
      'a limit that was lowered takes nothing away',
    );
  });

  it('goes through those of the API where one of them cannot be', async (t) => {
    const first = await checking(t, { checks: { checks: [loadCheck({ check: 'page' })] } });
    const { clock, folder } = first;
    await first.health.create(loadCheck(), 'ana');
    await first.health.create(beating({ parent: 'page' }), 'ana');
    await first.health.create(beating({ check: 'free' }), 'ana');
    await first.health.replace(loadCheck({ parent: 'free' }), 'ana');
    await first.stop();
    const second = await checking(t, { clock, folder });
    assert.deepEqual(ids(second), ['free', 'load']);
    assert.match(second.errors.join(), /^check backup, which the API defined, is left out: .*"page"/);
    await second.stop();
    const third = await checking(t, { clock, folder, checks: { checks: [loadCheck({ check: 'page' })] } });
    assert.deepEqual(ids(third), ['page', 'load', 'backup', 'free'], 'it was kept');
    await third.stop();
    const checks = { checks: [loadCheck({ check: 'page', parent: 'nobody' })] };
    const fourth = await checking(t, { clock, folder, checks, start: false });
    await assert.rejects(fourth.health.start(fourth.database), coded('bad_config', 'nobody'));
  });

  it('goes on with checks, states, pauses and incidents, and tells nothing twice', async (t) => {
    const first = await checking(t);
    const { clock, folder } = first;
    first.metrics.set(50, {});
    await first.health.create(loadCheck({ failureThreshold: 3 }), 'ana');
    await first.health.create(beating(), 'ana');
    await first.health.pause('backup', 'ana');
    await first.pass(6_000);
    const before = first.health.check('load');
    assert.equal(before.word, 'down');
    await first.stop();
    clock.advance(60_000);

    const second = await checking(t, { clock, folder, start: false });
    second.metrics.set(50);
    await second.health.start(second.database);
    const after = second.health.check('load');
    assert.deepEqual(
      [after.word, after.since, after.at, after.incident],
      ['down', before.since, before.at, before.incident],
    );
    assert.equal(second.health.check('backup').word, 'paused');
    await second.pass(2_000);
    assert.deepEqual(second.trail.said, []);
    second.metrics.set(5);
    await second.pass(2_000);
    assert.equal(second.health.check('load').word, 'up');
    assert.deepEqual(second.trail.said, ['incident.end check/load success by health']);
    const [incident] = await second.health.incidents({});
    assert.equal(incident?.id, before.incident?.id);
  });

  it('without a check that the file had says that it is gone', async (t) => {
    const checks = { checks: [loadCheck()] };
    const first = await checking(t, { checks });
    first.metrics.set(50);
    await first.pass(2_000);
    await first.stop();
    const { clock, folder } = first;
    const second = await checking(t, { clock, folder, checks: { checks: [] } });
    assert.deepEqual(second.said(), ['gone critical']);
    assert.deepEqual(await second.health.incidents({ open: true }), []);
  });

  it('keeps a pause of a service’s check', async (t) => {
    const define = (run: Checking) => {
      const probe = () => ({ state: 'up' }) as const;
      run.health.register({ check: 'own', title: 'x', intervalMs: 1_000, timeoutMs: 500, probe });
    };
    const first = await checking(t);
    define(first);
    await first.health.pause('own', 'ana');
    await first.stop();
    const { clock, folder } = first;
    const second = await checking(t, { clock, folder, start: false });
    define(second);
    await second.health.start(second.database);
    assert.equal(second.health.check('own').paused?.by, 'ana');
  });
});

describe('a remedy of the file', () => {
  it('is tried when the check is down, and a restart does not begin to count anew', async (t) => {
    const restarted: string[] = [];
    const agents = {
      restart(agent: string) {
        restarted.push(agent);
        return Promise.resolve();
      },
    };
    const action = { kind: 'restart-agent', agent: 'payments-1' };
    const remediation = { action, cooldownMs: 5_000, maxAttempts: 2 };
    const checks = { checks: [{ ...loadCheck(), remediation }] };
    const first = await checking(t, { checks, agents });
    first.metrics.set(50);
    await first.pass(2_000);
    assert.deepEqual(restarted, ['payments-1']);
    assert.deepEqual(first.trail.said, [
      'incident.open check/load failure by health',
      'remediate.begin check/load success by health',
      'remediate check/load success by health',
    ]);
    await first.stop();
    const { clock, folder } = first;
    const second = await checking(t, { clock, folder, checks, agents });
    second.metrics.set(50);
    await second.pass(2_000);
    assert.equal(restarted.length, 1, 'it rests');
    await second.pass(20_000);
    assert.equal(restarted.length, 2);
    assert.equal(second.health.stats().remediations, 1);
    second.metrics.set(5);
    await second.pass(2_000);
    second.metrics.set(50);
    await second.pass(2_000);
    assert.equal(restarted.length, 3, 'another incident');
  });
});

describe('an incident', () => {
  it('is shown, is recorded when it opens and ends, and can be acknowledged and annotated', async (t) => {
    const { health, metrics, pass, trail, publisher } = await checking(t);
    metrics.set(15);
    await health.create(loadCheck({ tags: { service: 'payments' } }), 'ana');
    await pass(1_000);
    const { incident } = health.check('load');
    assert.ok(incident);
    const [opened] = trail.entries;
    assert.deepEqual(
      [trail.said, opened?.level, opened?.reason, opened?.resource.name, opened?.tags],
      [
        ['incident.open check/load failure by health'],
        'warning',
        '15, above 10',
        'Load',
        { service: 'payments' },
      ],
    );
    publisher.take();
    const acknowledged = await health.acknowledge(incident.id, 'ana', 'on it');
    assert.equal(acknowledged.acknowledged?.by, 'ana');
    assert.equal(health.check('load').incident?.acknowledgedBy, 'ana');
    assert.equal(publisher.take().length, 2 + 1, 'readers hear of it, without a result');
    assert.equal((await health.addNote(incident.id, 'bob', 'hm')).notes.length, 1);
    metrics.set(5);
    await pass(2_000);
    assert.equal(health.check('load').incident, undefined);
    assert.equal(trail.said[1], 'incident.end check/load success by health');
    const history = await health.history('load', 1);
    assert.deepEqual([history.check, history.segments.length], ['load', 1]);
    assert.deepEqual(
      history.transitions.map(({ to }) => to),
      ['up', 'degraded'],
    );
    await assert.rejects(health.history('nobody', 1), coded('not_found'));
  });

  it('that cannot be recorded is told, and stands', async (t) => {
    const { health, metrics, pass, trail, errors } = await checking(t);
    trail.break();
    metrics.set(50);
    await health.create(loadCheck(), 'ana');
    await pass(1_000);
    assert.match(errors[0] ?? '', /an incident of check load cannot be recorded/);
    assert.equal(health.check('load').word, 'down');
    assert.ok(health.check('load').incident);
  });
});

describe('a maintenance window', () => {
  it('stands above the state while it lasts: no alert, no incident, and no blame', async (t) => {
    const { health, metrics, pass, clock, said, trail } = await checking(t);
    metrics.set(5);
    await health.create(loadCheck(), 'ana');
    await pass(1_000);
    said();
    const window = { reason: 'a new disk', checks: ['load'], tags: {} };
    const startsAt = clock.now() + 2_000;
    await health.addWindow({ ...window, startsAt, endsAt: startsAt + 5_000 }, 'ana');
    assert.equal(health.check('load').word, 'up');
    await pass(2_000);
    const { word, since, maintenance } = health.check('load');
    assert.deepEqual(
      [word, since, maintenance?.reason, maintenance?.endsAt],
      ['maintenance', startsAt, 'a new disk', startsAt + 5_000],
    );
    metrics.set(50);
    said();
    await pass(3_000);
    assert.deepEqual([health.check('load').state, health.check('load').word], ['down', 'maintenance']);
    assert.equal(health.summary().state, 'unknown');
    assert.deepEqual(new Set(said()), new Set(['unknown critical']));
    assert.deepEqual(trail.said, []);
    await pass(2_000);
    assert.equal(health.check('load').word, 'down');
    assert.ok(health.check('load').incident);
  });

  it('ends when somebody ends it', async (t) => {
    const { health, pass } = await checking(t);
    await health.create(loadCheck(), 'ana');
    const asked = { reason: 'x', checks: ['load'], tags: {}, endsAt: 9_000_000_000_000 };
    const { id } = await health.addWindow(asked, 'ana');
    assert.equal(health.check('load').word, 'maintenance');
    await pass(1_000);
    assert.equal((await health.endWindow(id)).id, id);
    assert.equal(health.check('load').word, 'unknown');
    assert.deepEqual(
      health.windows().map((window) => window.id),
      [id],
    );
    await assert.rejects(health.endWindow('nobody'), coded('not_found'));
  });
});

describe('closing', () => {
  it('tells of what cannot be written any more, and ends all the same', async (t) => {
    const { health, database, errors, metrics, pass } = await checking(t);
    metrics.set(50);
    await health.create(loadCheck(), 'ana');
    await database.close();
    await pass(2_000);
    await health.close();
    assert.notEqual(errors.length, 0);
  });

  it('leaves no timer behind, and a second time is harmless', async (t) => {
    const { health, clock, stop, metrics } = await checking(t, { checks: { checks: [loadCheck()] } });
    metrics.broken = 'hangs';
    await health.addWindow({ reason: 'x', checks: ['load'], tags: {}, endsAt: 9_000_000_000_000 }, 'ana');
    clock.advance(1_000);
    await stop();
    await health.close();
    assert.equal(clock.pending, 0);
    await assert.rejects(health.create(beating(), 'ana'), coded('unavailable'));
  });
});
