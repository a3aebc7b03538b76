/** Engine: channels in this process's memory. A restart begins new epochs, and says so. */
import { hash, randomBytes } from 'node:crypto';
import type { Position } from '../../../src/protocol/index.ts';
import type { Bus, BusListener, ReadResult, Retention, StoredPublication } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';

/** Tail of a stream with no publication yet. */
const NO_TAIL = '0'.repeat(16);

interface Kept extends StoredPublication {
  readonly at: number;
}

/** One channel's stream. `base` is the position just before the oldest kept publication. */
interface Stream {
  readonly epoch: string;
  offset: number;
  tail: string;
  baseTail: string;
  kept: Kept[];
  retention: Retention;
}

/** @param clock ages the history. */
export function createMemoryBus(clock: Clock): Bus {
  const streams = new Map<string, Stream>();
  const listeners = new Map<string, Set<BusListener>>();

  const streamOf = (channel: string): Stream => {
    let stream = streams.get(channel);
    if (!stream) {
      const epoch = randomBytes(6).toString('base64url');
      stream = {
        epoch,
        offset: 0,
        tail: NO_TAIL,
        baseTail: NO_TAIL,
        kept: [],
        retention: { size: 0, ageMs: 0 },
      };
      streams.set(channel, stream);
    }
    return stream;
  };

  return {
    // Not an `async` body: the publication is stored and heard before the promise is returned, so that callers
    // who do not wait still publish in call order.
    publish(channel, data, retention) {
      const stream = streamOf(channel);
      stream.offset += 1;
      stream.tail = hash('sha256', `${stream.tail}${stream.offset}\n${data}`, 'hex').slice(0, 16);
      const publication: Kept = { offset: stream.offset, data, tail: stream.tail, at: clock.monotonicMs() };
      stream.retention = retention;
      stream.kept.push(publication);
      trim(stream, publication.at);
      for (const listener of listeners.get(channel) ?? []) notify(listener, publication);
      return Promise.resolve(publication);
    },

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
      const stream = streamOf(channel);
      trim(stream, clock.monotonicMs());
      return Promise.resolve(readSince(stream, since));
    },

    forget(channel) {
      streams.delete(channel);
      return Promise.resolve();
    },

    close() {
      streams.clear();
      listeners.clear();
      return Promise.resolve();
    },
  };
}

function readSince(stream: Stream, since: Position | undefined): ReadResult {
  const position: Position = { e: stream.epoch, o: stream.offset, h: stream.tail };
  if (!since) return { position, publications: [] };
  if (since.e !== stream.epoch) return { position, publications: [], lost: 'epoch' };
  if (since.o > stream.offset) return { position, publications: [], lost: 'tail' };
  const base = stream.offset - stream.kept.length;
  if (since.o < base) return { position, publications: [], lost: 'history' };
  const index = since.o - base;
  const tailThere = index === 0 ? stream.baseTail : stream.kept[index - 1]?.tail;
  if (since.h !== tailThere) return { position, publications: [], lost: 'tail' };
  return { position, publications: stream.kept.slice(index) };
}

/** Drops what is over the size or the age. */
function trim(stream: Stream, now: number): void {
  const { kept, retention } = stream;
  let drop = Math.max(0, kept.length - retention.size);
  while (drop < kept.length && now - kept[drop]!.at >= retention.ageMs) drop += 1;
  if (drop === 0) return;
  stream.baseTail = kept[drop - 1]!.tail;
  stream.kept = kept.slice(drop);
}

function notify(listener: BusListener, publication: StoredPublication): void {
  try {
    listener(publication);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
