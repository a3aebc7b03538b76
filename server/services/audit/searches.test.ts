import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../../http/env.ts';
import { until } from '../../testing/auditing.ts';
import { appendMany, openTrail } from '../../testing/export-trail.ts';
import { coded } from '../../testing/harness.ts';
import { exportRoutes } from './export-routes.ts';
import type { Audit } from './index.ts';
import { reportRoutes } from './report-routes.ts';
import { auditRoutes } from './routes.ts';
import { Searches } from './searches.ts';

const ENTRIES = 40_000;
/** 2026-11-23, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12);

/** A trail that no search looks through in a moment: every entry has the words, none has them in this order. */
const LONG = `text=${encodeURIComponent('update agent')}&q=${encodeURIComponent('-"agent update" -"update r"')}`;

/** Serves the routes over a real socket. @returns the address. */
async function served(t: TestContext, app: OpenAPIHono<AppEnv>): Promise<string> {
  const server = http.createServer((asked, answer) => void getRequestListener(app.fetch)(asked, answer));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks, and goes away once the trail is being searched. */
async function askAndGo(audit: Audit, url: string): Promise<void> {
  const asking = http.get(url);
  asking.on('error', () => undefined);
  await until(() => audit.searches.count === 1, 'the search is under way');
  asking.destroy();
  await until(() => audit.searches.count === 0, 'the search is over');
}

describe('searches', () => {
  it('are refused to a caller who has as many as may be, and to nobody else', () => {
    const searches = new Searches({ maxOwnAuditSearches: 2, maxAuditSearches: 9 });
    const end = searches.begin('ana');
    searches.begin('ana');
    assert.throws(() => searches.begin('ana'), coded('search_limit', '2 searches'));
    searches.begin('ben');
    end();
    searches.begin('ana');
    assert.throws(() => searches.begin('ana'), { status: 429, retryable: true, afterMs: 1_000 });
    assert.deepEqual([searches.count, searches.refused], [3, 2]);
  });

  it('are refused to everybody where all together are as many as may be', () => {
    const searches = new Searches({ maxOwnAuditSearches: 2, maxAuditSearches: 3 });
    for (const caller of ['ana', 'ana', 'ben']) searches.begin(caller);
    assert.throws(() => searches.begin('cleo'), coded('search_limit', '3 searches'));
  });

  it('end once, however often they are told to', () => {
    const searches = new Searches({ maxOwnAuditSearches: 1, maxAuditSearches: 9 });
    const end = searches.begin('ana');
    end();
    end();
    assert.equal(searches.count, 0);
    searches.begin('ana');
    assert.throws(() => searches.begin('ana'), coded('search_limit'));
  });
});

describe('a search by request', () => {
  it('is one too many with 429 and a time to come back, whatever it asks for', async (t) => {
    const trail = await openTrail(t, NOON);
    await appendMany(trail.audit.log, 3, (at) => (NOON - 1_000) * 1_000 + at);
    const others = Array.from({ length: trail.audit.limits.maxOwnAuditSearches }, () =>
      trail.audit.searches.begin('eve'),
    );
    const app = trail.app(auditRoutes(trail.audit));
    app.route('/', exportRoutes(trail.audit));
    app.route('/', reportRoutes(trail.audit));
    const paths = ['', '/facets?field=actor', '/statistics', '/export', '/report?format=json'];
    for (const path of paths) {
      const refused = await app.request(`/audit${path}`);
      const { code } = (await refused.json()) as { code: string };
      assert.deepEqual(
        [refused.status, code, refused.headers.get('retry-after')],
        [429, 'search_limit', '1'],
        path,
      );
    }
    assert.equal(await trail.audit.log.count({ action: ['access'] }, 10), 0, 'nothing was read');
    for (const end of others) end();
    for (const path of paths) {
      const answer = await app.request(`/audit${path}`);
      await answer.text();
      assert.equal(answer.status, 200, path);
    }
    assert.equal(trail.audit.searches.count, 0);
    assert.equal(trail.audit.stats().refusedSearches, paths.length);
  });

  it('ends when its client goes: a page, values, statistics, a report and an export', async (t) => {
    const trail = await openTrail(t, NOON);
    const { audit } = trail;
    await appendMany(audit.log, ENTRIES, (at) => (NOON - 86_400_000) * 1_000 + at);
    let givenUp = 0;
    for (const call of ['find', 'range', 'count', 'facet'] as const) {
      const search = audit.log[call].bind(audit.log) as (...asked: unknown[]) => Promise<unknown>;
      t.mock.method(audit.log, call, (...asked: unknown[]) => {
        const done = search(...asked);
        done.catch(() => (givenUp += 1));
        return done;
      });
    }
    const app = trail.app(auditRoutes(audit));
    app.route('/', exportRoutes(audit));
    app.route('/', reportRoutes(audit));
    const url = await served(t, app);
    for (const path of [
      `/audit?${LONG}`,
      `/audit/facets?field=actor&${LONG}`,
      `/audit/statistics?${LONG}`,
      '/audit/report?format=json',
      `/audit/export?${LONG}`,
    ]) {
      givenUp = 0;
      await askAndGo(audit, `${url}${path}`);
      await until(() => givenUp > 0, `the log is searched no more for ${path}`);
    }
    assert.equal(await audit.log.count({ action: ['access'] }, 10), 1, 'only the report was begun');
  });

  it('that fails ends the others that were made for it', async (t) => {
    const trail = await openTrail(t, NOON);
    const { log } = trail.audit;
    t.mock.method(log, 'count', () => Promise.reject(new Error('broken')));
    const given: (AbortSignal | undefined)[] = [];
    const facet = log.facet.bind(log);
    t.mock.method(log, 'facet', (...asked: Parameters<typeof facet>) => {
      given.push(asked[2].signal);
      return facet(...asked);
    });
    const { status } = await trail.app(auditRoutes(trail.audit)).request('/audit/statistics');
    assert.equal(status, 500);
    assert.deepEqual(
      given.map((signal) => signal?.aborted),
      [true, true, true, true],
    );
  });
});
