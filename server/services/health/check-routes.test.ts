import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { CheckStatus, Incident, MaintenanceWindow } from '../../../src/protocol/index.ts';
import type { CheckInput } from '../../../src/protocol/health.schema.ts';
import type { ConfigOverrides } from '../../config.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { ADMIN_KEY } from '../../testing/authenticating.ts';
import { request, startServer, temporaryFolder } from '../../testing/harness.ts';
import type { Problem } from '../../testing/harness.ts';

const NEVER = new AbortController().signal;
const BEAT = { check: 'backup', probe: { kind: 'heartbeat', everyMs: 60_000 } };
const SECRET = { authorization: 'Bearer hush' };
const HTTP = { kind: 'http', url: 'https://api.example/health', secretHeaders: SECRET };

type Asked<T> = Promise<{ status: number; body: T & Problem; text: string }>;

/** A server, and a way to ask it as the administrator or with another key. */
async function serving(t: TestContext, overrides: ConfigOverrides = {}) {
  const clock = createManualClock();
  const server = await startServer(t, { adminKey: ADMIN_KEY, ...overrides }, { clock });
  const ask = async <T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    key = ADMIN_KEY,
  ): Asked<T> => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': `${Buffer.byteLength(text)}`,
    };
    const answer = await request(`${server.url}/api/health${path}`, { method, headers, body: text });
    const json = answer.text === '' ? undefined : answer.json<T & Problem>();
    return { status: answer.status, body: json as T & Problem, text: answer.text };
  };
  /** A check that is down from its first result on, of a service. */
  const failing = async (check: string): Promise<string> => {
    const { health } = server.waooaw;
    const timing = { intervalMs: 3_600_000, timeoutMs: 1_000 };
    health.register({ check, title: check, ...timing, probe: () => ({ state: 'down', reason: 'no' }) });
    await health.waitFor(check, 'down', NEVER);
    return health.check(check).incident?.id ?? '';
  };
  return { ...server, clock, ask, failing };
}

describe('/health/checks', () => {
  it('defines, lists, replaces and removes checks', async (t) => {
    const { ask } = await serving(t);
    const made = await ask<CheckStatus>('POST', '/checks', BEAT);
    assert.deepEqual(
      [made.status, made.body.check, made.body.title, made.body.kind, made.body.source, made.body.state],
      [200, 'backup', 'backup', 'heartbeat', 'api', 'unknown'],
    );
    const replaced = await ask<CheckStatus>('PUT', '/checks/backup', { ...BEAT, title: 'Nightly backup' });
    assert.deepEqual([replaced.status, replaced.body.title], [200, 'Nightly backup']);
    const { body } = await ask<{ checks: CheckInput[] }>('GET', '/checks');
    assert.deepEqual(
      body.checks.map(({ check, intervalMs, failureThreshold }) => [check, intervalMs, failureThreshold]),
      [['backup', 30_000, 3]],
    );
    assert.equal((await ask<CheckStatus>('GET', '/backup')).body.title, 'Nightly backup');
    assert.equal((await ask('DELETE', '/checks/backup')).status, 204);
    for (const [method, path, more] of [
      ['GET', '/backup', undefined],
      ['PUT', '/checks/backup', BEAT],
      ['DELETE', '/checks/backup', undefined],
    ] as const) {
      assert.equal((await ask(method, path, more)).body.code, 'not_found', method);
    }
  });

  it('never tells a secret, keeps it where it is left empty, and gives it to no other origin', async (t) => {
    const { ask, waooaw } = await serving(t);
    const empty = { authorization: '' };
    const check = (probe: object): object => ({ check: 'api', probe });
    assert.equal((await ask('POST', '/checks', check({ ...HTTP, secretHeaders: empty }))).status, 400);
    const made = await ask('POST', '/checks', check(HTTP));
    const kept = await ask('PUT', '/checks/api', check({ ...HTTP, method: 'HEAD', secretHeaders: empty }));
    assert.deepEqual([made.status, kept.status], [200, 200]);
    const elsewhere = { ...HTTP, url: 'https://other.example/', secretHeaders: empty };
    assert.equal((await ask('PUT', '/checks/api', check(elsewhere))).body.code, 'bad_request');
    const listed = await ask<{ checks: CheckInput[] }>('GET', '/checks');
    const [{ probe }] = listed.body.checks as [CheckInput];
    assert.deepEqual(probe.kind === 'http' && [probe.method, probe.secretHeaders], ['HEAD', empty]);
    const entries = await waooaw.audit.log.find({ resourceType: ['check'] }, { limit: 100 });
    assert.equal(entries.length, 4);
    assert.doesNotMatch(JSON.stringify([made, kept, listed, entries]), /hush/);
  });

  it('says where a check is bad, and changes nothing', async (t) => {
    const { ask } = await serving(t);
    await ask('POST', '/checks', BEAT);
    const tcp = { kind: 'tcp', host: 'api.example', port: 81 };
    for (const [wrong, place] of [
      [{}, '/check'],
      [{ ...BEAT, check: 'No Id' }, '/check'],
      [{ ...BEAT, check: 'incidents' }, '/check'],
      [{ ...BEAT, check: 'x'.repeat(129) }, '/check'],
      [{ check: 'a' }, '/probe'],
      [{ check: 'a', probe: { kind: 'exec', command: ['/bin/true'] } }, '/probe'],
      [{ check: 'a', probe: { ...HTTP, secretHeaders: {}, headers: SECRET } }, '/probe/headers'],
      [{ check: 'a', probe: { ...HTTP, headerFiles: { authorization: '/etc/passwd' } } }, '/probe'],
      [{ check: 'a', probe: { ...tcp, expect: { matches: '(' } } }, 'expect'],
      [{ ...BEAT, remediation: { action: { kind: 'exec', command: ['/bin/true'] } } }, 'remediation'],
      [{ ...BEAT, intervalMs: 999 }, '/intervalMs'],
      [{ ...BEAT, intervalMs: 1e12 }, '/intervalMs'],
      [{ ...BEAT, timeoutMs: 0 }, '/timeoutMs'],
      [{ ...BEAT, failureThreshold: 101 }, '/failureThreshold'],
      [{ ...BEAT, flapStartPercent: 10 }, '/flapStopPercent'],
      [{ ...BEAT, tags: { 'a b': 'c' } }, '/tags'],
      [{ ...BEAT, check: 'a', dependsOn: [{ check: 'nobody' }] }, 'nobody'],
      [{ ...BEAT, check: 'a', parent: 'a' }, 'a → a'],
    ] as const) {
      const { status, body } = await ask('POST', '/checks', wrong);
      assert.deepEqual([status, body.code], [400, 'bad_request'], JSON.stringify(wrong));
      assert.ok(body.detail.includes(place), `${place}: ${body.detail}`);
    }
    const { body } = await ask('PUT', '/checks/backup', { ...BEAT, check: 'other' });
    assert.ok(body.detail.startsWith('/check: "other"'), body.detail);
    assert.equal((await ask<{ checks: unknown[] }>('GET', '/checks')).body.checks.length, 1);
  });

  it('refuses an id in use, one more than maxChecks, and to take away what others stand on', async (t) => {
    const { ask } = await serving(t, { health: { maxChecks: 2 } });
    await ask('POST', '/checks', BEAT);
    assert.deepEqual((({ status, body }) => [status, body.code])(await ask('POST', '/checks', BEAT)), [
      409,
      'conflict',
    ]);
    assert.equal((await ask('POST', '/checks', { ...BEAT, check: 'server' })).body.code, 'conflict');
    await ask('POST', '/checks', { ...BEAT, check: 'restore', dependsOn: [{ check: 'backup' }] });
    assert.equal((await ask('DELETE', '/checks/backup')).body.code, 'conflict');
    const { status, body } = await ask('POST', '/checks', { ...BEAT, check: 'third' });
    assert.deepEqual([status, body.code, body.retryable], [429, 'check_limit', true]);
  });

  it('looks at no private address for the API, unless a setting allows it', async (t) => {
    const near = { check: 'near', probe: { kind: 'tcp', host: '127.0.0.1', port: 1 } };
    const metadata = { check: 'cloud', probe: { kind: 'http', url: 'http://[::ffff:169.254.169.254]/' } };
    for (const [allowPrivateApiChecks, status] of [
      [false, 400],
      [true, 200],
    ] as const) {
      const { ask } = await serving(t, { allowPrivateApiChecks });
      assert.equal((await ask('POST', '/checks', near)).status, status);
      assert.equal((await ask('POST', '/checks', metadata)).body.code, 'bad_request');
    }
  });

  it('leaves alone what the file or a service defined', async (t) => {
    const checksFile = join(temporaryFolder(), 'checks.yaml');
    await writeFile(checksFile, JSON.stringify({ checks: [BEAT] }));
    const { ask } = await serving(t, { checksFile });
    assert.equal((await ask<CheckStatus>('GET', '/backup')).body.source, 'file');
    for (const check of ['backup', 'server']) {
      for (const [method, body] of [
        ['PUT', { ...BEAT, check }],
        ['DELETE', undefined],
      ] as const) {
        const answer = await ask(method, `/checks/${check}`, body);
        assert.deepEqual([answer.status, answer.body.code], [403, 'read_only'], `${method} ${check}`);
      }
    }
    assert.deepEqual((await ask<{ checks: unknown[] }>('GET', '/checks')).body.checks, []);
  });
});

describe('a check', () => {
  it('is paused, resumed and run by hand', async (t) => {
    const { ask, failing } = await serving(t);
    await failing('broken');
    const paused = await ask<CheckStatus>('POST', '/broken/pause');
    assert.deepEqual([paused.status, paused.body.word, paused.body.paused?.by], [200, 'paused', 'key:admin']);
    const { status, body } = await ask('POST', '/broken/run');
    assert.deepEqual([status, body.code], [409, 'conflict']);
    const resumed = await ask<CheckStatus>('POST', '/broken/resume');
    assert.deepEqual([resumed.status, resumed.body.paused], [200, undefined]);
    const run = await ask<CheckStatus>('POST', '/broken/run');
    assert.deepEqual([run.status, run.body.reason], [200, 'no']);
    for (const action of ['pause', 'resume', 'run', 'beat'])
      assert.equal((await ask('POST', `/nobody/${action}`)).body.code, 'not_found', action);
  });

  it('that is a heartbeat is up once its sender has told', async (t) => {
    const { ask, waooaw } = await serving(t);
    await ask('POST', '/checks', BEAT);
    assert.equal((await ask('POST', '/backup/beat')).status, 204);
    const { body } = await ask<CheckStatus>('POST', '/backup/run');
    assert.deepEqual([body.state, waooaw.health.stateOf('backup')], ['up', 'up']);
  });

  it('is changed by operators and administrators, and looked at by everybody', async (t) => {
    const { ask, waooaw, failing } = await serving(t);
    const incident = await failing('broken');
    const { key: viewer } = await waooaw.auth.keys.create({ name: 'looker', role: 'viewer' });
    const { key: operator } = await waooaw.auth.keys.create({ name: 'doer', role: 'operator' });
    const paths = ['', '/checks', '/broken', '/broken/history', '/incidents', '/maintenance'];
    for (const path of paths) {
      const { status } = await ask('GET', path, undefined, viewer);
      assert.equal(status, path === '' ? 503 : 200, path);
    }
    const calls = [
      ['POST', '/checks', BEAT],
      ['PUT', '/checks/backup', BEAT],
      ['POST', '/backup/beat'],
      ['DELETE', '/checks/backup'],
      ['POST', '/broken/pause'],
      ['POST', '/broken/resume'],
      ['POST', '/broken/run'],
      ['POST', `/incidents/${incident}/acknowledge`, {}],
      ['POST', `/incidents/${incident}/notes`, { text: 'x' }],
      ['POST', '/maintenance', { reason: 'x', checks: ['broken'], endsAt: 9e12 }],
    ] as const;
    for (const [method, path, body] of calls)
      assert.equal((await ask(method, path, body, viewer)).body.code, 'forbidden', path);
    for (const [method, path, body] of calls)
      assert.ok((await ask(method, path, body, operator)).status < 300, `${method} ${path}`);
    const { body } = await ask('POST', '/checks', BEAT, '');
    assert.equal(body.code, 'unauthorized');
  });
});

describe('/health/incidents', () => {
  it('lists incidents, newest first, by check, state, age and number', async (t) => {
    const { ask, clock, failing, waooaw } = await serving(t);
    const first = await failing('one');
    clock.advance(1_000);
    const second = await failing('two');
    const list = async (query = ''): Promise<string[]> =>
      (await ask<{ incidents: Incident[] }>('GET', `/incidents${query}`)).body.incidents.map(({ id }) => id);
    assert.deepEqual(await list(), [second, first]);
    assert.deepEqual(await list('?check=one'), [first]);
    assert.deepEqual(await list('?limit=1'), [second]);
    assert.deepEqual(await list(`?before=${waooaw.health.check('two').since}`), [first]);
    assert.deepEqual([await list('?open=true'), await list('?open=false')], [[second, first], []]);
    for (const query of [
      'limit=0',
      'limit=1001',
      'open=maybe',
      'before=-1',
      'before=x',
      `check=${'x'.repeat(129)}`,
    ])
      assert.equal((await ask('GET', `/incidents?${query}`)).body.code, 'bad_request', query);
  });

  it('are acknowledged and annotated, by name', async (t) => {
    const { ask, failing, clock } = await serving(t);
    const incident = await failing('broken');
    const taken = await ask<Incident>('POST', `/incidents/${incident}/acknowledge`, { note: 'On it' });
    assert.deepEqual(taken.body.acknowledged, { by: 'key:admin', at: clock.now(), note: 'On it' });
    const written = await ask<Incident>('POST', `/incidents/${incident}/notes`, { text: 'A full disk' });
    assert.deepEqual(written.body.notes, [{ at: clock.now(), by: 'key:admin', text: 'A full disk' }]);
    const { body } = await ask<CheckStatus>('GET', '/broken');
    assert.deepEqual([body.incident?.id, body.incident?.acknowledgedBy], [incident, 'key:admin']);
    for (const [path, wrong] of [
      [`${incident}/acknowledge`, { note: '' }],
      [`${incident}/acknowledge`, { note: 'x'.repeat(4_097) }],
      [`${incident}/acknowledge`, { by: 'ana' }],
      [`${incident}/notes`, {}],
      [`${incident}/notes`, { text: '' }],
      [`${'x'.repeat(129)}/notes`, { text: 'x' }],
    ] as const)
      assert.equal((await ask('POST', `/incidents/${path}`, wrong)).body.code, 'bad_request', path);
    for (const [path, good] of [
      ['none/acknowledge', {}],
      ['none/notes', { text: 'x' }],
    ] as const)
      assert.equal((await ask('POST', `/incidents/${path}`, good)).body.code, 'not_found', path);
  });

  it('take no more notes than maxIncidentNotes', async (t) => {
    const { ask, failing } = await serving(t, { health: { maxIncidentNotes: 1 } });
    const path = `/incidents/${await failing('broken')}/notes`;
    assert.equal((await ask('POST', path, { text: 'one' })).status, 200);
    const { status, body } = await ask('POST', path, { text: 'two' });
    assert.deepEqual([status, body.code, body.retryable], [422, 'note_limit', false]);
  });
});

describe('/health/maintenance', () => {
  it('announces, lists and ends maintenance, and the check says that it is in it', async (t) => {
    const { ask, failing, clock } = await serving(t);
    await failing('broken');
    const asked = { reason: 'Patching', checks: ['broken'], endsAt: clock.now() + 60_000 };
    const made = await ask<MaintenanceWindow>('POST', '/maintenance', asked);
    const { id, createdAt, startsAt, ...rest } = made.body;
    assert.deepEqual(rest, { ...asked, tags: {}, createdBy: 'key:admin', source: 'api' });
    assert.deepEqual([createdAt, startsAt], [clock.now(), clock.now()]);
    const { body } = await ask<CheckStatus>('GET', '/broken');
    assert.deepEqual(
      [body.word, body.state, body.maintenance],
      ['maintenance', 'down', { id, endsAt: asked.endsAt, reason: 'Patching' }],
    );
    const listed = await ask<{ windows: MaintenanceWindow[] }>('GET', '/maintenance');
    assert.deepEqual(listed.body.windows, [made.body]);
    clock.advance(1_000);
    const ended = await ask<MaintenanceWindow>('DELETE', `/maintenance/${id}`);
    assert.deepEqual([ended.status, ended.body.endsAt], [200, clock.now()]);
    assert.equal((await ask<CheckStatus>('GET', '/broken')).body.word, 'down');
    assert.equal((await ask('DELETE', '/maintenance/none')).body.code, 'not_found');
  });

  it('says where a window is bad, and takes no more than maxWindows', async (t) => {
    const { ask, clock } = await serving(t, { health: { maxWindows: 1 } });
    const good = { reason: 'x', tags: { service: 'pay' }, endsAt: clock.now() + 60_000 };
    const recurs = { cron: '0 3 * * *', durationMs: 60_000 };
    for (const [wrong, place] of [
      [{ ...good, reason: '' }, '/reason'],
      [{ ...good, tags: {} }, '/checks'],
      [{ ...good, checks: ['A'] }, '/checks/0'],
      [{ ...good, endsAt: undefined }, '/endsAt'],
      [{ ...good, startsAt: good.endsAt }, '/endsAt'],
      [{ ...good, endsAt: '2026-11-30' }, '/endsAt'],
      [{ ...good, recurs: { ...recurs, timeZone: 'Mars' } }, '/recurs/timeZone'],
      [{ ...good, recurs: { ...recurs, durationMs: 1 } }, '/recurs/durationMs'],
      [{ ...good, recurs: { ...recurs, cron: 'at night' } }, 'cron'],
      [{ ...good, id: 'mine' }, 'id'],
    ] as const) {
      const { body } = await ask('POST', '/maintenance', wrong);
      assert.equal(body.code, 'bad_request', JSON.stringify(wrong));
      assert.ok(body.detail.includes(place), `${place}: ${body.detail}`);
    }
    assert.equal((await ask('POST', '/maintenance', good)).status, 200);
    const { status, body } = await ask('POST', '/maintenance', good);
    assert.deepEqual([status, body.code], [429, 'window_limit']);
  });

  it('leaves alone what the file announced', async (t) => {
    const checksFile = join(temporaryFolder(), 'checks.yaml');
    const nightly = { id: 'nightly', reason: 'Backup', checks: ['server'] };
    const recurs = { cron: '0 3 * * *', durationMs: 3_600_000 };
    await writeFile(checksFile, JSON.stringify({ maintenance: [{ ...nightly, recurs }] }));
    const { ask } = await serving(t, { checksFile });
    const { body } = await ask<{ windows: MaintenanceWindow[] }>('GET', '/maintenance');
    assert.deepEqual(
      body.windows.map(({ id, source, recurs }) => [id, source, recurs?.timeZone]),
      [['nightly', 'file', 'UTC']],
    );
    assert.equal((await ask('DELETE', '/maintenance/nightly')).body.code, 'read_only');
  });
});
