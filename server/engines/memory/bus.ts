/** Engine: channels in this process's memory. What was not handed over to the next process begins a new epoch there. */
import type { Bus, BusListener, StoredPublication } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import { Stream } from './stream.ts';
import type { StreamState } from './stream.ts';

/** Streams by channel, as `handOver` gives them. Times are monotonic ms of the process that they come from. */
export type Streams = readonly (readonly [channel: string, state: StreamState])[];

/** A bus in memory. */
export interface MemoryBus extends Bus {
  /** Every stream as it stands, for the process that comes after this one. */
  handOver(): Streams;
  /** Goes on with streams of an earlier process, their times translated to this clock. Before anything is published. */
  takeOver(streams: Streams): void;
}

/** @param clock ages the history. */
export function createMemoryBus(clock: Clock): MemoryBus {
  const all = new Map<string, Stream>();
  const listeners = new Map<string, Set<BusListener>>();

  const streamOf = (channel: string): Stream => {
    let stream = all.get(channel);
    if (!stream) all.set(channel, (stream = new Stream()));
    return stream;
  };

  return {
    // The publication is stored and heard before the promise is returned, so that callers who do not wait still
    // publish in call order.
    publish: (channel, data, retention, key) =>
      new Promise((resolve) => {
        const result = streamOf(channel).append(data, retention, clock.monotonicMs(), key);
        if (!result.duplicate) {
          for (const listener of listeners.get(channel) ?? []) notify(listener, result.publication);
        }
        resolve(result);
      }),

    subscribe(channel, listener) {
      const set = listeners.get(channel) ?? new Set<BusListener>();
      listeners.set(channel, set);
      // Wrapped, so that the same function may listen twice and stop one of the two.
      const own: BusListener = (publication) => listener(publication);
      set.add(own);
      return Promise.resolve(() => {
        set.delete(own);
        if (set.size === 0 && listeners.get(channel) === set) listeners.delete(channel);
      });
    },

    read(channel, since) {
      return Promise.resolve(streamOf(channel).read(since, clock.monotonicMs()));
    },

    forget(channel) {
      all.delete(channel);
      return Promise.resolve();
    },

    handOver() {
      const now = clock.monotonicMs();
      return [...all].map(([channel, stream]) => [channel, stream.state(now)] as const);
    },

    takeOver(streams) {
      for (const [channel, state] of streams) all.set(channel, new Stream(state));
    },

    close() {
      all.clear();
      listeners.clear();
      return Promise.resolve();
    },
  };
}

function notify(listener: BusListener, publication: StoredPublication): void {
  try {
    listener(publication);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
