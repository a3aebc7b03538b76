import { expect } from '@open-wc/testing';
import type { Json } from '../protocol/frames.ts';
import { answer, batch, followed, resumed } from '../testing/channels.ts';
import { Recorder } from '../testing/recorder.ts';
import { ClientChannel } from './channel.ts';
import type { PublicationInfo } from './channel.ts';

/** What a listener heard of being up to date, and of what a publication stands for. */
class Watcher extends Recorder {
  readonly said: unknown[] = [];

  override publication(data: Json, offset: number, info?: PublicationInfo): void {
    super.publication(data, offset);
    if (info) this.said.push([offset, info.conflated]);
  }

  current(current: boolean): void {
    this.said.push(current);
  }
}

/** A channel at offset 5 with a watcher that knows. */
function watched(): { channel: ClientChannel; watcher: Watcher } {
  const channel = new ClientChannel('metrics/a');
  const watcher = new Watcher();
  channel.add(watcher);
  channel.subscribed(answer(5));
  return { channel, watcher };
}

describe('ClientChannel: conflated publications', () => {
  it('say how many each of them stands for', () => {
    const { channel, watcher } = watched();
    expect(channel.batch({ ...batch(8, 12), after: 5 })).to.equal(true);
    expect(watcher.offsets).to.deep.equal([8, 12]);
    expect(watcher.said).to.deep.equal([true, [8, 2], [12, 3]]);
    expect(channel.request(true).since).to.deep.equal({ e: 'k3', o: 12, h: 'tail12' });
  });

  it('of which none is left out say nothing of it', () => {
    const { channel, watcher } = watched();
    expect(channel.batch({ ...batch(6), after: 5 })).to.equal(true);
    expect(watcher.said).to.deep.equal([true]);
  });

  it('must begin where the listener stands, and rise', () => {
    for (const [after, ...offsets] of [
      [6, 8],
      [4, 8],
      [5, 8, 8],
      [5, 8, 7],
      [5, 5, 8],
    ] as const) {
      const { channel, watcher } = watched();
      expect(channel.batch({ ...batch(...offsets), after }), `${after}: ${offsets.join()}`).to.equal(false);
      expect(watcher.offsets).to.deep.equal([]);
      expect(channel.offset).to.equal(5);
    }
  });

  it('that are known already are passed over', () => {
    const { channel, watcher } = watched();
    expect(channel.batch({ ...batch(4), after: 2 })).to.equal(true);
    expect(watcher.offsets).to.deep.equal([]);
  });
});

describe('ClientChannel: batches', () => {
  it('with a hole in them are a gap from their start: no position without its hash', () => {
    const { channel, first } = followed();
    expect(channel.batch(batch(6, 8))).to.equal(false);
    expect(first.offsets).to.deep.equal([]);
    expect(channel.request(true).since).to.deep.equal({ e: 'k3', o: 5, h: 'tail5' });
  });

  it('that end where the listener stands, with another tail, are another past', () => {
    const { channel } = followed();
    expect(channel.batch({ ...batch(5), h: 'other' })).to.equal(false);
    expect(channel.current).to.equal(false);
    expect(channel.batch(batch(5))).to.equal(true);
  });

  it('without publications change nothing', () => {
    const { channel } = followed();
    expect(channel.batch({ n: 7, pubs: [], h: 'x' })).to.equal(true);
    expect(channel.request(true).since).to.deep.equal({ e: 'k3', o: 5, h: 'tail5' });
  });

  it('are told with the position already behind them, whatever a listener does', () => {
    const channel = new ClientChannel('metrics/a');
    const positions: unknown[] = [];
    channel.add({ publication: () => positions.push(channel.request(true).since) });
    channel.subscribed(answer(5));
    channel.batch(batch(6, 7));
    expect(positions).to.deep.equal(Array(2).fill({ e: 'k3', o: 7, h: 'tail7' }));
  });
});

describe('ClientChannel: being up to date', () => {
  it('is told when it changes, to those who have a snapshot', () => {
    const { channel, watcher } = watched();
    const late = new Watcher();
    channel.add(late);
    channel.setCurrent(false);
    channel.setCurrent(false);
    expect([watcher.said, late.said]).to.deep.equal([[true, false], []]);
    channel.subscribed(answer(5));
    expect([watcher.said, late.said]).to.deep.equal([[true, false, true], [true]]);
  });

  it('ends with a gap, and comes back with what was missing', () => {
    const { channel, watcher } = watched();
    channel.batch(batch(7));
    expect(watcher.said).to.deep.equal([true, false]);
    resumed(channel, answer(7, { recovered: true, pubs: batch(6, 7).pubs }));
    expect(watcher.said).to.deep.equal([true, false, true]);
  });
});

describe('ClientChannel: demand', () => {
  it('is that of the least patient listener, and is asked for', () => {
    const channel = new ClientChannel('metrics/a');
    const slow = channel.add(new Recorder(), 5_000);
    channel.add(new Recorder(), 1_000);
    expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a', everyMs: 1_000 });
    slow.everyMs = 0;
    expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a' });
  });

  it('of nothing leaves the channel unwanted; of a channel that was just left it is wanted still', () => {
    const channel = new ClientChannel('metrics/a');
    const seat = channel.add(new Recorder(), Infinity);
    expect([channel.wanted, channel.request(true)]).to.deep.equal([false, { ch: 'metrics/a' }]);
    channel.remove(seat);
    expect(channel.wanted).to.equal(true);
    channel.gone = true;
    expect(channel.wanted).to.equal(false);
  });
});
