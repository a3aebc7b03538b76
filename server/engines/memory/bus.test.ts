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
