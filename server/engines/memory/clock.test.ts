import { clockContract } from '../../ports/clock.contract.ts';
import { createManualClock } from './clock.ts';

clockContract('manual', () => {
  const clock = createManualClock();
  return {
    clock,
    pass: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
  };
});
