import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockContract } from '../../ports/clock.contract.ts';
import { createSystemClock } from './clock.ts';

clockContract('system', () => {
  const clock = createSystemClock();
  // The one suite that has to wait for real time: it is the system's clock that is under test.
  return { clock, pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
});

describe('system clock', () => {
  it('warns of a call that throws, whatever it throws', async () => {
    const clock = createSystemClock();
    const thrown: unknown[] = [new Error('odd: an error'), 'odd: a text'];
    const warnings: string[] = [];
    const warned = new Promise<void>((resolve) => {
      const listen = ({ message }: Error): void => {
        // The contract's own tests make a call fail too.
        if (!message.startsWith('odd: ') || warnings.push(message) < thrown.length) return;
        process.off('warning', listen);
        resolve();
      };
      process.on('warning', listen);
    });
    for (const what of thrown) {
      clock.after(0, () => {
        throw what;
      });
    }
    // The clock's own timers do not keep the process alive.
    const alive = setInterval(() => undefined, 1_000);
    await warned;
    clearInterval(alive);
    assert.deepEqual(warnings, ['odd: an error', 'odd: a text']);
  });
});
