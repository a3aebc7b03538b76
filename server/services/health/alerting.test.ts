import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CheckStatus } from '../../../src/protocol/index.ts';
import type { AlertSignal } from '../../ports/alert-sink.ts';
import { turn } from '../../testing/event-loop.ts';
import { Alerting } from './alerting.ts';
import type { Alerted } from './alerting.ts';
import { CHECK_DEFAULTS } from './settings.ts';
import type { CheckSettings } from './settings.ts';

const SETTINGS: CheckSettings = {
  ...CHECK_DEFAULTS,
  check: 'api',
  title: 'API',
  kind: 'http',
  source: 'file',
  tags: { service: 'payments' },
  dependsOn: [],
};
const UP: CheckStatus = {
  check: 'api',
  title: 'API',
  kind: 'http',
  source: 'file',
  state: 'up',
  word: 'up',
  since: 0,
  critical: true,
  intervalMs: 1_000,
};
const DOWN: CheckStatus = { ...UP, state: 'down', word: 'down', reason: 'refused' };
const DEGRADED: CheckStatus = { ...UP, state: 'degraded', word: 'degraded' };
const FLAPPING = { percent: 40, changes: 9, windowMs: 20_000 };

function setUp() {
  const signals: AlertSignal[] = [];
  const errors: string[] = [];
  const sink = {
    broken: undefined as WaooawError | undefined,
    observe(signal: AlertSignal): Promise<void> {
      if (sink.broken) return Promise.reject(sink.broken);
      signals.push(signal);
      return Promise.resolve();
    },
  };
  const alerting = new Alerting({
    sink,
    onError: (error, what) => void errors.push(`${what}: ${String(error)}`),
  });
  let before: Alerted | undefined;
  /** What is said of each status in turn. */
  const say = (...statuses: CheckStatus[]): string[] => {
    for (const status of statuses) before = alerting.observe(SETTINGS, status, 5, before);
    return signals.splice(0).map(({ outcome, severity }) => `${outcome} ${severity}`);
  };
  return { alerting, sink, signals, errors, say };
}

describe('what is said of a check', () => {
  it('is every observation, by its state, with the tags and the words of the check', () => {
    const { say, alerting, signals } = setUp();
    assert.deepEqual(say(UP, UP), ['clear critical', 'clear critical']);
    assert.deepEqual(say(DOWN, DOWN), ['firing critical', 'firing critical']);
    alerting.observe(SETTINGS, DOWN, 7, undefined);
    assert.deepEqual(signals, [
      {
        key: 'check/api',
        source: 'health',
        severity: 'critical',
        outcome: 'firing',
        at: 7,
        summary: 'API: down: refused',
        tags: { service: 'payments' },
      },
    ]);
  });

  it('is over with the severity that it was told with', () => {
    assert.deepEqual(setUp().say(DEGRADED, UP), ['firing degraded', 'clear degraded']);
    assert.deepEqual(setUp().say(DEGRADED, DOWN, UP), [
      'firing degraded',
      'firing critical',
      'clear critical',
    ]);
  });

  it('is that nothing is known while it is not its own business, and then nothing is resolved', () => {
    for (const status of [
      { ...DOWN, word: 'unreachable', unreachableBy: 'router' },
      { ...DOWN, word: 'maintenance' },
      { ...DOWN, word: 'paused' },
      { ...DOWN, causedBy: 'database' },
      { ...UP, word: 'maintenance' },
      { ...UP, state: 'unknown', word: 'unknown' },
    ] as const) {
      assert.deepEqual(setUp().say(DEGRADED, status), ['firing degraded', 'unknown degraded'], status.word);
    }
  });

  it('stays as it was while it flaps', () => {
    const flapping = (status: CheckStatus): CheckStatus => ({ ...status, flapping: FLAPPING });
    assert.deepEqual(setUp().say(UP, flapping(DOWN), flapping(UP)), [
      'clear critical',
      'clear critical',
      'clear critical',
    ]);
    assert.deepEqual(setUp().say(DOWN, flapping(UP), UP), [
      'firing critical',
      'firing critical',
      'clear critical',
    ]);
    assert.deepEqual(setUp().say(flapping(DOWN), DOWN), ['firing critical'], 'nothing was said before');
  });

  it('is nothing where it is not to raise alerts, and nothing where nobody takes alerts', () => {
    const { alerting, signals } = setUp();
    assert.equal(alerting.observe({ ...SETTINGS, alert: false }, DOWN, 5, undefined), undefined);
    assert.deepEqual(signals, []);
    const nobody = new Alerting({ sink: undefined, onError: () => assert.fail() });
    assert.equal(nobody.observe(SETTINGS, DOWN, 5, undefined)?.outcome, 'firing');
  });

  it('is that it is gone, once it is', () => {
    const { alerting, signals } = setUp();
    alerting.gone('api', SETTINGS.tags, 9, 'The check was removed');
    const [{ outcome, summary, tags, at } = assert.fail()] = signals;
    assert.deepEqual([outcome, summary, tags, at], ['gone', 'The check was removed', SETTINGS.tags, 9]);
  });

  it('that is not taken is told once, until it is taken again', async () => {
    const { sink, errors, say } = setUp();
    sink.broken = new WaooawError('alert_limit');
    say(DOWN, DOWN);
    await turn();
    say(DOWN);
    await turn();
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /check api/);
    sink.broken = undefined;
    say(DOWN);
    await turn();
    sink.broken = new WaooawError('database_failed');
    say(DOWN);
    await turn();
    assert.equal(errors.length, 2);
  });
});
