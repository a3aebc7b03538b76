import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { aRule, alerting } from '../../testing/alerting.ts';
import type { Alerting, AlertingParts } from '../../testing/alerting.ts';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import { Webhooks } from '../../testing/webhooks.ts';

const SECRET = 'a secret of the test';

/** A service whose rule `busy` tells one receiver. */
async function telling(t: TestContext, receiver: object = {}, parts: AlertingParts = {}, rule: object = {}) {
  const hooks = await Webhooks.listen(t);
  const folder = temporaryFolder();
  await writeFile(join(folder, 'secret'), `${SECRET}\n`);
  const file = {
    receivers: [{ name: 'pager', url: hooks.url, secretFile: 'secret', ...receiver }],
    rules: [aRule({ noDataAfterMs: 5_000, ...rule })],
  };
  const run = await alerting(t, { folder, file, externalUrl: 'https://ops.example', ...parts });
  const be = async (value: number | undefined, tags?: Record<string, string>): Promise<void> => {
    run.metrics.set(value, tags);
    await run.pass(1_000);
  };
  return { ...run, hooks, be };
}

const BY_AGENT = { query: { ...aRule().query, by: ['agent'] } };
const silenceAll = (run: Alerting, ms: number) => ({
  matchers: [{ label: 'alertname', operator: '=' as const, value: 'busy' }],
  endsAt: run.clock.now() + ms,
  comment: 'deploy',
});

describe('a notice', () => {
  it('is Alertmanager’s payload, after groupWaitMs, signed, with a key of its own', async (t) => {
    const run = await telling(t, {}, {}, { labels: { team: 'web' }, annotations: { runbook: 'r{{value}}' } });
    await run.be(12);
    await run.pass(9_000);
    assert.deepEqual(run.hooks.words(), []);
    await run.pass(1_500);
    assert.equal(run.hooks.received.length, 1);
    const { payload, headers, body } = run.hooks.received[0]!;
    const [alert] = run.alerts.list();
    const labels = { team: 'web', alertname: 'busy', severity: 'critical' };
    const annotations = { runbook: 'r12', summary: 'busy: 12, limit > 10' };
    assert.deepEqual(payload, {
      version: '4',
      groupKey: '{}:{alertname="busy"}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'pager',
      groupLabels: { alertname: 'busy' },
      commonLabels: labels,
      commonAnnotations: annotations,
      externalURL: 'https://ops.example',
      alerts: [
        {
          status: 'firing',
          labels,
          annotations,
          startsAt: new Date(alert!.firedAt!).toISOString(),
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'https://ops.example/api/alerts?rule=busy',
          fingerprint: alert!.alert,
        },
      ],
    });
    assert.equal(headers['content-type'], 'application/json');
    assert.match(String(headers['idempotency-key']), /^[0-9a-f-]{36}$/);
    const [, time, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-waooaw-signature'])) ?? [];
    assert.equal(v1, createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    assert.ok(Math.abs(Number(time) - run.clock.now() / 1_000) <= 2);
    assert.deepEqual(await run.database.read({ sql: 'SELECT * FROM alert_notices' }), []);
  });

  it('of a resolve says when, and nothing is left to be told', async (t) => {
    const run = await telling(t);
    await run.be(12);
    await run.pass(11_000);
    await run.be(1);
    await run.pass(11_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:resolved']);
    const { payload } = run.hooks.received[1]!;
    const [alert] = run.alerts.list();
    assert.equal(payload.status, 'resolved');
    assert.equal(payload.alerts[0]!.endsAt, new Date(alert!.resolvedAt!).toISOString());
    assert.equal(payload.alerts[0]!.startsAt, run.hooks.received[0]!.payload.alerts[0]!.startsAt);
    assert.deepEqual(await run.database.read({ sql: 'SELECT * FROM alert_tells' }), []);
  });

  it('is repeated after repeatMs for as long as it fires', async (t) => {
    const run = await telling(t, { repeatMs: 60_000 });
    await run.be(12);
    await run.pass(65_000);
    assert.equal(run.hooks.received.length, 1);
    await run.pass(10_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:firing']);
    const keys = run.hooks.received.map(({ headers }) => headers['idempotency-key']);
    assert.notEqual(keys[0], keys[1]);
    await run.be(1);
    await run.pass(200_000, 2_000);
    assert.equal(run.hooks.received.length, 3);
  });

  it('is not made of what fired and resolved within groupWaitMs', async (t) => {
    const run = await telling(t);
    await run.be(12);
    await run.be(1);
    await run.pass(30_000);
    assert.deepEqual(run.hooks.words(), []);
    await run.be(12);
    await run.pass(11_000);
    await run.be(1);
    await run.be(12);
    await run.pass(20_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing'], 'nor is a resolve that was none');
  });

  it('says no data beside firing, and is firing again when it does', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    await run.be(12);
    run.metrics.set(undefined);
    await run.pass(8_000);
    await run.be(12);
    await run.be(1);
    const said = run.hooks.received.map(({ payload: { alerts } }) => [
      alerts[0]!.status,
      alerts[0]!.annotations['no_data'] ?? '',
      alerts[0]!.annotations['summary'],
    ]);
    assert.deepEqual(said, [
      ['firing', '', 'busy: 12, limit > 10'],
      ['firing', 'true', 'busy: no data'],
      ['firing', '', 'busy: 12, limit > 10'],
      ['resolved', '', 'busy: 12, limit > 10'],
    ]);
  });

  it('says why an alert is over where its condition did not clear', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 }, {}, { name: 'filed' });
    await run.alerts.createRule(aRule(), 'me');
    await run.be(12);
    await run.alerts.deleteRule('busy');
    await run.pass(1_000);
    const last = run.hooks.received.at(-1)!.payload.alerts[0]!;
    assert.deepEqual([last.status, last.annotations['reason']], ['resolved', 'its rule was removed']);
  });
});

describe('groups', () => {
  it('gather alerts by the receiver’s labels', async (t) => {
    const run = await telling(t, {}, {}, BY_AGENT);
    run.metrics.set(11, { agent: 'a' });
    await run.be(12, { agent: 'b' });
    await run.pass(11_000);
    assert.deepEqual(run.hooks.words(), ['a:firing b:firing']);
    const { payload } = run.hooks.received[0]!;
    assert.deepEqual(payload.commonLabels, { alertname: 'busy', severity: 'critical' });
    assert.deepEqual(payload.commonAnnotations, {});
    await run.be(1, { agent: 'a' });
    await run.pass(11_000);
    assert.equal(run.hooks.words()[1], 'a:resolved b:firing');
    assert.equal(run.hooks.received[1]!.payload.status, 'firing');
  });

  it('keep alerts apart, one notice each, one request at a time', async (t) => {
    const run = await telling(t, { groupBy: ['agent', 'nothing'], groupWaitMs: 0 }, {}, BY_AGENT);
    for (const agent of ['a', 'b', 'c']) run.metrics.set(11, { agent });
    await run.pass(3_000);
    assert.deepEqual(run.hooks.words().sort(), ['a:firing', 'b:firing', 'c:firing']);
    assert.equal(run.hooks.received[0]!.payload.groupKey, '{}:{agent="a"}');
    assert.equal(run.hooks.mostOpen, 1);
  });

  it('that are too large say how many were left out, and tell of all in turn', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 }, { limits: { maxNoticeAlerts: 2 } }, BY_AGENT);
    for (const agent of ['a', 'b', 'c', 'd', 'e']) run.metrics.set(11, { agent });
    await run.pass(4_000);
    const told = run.hooks.received.map(({ payload }) => [payload.alerts.length, payload.truncatedAlerts]);
    assert.deepEqual(told, [
      [2, 3],
      [2, 3],
      [2, 3],
    ]);
    const agents = run.hooks.received.flatMap(({ payload }) =>
      payload.alerts.map(({ labels }) => labels['agent']),
    );
    assert.deepEqual([...new Set(agents)].sort(), ['a', 'b', 'c', 'd', 'e']);
  });

  it('hold what the receiver wants: from a severity on, with resolves or without', async (t) => {
    const run = await telling(t, { groupWaitMs: 0, minSeverity: 'critical', sendResolved: false });
    await run.alerts.createRule(aRule({ name: 'lesser', severity: 'degraded' }), 'me');
    await run.be(11);
    await run.pass(1_000);
    await run.be(1);
    await run.pass(5_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing']);
    assert.deepEqual(await run.database.read({ sql: 'SELECT * FROM alert_tells' }), []);
  });
});

describe('a receiver that fails', () => {
  it('gets the same notice until it takes it: errors, resets and no answer', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    run.hooks.reactions.push(500, 'resets', 503, 'hangs');
    await run.be(11);
    await run.pass(1_000);
    // Pauses of ¾ s, 1.5 s and 3 s at this chance; then the one that hangs.
    run.clock.advance(1_000);
    await run.settle();
    for (let i = 0; i < 20 && run.hooks.received.length < 4; i++) {
      run.clock.advance(1_000);
      if (run.hooks.received.length < 3) await run.settle();
      else await Promise.race([run.hooks.count(4), new Promise((resolve) => setImmediate(resolve))]);
    }
    await run.hooks.count(4);
    assert.match(run.alerts.notices().waiting[0]!.lastError!, /HTTP 503/);
    run.clock.advance(10_000);
    await run.settle();
    assert.match(run.alerts.notices().waiting[0]!.lastError!, /No answer within 10000 ms/);
    await run.pass(20_000);
    const keys = new Set(
      run.hooks.received.map(({ headers, body }) => `${String(headers['idempotency-key'])} ${body}`),
    );
    assert.deepEqual([run.hooks.received.length, keys.size], [5, 1]);
    const { receivers, waiting } = run.alerts.notices();
    assert.deepEqual([receivers, waiting], [[{ receiver: 'pager', due: 0, delivered: 1, failed: 4 }], []]);
  });

  it('is left alone for as long as it asks, at most noticeRetryAfterMaxMs', async (t) => {
    for (const [value, waitMs] of [
      ['60', 60_000],
      ['99999999', 3_600_000],
      [new Date(1_750_000_000_000 + 121_000).toUTCString(), 120_000],
    ] as const) {
      const run = await telling(t, { groupWaitMs: 0 });
      run.hooks.reactions.push({ status: 429, headers: { 'retry-after': value } });
      await run.be(11);
      await run.pass(1_000);
      assert.equal(run.hooks.received.length, 1);
      const waiting = run.alerts.notices().waiting[0]!.nextAt - run.clock.now();
      assert.ok(Math.abs(waiting - waitMs) <= 2_500, `${value}: ${waiting}`);
    }
  });

  it('is tried at most every noticeRetryMaxMs', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    run.hooks.reactions.push(...Array.from({ length: 12 }, () => 500));
    await run.be(11);
    await run.pass(2_400_000, 20_000);
    const pause = run.alerts.notices().waiting[0] === undefined ? 0 : 1;
    assert.equal(pause, 0, 'it was delivered in the end');
    assert.equal(run.hooks.received.length, 13);
  });

  it('that refuses for good loses a notice that fires, which is kept and said', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    run.hooks.reactions.push(400, 404, 410, 422, { status: 302, headers: { location: run.hooks.url } });
    await run.be(11);
    await run.pass(60_000);
    assert.equal(run.hooks.received.length, 5);
    const { dead, waiting } = run.alerts.notices();
    assert.deepEqual(
      [waiting.length, dead.map(({ receiver, lastError, attempts }) => [receiver, lastError, attempts])],
      [0, [['pager', 'HTTP 302', 5]]],
    );
    assert.match(run.errors.join(), /given up: HTTP 302/);
    assert.equal(run.alerts.stats().dead, 1);
  });

  it('gets a resolve however often it refuses', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    await run.be(11);
    await run.pass(1_000);
    run.hooks.reactions.push(...Array.from({ length: 9 }, () => 400));
    await run.be(1);
    await run.pass(1_800_000, 10_000);
    assert.deepEqual(run.hooks.words(), [
      'busy:firing',
      ...Array.from({ length: 10 }, () => 'busy:resolved'),
    ]);
    assert.deepEqual(run.alerts.notices().dead, []);
  });

  it('hears of what it refused once that is over, too', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 }, { limits: { maxNoticeRefusals: 1, maxDeadNotices: 1 } });
    run.hooks.reactions.push(400);
    await run.be(11);
    await run.pass(1_000);
    await run.be(1);
    await run.pass(1_000);
    run.hooks.reactions.push(400);
    await run.be(11);
    await run.pass(2_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:resolved', 'busy:firing']);
    assert.equal(run.alerts.notices().dead.length, 1, 'the older one is dropped');
  });

  it('gets what happened meanwhile in order, as it is by then', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    run.hooks.reactions.push({ status: 503, headers: { 'retry-after': '10' } });
    await run.be(11);
    await run.be(1);
    await run.be(11);
    await run.be(1);
    await run.pass(12_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:firing', 'busy:resolved']);
  });

  it('does not hold others up', async (t) => {
    const [deaf, good] = [await Webhooks.listen(t), await Webhooks.listen(t)];
    deaf.reactions.push(...Array.from({ length: 50 }, () => 500));
    const file = {
      receivers: [
        { name: 'deaf', url: deaf.url, groupWaitMs: 0 },
        { name: 'good', url: good.url, groupWaitMs: 0 },
      ],
      rules: [aRule()],
    };
    const run = await alerting(t, { file });
    run.metrics.set(11);
    await run.pass(5_000);
    run.metrics.set(1);
    await run.pass(2_000);
    assert.deepEqual(good.words(), ['busy:firing', 'busy:resolved']);
    assert.equal(
      good.received[0]!.headers['x-waooaw-signature'],
      undefined,
      'without a secret there is no signature',
    );
  });

  it('is asked once at a time, whatever happens meanwhile, and not left asked when the server goes down', async (t) => {
    const asked: { end: (status: number) => void; signal: AbortSignal }[] = [];
    const send: AlertingParts['send'] = (_, { signal }) =>
      new Promise((resolve) => {
        asked.push({ signal, end: (status) => resolve({ status, headers: new Headers() }) });
      });
    const run = await telling(t, { groupWaitMs: 0, groupBy: ['agent'] }, { send }, BY_AGENT);
    await run.be(11, { agent: 'a' });
    await run.be(11, { agent: 'b' });
    await run.be(11, { agent: 'c' });
    assert.equal(asked.length, 1);
    asked[0]!.end(200);
    await run.pass(1_000);
    assert.equal(asked.length, 2);
    assert.equal(asked[1]!.signal.aborted, false);
    await run.stop();
    assert.equal(asked[1]!.signal.aborted, true);
  });

  it('may answer with anything: it is not read', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    run.hooks.answer = 'x'.repeat(20_000_000);
    await run.be(11);
    await run.pass(2_000);
    assert.equal(run.alerts.notices().receivers[0]!.delivered, 1);
  });
});

describe('the outbox', () => {
  it('keeps a change and what is to be told of it together or not at all', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    run.refuse.next = 1;
    await run.be(11);
    assert.deepEqual([run.state(), run.hooks.words()], ['none', []]);
    assert.deepEqual(await run.database.read({ sql: 'SELECT * FROM alert_tells' }), []);
    await run.pass(2_000);
    assert.deepEqual([run.state(), run.hooks.words()], ['firing', ['busy:firing']]);
  });

  it('makes a notice later when it could not be kept, and tells once what it could not forget', async (t) => {
    const run = await telling(t, { groupWaitMs: 2_000 });
    await run.be(11);
    run.refuse.next = 1;
    await run.pass(3_000);
    assert.match(run.errors.join(), /notices to pager cannot be kept/);
    await run.pass(301_000, 5_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing']);
    await run.be(1);
    await run.pass(1_900);
    const before = run.hooks.received.length;
    assert.equal(before, 1);
    const send = run.pass(1_000, 100);
    await run.hooks.count(2);
    await send;
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:resolved']);
  });
});

describe('a silence', () => {
  it('withholds notices; what still fires at its end is told then', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    const made = await run.alerts.silence(silenceAll(run, 60_000), 'me');
    assert.deepEqual([made.createdBy, made.comment], ['me', 'deploy']);
    await run.be(11);
    await run.pass(30_000);
    assert.deepEqual([run.state(), run.hooks.words()], ['firing', []]);
    assert.deepEqual(run.alerts.list()[0]!.silencedBy, [made.id]);
    await run.pass(32_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing']);
    assert.deepEqual(run.alerts.list()[0]!.silencedBy, []);
    assert.deepEqual(
      run.alerts.silences().map(({ state }) => state),
      ['ended'],
    );
    await run.pass(60_000);
    assert.equal(run.hooks.received.length, 1);
  });

  it('tells nothing of what began and ended under it', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    await run.alerts.silence(silenceAll(run, 60_000), 'me');
    await run.be(11);
    await run.be(1);
    await run.pass(70_000);
    assert.deepEqual(run.hooks.words(), []);
  });

  it('tells at its end of the resolve of what was told before', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    await run.be(11);
    await run.pass(1_000);
    const { id } = await run.alerts.silence(silenceAll(run, 60_000), 'me');
    await run.be(1);
    await run.pass(20_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing']);
    await run.alerts.expire(id);
    await run.pass(1_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:resolved']);
    await run.alerts.expire(id);
  });

  it('reminds at its end of what was told before and still fires', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    await run.be(11);
    await run.pass(1_000);
    await run.alerts.silence(silenceAll(run, 10_000), 'me');
    await run.pass(12_000);
    assert.deepEqual(run.hooks.words(), ['busy:firing', 'busy:firing']);
  });

  it('holds for what it matches only, from its start on, and says so on the channel', async (t) => {
    const run = await telling(t, { groupWaitMs: 0, groupBy: ['agent'] }, {}, BY_AGENT);
    for (const agent of ['web-1', 'web-2', 'db-1']) run.metrics.set(11, { agent });
    const now = run.clock.now();
    await run.alerts.silence(
      {
        matchers: [
          { label: 'agent', operator: '=~', value: 'web-.*' },
          { label: 'agent', operator: '!~', value: '.*-2' },
          { label: 'severity', operator: '=', value: 'critical' },
          { label: 'environment', operator: '!=', value: 'test' },
        ],
        startsAt: now + 5_000,
        endsAt: now + 20_000,
        comment: '',
      },
      'me',
    );
    assert.equal(run.alerts.silences()[0]!.state, 'pending');
    await run.pass(2_000);
    assert.equal(run.hooks.received.length, 3);
    run.publisher.take();
    await run.pass(4_000);
    const [, update] = run.publisher.take()[0]!;
    const { labels, silencedBy } = update as unknown as { labels: { agent: string }; silencedBy: string[] };
    assert.deepEqual([labels.agent, silencedBy.length], ['web-1', 1]);
    for (const agent of ['web-1', 'web-2', 'db-1']) run.metrics.set(1, { agent });
    await run.pass(3_000);
    assert.deepEqual(run.hooks.words().slice(3).sort(), ['db-1:resolved', 'web-2:resolved']);
  });

  it('must be about something, end later, have expressions in linear time, and be one of maxSilences', async (t) => {
    const run = await telling(t, {}, { limits: { maxSilences: 1 } }, BY_AGENT);
    const asked = silenceAll(run, 60_000);
    const matcher = (operator: '=' | '!=' | '=~' | '!~', value: string) => [
      { label: 'agent', operator, value },
    ];
    for (const [wrong, ...words] of [
      [{ ...asked, endsAt: run.clock.now() }, '/endsAt'],
      [{ ...asked, startsAt: asked.endsAt }, '/endsAt', 'startsAt'],
      [{ ...asked, matchers: matcher('=~', '(') }, '/matchers/0/value'],
      [{ ...asked, matchers: matcher('=~', '(a)\\1') }, '/matchers/0/value'],
      [{ ...asked, matchers: matcher('=~', '.*') }, '/matchers', 'at least one'],
      [{ ...asked, matchers: matcher('!=', 'x') }, '/matchers'],
    ] as const) {
      await assert.rejects(run.alerts.silence(wrong, 'me'), coded('bad_request', ...words));
    }
    const evil = { ...asked, matchers: matcher('=~', '(a+)+$') };
    await run.alerts.silence(evil, 'me');
    await run.be(11, { agent: `${'a'.repeat(200)}!` });
    await assert.rejects(run.alerts.silence(asked, 'me'), coded('silence_limit', 'maxSilences'));
    await assert.rejects(run.alerts.expire('none'), coded('not_found'));
    await run.pass(3_800_000, 60_000);
    assert.deepEqual(run.alerts.silences(), [], 'and is forgotten after an hour');
  });
});

describe('an alert that flaps', () => {
  it('is told once, and then as it is when it is steady', async (t) => {
    const run = await telling(t, { groupWaitMs: 0 });
    for (let i = 0; i < 30; i++) await run.be(i % 2 === 0 ? 11 : 1);
    const flapping = run.hooks.received.filter(
      ({ payload }) => payload.alerts[0]!.annotations['flapping'] === 'true',
    );
    assert.equal(flapping.length, 1);
    const before = run.hooks.received.length;
    assert.ok(before < 9, `${before} notices of 30 changes`);
    assert.equal(run.hooks.received.at(-1), flapping[0]);
    await run.pass(30_000);
    assert.deepEqual(run.hooks.words().slice(before), ['busy:resolved']);
  });
});
