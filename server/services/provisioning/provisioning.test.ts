import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANA, provisioningService, stagesSaid } from '../../testing/provisioning-service.ts';

describe('an agent', () => {
  it('is created, upgraded, rolled back and deleted', async (t) => {
    const service = await provisioningService(t);
    const { machine, door, agent, run } = service;
    const created = await service.create({ version: '1.0.0' });
    assert.deepEqual(stagesSaid(created), [
      'allocate completed',
      'start completed',
      'ready completed',
      'expose completed',
    ]);
    assert.equal(created.state, 'completed');
    assert.equal(created.percent, 100);
    assert.deepEqual([agent().state, agent().version, agent().generation], ['running', '1.0.0', 1]);
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'running' });
    assert.deepEqual(door.take().at(-1), 'point shop > shop-1.1.0:1');

    const upgraded = await run('shop', { type: 'upgrade', version: '2.0.0' }, { ifMatch: 1 });
    assert.equal(upgraded.state, 'completed', JSON.stringify(upgraded.error));
    assert.deepEqual(stagesSaid(upgraded), [
      'prepare completed',
      'start completed',
      'ready completed',
      'switch completed',
      'watch completed',
      'drain completed',
      'retire completed',
    ]);
    assert.deepEqual([agent().version, agent().previousVersion, agent().generation], ['2.0.0', '1.0.0', 2]);
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
    assert.deepEqual(upgraded.result, {
      requests: { failed: 0, retried: 0, drained: 0, cut: 0, socketsClosed: 0 },
    });

    await run('shop', { type: 'rollback' });
    assert.deepEqual([agent().version, agent().previousVersion, agent().generation], ['1.0.0', '2.0.0', 3]);

    const deleted = await run('shop', { type: 'delete' });
    assert.equal(deleted.state, 'completed');
    assert.deepEqual(machine.states, {});
    assert.deepEqual([...door.routes.keys()], []);
    assert.equal(agent().state, 'revoked');
    assert.deepEqual(service.provisioning.agents(), []);
    assert.deepEqual(service.errors, []);
    await assert.rejects(service.provisioning.command('shop', { type: 'start' }, ANA));
  });
});
