import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { busContract } from '../../ports/bus.contract.ts';
import { createMemoryBus } from './bus.ts';
import { createManualClock } from './clock.ts';

busContract('memory', () => {
  const clock = createManualClock();
  const bus = createMemoryBus(clock);
  return Promise.resolve({
    bus,
    pass: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
    close: () => bus.close(),
  });
});

describe('memory bus', () => {
  it('warns of a failing listener, whatever it throws, and harms nobody else', async () => {
    const bus = createMemoryBus(createManualClock());
    const heard: string[] = [];
    const thrown: unknown[] = [new Error('odd: an error'), 'odd: a text'];
    for (const what of thrown) {
      await bus.subscribe('c', () => {
        throw what;
      });
    }
    await bus.subscribe('c', ({ data }) => heard.push(data));
    const warnings: string[] = [];
    const warned = new Promise<void>((resolve) => {
      const listen = ({ message }: Error): void => {
        // Other tests of this file make a listener fail too.
        if (!message.startsWith('odd: ') || warnings.push(message) < thrown.length) return;
        process.off('warning', listen);
        resolve();
      };
      process.on('warning', listen);
    });
    await bus.publish('c', '1', { size: 1, ageMs: 1_000 });
    await warned;
    assert.deepEqual([heard, warnings], [['1'], ['odd: an error', 'odd: a text']]);
  });
});
