import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { CheckStatus } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { AgentRestarter } from '../../ports/agent-restarter.ts';
import { sign } from '../../signature.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakeAuditSink } from '../../testing/fake-audit-sink.ts';
import { NO_METRICS } from '../../testing/probing.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { Webhooks } from '../../testing/webhooks.ts';
import { Remediator } from './remediation.ts';
import type { Mended, RemediationDeps } from './remediation.ts';
import { CHECK_DEFAULTS } from './settings.ts';
import type { CheckSettings, Remediation } from './settings.ts';

const AGENT: Remediation['action'] = { kind: 'restart-agent', agent: 'payments-1' };
const DOWN: CheckStatus = {
  check: 'api',
  title: 'API',
  kind: 'http',
  source: 'file',
  state: 'down',
  word: 'down',
  since: 5,
  reason: 'refused',
  critical: true,
  intervalMs: 1_000,
  tags: { service: 'payments' },
  incident: { id: 'i1', startedAt: 5 },
};
const UP: CheckStatus = { ...DOWN, state: 'up', word: 'up' };

function settings(
  action: Remediation['action'],
  more: Partial<Remediation> = {},
  check = 'api',
): CheckSettings {
  return {
    ...CHECK_DEFAULTS,
    check,
    title: 'API',
    kind: 'http',
    source: 'file',
    tags: {},
    dependsOn: [],
    remediation: { action, cooldownMs: 60_000, maxAttempts: 3, timeoutMs: 5_000, ...more },
  };
}

function setUp(t: TestContext, more: Partial<RemediationDeps> = {}) {
  const clock = createManualClock();
  const trail = new FakeAuditSink();
  const errors: string[] = [];
  const restarted: string[] = [];
  const agents: AgentRestarter = {
    restart(agent) {
      restarted.push(agent);
      return Promise.resolve();
    },
  };
  const remediator = new Remediator({
    clock,
    reader: NO_METRICS,
    allowPrivate: true,
    audit: trail,
    agents,
    send: fetch,
    limits: { maxRemediationsPerMinute: 10, remediationConcurrency: 4 },
    onError: (error, what) => void errors.push(`${what}: ${String(error)}`),
    ...more,
  });
  t.after(() => remediator.close());
  let mended: Mended | undefined;
  const consider = (status: CheckStatus, of = settings(AGENT)): Mended | undefined =>
    (mended = remediator.consider(of, status, mended));
  /** Time passes, and what is then under way ends. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let i = 0; i < 5; i++) await turn();
  };
  return { clock, trail, errors, restarted, remediator, consider, pass };
}

/** Until the trail has so many entries. */
async function entries(trail: FakeAuditSink, count: number): Promise<void> {
  while (trail.entries.length < count) await turn();
}

describe('a remedy', () => {
  it('is tried when the check is down, again after its pause, and no more than it may', async (t) => {
    const { consider, restarted, pass, clock } = setUp(t);
    assert.deepEqual(consider(DOWN), { attempts: 1, lastAt: clock.now() });
    await pass(59_999);
    consider(DOWN);
    assert.equal(restarted.length, 1);
    await pass(1);
    consider(DOWN);
    await pass(60_000);
    consider(DOWN);
    await pass(60_000);
    assert.equal(consider(DOWN)?.attempts, 3);
    assert.deepEqual(restarted, ['payments-1', 'payments-1', 'payments-1']);
  });

  it('may be tried anew in the next incident, and not before its pause is over', async (t) => {
    const { consider, restarted, pass } = setUp(t);
    const once = settings(AGENT, { maxAttempts: 1 });
    consider(DOWN, once);
    await pass(1_000);
    assert.equal(consider(UP, once)?.attempts, 0);
    consider(DOWN, once);
    assert.equal(restarted.length, 1);
    await pass(60_000);
    consider(DOWN, once);
    await pass(0);
    assert.equal(restarted.length, 2);
  });

  it('waits no longer because the wall clock was put back', async (t) => {
    const { remediator, clock, restarted, pass } = setUp(t);
    remediator.consider(settings(AGENT), DOWN, { attempts: 1, lastAt: clock.now() + 3_600_000 });
    await pass(0);
    assert.equal(restarted.length, 1);
  });

  it('is for a check that is down of its own, and not meant to be', async (t) => {
    const { consider, restarted, pass } = setUp(t);
    for (const status of [
      UP,
      { ...DOWN, state: 'degraded', word: 'degraded' },
      { ...DOWN, word: 'maintenance' },
      { ...DOWN, word: 'paused' },
      { ...DOWN, word: 'unreachable' },
      { ...DOWN, causedBy: 'database' },
    ] as const) {
      assert.equal(consider(status), undefined, status.word);
    }
    const { remediation: _, ...none } = settings(AGENT);
    assert.equal(consider(DOWN, none), undefined);
    await pass(0);
    assert.deepEqual(restarted, []);
  });

  it('is not tried twice at once', async (t) => {
    const { consider, pass, clock, remediator } = setUp(t, {
      agents: { restart: () => new Promise(() => undefined) },
    });
    const slow = settings(AGENT, { cooldownMs: 1_000 });
    consider(DOWN, slow);
    await pass(2_000);
    assert.equal(consider(DOWN, slow)?.attempts, 1);
    assert.equal(remediator.stats().remediations, 1);
    assert.ok(clock.pending > 0);
  });
});

describe('all remedies together', () => {
  it('are no more in a minute, and no more at once, than they may be', async (t) => {
    const ended: (() => void)[] = [];
    const { remediator, pass } = setUp(t, {
      limits: { maxRemediationsPerMinute: 3, remediationConcurrency: 2 },
      agents: { restart: () => new Promise((resolve) => ended.push(resolve)) },
    });
    const attempts = (check: string): number =>
      remediator.consider(settings(AGENT, {}, check), { ...DOWN, check }, undefined)?.attempts ?? 0;
    assert.deepEqual(['a', 'b', 'c'].map(attempts), [1, 1, 0]);
    await pass(0);
    ended.splice(0).forEach((end) => end());
    await pass(0);
    assert.deepEqual(['c', 'd'].map(attempts), [1, 0]);
    await pass(0);
    await pass(59_999);
    assert.equal(attempts('d'), 0);
    await pass(1);
    assert.equal(attempts('d'), 1);
    assert.deepEqual(remediator.stats(), {
      remediations: 4,
      failedRemediations: 1,
      heldRemediations: 3,
    });
    ended.forEach((end) => end());
  });
});

describe('the trail', () => {
  it('knows of a remedy before it is tried, and how it ended', async (t) => {
    const { consider, trail } = setUp(t);
    consider(DOWN);
    await entries(trail, 2);
    const [begin, end] = trail.entries;
    assert.deepEqual(trail.said, [
      'remediate.begin check/api success by health',
      'remediate check/api success by health',
    ]);
    assert.deepEqual(
      [begin?.reason, begin?.tags, begin?.details, end?.details],
      [
        'refused',
        { service: 'payments' },
        { kind: 'restart-agent', attempt: 1, incident: 'i1' },
        { kind: 'restart-agent', attempt: 1, incident: 'i1' },
      ],
    );
  });

  it('that cannot be written holds every remedy back', async (t) => {
    const { consider, trail, restarted, errors, pass, remediator } = setUp(t);
    trail.break();
    consider(DOWN);
    await pass(0);
    assert.deepEqual(restarted, []);
    assert.match(errors[0] ?? '', /the remedy of check api: .*audit/);
    assert.equal(remediator.stats().failedRemediations, 1);
  });

  it('says why it failed', async (t) => {
    const { consider, trail, pass } = setUp(t, { agents: undefined });
    consider(DOWN);
    await pass(0);
    assert.equal(trail.said[1], 'remediate check/api failure (No agents are kept here) by health');
    const refused = setUp(t, { agents: { restart: () => Promise.reject(new Error('no such agent')) } });
    refused.consider(DOWN);
    await refused.pass(0);
    assert.equal(refused.trail.said[1], 'remediate check/api failure (no such agent) by health');
  });

  it('says that it took too long', async (t) => {
    const { consider, trail, pass } = setUp(t, { agents: { restart: () => new Promise(() => undefined) } });
    consider(DOWN);
    await pass(0);
    await pass(5_000);
    assert.equal(trail.said[1], 'remediate check/api failure (No answer within 5000 ms) by health');
  });
});

describe('a webhook', () => {
  it('is told of the failure, signed, once per attempt, and follows no redirect', async (t) => {
    const webhooks = await Webhooks.listen(t);
    const { consider, trail, clock } = setUp(t);
    consider(DOWN, settings({ kind: 'webhook', url: webhooks.url, secret: 's3cret' }));
    await entries(trail, 2);
    assert.equal(trail.said[1], 'remediate check/api success by health');
    const [{ headers, body } = assert.fail()] = webhooks.received;
    assert.deepEqual(JSON.parse(body), {
      version: 1,
      type: 'remediation',
      at: clock.now(),
      attempt: 1,
      check: 'api',
      title: 'API',
      state: 'down',
      since: 5,
      reason: 'refused',
      tags: { service: 'payments' },
      incident: 'i1',
    });
    assert.equal(headers['x-waooaw-signature'], sign('s3cret', Math.floor(clock.now() / 1_000), body));
    assert.equal(headers['idempotency-key'], 'api-5-1');
    for (const reaction of [500, { status: 307, headers: { location: webhooks.url } }]) {
      webhooks.reactions.push(reaction);
      const again = setUp(t);
      again.consider(DOWN, settings({ kind: 'webhook', url: webhooks.url }));
      await entries(again.trail, 2);
      assert.match(again.trail.said[1]!, /failure \(HTTP (500|307)\)/);
    }
    assert.equal(webhooks.received.length, 3);
    assert.equal(webhooks.received[1]?.headers['x-waooaw-signature'], undefined);
  });
});

describe('a command', () => {
  it('is run without a shell and with nothing of our environment, and its exit code is its result', async (t) => {
    const out = join(temporaryFolder(), 'out');
    const script = `require('fs').writeFileSync(process.argv[1], JSON.stringify([process.argv[2], process.env.A, process.env.PATH ?? null]))`;
    const { consider, trail } = setUp(t);
    const command = [process.execPath, '-e', script, out, '$HOME; exit'];
    consider(DOWN, settings({ kind: 'exec', command, env: { A: 'b' } }));
    await entries(trail, 2);
    assert.equal(trail.said[1], 'remediate check/api success by health');
    assert.deepEqual(JSON.parse(await readFile(out, 'utf8')), ['$HOME; exit', 'b', null]);
    const failing = setUp(t);
    failing.consider(
      DOWN,
      settings({ kind: 'exec', command: [process.execPath, '-e', 'process.exit(3)'], env: {} }),
    );
    await entries(failing.trail, 2);
    assert.match(failing.trail.said[1]!, /failure \(.*3.*\)/);
    const relative = setUp(t);
    relative.consider(DOWN, settings({ kind: 'exec', command: [join(out, 'nothing')], env: {} }));
    await entries(relative.trail, 2);
    assert.match(relative.trail.said[1]!, /failure/);
  });

  it('under way is ended when the service closes, and nothing begins after that', async (t) => {
    const ready = join(temporaryFolder(), 'ready');
    const script = `require('fs').writeFileSync(process.argv[1], ''); setInterval(() => {}, 1000)`;
    const { consider, remediator, trail } = setUp(t);
    const of = settings({ kind: 'exec', command: [process.execPath, '-e', script, ready], env: {} });
    consider(DOWN, of);
    while (!existsSync(ready)) await turn();
    await remediator.close();
    assert.match(trail.said[1]!, /failure/);
    remediator.consider(of, DOWN, undefined);
    assert.equal(remediator.stats().remediations, 1);
  });
});
