import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { VERSION } from '../../../src/protocol/index.ts';
import type { CheckHistory, CheckStatus } from '../../../src/protocol/index.ts';
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
const OWN = ['server', 'event-loop', 'data-folder', 'database', 'audit-log', 'clock'];
const TIMING = { intervalMs: 3_600_000, timeoutMs: 1_000 };

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
    const { tookMs, timings, ...server } = checks['server']![0]!;
    assert.deepEqual(server, {
      check: 'server',
      title: 'Server',
      kind: 'custom',
      source: 'service',
      state: 'up',
      word: 'up',
      status: 'pass',
      since: 1_750_000_000_000,
      at: 1_750_000_000_000,
      time: '2025-06-15T15:06:40.000Z',
      critical: true,
      intervalMs: 5_000,
    });
    assert.deepEqual([tookMs, timings], [0, undefined]);
  });

  it('is 200 while nothing critical is down, 503 when something is, and says which', async (t) => {
    const { url, waooaw } = await settled(await startServer(t));
    const { health } = waooaw;
    const ask = async (): Promise<[number, string, string]> => {
      const answer = await request(`${url}/api/health`);
      const { status, state } = answer.json<Whole>();
      return [answer.status, status, state];
    };
    const down = (): { state: 'down' } => ({ state: 'down' });
    health.register({ check: 'mute', title: 'x', ...TIMING, probe: () => new Promise(() => undefined) });
    assert.deepEqual((await ask()).slice(0, 2), [200, 'warn']);
    health.register({ check: 'limping', title: 'x', ...TIMING, probe: () => ({ state: 'degraded' }) });
    await health.waitFor('limping', 'degraded', NEVER);
    assert.deepEqual(await ask(), [200, 'warn', 'degraded']);
    health.register({ check: 'extra', title: 'x', critical: false, ...TIMING, probe: down });
    await health.waitFor('extra', 'down', NEVER);
    assert.deepEqual(await ask(), [200, 'warn', 'degraded']);
    health.register({ check: 'broken', title: 'x', ...TIMING, probe: down });
    await health.waitFor('broken', 'down', NEVER);
    assert.deepEqual(await ask(), [503, 'fail', 'down']);
    const { checks } = (await request(`${url}/api/health`)).json<Whole>();
    assert.deepEqual(
      ['mute', 'limping', 'extra', 'broken'].map((check) => checks[check]?.[0]?.status),
      ['warn', 'warn', 'fail', 'fail'],
    );
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

  it('is of the checks that carry all of some tags, where it is asked so', async (t) => {
    const { url, waooaw } = await settled(await startServer(t));
    for (const [check, tags, state] of [
      ['api', { service: 'pay', environment: 'a=b' }, 'up'],
      ['worker', { service: 'pay' }, 'down'],
      ['mail', { service: 'mail' }, 'down'],
    ] as const) {
      waooaw.health.register({ check, title: 'x', tags, ...TIMING, probe: () => ({ state }) });
      await waooaw.health.waitFor(check, state, NEVER);
    }
    const ask = async (query: string): Promise<[number, string[]]> => {
      const answer = await request(`${url}/api/health?${query}`);
      return [answer.status, Object.keys(answer.json<Whole>().checks)];
    };
    assert.deepEqual(await ask('tag=service=pay'), [503, ['api', 'worker']]);
    assert.deepEqual(await ask('tag=service%3Dpay&tag=environment=a=b'), [200, ['api']]);
    assert.deepEqual(await ask('tag=service=none'), [200, []]);
    for (const query of ['tag=service', 'tag==pay', 'tag=', 'tag=a b=c', 'tag=a=b&'.repeat(33)]) {
      const answer = await request(`${url}/api/health?${query.replaceAll(' ', '%20')}`);
      assert.deepEqual([answer.status, answer.json<Problem>().code], [400, 'bad_request'], query);
    }
  });
});

describe('GET /api/health/{check}', () => {
  it('is one check', async (t) => {
    const { url } = await settled(await startServer(t));
    const answer = await request(`${url}/api/health/database`);
    assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'application/json']);
    const { check, state, word, intervalMs } = answer.json<CheckStatus>();
    assert.deepEqual([check, state, word, intervalMs], ['database', 'up', 'up', 5_000]);
  });

  it('is 404 for a check that does not exist, and 400 for what cannot be one', async (t) => {
    const { url } = await startServer(t);
    for (const [id, status, code] of [
      ['nothing', 404, 'not_found'],
      ['__proto__', 404, 'not_found'],
      ['constructor', 404, 'not_found'],
      ['x'.repeat(129), 400, 'bad_request'],
    ] as const) {
      for (const path of [id, `${id}/history`]) {
        const answer = await request(`${url}/api/health/${path}`);
        assert.deepEqual([answer.status, answer.json<Problem>().code], [status, code], path);
      }
    }
  });
});

describe('GET /api/health/{check}/history', () => {
  it('is a segment a day, up to now, and how available it was', async (t) => {
    const clock = createManualClock();
    const { url } = await settled(await startServer(t, {}, { clock }));
    clock.advance(60_000);
    const ask = async (query: string): Promise<CheckHistory> =>
      (await request(`${url}/api/health/server/history${query}`)).json<CheckHistory>();
    const { check, segments, uptime, incidents, transitions } = await ask('?days=2');
    assert.deepEqual([check, segments.length, segments.at(-1)?.to], ['server', 2, clock.now()]);
    assert.deepEqual([uptime.day.ratio, uptime.day.upMs, uptime.day.downMs], [1, 60_000, 0]);
    assert.deepEqual([incidents, transitions.map(({ from, to }) => `${from} ${to}`)], [[], ['unknown up']]);
    assert.equal((await ask('')).segments.length, 90);
    for (const query of ['?days=0', '?days=91', '?days=1.5', '?days=x']) {
      const { status } = await request(`${url}/api/health/server/history${query}`);
      assert.equal(status, 400, query);
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
