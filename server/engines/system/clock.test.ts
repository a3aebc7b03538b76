import { clockContract } from '../../ports/clock.contract.ts';
import { createSystemClock } from './clock.ts';

clockContract('system', () => {
  const clock = createSystemClock();
  // The one suite that has to wait for real time: it is the system's clock that is under test.
  return { clock, pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
});
