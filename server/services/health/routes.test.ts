import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { VERSION } from '../../../src/protocol/index.ts';
import type { CheckStatus } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { request, startServer } from '../../testing/harness.ts';
import type { Problem, Running } from '../../testing/harness.ts';

interface Whole {
  readonly status: string;
  readonly state: string;
  readonly version: string;
  readonly checks: Readonly<Record<string, readonly (CheckStatus & { status: string; time?: string })[]>>;
}

const NEVER = new AbortController().signal;
const OWN = ['server', 'event-loop', 'data-folder', 'database', 'audit-log'];

async function settled(server: Running): Promise<Running> {
  for (const check of ['server', 'database']) await server.waooaw.health.waitFor(check, 'up', NEVER);
  return server;
}

describe('GET /api/health', () => {
  it('is health+json: the worst state, and every check with what is known of it', async (t) => {
    const clock = createManualClock(1_750_000_000_000);
    const { url } = await settled(await startServer(t, {}, { clock }));
    const answer = await request(`${url}/api/health`);
    assert.equal(answer.headers['content-type'], 'application/health+json');
    const { version, checks } = answer.json<Whole>();
    assert.equal(version, VERSION);
    assert.deepEqual(Object.keys(checks), OWN);
    assert.deepEqual(checks['server'], [
      {
        check: 'server',
        title: 'Server',
        state: 'up',
        status: 'pass',
        since: 1_750_000_000_000,
        at: 1_750_000_000_000,
        time: '2025-06-15T15:06:40.000Z',
        tookMs: 0,
        intervalMs: 5_000,
      },
    ]);
  });

  it('is 200 while nothing is down, 503 when something is, and says which', async (t) => {
    const { url, waooaw } = await settled(await startServer(t));
    const timing = { intervalMs: 3_600_000, timeoutMs: 1_000 };
    const ask = async (): Promise<[number, string, string]> => {
      const answer = await request(`${url}/api/health`);
      const { status, state } = answer.json<Whole>();
      return [answer.status, status, state];
    };
    waooaw.health.register({
      check: 'of-the-host',
      title: 'x',
      ...timing,
      probe: () => new Promise(() => undefined),
    });
    assert.deepEqual((await ask()).slice(0, 2), [200, 'warn']);
    waooaw.health.register({ check: 'limping', title: 'x', ...timing, probe: () => ({ state: 'degraded' }) });
    await waooaw.health.waitFor('limping', 'degraded', NEVER);
    assert.deepEqual(await ask(), [200, 'warn', 'degraded']);
    waooaw.health.register({ check: 'broken', title: 'x', ...timing, probe: () => ({ state: 'down' }) });
    await waooaw.health.waitFor('broken', 'down', NEVER);
    assert.deepEqual(await ask(), [503, 'fail', 'down']);
  });

  it('has no time for a check without a result', async (t) => {
    const { url, waooaw } = await settled(await startServer(t));
    const probe = (): Promise<never> => new Promise(() => undefined);
    waooaw.health.register({ check: 'mute', title: 'Mute', intervalMs: 60_000, timeoutMs: 60_000, probe });
    const [mute] = (await request(`${url}/api/health`)).json<Whole>().checks['mute'] ?? [];
    assert.deepEqual(
      [mute?.state, mute?.status, mute?.time, mute?.at],
      ['unknown', 'warn', undefined, undefined],
    );
  });
});

describe('GET /api/health/{check}', () => {
  it('is one check', async (t) => {
    const { url } = await settled(await startServer(t));
    const answer = await request(`${url}/api/health/database`);
    assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'application/json']);
    const { check, state, intervalMs } = answer.json<CheckStatus>();
    assert.deepEqual([check, state, intervalMs], ['database', 'up', 5_000]);
  });

  it('is 404 for a check that does not exist, and 400 for what cannot be one', async (t) => {
    const { url } = await startServer(t);
    for (const [id, status, code] of [
      ['nothing', 404, 'not_found'],
      ['__proto__', 404, 'not_found'],
      ['constructor', 404, 'not_found'],
      ['x'.repeat(129), 400, 'bad_request'],
    ] as const) {
      const answer = await request(`${url}/api/health/${id}`);
      assert.deepEqual([answer.status, answer.json<Problem>().code], [status, code], id);
    }
  });
});

describe('the server’s own health', () => {
  it('is down with the code of the failure when its folder is taken away, and the server lives', async (t) => {
    const clock = createManualClock();
    const { url, waooaw } = await settled(await startServer(t, {}, { clock }));
    await waooaw.health.waitFor('data-folder', waooaw.health.stateOf('data-folder'), NEVER);
    await rm(waooaw.config.dataDir, { recursive: true });
    clock.advance(5_000);
    await waooaw.health.waitFor('data-folder', 'down', NEVER);
    const answer = await request(`${url}/api/health/data-folder`);
    assert.match(answer.json<CheckStatus>().reason ?? '', /ENOENT/);
    assert.equal((await request(`${url}/api/health`)).status, 503);
    assert.equal((await request(`${url}/livez`)).status, 200);
  });
});
