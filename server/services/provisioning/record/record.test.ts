import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turn } from '../../../testing/event-loop.ts';
import {
  aSpec,
  aStage,
  anAgent,
  anEvent,
  anOperation,
  entriesOf,
  provisioningRecording,
  refusedWith,
} from '../../../testing/provisioning-recording.ts';
import type { ProvisioningRecording } from '../../../testing/provisioning-recording.ts';
import type { OperationRecord } from './record.ts';

/** Lets time pass until what is written behind is written, or refused. */
async function pass({ clock, written }: ProvisioningRecording, ms = 1_000): Promise<void> {
  const before = written.times;
  clock.advance(ms);
  while (written.times === before) await turn();
  for (let i = 0; i < 50; i += 1) await turn();
}

describe('what is committed', () => {
  it('is there with its entry, and nothing of it where the entry cannot be written', async (t) => {
    const run = await provisioningRecording(t);
    const { record } = run;
    const agent = anAgent();
    const operation = anOperation('op-1');
    await record.commit({ agent, operation }, anEvent());
    assert.deepEqual(await entriesOf(run), ['create success']);
    assert.deepEqual(await record.findOperation('op-1'), operation);
    await assert.rejects(
      record.commit(
        { agent: anAgent({ state: 'errored' }), statements: [{ sql: 'not a statement' }] },
        anEvent({ action: 'fail' }),
      ),
      refusedWith('database_failed'),
    );
    assert.deepEqual(await entriesOf(run), ['create success']);
    run.refuse.entries = true;
    await assert.rejects(
      record.commit({ agent: anAgent({ state: 'errored' }) }, anEvent({ action: 'fail' })),
      refusedWith('audit_unavailable'),
    );
    await run.stop();
    const next = await provisioningRecording(t, run);
    assert.deepEqual(next.kept, { agents: [agent], operations: [operation] });
  });

  it('takes effect in the order of the calls, however many there are at once', async (t) => {
    const run = await provisioningRecording(t);
    const states = ['provisioned', 'deployed', 'running', 'stopped'] as const;
    const all = Array.from({ length: 40 }, (_, i) =>
      run.record.commit(
        { agent: anAgent({ state: states[i % 4]!, restarts: i }) },
        anEvent({ action: `change-${i}` }),
      ),
    );
    await Promise.all(all);
    assert.deepEqual(
      await entriesOf(run),
      all.map((_, i) => `change-${i} success`),
    );
    await run.stop();
    const { kept } = await provisioningRecording(t, run);
    assert.equal(kept.agents[0]?.restarts, 39);
  });

  it('is refused whole by a full disk, and is taken once there is room', async (t) => {
    const run = await provisioningRecording(t);
    const { record } = run;
    await record.commit({ agent: anAgent() }, anEvent());
    // SQLite reports the same code for a page limit as for a full disk.
    await run.rows('PRAGMA max_page_count = 1');
    const large = anOperation('op', { title: 'x'.repeat(1_000_000) });
    const change = { agent: anAgent({ state: 'provisioned' }), operation: large };
    await assert.rejects(
      record.commit(change, anEvent({ action: 'step' })),
      refusedWith('audit_unavailable'),
    );
    const [state] = await run.rows('SELECT state FROM provisioning_agent');
    assert.deepEqual([state?.['state'], await entriesOf(run)], ['draft', ['create success']]);
    assert.equal(await record.findOperation('op'), undefined);
    await run.rows('PRAGMA max_page_count = 100000');
    await record.commit(change, anEvent({ action: 'step' }));
    assert.deepEqual(await entriesOf(run), ['create success', 'step success']);
  });

  it('keeps the configurations of an agent, the last of them, and none twice', async (t) => {
    const run = await provisioningRecording(t, { limits: { maxConfigurationsPerAgent: 2 } });
    for (const generation of [1, 1, 2, 3]) {
      const spec = aSpec({ generation, replicas: generation, parameters: { n: generation } });
      // Whoever asked for the operation is who is told of; without one, whoever the entry is of.
      const asked = generation === 3 ? { operation: anOperation('op', { by: 'bob' }) } : {};
      await run.record.commit({ agent: anAgent({ spec }), ...asked }, anEvent());
      run.clock.advance(1);
    }
    assert.deepEqual(
      (
        await run.rows('SELECT generation, version, replicas, by, parameters FROM provisioning_configuration')
      ).map((row) => ({
        ...row,
      })),
      [
        { generation: 2, version: '1.0.0', replicas: 2, by: 'ana', parameters: '{"n":2}' },
        { generation: 3, version: '1.0.0', replicas: 3, by: 'bob', parameters: '{"n":3}' },
      ],
    );
    await run.record.commit(
      {
        agent: anAgent({ state: 'revoked', spec: aSpec({ generation: 4 }) }),
        statements: [{ sql: 'DELETE FROM provisioning_configuration' }],
      },
      anEvent({ action: 'delete' }),
    );
    assert.deepEqual(await run.rows('SELECT * FROM provisioning_configuration'), []);
  });

  it('refuses a second operation of ours under way for one agent, and no host’s', async (t) => {
    const { record } = await provisioningRecording(t);
    await record.commit({ operation: anOperation('one') }, anEvent());
    await record.commit({ operation: anOperation('ci', { source: 'host' }) }, anEvent());
    await assert.rejects(
      record.commit({ operation: anOperation('two', { state: 'queued' }) }, anEvent()),
      refusedWith('database_failed'),
    );
    await record.commit({ operation: anOperation('one', { state: 'failed', endedAt: 1 }) }, anEvent());
    await record.commit({ operation: anOperation('two', { state: 'queued' }) }, anEvent());
    await assert.rejects(record.commit({ operation: anOperation('one') }, anEvent()));
  });
});

describe('idempotency keys', () => {
  const key = { by: 'ana', key: 'k', hash: 'ab', operation: 'one' };

  it('name their operation for as long as they are kept, each caller’s their own', async (t) => {
    const run = await provisioningRecording(t, { limits: { keepKeysMs: 1_000 } });
    const { record, clock } = run;
    await record.commit({ operation: anOperation('one'), key }, anEvent());
    assert.deepEqual(await record.findKey('ana', 'k'), key);
    assert.equal(await record.findKey('ben', 'k'), undefined);
    assert.equal(await record.findKey('ana', 'other'), undefined);
    clock.advance(999);
    assert.deepEqual(await record.findKey('ana', 'k'), key);
    clock.advance(1);
    assert.equal(await record.findKey('ana', 'k'), undefined);
    const again = { ...key, operation: 'two' };
    await record.commit({ operation: anOperation('two', { agent: 'web' }), key: again }, anEvent());
    assert.deepEqual(await record.findKey('ana', 'k'), again);
  });

  it('name one operation: a second is refused with all that comes with it', async (t) => {
    const run = await provisioningRecording(t);
    const { record } = run;
    const results = await Promise.allSettled(
      ['one', 'two'].map((operation) =>
        record.commit(
          { operation: anOperation(operation, { agent: operation }), key: { ...key, operation } },
          anEvent(),
        ),
      ),
    );
    assert.equal(results[0]?.status, 'fulfilled');
    assert.ok(results[1]?.status === 'rejected' && refusedWith('conflict')(results[1].reason));
    assert.equal(await record.findOperation('two'), undefined);
    assert.deepEqual(await entriesOf(run), ['create success']);
    // What is wrong beside stays what it is.
    await assert.rejects(
      record.commit({ operation: anOperation('one'), key, statements: [{ sql: 'x' }] }, anEvent()),
      refusedWith('database_failed'),
    );
  });
});

describe('operations that are asked for', () => {
  it('come newest first, page by page, by what they are', async (t) => {
    const { record } = await provisioningRecording(t);
    const put = (operation: string, more: Partial<OperationRecord>): Promise<void> =>
      record.commit(
        { operation: anOperation(operation, { state: 'completed', endedAt: 1, ...more }) },
        anEvent(),
      );
    await put('a', {});
    await put('b', { type: 'stop', agent: 'web' });
    await put('c', { source: 'host', type: 'deploy' });
    await put('d', { state: 'failed' });
    await put('e', { source: 'host', agent: undefined as never });
    const ids = async (query: object): Promise<string> =>
      (await record.operations({ limit: 10, ...query })).map(({ operation }) => operation).join('');
    assert.equal(await ids({}), 'edcba');
    assert.equal(await ids({ limit: 2 }), 'ed');
    assert.equal(await ids({ limit: 2, before: 'd' }), 'cb');
    assert.equal(await ids({ agent: 'mail' }), 'dca');
    assert.equal(await ids({ agent: 'mail', source: 'engine', before: 'd' }), 'a');
    assert.equal(await ids({ state: 'failed' }), 'd');
    assert.equal(await ids({ type: 'stop' }), 'b');
    assert.equal(await ids({ before: 'nowhere' }), '');
    assert.equal(await record.findOperation('nowhere'), undefined);
  });

  it('keep their place when they change', async (t) => {
    const { record } = await provisioningRecording(t);
    await record.commit({ operation: anOperation('a') }, anEvent());
    await record.commit({ operation: anOperation('b', { agent: 'web' }) }, anEvent());
    await record.commit({ operation: anOperation('a', { state: 'completed', endedAt: 1 }) }, anEvent());
    const found = await record.operations({ limit: 10 });
    assert.deepEqual(
      found.map(({ operation, state }) => `${operation} ${state}`),
      ['b running', 'a completed'],
    );
  });
});

describe('progress', () => {
  const running = (percent: number, revision: number): OperationRecord =>
    anOperation('op', {
      revision,
      stages: [
        aStage('allocate', { state: 'running', attempts: 1, percent, detail: `${percent} of 100` }),
        aStage('start', { percent: 5 }),
      ],
    });

  it('is seen at once, written within a second, and there after a restart', async (t) => {
    const run = await provisioningRecording(t);
    const { record } = run;
    await record.commit({ operation: anOperation('op') }, anEvent());
    record.progress(running(20, 2));
    record.progress(running(40, 3));
    const seen = await record.findOperation('op');
    assert.deepEqual([seen?.stages[0]?.percent, seen?.revision], [40, 3]);
    assert.equal(run.written.times, 0);
    await pass(run);
    assert.equal(run.written.times, 1);
    record.progress(running(60, 4));
    await run.stop();
    const { kept } = await provisioningRecording(t, run);
    const [stage, other] = kept.operations[0]?.stages ?? [];
    assert.deepEqual([stage?.percent, stage?.detail, other?.percent], [60, '60 of 100', undefined]);
    assert.equal(kept.operations[0]?.revision, 4);
  });

  it('never says more of a stage than was committed, nor anything of one that has ended', async (t) => {
    const run = await provisioningRecording(t);
    const { record } = run;
    await record.commit({ operation: anOperation('op') }, anEvent());
    // Told while its commit is under way, by a stage that has come further.
    const next = anOperation('op', {
      revision: 3,
      stages: [
        aStage('allocate', { state: 'completed', attempts: 1 }),
        aStage('start', { state: 'running', attempts: 1 }),
      ],
    });
    record.progress(running(90, 2));
    const committing = record.commit({ operation: next }, anEvent());
    record.progress({
      ...next,
      revision: 4,
      stages: [next.stages[0]!, { ...next.stages[1]!, percent: 10 }],
    });
    await committing;
    await pass(run);
    assert.deepEqual(
      (await run.rows('SELECT progress FROM provisioning_operation')).map(({ progress }) => progress),
      ['{"revision":4,"stages":{"start":{"percent":10}}}'],
    );
    const done = { ...next, revision: 5, state: 'completed', endedAt: 1 } as const;
    await record.commit({ operation: done }, anEvent());
    // Late, of what has ended since.
    record.progress({ ...next, revision: 4 });
    await pass(run);
    assert.deepEqual(await record.findOperation('op'), done);
  });

  it('of one that is being committed waits, and what is refused gives way to what is newer', async (t) => {
    const run = await provisioningRecording(t);
    const { record } = run;
    await record.commit({ operation: anOperation('op') }, anEvent());
    await record.commit({ operation: anOperation('other', { agent: 'web' }) }, anEvent());
    run.refuse.next = 1;
    record.progress(running(10, 2));
    record.progress({ ...running(33, 2), operation: 'other' });
    run.clock.advance(1_000);
    record.progress(running(20, 3));
    const committing = [1, 2].map((restarts) =>
      record.commit({ operation: running(30, 4), agent: anAgent({ restarts }) }, anEvent()),
    );
    await Promise.all(committing);
    await pass(run);
    assert.match(run.errors.join(), /^progress and logs of operations cannot be written, and wait/);
    assert.deepEqual(
      (await record.operations({ limit: 9 })).map(({ operation, stages, revision }) => [
        operation,
        stages[0]?.percent,
        revision,
      ]),
      [
        ['other', 33, 2],
        ['op', 30, 4],
      ],
    );
  });
});

describe('what a stage is expected to take', () => {
  it('is what it took the last times, from three runs on', async (t) => {
    const run = await provisioningRecording(t, { limits: { maxStageDurations: 5 } });
    const { record } = run;
    const took = (ms: number, kind = 'watcher'): Promise<void> =>
      record.commit({ took: { kind, type: 'create', stage: 'start', ms } }, anEvent());
    await took(1_000);
    await took(10);
    assert.equal(record.expected('watcher', 'create', 'start'), undefined);
    await took(20.4);
    assert.deepEqual(record.expected('watcher', 'create', 'start'), { p50Ms: 20, p90Ms: 1_000, runs: 3 });
    for (const ms of [30, 40, 50]) await took(ms);
    const expected = { p50Ms: 30, p90Ms: 50, runs: 5 };
    assert.deepEqual(record.expected('watcher', 'create', 'start'), expected);
    assert.equal(record.expected('watcher', 'upgrade', 'start'), undefined);
    await assert.rejects(
      record.commit(
        { took: { kind: 'watcher', type: 'create', stage: 'start', ms: 9_999 }, statements: [{ sql: 'x' }] },
        anEvent(),
      ),
    );
    assert.deepEqual(record.expected('watcher', 'create', 'start'), expected, 'it was not committed');
    await run.stop();
    const next = await provisioningRecording(t, run);
    assert.deepEqual(next.record.expected('watcher', 'create', 'start'), expected);
    assert.deepEqual(
      (await next.rows('SELECT ms FROM provisioning_duration ORDER BY id')).map(({ ms }) => ms),
      [10, 20, 30, 40, 50],
    );
  });
});

describe('a record that was never begun', () => {
  it('writes nothing, and can be closed', async (t) => {
    const run = await provisioningRecording(t, { begun: false });
    assert.equal(run.record.epoch, 0);
    await run.stop();
    assert.deepEqual([run.written.times, run.clock.pending, run.errors], [0, 0, []]);
  });

  it('says when it cannot begin', async (t) => {
    const run = await provisioningRecording(t, { begun: false });
    run.refuse.next = 1;
    await assert.rejects(run.record.begin(), refusedWith('database_failed'));
    assert.equal(run.record.epoch, 0);
    await assert.rejects(run.record.commit({ agent: anAgent() }, anEvent()), { message: /taken over/ });
  });
});
