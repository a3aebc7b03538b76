import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { defaultAccess } from '../../http/access.ts';
import { api } from '../../http/api.ts';
import type { Alert, Role } from '../../../src/protocol/index.ts';
import type { NoticeList, RuleStatus, RuleTest, Silence } from '../../../src/protocol/alerts.schema.ts';
import { aRule, alerting } from '../../testing/alerting.ts';
import type { AlertingParts } from '../../testing/alerting.ts';
import type { Problem } from '../../testing/harness.ts';
import { alertsRoutes } from './routes.ts';

const MINIMAL = { name: 'busy', query: { metric: 'load' }, condition: { op: '>', value: 10 } };

/** The routes as the app mounts them, asked by somebody of a role. */
async function serving(t: TestContext, parts: AlertingParts = {}) {
  const run = await alerting(t, parts);
  const app = api();
  app.use(async (c, next) => {
    c.set('identity', { id: 'someone', role: (c.req.header('x-role') ?? 'operator') as Role } as never);
    c.set('log', pino({ level: 'silent' }));
    c.set('maxDepth', 16);
    c.set('requestId', 'r1');
    await next();
  });
  app.use(defaultAccess);
  app.route('/', alertsRoutes(run.alerts));
  const ask = async <T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    role = 'operator',
  ): Promise<{ status: number; body: T }> => {
    const headers = { 'content-type': 'application/json', 'x-role': role };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request(path, { method, headers, ...(body !== undefined && { body: text }) });
    const answer = await response.text();
    return { status: response.status, body: (answer === '' ? undefined : JSON.parse(answer)) as T };
  };
  return { ...run, ask, app };
}

describe('/alerts', () => {
  it('lists what stands, chosen by state and rule', async (t) => {
    const { ask, alerts, metrics, pass } = await serving(t);
    await alerts.createRule(aRule(), 'me');
    await alerts.createRule(aRule({ name: 'later', forMs: 60_000 }), 'me');
    metrics.set(11);
    await pass(1_000);
    const list = async (query: string): Promise<string[]> => {
      const { body } = await ask<{ alerts: Alert[] }>('GET', `/alerts${query}`, undefined, 'viewer');
      return body.alerts.map(({ rule, state }) => `${rule}:${state}`).sort();
    };
    assert.deepEqual(await list(''), ['busy:firing', 'later:pending']);
    assert.deepEqual(await list('?state=firing'), ['busy:firing']);
    assert.deepEqual(await list('?rule=later'), ['later:pending']);
    assert.deepEqual(await list('?rule=none'), []);
    assert.equal((await ask('GET', '/alerts?state=odd')).body.code, 'bad_request');
  });
});

describe('/alerts/rules', () => {
  it('makes, shows, replaces and removes rules, and says who did', async (t) => {
    const { ask } = await serving(t);
    const made = await ask<RuleStatus>('POST', '/alerts/rules', MINIMAL);
    assert.equal(made.status, 200);
    assert.deepEqual(
      [made.body.origin, made.body.changedBy, made.body.rule.noData, made.body.rule.evaluateMs],
      ['api', 'someone', 'alert', 15_000],
    );
    const replaced = await ask<RuleStatus>('PUT', '/alerts/rules/busy', { ...MINIMAL, forMs: 5 });
    assert.equal(replaced.body.rule.forMs, 5);
    const { body } = await ask<{ rules: RuleStatus[] }>('GET', '/alerts/rules', undefined, 'viewer');
    assert.deepEqual(
      body.rules.map(({ rule }) => rule.forMs),
      [5],
    );
    assert.equal((await ask<RuleStatus>('GET', '/alerts/rules/busy')).body.rule.name, 'busy');
    assert.equal((await ask('DELETE', '/alerts/rules/busy')).status, 204);
    for (const [method, more] of [['GET'], ['DELETE'], ['PUT', MINIMAL]] as const) {
      assert.equal((await ask(method, '/alerts/rules/busy', more)).body.code, 'not_found', method);
    }
  });

  it('are read only where they are of the file, and for whoever only looks', async (t) => {
    const { ask } = await serving(t, { file: { rules: [MINIMAL] } });
    for (const [method, path, body] of [
      ['PUT', '/alerts/rules/busy', MINIMAL],
      ['DELETE', '/alerts/rules/busy', undefined],
    ] as const) {
      assert.equal((await ask(method, path, body)).body.code, 'read_only');
    }
    for (const path of ['/alerts/rules', '/alerts/rules/test', '/alerts/silences']) {
      for (const role of ['viewer', 'auditor']) {
        assert.equal((await ask('POST', path, MINIMAL, role)).body.code, 'forbidden', path);
      }
    }
  });

  it('are tried without being made', async (t) => {
    const { ask, metrics } = await serving(t);
    metrics.set(11, {}, 1_749_999_900_000);
    const { body } = await ask<RuleTest>('POST', '/alerts/rules/test', MINIMAL);
    assert.deepEqual(
      body.alerts.map(({ state, value, valueAt }) => [state, value, valueAt]),
      [['firing', 11, 1_749_999_960_000]],
    );
    metrics.broken = new Error('away');
    assert.equal((await ask('POST', '/alerts/rules/test', MINIMAL)).status, 500);
  });

  it('say where a rule is bad', async (t) => {
    const { ask } = await serving(t);
    for (const [wrong, pointer] of [
      [{ ...MINIMAL, name: 'a b' }, '/name'],
      [{ ...MINIMAL, forMs: -1 }, '/forMs'],
      [{ ...MINIMAL, forMs: 1e99 }, '/forMs'],
      [{ ...MINIMAL, evaluateMs: 0 }, '/evaluateMs'],
      [{ ...MINIMAL, noData: 'resolve' }, '/noData'],
      [{ ...MINIMAL, query: { metric: 'x{y="z"' } }, '/query/metric'],
      [{ ...MINIMAL, query: { metric: 'x', from: 1 } }, '/query'],
      [{ ...MINIMAL, condition: { op: '!=', value: 1 } }, '/condition/op'],
      [{ ...MINIMAL, condition: { op: '<', value: 1, clearValue: 0 } }, '/condition/clearValue'],
      [{ ...MINIMAL, labels: { 'a-b': 'x' } }, '/labels/a-b'],
      [{ ...MINIMAL, labels: { severity: 'x' } }, '/labels'],
      [{ ...MINIMAL, annotations: { summary: '{{label.a' } }, '/annotations/summary'],
      [
        { ...MINIMAL, annotations: { summary: '{{constructor.constructor("x")()}}' } },
        '/annotations/summary',
      ],
      [{ ...MINIMAL, severity: 'fatal' }, '/severity'],
      [{}, '/name'],
      [[], ''],
    ] as const) {
      const { status, body } = await ask('POST', '/alerts/rules', wrong);
      assert.deepEqual([status, body.code, body.errors?.[0]?.pointer], [400, 'bad_request', pointer]);
    }
    assert.equal((await ask('POST', '/alerts/rules', '{"name":')).body.code, 'bad_json');
    assert.equal(
      (await ask('POST', '/alerts/rules', `${'['.repeat(99)}${']'.repeat(99)}`)).body.code,
      'bad_request',
    );
    const { body } = await ask('PUT', '/alerts/rules/other', MINIMAL);
    assert.deepEqual([body.code, /"busy" is not "other"/.test(body.detail)], ['bad_request', true]);
  });
});

describe('/alerts/silences', () => {
  it('makes, lists and ends silences, in the caller’s name', async (t) => {
    const { ask, clock } = await serving(t);
    const asked = { matchers: [{ label: 'agent', value: 'a' }], endsAt: clock.now() + 60_000 };
    const { body: made } = await ask<Silence>('POST', '/alerts/silences', { ...asked, comment: 'deploy' });
    assert.deepEqual(
      [made.createdBy, made.startsAt, made.matchers[0]?.operator],
      ['someone', clock.now(), '='],
    );
    const forged = await ask('POST', '/alerts/silences', { ...asked, createdBy: 'boss' });
    assert.equal(forged.body.code, 'bad_request');
    assert.equal((await ask('DELETE', `/alerts/silences/${made.id}`)).status, 204);
    const { body } = await ask<{ silences: { id: string; state: string }[] }>('GET', '/alerts/silences');
    assert.deepEqual(
      body.silences.map(({ id, state }) => [id, state]),
      [[made.id, 'ended']],
    );
    assert.equal((await ask('DELETE', '/alerts/silences/none')).body.code, 'not_found');
  });

  it('say where a silence is bad', async (t) => {
    const { ask, clock } = await serving(t);
    const endsAt = clock.now() + 1;
    for (const [wrong, where] of [
      [{ matchers: [], endsAt }, /matchers/],
      [{ matchers: [{ label: 'a', operator: '~', value: 'x' }], endsAt }, /matchers\/0\/operator/],
      [{ matchers: [{ label: 'a', operator: '=~', value: '[' }], endsAt }, /matchers\/0\/value/],
      [{ matchers: [{ label: 'a', value: 'x' }], endsAt: 1 }, /endsAt/],
      [{ matchers: [{ label: 'a', value: 'x' }] }, /endsAt/],
    ] as const) {
      const { body } = await ask('POST', '/alerts/silences', wrong);
      assert.equal(body.code, 'bad_request');
      assert.match(body.detail, where);
    }
  });
});

describe('/alerts/notices', () => {
  it('shows what waits and what was given up', async (t) => {
    const file = {
      receivers: [{ name: 'pager', url: 'http://127.0.0.1:9/', groupWaitMs: 0 }],
      rules: [aRule()],
    };
    let status = 500;
    const send = () => Promise.resolve({ status, headers: new Headers() });
    const { ask, metrics, pass } = await serving(t, { file, send, limits: { maxNoticeRefusals: 1 } });
    const { body: before } = await ask<NoticeList>('GET', '/alerts/notices', undefined, 'viewer');
    assert.deepEqual(before, {
      receivers: [{ receiver: 'pager', due: 0, delivered: 0, failed: 0 }],
      waiting: [],
      dead: [],
    });
    metrics.set(11);
    await pass(1_000);
    const { body: waiting } = await ask<NoticeList>('GET', '/alerts/notices');
    assert.deepEqual(
      waiting.waiting.map(({ lastError, resolves }) => [lastError, resolves]),
      [['HTTP 500', false]],
    );
    assert.ok(!('body' in waiting.waiting[0]!), 'what is told is for receivers');
    status = 400;
    await pass(10_000);
    const { body: dead } = await ask<NoticeList>('GET', '/alerts/notices');
    assert.deepEqual(
      dead.dead.map(({ lastError }) => lastError),
      ['HTTP 400'],
    );
  });
});

describe('the API before the start', () => {
  it('says that it is not there yet', async (t) => {
    const { createAlerts } = await import('./index.ts');
    const { clock, publisher, metrics } = await alerting(t);
    const app = alertsRoutes(createAlerts({ clock, publisher, reader: metrics, onError: assert.fail }));
    assert.equal((await app.request('/alerts')).status, 503);
  });

  it('is described: every route with its schemas', async (t) => {
    const { app } = await serving(t);
    const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
    assert.deepEqual(Object.keys(paths ?? {}).sort(), [
      '/alerts',
      '/alerts/notices',
      '/alerts/rules',
      '/alerts/rules/test',
      '/alerts/rules/{name}',
      '/alerts/silences',
      '/alerts/silences/{id}',
    ]);
  });
});
