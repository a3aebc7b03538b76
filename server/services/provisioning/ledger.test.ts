import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coded } from '../../testing/harness.ts';
import { anAgent, anEvent, anOperation } from '../../testing/provisioning-recording.ts';
import { Ledger } from './ledger.ts';
import type { Written } from './ledger.ts';
import type { Change, OperationRecord, ProvisioningRecord } from './record/record.ts';

/** A ledger over a record that takes everything, or refuses it. */
function ledgerOf(kept: { agents?: ReturnType<typeof anAgent>[]; operations?: OperationRecord[] } = {}) {
  const commits: Change[] = [];
  const told: OperationRecord[] = [];
  const news: string[] = [];
  const state: { refused?: Error; wait?: Promise<void> } = {};
  const record = {
    async commit(change: Change) {
      await state.wait;
      if (state.refused) throw state.refused;
      commits.push(change);
    },
    progress: (operation: OperationRecord) => void told.push(operation),
  } as unknown as ProvisioningRecord;
  const ledger = new Ledger();
  ledger.load(record, { agents: kept.agents ?? [], operations: kept.operations ?? [] });
  ledger.changed = ({ agent, operation }) => void news.push(agent?.state ?? operation?.state ?? '');
  const change = (written: Omit<Written, 'event'>) =>
    ledger.change('mail', () => ({ ...written, event: anEvent() }));
  return { ledger, commits, told, news, state, change };
}

describe('the ledger', () => {
  it('shows a change once it is durable, and not before, nor when it was refused', async () => {
    const { ledger, state, change, news } = ledgerOf();
    let release = (): void => undefined;
    state.wait = new Promise((resolve) => (release = resolve));
    const written = change({ agent: anAgent() });
    assert.equal(ledger.agent('mail'), undefined);
    release();
    await written;
    assert.deepEqual([ledger.agent('mail')?.state, news], ['draft', ['draft']]);
    state.refused = new Error('full');
    await assert.rejects(change({ agent: anAgent({ state: 'provisioned' }) }), /full/);
    assert.deepEqual([ledger.agent('mail')?.state, news], ['draft', ['draft']]);
  });

  it('has its agents in the order of their ids, whenever they came, before and after a restart', async () => {
    const before = ['c', 'a', 'b'].map((agent) => anAgent({ agent }));
    const { ledger } = ledgerOf({ agents: before });
    const ids = () => ledger.agents().map(({ agent }) => agent);
    assert.deepEqual(ids(), ['a', 'b', 'c']);
    for (const agent of ['aa', 'B', '1'])
      await ledger.change(agent, () => ({ agent: anAgent({ agent }), event: anEvent() }));
    assert.deepEqual(ids(), ['1', 'B', 'a', 'aa', 'b', 'c']);
    await ledger.change('aa', () => ({
      agent: anAgent({ agent: 'aa', state: 'revoked' }),
      event: anEvent(),
    }));
    assert.equal(ledger.agents()[3]?.state, 'revoked');
    ledger.forgetRevoked(['aa', 'b']);
    assert.deepEqual(ids(), ['1', 'B', 'a', 'b', 'c']);
  });

  it('refuses a state that may not follow, and a life that does not begin as a draft', async () => {
    const { change, commits } = ledgerOf({ agents: [anAgent({ state: 'running' })] });
    await assert.rejects(change({ agent: anAgent({ state: 'provisioned' }) }), coded('bad_transition'));
    await assert.rejects(
      change({ agent: anAgent({ state: 'draft', incarnation: 2 }) }),
      coded('bad_transition'),
    );
    const other = { agent: anAgent({ agent: 'other', state: 'running' }) };
    await assert.rejects(change(other), coded('bad_transition', 'begins as a draft'));
    assert.deepEqual(commits, []);
    await change({ agent: anAgent({ state: 'revoked' }) });
    await assert.rejects(
      change({ agent: anAgent({ state: 'running', incarnation: 2 }) }),
      coded('bad_transition'),
    );
    await change({ agent: anAgent({ state: 'draft', incarnation: 2 }) });
    assert.equal(commits.length, 2);
  });

  it('writes nothing before it is loaded, and nothing where there is nothing to write', async () => {
    const { ledger, commits } = ledgerOf();
    assert.equal(await ledger.change('mail', () => undefined), undefined);
    assert.deepEqual(commits, []);
    const empty = new Ledger();
    empty.progress(anOperation('op'));
    await assert.rejects(
      empty.change('mail', () => undefined),
      coded('unavailable'),
    );
  });

  it('changes one agent after another, each with what the one before left', async () => {
    const { ledger, change } = ledgerOf({ agents: [anAgent({ state: 'running' })] });
    const count = () =>
      ledger.change('mail', () => {
        const agent = ledger.agent('mail')!;
        return { agent: { ...agent, restarts: agent.restarts + 1 }, event: anEvent() };
      });
    await Promise.all(Array.from({ length: 20 }, count));
    assert.equal(ledger.agent('mail')?.restarts, 20);
    await change({});
    await ledger.idle();
  });

  it('tells progress of what it knows, and of nothing else', () => {
    const { ledger, told } = ledgerOf({ operations: [anOperation('op-1')] });
    ledger.progress(anOperation('op-1', { title: 'on' }));
    ledger.progress(anOperation('op-2'));
    assert.deepEqual([told.length, ledger.operation('op-1')?.title], [1, 'on']);
  });

  it('keeps the last operation of each agent, what has not ended, and what has only just', () => {
    const ended = (id: string, endedAt: number, more: Partial<OperationRecord> = {}) =>
      anOperation(id, { state: 'completed', endedAt, ...more });
    const { ledger } = ledgerOf({
      agents: [anAgent({ state: 'running' }), anAgent({ agent: 'gone', state: 'revoked' })],
      operations: [
        ended('old', 1),
        ended('new', 9),
        ended('host', 1, { source: 'host' }),
        anOperation('open', { source: 'host' }),
        ended('last', 2),
        ended('of-the-gone', 2, { agent: 'gone' }),
      ],
    });
    assert.equal(ledger.latestOf('mail')?.operation, 'last');
    ledger.forget(5);
    assert.deepEqual(
      ledger.operations().map(({ operation }) => operation),
      ['new', 'open', 'last'],
    );
    assert.equal(ledger.latestOf('gone'), undefined);
    assert.equal(ledger.activeOf('mail'), undefined);
  });

  it('lets go of deleted agents, unless they are there again', () => {
    const agents = [anAgent({ state: 'revoked' }), anAgent({ agent: 'again', incarnation: 2 })];
    const { ledger } = ledgerOf({ agents });
    ledger.forgetRevoked(['mail', 'again', 'nobody']);
    assert.deepEqual(
      ledger.agents().map(({ agent }) => agent),
      ['again'],
    );
  });

  it('counts what comes, goes, or is tagged otherwise', async () => {
    const agent = anAgent({ state: 'running' });
    const { ledger, change } = ledgerOf({ agents: [agent] });
    const { version } = ledger;
    await change({ agent: { ...agent, restarts: 1 } });
    assert.equal(ledger.version, version);
    await change({ agent: { ...agent, tags: { team: 'x' } } });
    assert.equal(ledger.version, version + 1);
  });
});
