import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Bus, BusListener, ReadResult, StoredPublication } from '../server/ports/bus.ts';
import { PublishedLog } from './log.ts';
import { Witness } from './witness.ts';

function stored(offset: number): StoredPublication {
  return {
    epoch: 'e',
    offset,
    data: JSON.stringify({ ids: [offset] }),
    prev: offset === 1 ? '' : `h${offset - 1}`,
    tail: `h${offset}`,
  };
}

/** A witness of three publications, whose bus is read at the last one. */
async function witnessOfThree(): Promise<{
  log: PublishedLog;
  witness: Witness;
  /** Where the bus answers to be. */
  at: { offset: number };
  tell: BusListener;
}> {
  const log = new PublishedLog();
  for (const offset of [1, 2, 3]) log.stored('a', stored(offset));
  const heard: BusListener[] = [];
  const at = { offset: 3 };
  const bus: Pick<Bus, 'subscribe' | 'read'> = {
    subscribe: (_, listener) => {
      heard.push(listener);
      return Promise.resolve(() => undefined);
    },
    read: () =>
      Promise.resolve<ReadResult>({
        position: { e: 'e', o: at.offset, h: `h${at.offset}` },
        publications: [],
      }),
  };
  const witness = new Witness(bus as Bus, log);
  await witness.subscribe('a', () => undefined);
  await witness.read('a');
  return { log, witness, at, tell: heard[0]! };
}

describe('Witness', () => {
  it('does not go back to what an engine tells late', async () => {
    const { log, witness, tell } = await witnessOfThree();
    tell(stored(1));
    assert.deepEqual(witness.snapshot('a'), log.snapshotAt(log.head('a')));
  });

  it('goes back with an engine that lost the end of a stream', async () => {
    const { log, witness, tell } = await witnessOfThree();
    log.rolledBack('a', 2);
    log.stored('a', stored(2));
    tell(stored(2));
    assert.deepEqual(witness.snapshot('a'), log.snapshotAt(log.at('a', 2)[0]!));
  });

  it('stays where it stands when a reader’s past is read from an engine that lost it', async () => {
    const { log, witness, at } = await witnessOfThree();
    log.rolledBack('a', 1);
    at.offset = 2;
    await witness.read('a', { e: 'e', o: 3, h: 'h3' });
    // Published again in the same place, it is the past that the server never left.
    log.stored('a', stored(3));
    assert.deepEqual(witness.snapshot('a'), log.snapshotAt(log.head('a')));
  });
});
