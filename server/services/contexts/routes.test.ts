import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContextPage, ContextSnapshot, ContextUpdate } from '../../../src/protocol/index.ts';
import type { ConfigOverrides } from '../../config.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { Reader, post, request, startServer, temporaryFolder } from '../../testing/harness.ts';
import type { Heard, Problem, Running } from '../../testing/harness.ts';
import { Program } from '../../testing/program.ts';

const NEVER = new AbortController().signal;
const TIMING = { intervalMs: 3_600_000, timeoutMs: 1_000 };
const QUICK: ConfigOverrides = { contexts: { contextIntervalMs: 10 }, collectIntervalMs: 3_600_000 };

const sample = (tags: Record<string, string>) => ({ name: 'jobs', value: 1, tags });

async function put(server: Running, ...samples: readonly object[]): Promise<void> {
  const { status, text } = await post(`${server.url}/api/metrics`, { samples });
  assert.equal(status, 200, text);
}

async function page(server: Running, path: string): Promise<ContextPage> {
  const answer = await request(`${server.url}/api/contexts/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<ContextPage>();
}

/** The next publication on the only channel that is followed. */
async function update(reader: Reader): Promise<ContextUpdate> {
  for (;;) {
    const { pubs } = await reader.next();
    if (pubs?.[0]) return pubs[0][1] as unknown as ContextUpdate;
  }
}

interface Since {
  readonly e: string;
  readonly o: number;
  readonly h: string;
}

const snapshotOf = ({ ok }: Heard): ContextSnapshot => ok?.snapshot as unknown as ContextSnapshot;

describe('GET /api/contexts/{kind}', () => {
  it('lists the values in use on series and checks, with the worst state of the checks', async (t) => {
    const server = await startServer(t);
    const { health } = server.waooaw;
    await put(server, sample({ agent: 'a', environment: 'prod' }), sample({ service: 'mail' }));
    const watch = (check: string, state: 'up' | 'degraded'): (() => void) =>
      health.register({
        check,
        title: check,
        tags: { agent: 'a', service: 'search' },
        ...TIMING,
        probe: () => ({ state }),
      });
    const unregister = watch('bad', 'degraded');
    watch('good', 'up');
    await health.waitFor('bad', 'degraded', NEVER);
    await health.waitFor('good', 'up', NEVER);
    assert.deepEqual(await page(server, 'agents'), {
      items: [{ id: 'a', label: 'a', state: 'degraded', environments: ['prod'], group: 'prod' }],
      total: 1,
    });
    assert.deepEqual((await page(server, 'services')).items, [
      { id: 'mail', label: 'mail' },
      { id: 'search', label: 'search', state: 'degraded' },
    ]);
    assert.deepEqual((await page(server, 'environments')).items, [{ id: 'prod', label: 'prod' }]);
    unregister();
    assert.equal((await page(server, 'agents')).items[0]?.state, 'up');
  });

  it('is empty at first: the server’s own series and checks are tagged with none', async (t) => {
    const server = await startServer(t);
    for (const kind of ['agents', 'services', 'environments']) {
      assert.deepEqual(await page(server, kind), { items: [], total: 0 });
    }
  });

  it('searches and pages', async (t) => {
    const server = await startServer(t);
    await put(server, ...['ähre', 'b', 'c', 'd'].map((id) => sample({ agent: id })));
    assert.deepEqual((await page(server, 'agents?q=AHRE')).total, 1);
    const first = await page(server, 'agents?limit=3');
    assert.equal(first.items.length, 3);
    const second = await page(server, `agents?limit=3&cursor=${first.next}`);
    assert.deepEqual([second.items.length, second.total, second.next], [1, 4, undefined]);
  });

  it('takes its limits from the configuration', async (t) => {
    const contexts = { contextPageItems: 2, maxContextPageItems: 3, maxContextQueryLength: 4 };
    const server = await startServer(t, { contexts });
    await put(server, ...['a', 'b', 'c', 'd'].map((id) => sample({ agent: id })));
    assert.equal((await page(server, 'agents')).items.length, 2);
    assert.equal((await page(server, 'agents?limit=3&q=')).items.length, 3);
    for (const query of ['limit=4', 'q=12345']) {
      assert.equal((await request(`${server.url}/api/contexts/agents?${query}`)).status, 400, query);
    }
  });

  it('says what is wrong', async (t) => {
    const { url } = await startServer(t);
    for (const path of [
      'agent',
      'constructor',
      'agents?limit=0',
      'agents?limit=',
      'agents?limit=x',
      'agents?limit=1.5',
      'agents?limit=1001',
      'agents?cursor=x',
      `agents?cursor=${'x'.repeat(5_000)}`,
      `agents?q=${'x'.repeat(257)}`,
    ]) {
      const answer = await request(`${url}/api/contexts/${path}`);
      assert.deepEqual([answer.status, answer.json<Problem>().code], [400, 'bad_request'], path);
    }
  });

  it('is for whoever has a role', async (t) => {
    const adminKey = 'k'.repeat(40);
    const { url } = await startServer(t, { adminKey });
    assert.equal((await request(`${url}/api/contexts/agents`)).status, 401);
    const made = await post(
      `${url}/api/keys`,
      { name: 'wall', role: 'viewer' },
      { authorization: `Bearer ${adminKey}` },
    );
    const { key } = made.json<{ key: string }>();
    const headers = { authorization: `Bearer ${key}` };
    assert.equal((await request(`${url}/api/contexts/agents`, { headers })).status, 200);
  });

  it('forgets a value once its last series is no longer retained, and keeps one that a check has', async (t) => {
    const clock = createManualClock();
    const server = await startServer(t, {}, { clock });
    const { health, metrics } = server.waooaw;
    health.register({
      check: 'kept',
      title: 'Kept',
      tags: { agent: 'kept' },
      ...TIMING,
      probe: () => ({ state: 'up' }),
    });
    metrics.ingest([sample({ agent: 'kept' }), sample({ agent: 'silent' })]);
    clock.advance(300_000);
    metrics.ingest([sample({ agent: 'talking' })]);
    const ids = async (): Promise<string[]> => (await page(server, 'agents')).items.map(({ id }) => id);
    assert.deepEqual(await ids(), ['kept', 'silent', 'talking']);
    clock.advance(320_000);
    assert.deepEqual(await ids(), ['kept', 'talking']);
  });
});

describe('contexts/<kind>, live', () => {
  it('are told as they come and go', async (t) => {
    const server = await startServer(t, QUICK);
    await put(server, sample({ agent: 'a' }));
    const reader = await Reader.connected(t, server.socketUrl);
    const heard = snapshotOf(await reader.ask({ subscribe: { ch: 'contexts/agents' } }));
    assert.deepEqual(heard, { items: [{ id: 'a', label: 'a' }] });
    await put(server, sample({ agent: 'b' }));
    let news = await update(reader);
    // A reader from before the first look may hear once what it knows.
    if (news.all) news = news.put.length === 2 ? news : await update(reader);
    assert.deepEqual(news.put.at(-1), { id: 'b', label: 'b' });
    const tags = { agent: 'a' };
    const unregister = server.waooaw.health.register({
      check: 'one',
      title: 'One',
      tags,
      ...TIMING,
      probe: () => ({ state: 'down' }),
    });
    for (news = await update(reader); news.put[0]?.state !== 'down'; news = await update(reader));
    assert.deepEqual(news, { put: [{ id: 'a', label: 'a', state: 'down' }], gone: [] });
    unregister();
    assert.deepEqual(await update(reader), { put: [{ id: 'a', label: 'a' }], gone: [] });
  });

  it('are not served under another name', async (t) => {
    const server = await startServer(t);
    const reader = await Reader.connected(t, server.socketUrl);
    assert.equal((await reader.ask({ subscribe: { ch: 'contexts/teams' } })).err?.code, 'unknown_channel');
  });

  it('reach a reader with 10,000 values, and what comes to them', async (t) => {
    const server = await startServer(t, {
      ...QUICK,
      metrics: { maxSeriesPerMetric: 10_100, maxSeriesPerSource: 10_100 },
    });
    const agents = Array.from({ length: 10_000 }, (_, i) => sample({ agent: `agent-${i}` }));
    assert.equal(server.waooaw.metrics.ingest(agents).accepted, 10_000);
    const reader = await Reader.connected(t, server.socketUrl);
    const { items } = snapshotOf(await reader.ask({ subscribe: { ch: 'contexts/agents' } }));
    assert.equal(items.length, 10_000);
    await put(server, sample({ agent: 'the-last' }));
    let news = await update(reader);
    while (news.put.at(-1)?.id !== 'the-last') news = await update(reader);
  });

  it('tell a reader who goes on after a restart what is back, and that all else is gone', async (t) => {
    const dataDir = temporaryFolder();
    const first = await startServer(t, { ...QUICK, dataDir });
    await put(first, sample({ agent: 'before' }));
    const reader = await Reader.connected(t, first.socketUrl);
    const { ok } = await reader.ask({ subscribe: { ch: 'contexts/agents' } });
    assert.deepEqual((ok?.snapshot as unknown as ContextSnapshot).items.length, 1);
    const since = { e: ok!.e!, o: ok!.o!, h: ok!.h! };
    await first.stop();

    const second = await startServer(t, { ...QUICK, dataDir });
    const again = await Reader.connected(t, second.socketUrl);
    const continued = await again.ask({ subscribe: { ch: 'contexts/agents', since } });
    assert.equal(continued.ok?.recovered, true);
    const told = (continued.ok?.pubs ?? []).map(([, data]) => data as unknown as ContextUpdate);
    const news = told.at(-1) ?? (await update(again));
    assert.deepEqual(news, { put: [{ id: 'before', label: 'before' }], gone: [], all: true });
  });

  it('begin anew after the server was killed', async (t) => {
    const env = {
      WAOOAW_PORT: '0',
      WAOOAW_DATA_DIR: temporaryFolder(),
      WAOOAW_COLLECT_INTERVAL_MS: '3600000',
      WAOOAW_LOG_LEVEL: 'silent',
    };
    const subscribe = async (program: Program, since?: Since): Promise<Heard> => {
      const socketUrl = `${(await program.url()).replace(/^http/, 'ws')}/ws`;
      const reader = await Reader.connected(t, socketUrl);
      return reader.ask({ subscribe: { ch: 'contexts/agents', ...(since && { since }) } });
    };
    const first = new Program(t, 'server/main.ts', env);
    await post(`${await first.url()}/api/metrics`, { samples: [sample({ agent: 'before' })] });
    const { ok } = await subscribe(first);
    assert.equal(snapshotOf({ ok: ok! }).items.length, 1);
    first.kill('SIGKILL');
    await first.ended;

    const second = new Program(t, 'server/main.ts', env);
    const fresh = await subscribe(second, { e: ok!.e!, o: ok!.o!, h: ok!.h! });
    assert.deepEqual([fresh.ok?.recovered, fresh.ok?.lost], [false, 'epoch']);
    assert.deepEqual(snapshotOf(fresh).items, []);
  });
});
