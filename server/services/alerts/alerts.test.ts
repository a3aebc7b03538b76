import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Alert, AlertSnapshot, Json } from '../../../src/protocol/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import { exposition } from '../../http/exposition.ts';
import type { AlertSignal } from '../../ports/alert-sink.ts';
import { aRule, alerting } from '../../testing/alerting.ts';
import type { Alerting } from '../../testing/alerting.ts';
import { FakePublisher } from '../../testing/fake-publisher.ts';
import { coded } from '../../testing/harness.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { alertsFamilies, createAlerts } from './index.ts';

const one = ({ alerts }: Alerting): Alert => {
  const [first] = alerts.list();
  assert.ok(first, 'there is an alert');
  return first;
};

describe('a rule', () => {
  it('judges the newest complete step, and takes its alert from pending to firing to resolved', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule({ forMs: 2_000, labels: { team: 'web' } }), 'me');
    run.metrics.set(5);
    await run.pass(3_000);
    assert.deepEqual(run.alerts.list(), []);
    run.metrics.set(12);
    await run.pass(1_000);
    assert.equal(run.state(), 'pending');
    await run.pass(2_000);
    const firing = one(run);
    assert.equal(firing.state, 'firing');
    assert.equal(firing.firedAt! - firing.activeAt, 2_000);
    assert.deepEqual([firing.value, firing.rule, firing.source], [12, 'busy', 'metrics']);
    assert.deepEqual(firing.labels, { team: 'web' });
    assert.equal(firing.summary, 'busy: 12, limit > 10');
    run.metrics.set(10);
    await run.pass(1_000);
    assert.equal(run.state(), 'resolved');
    assert.equal(one(run).summary, 'busy: 12, limit > 10', 'the words that it fired with');
    assert.deepEqual(run.published(), ['pending', 'firing', 'resolved']);
  });

  it('asks the query that it holds, a minute a step where it does not say', async (t) => {
    const run = await alerting(t);
    const query = { metric: 'load{env="prod"}', aggregation: 'p95', across: 'max', by: ['agent'] };
    await run.alerts.createRule(aRule({ query }), 'me');
    await run.pass(1_000);
    assert.deepEqual(run.metrics.asked[0], { ...query, windowMs: 300_000, stepMs: 60_000 });
  });

  it('has an alert of its own for each group, which wins over the rule’s labels', async (t) => {
    const run = await alerting(t);
    const query = { ...aRule().query, by: ['agent'] };
    await run.alerts.createRule(aRule({ query, labels: { agent: 'none', team: 'web' } }), 'me');
    run.metrics.set(11, { agent: 'a' });
    run.metrics.set(12, { agent: 'b' });
    run.metrics.set(1, { agent: 'c' });
    await run.pass(1_000);
    const fired = run.alerts.list();
    assert.deepEqual(
      fired.map(({ labels, value }) => [labels, value]),
      [
        [{ agent: 'a', team: 'web' }, 11],
        [{ agent: 'b', team: 'web' }, 12],
      ],
    );
    assert.equal(new Set(fired.map(({ alert }) => alert)).size, 2);
    for (const { alert } of fired) assert.match(alert, /^[0-9a-f]{16}$/);
  });

  it('clears only beyond clearValue, in either direction', async (t) => {
    for (const [op, bad, between, good] of [
      ['>', 11, 8, 4],
      ['>=', 10, 6, 4],
      ['<', 9, 12, 16],
      ['<=', 10, 14, 16],
    ] as const) {
      const clearValue = op.startsWith('>') ? 5 : 15;
      const run = await alerting(t);
      await run.alerts.createRule(aRule({ condition: { op, value: 10, clearValue } }), 'me');
      const seen: string[] = [];
      for (const value of [between, bad, between, good, between]) {
        run.metrics.set(value);
        await run.pass(1_000);
        seen.push(run.state());
      }
      assert.deepEqual(seen, ['none', 'firing', 'firing', 'resolved', 'resolved'], op);
    }
  });

  it('fills annotations in, and nothing that is filled in is looked at again', async (t) => {
    const run = await alerting(t);
    const annotations = {
      summary: '{{label.agent}} is at {{ value }}{{label.nothing}}',
      runbook: 'https://example.org/{{label.__proto__}}x',
    };
    await run.alerts.createRule(aRule({ query: { ...aRule().query, by: ['agent'] }, annotations }), 'me');
    run.metrics.set(12.3456789, { agent: '{{value}} $& <b>' });
    await run.pass(1_000);
    assert.equal(one(run).summary, '{{value}} $& <b> is at 12.3457');
    assert.equal(one(run).annotations['runbook'], 'https://example.org/x');
  });

  it('publishes a value that moves, and nothing when nothing does', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule(), 'me');
    run.metrics.set(11);
    await run.pass(3_000);
    assert.deepEqual(run.published(), ['firing']);
    run.metrics.set(12);
    await run.pass(3_000);
    assert.deepEqual(run.published(), ['firing']);
    run.metrics.set(1);
    await run.pass(1_000);
    run.metrics.set(2);
    await run.pass(3_000);
    assert.deepEqual(run.published(), ['resolved']);
  });

  it('flaps: the state goes on, and the alert says so until it is steady', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule(), 'me');
    for (let i = 0; i < 8; i++) {
      run.metrics.set(i % 2 === 0 ? 1 : 11);
      await run.pass(1_000);
    }
    assert.equal(one(run).flapping, true);
    assert.equal(run.alerts.stats().flapping, 1);
    await run.pass(25_000);
    assert.deepEqual([one(run).flapping, one(run).state], [false, 'firing']);
  });
});

describe('no data', () => {
  const rule = (noData: string, more: object = {}) => aRule({ noData, noDataAfterMs: 5_000, ...more });

  it('is an alert of its own where the rule says so, and never a resolve', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(rule('alert'), 'me');
    run.metrics.set(1);
    await run.pass(2_000);
    run.metrics.set(undefined);
    await run.pass(3_000);
    assert.equal(run.state(), 'none');
    await run.pass(3_000);
    assert.deepEqual([run.state(), one(run).summary], ['no-data', 'busy: no data']);
    await run.pass(100_000, 1_000);
    assert.equal(run.state(), 'no-data');
    run.metrics.set(1);
    await run.pass(1_000);
    assert.equal(run.state(), 'resolved');
  });

  it('is one also where there never was any, and over once there is some in a group', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(rule('alert', { query: { ...aRule().query, by: ['agent'] } }), 'me');
    await run.pass(7_000);
    assert.deepEqual([run.state(), one(run).labels], ['no-data', {}]);
    run.metrics.set(1, { agent: 'a' });
    await run.pass(1_000);
    assert.deepEqual([run.state(), one(run).annotations['reason']], ['resolved', 'there is data']);
  });

  it('is that the newest value is too old, and old values are not judged', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(rule('ok'), 'me');
    const at = run.clock.now();
    run.metrics.set(11, {}, at);
    await run.pass(5_000);
    assert.equal(run.state(), 'firing');
    await run.pass(2_000);
    assert.equal(run.state(), 'no-data');
  });

  it('changes nothing where the rule says keep', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(rule('keep'), 'me');
    run.metrics.set(11);
    await run.pass(1_000);
    run.metrics.set(undefined);
    await run.pass(60_000);
    assert.equal(run.state(), 'firing');
  });

  it('of a group that is gone ends only after goneAfterMs, with the reason', async (t) => {
    const run = await alerting(t);
    const query = { ...aRule().query, by: ['agent'] };
    await run.alerts.createRule(rule('alert', { query, goneAfterMs: 20_000 }), 'me');
    for (const agent of ['a', 'b']) run.metrics.set(11, { agent });
    await run.pass(1_000);
    run.metrics.set(undefined, { agent: 'b' });
    await run.pass(10_000);
    const states = (): string[] =>
      run.alerts.list().map(({ labels, state }) => `${labels['agent']}:${state}`);
    assert.deepEqual(states(), ['a:firing', 'b:no-data']);
    await run.pass(8_000);
    assert.deepEqual(states(), ['a:firing', 'b:no-data']);
    await run.pass(4_000);
    assert.deepEqual(states(), ['a:firing', 'b:resolved']);
    assert.match(run.alerts.list()[1]!.annotations['reason']!, /^gone: no data for 2\d s$/);
    await run.pass(3_700_000, 60_000);
    assert.deepEqual(states(), ['a:firing']);
    assert.equal(run.alerts.stats().alerts.resolved, 0, 'and is forgotten');
  });

  it('is not concluded from a time when nobody looked', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(rule('alert'), 'me');
    run.metrics.set(1);
    await run.pass(2_000);
    run.metrics.broken = new Error('away');
    await run.pass(60_000);
    run.metrics.broken = undefined;
    run.metrics.set(undefined);
    await run.pass(4_000);
    assert.equal(run.state(), 'none');
    await run.pass(3_000);
    assert.equal(run.state(), 'no-data');
  });

  it('is what a value that is no number is', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(rule('ok'), 'me');
    run.metrics.set(11);
    await run.pass(1_000);
    run.metrics.set(NaN);
    await run.pass(7_000);
    assert.equal(run.state(), 'no-data');
  });
});

describe('an evaluation without a result', () => {
  it('changes no alert, is counted, and said on the rule until one succeeds', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule({ noDataAfterMs: 2_000 }), 'me');
    run.metrics.set(11);
    await run.pass(1_000);
    run.metrics.broken = new WaooawError('bad_aggregation', 'a gauge has no p95');
    await run.pass(10_000);
    assert.equal(run.state(), 'firing');
    const { failures, error } = run.alerts.rule('busy');
    assert.equal(failures, 10);
    assert.deepEqual([error?.code, error?.message], ['bad_aggregation', 'a gauge has no p95']);
    run.metrics.broken = new Error('odd');
    await run.pass(1_000);
    assert.equal(run.alerts.rule('busy').error?.code, 'internal');
    run.metrics.broken = undefined;
    await run.pass(1_000);
    assert.equal(run.alerts.rule('busy').error, undefined);
    assert.equal(run.alerts.stats().failures, 11);
  });

  it('ends after its time; what was due meanwhile is left out and counted', async (t) => {
    const run = await alerting(t, { limits: { evaluationTimeoutMs: 3_500 } });
    await run.alerts.createRule(aRule(), 'me');
    run.metrics.broken = 'hangs';
    await run.pass(4_000);
    const { overruns, evaluations } = run.alerts.rule('busy');
    assert.deepEqual([overruns, evaluations], [3, 0]);
    assert.equal(run.alerts.rule('busy').error?.code, 'request_timeout');
    run.metrics.broken = undefined;
    run.metrics.set(11);
    await run.pass(2_000);
    assert.equal(run.state(), 'firing');
  });

  it('is also one whose outcome the database refused: the next one says it again', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule(), 'me');
    run.metrics.set(11);
    run.refuse.next = 2;
    await run.pass(2_000);
    assert.deepEqual([run.state(), run.published()], ['none', []]);
    assert.equal(run.alerts.rule('busy').error?.code, 'database_failed');
    await run.pass(1_000);
    assert.deepEqual([run.state(), run.published()], ['firing', ['firing']]);
  });

  it('holds no more than evaluationConcurrency slots, and others take their turn', async (t) => {
    const run = await alerting(t, { limits: { evaluationConcurrency: 2, evaluationTimeoutMs: 5_000 } });
    for (const name of ['a', 'b', 'c', 'd']) await run.alerts.createRule(aRule({ name }), 'me');
    run.metrics.broken = 'hangs';
    await run.pass(1_500, 100);
    assert.equal(run.metrics.asked.length, 2);
    run.metrics.broken = undefined;
    run.metrics.set(11);
    await run.pass(7_000);
    assert.equal(run.alerts.list().length, 4);
  });
});

describe('rules', () => {
  it('that are removed, switched off or ask something else end their alerts, with the reason', async (t) => {
    const run = await alerting(t);
    run.metrics.set(11);
    for (const name of ['a', 'b', 'c']) await run.alerts.createRule(aRule({ name }), 'me');
    await run.pass(1_000);
    await run.alerts.deleteRule('a');
    await run.alerts.replaceRule(aRule({ name: 'b', enabled: false }), 'me');
    await run.alerts.replaceRule(aRule({ name: 'c', labels: { team: 'web' } }), 'me');
    assert.deepEqual(
      run.alerts
        .list()
        .map(({ rule, state, annotations }) => [rule, state, annotations['reason']])
        .sort(),
      [
        ['a', 'resolved', 'its rule was removed'],
        ['b', 'resolved', 'its rule was changed'],
        ['c', 'resolved', 'its rule was changed'],
      ],
    );
    await run.pass(2_000);
    const firing = run.alerts.list().filter(({ state }) => state === 'firing');
    assert.deepEqual(
      firing.map(({ labels }) => labels),
      [{ team: 'web' }],
    );
    assert.deepEqual(
      run.alerts
        .rules()
        .map(({ rule, alerts }) => [rule.name, alerts.firing])
        .sort(),
      [
        ['b', 0],
        ['c', 1],
      ],
    );
  });

  it('that are replaced by one which asks the same keep their alerts', async (t) => {
    const run = await alerting(t);
    run.metrics.set(11);
    await run.alerts.createRule(aRule(), 'me');
    await run.pass(1_000);
    const before = one(run);
    const changed = await run.alerts.replaceRule(
      aRule({ severity: 'degraded', keepFiringForMs: 9_000 }),
      'you',
    );
    assert.equal(changed.changedBy, 'you');
    await run.pass(2_000);
    const { alert, firedAt, severity, state } = one(run);
    assert.deepEqual([alert, firedAt, severity, state], [before.alert, before.firedAt, 'degraded', 'firing']);
  });

  it('that are removed while their query is answered raise nothing', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule(), 'me');
    run.metrics.set(11);
    run.clock.advance(1_000);
    await run.alerts.deleteRule('busy');
    await run.pass(3_000);
    assert.deepEqual(run.alerts.list(), []);
  });

  it('have names of their own, are at most maxRules, and must be there to be changed', async (t) => {
    const run = await alerting(t, { limits: { maxRules: 2 }, file: { rules: [aRule({ name: 'filed' })] } });
    await run.alerts.createRule(aRule(), 'me');
    await assert.rejects(run.alerts.createRule(aRule(), 'me'), coded('conflict', 'already'));
    await assert.rejects(
      run.alerts.createRule(aRule({ name: 'more' }), 'me'),
      coded('rule_limit', 'maxRules'),
    );
    await assert.rejects(run.alerts.replaceRule(aRule({ name: 'filed' }), 'me'), coded('read_only', 'file'));
    await assert.rejects(run.alerts.deleteRule('filed'), coded('read_only'));
    await assert.rejects(run.alerts.deleteRule('none'), coded('not_found', '"none"'));
    assert.deepEqual(
      run.alerts.rules().map(({ rule, origin }) => [rule.name, origin]),
      [
        ['filed', 'file'],
        ['busy', 'api'],
      ],
    );
  });

  it('can be tried before they are made', async (t) => {
    const run = await alerting(t);
    const query = { ...aRule().query, by: ['agent'] };
    run.metrics.set(11, { agent: 'a' });
    run.metrics.set(1, { agent: 'b' });
    run.metrics.set(1, { agent: 'c' }, run.clock.now() - 600_000);
    const { alerts, at } = await run.alerts.testRule(aRule({ query, forMs: 5_000 }));
    assert.equal(at, run.clock.now());
    assert.deepEqual(
      alerts.map(({ labels, outcome, state, value }) => [labels['agent'], outcome, state, value]),
      [
        ['a', 'firing', 'pending', 11],
        ['b', 'clear', 'inactive', 1],
        ['c', 'unknown', 'no-data', undefined],
      ],
    );
    for (const agent of ['a', 'b', 'c']) run.metrics.set(undefined, { agent });
    assert.deepEqual(
      (await run.alerts.testRule(aRule())).alerts.map(({ state }) => state),
      ['no-data'],
    );
    assert.deepEqual([run.alerts.list(), run.alerts.rules()], [[], []]);
  });
});

describe('maxAlerts', () => {
  it('leaves new groups out, counted and said on the rule; what fires takes the place of what is over', async (t) => {
    const run = await alerting(t, { limits: { maxAlerts: 3 } });
    const query = { ...aRule().query, by: ['agent'] };
    await run.alerts.createRule(aRule({ query }), 'me');
    for (const agent of ['a', 'b', 'c']) run.metrics.set(1, { agent });
    await run.pass(1_000);
    assert.equal(run.alerts.stats().alerts.inactive, 3);
    for (const agent of ['d', 'e']) run.metrics.set(11, { agent });
    await run.pass(2_000);
    assert.deepEqual(
      run.alerts.list().map(({ labels }) => labels['agent']),
      ['d', 'e'],
    );
    const { error } = run.alerts.rule('busy');
    assert.deepEqual([error?.code, /maxAlerts/.test(error?.message ?? '')], ['alert_limit', true]);
    assert.ok(run.alerts.stats().refused >= 2);
    for (const agent of ['f', 'g', 'h']) run.metrics.set(12, { agent });
    await run.pass(1_000);
    assert.equal(run.alerts.list().length, 3);
    assert.deepEqual(
      run.alerts.list().map(({ state }) => state),
      ['firing', 'firing', 'firing'],
    );
    await assert.rejects(run.alerts.sink.observe(signal('firing', run)), coded('alert_limit'));
  });
});

function signal(outcome: AlertSignal['outcome'], { clock }: Alerting, more: object = {}): AlertSignal {
  const at = clock.now();
  return {
    key: 'check/disk',
    source: 'health',
    severity: 'critical',
    outcome,
    at,
    summary: `disk: ${outcome}`,
    tags: { agent: 'a' },
    ...more,
  };
}

describe('signals of other services', () => {
  it('raise, keep and end an alert; not knowing is neither', async (t) => {
    const run = await alerting(t);
    const see = async (outcome: AlertSignal['outcome']): Promise<string> => {
      run.clock.advance(1_000);
      await run.alerts.sink.observe(signal(outcome, run));
      return run.state();
    };
    const seen: string[] = [];
    for (const outcome of [
      'clear',
      'unknown',
      'firing',
      'unknown',
      'firing',
      'clear',
      'firing',
      'gone',
    ] as const) {
      seen.push(await see(outcome));
    }
    assert.deepEqual(seen, ['none', 'none', 'firing', 'no-data', 'firing', 'resolved', 'firing', 'resolved']);
    const { rule, source, labels, annotations } = one(run);
    assert.deepEqual([rule, source, labels], ['check/disk', 'health', { agent: 'a' }]);
    assert.deepEqual(annotations, { summary: 'disk: firing', reason: 'disk: gone' });
  });

  it('are kept when observe resolves, and refused before the start and when the database fails', async (t) => {
    const run = await alerting(t);
    run.refuse.next = 1;
    await assert.rejects(run.alerts.sink.observe(signal('firing', run)), coded('database_failed'));
    assert.equal(run.state(), 'none');
    await run.alerts.sink.observe(signal('firing', run));
    const [row] = await run.database.read({ sql: 'SELECT state FROM alerts' });
    assert.equal(row?.['state'], 'firing');
    const early = createAlerts({
      clock: run.clock,
      publisher: run.publisher,
      reader: run.metrics,
      onError: assert.fail,
    });
    await assert.rejects(early.sink.observe(signal('firing', run)), coded('unavailable'));
    assert.throws(() => early.list(), coded('unavailable'));
    await early.close();
  });

  it('never end before they began, whatever their clock says', async (t) => {
    const run = await alerting(t);
    await run.alerts.sink.observe(signal('firing', run));
    await run.alerts.sink.observe(signal('clear', run, { at: 5 }));
    const { firedAt, resolvedAt } = one(run);
    assert.ok(resolvedAt! >= firedAt!);
  });
});

describe('the alerts channel', () => {
  it('begins with what stands and was resolved within the hour, and goes on alert by alert', async (t) => {
    const run = await alerting(t);
    const { namespace } = run.alerts;
    assert.equal(namespace.resolve('alerts'), 'alerts');
    assert.equal(namespace.resolve('alerts/x'), undefined);
    assert.deepEqual(namespace.access.publish, []);
    const snapshot = (): AlertSnapshot => namespace.snapshot!('alerts') as unknown as AlertSnapshot;
    assert.deepEqual(snapshot(), { alerts: [] });
    await run.alerts.sink.observe(signal('firing', run));
    assert.deepEqual(snapshot().alerts, run.alerts.list());
    assert.deepEqual(run.publisher.take(), [['alerts', snapshot().alerts[0]]] as unknown as [string, Json][]);
    await run.alerts.sink.observe(signal('clear', run));
    await run.pass(3_599_000, 60_000);
    assert.equal(snapshot().alerts.length, 1);
    await run.pass(70_000, 10_000);
    assert.equal(snapshot().alerts.length, 0);
    assert.deepEqual(await run.database.read({ sql: 'SELECT * FROM alerts' }), []);
  });

  it('keeps the last word on each alert for readers that are behind', async (t) => {
    const { alerts } = await alerting(t);
    const { conflate } = alerts.namespace;
    assert.ok(typeof conflate === 'function');
    const [a1, b, a2] = [
      { alert: 'a', n: 1 },
      { alert: 'b', n: 1 },
      { alert: 'a', n: 2 },
    ];
    assert.deepEqual(conflate([a1, b, a2]), [b, a2]);
  });

  it('says that a pending alert is over without having fired', async (t) => {
    const run = await alerting(t);
    await run.alerts.createRule(aRule({ forMs: 60_000 }), 'me');
    run.metrics.set(11);
    await run.pass(2_000);
    run.metrics.set(1);
    await run.pass(1_000);
    const last = run.publisher.take().at(-1)![1] as unknown as Alert;
    assert.deepEqual([last.state, last.firedAt], ['resolved', undefined]);
    assert.deepEqual(run.alerts.list(), []);
  });
});

describe('statistics', () => {
  it('count what there is, as metric families too, before the start as well', async (t) => {
    const run = await alerting(t, { file: { receivers: [{ name: 'pager', url: 'http://127.0.0.1:9/' }] } });
    await run.alerts.createRule(aRule(), 'me');
    run.metrics.set(11);
    await run.pass(1_000);
    const text = exposition(alertsFamilies(run.alerts.stats()));
    for (const line of [
      'waooaw_alerts_rules 1',
      'waooaw_alerts_alerts{state="firing"} 1',
      'waooaw_alerts_evaluations_total 1',
      'waooaw_alerts_delivered_notices_total{receiver="pager"} 0',
    ]) {
      assert.ok(text.includes(`${line}\n`), line);
    }
    const early = createAlerts({
      clock: createManualClock(),
      publisher: new FakePublisher(),
      reader: run.metrics,
      onError: assert.fail,
    });
    assert.equal(early.stats().rules, 0);
  });
});
