import { expect } from '@open-wc/testing';
import type { Subscribed } from '../protocol/frames.ts';
import { answer, batch, followed } from '../testing/channels.ts';
import { Recorder } from '../testing/recorder.ts';
import { ClientChannel } from './channel.ts';

describe('ClientChannel: recovered publications that do not connect', () => {
  const bad: Record<string, [Partial<Subscribed>, string]> = {
    'begin too late': [{ o: 8, h: 'tail8', pubs: batch(7, 8).pubs }, 'history'],
    'have a hole': [{ o: 8, h: 'tail8', pubs: batch(6, 8).pubs }, 'history'],
    'end before the answer’s offset': [{ o: 9, h: 'tail9', pubs: batch(6, 7).pubs }, 'history'],
    'end beyond the answer’s offset': [{ o: 6, h: 'tail6', pubs: batch(6, 7).pubs }, 'history'],
    'are none, with an offset ahead': [{ o: 9, h: 'tail9', pubs: [] }, 'history'],
    'are none, with an offset behind': [{ o: 4, h: 'tail4', pubs: [] }, 'history'],
    'are absent, with an offset ahead': [{ o: 9, h: 'tail9' }, 'history'],
    'are none, with another tail': [{ o: 5, h: 'other', pubs: [] }, 'tail'],
    'are of another epoch': [{ e: 'k4', o: 6, h: 'tail6', pubs: batch(6).pubs }, 'epoch'],
  };
  for (const [what, [more, why]] of Object.entries(bad)) {
    it(`because they ${what} are a loss: nothing of them is told, and a snapshot is asked for`, () => {
      const { channel, first } = followed();
      const { since } = channel.request(true);
      const reply = {
        ...answer(5, { recovered: true, ...more }),
        snapshot: undefined,
      } as unknown as Subscribed;
      expect(channel.subscribed(reply, since)).to.equal('anew');
      expect([first.heard, channel.current]).to.deep.equal([[], false]);
      expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a' });
      expect(channel.subscribed(answer(9))).to.equal('whole');
      expect(first.heard).to.deep.equal([
        ['lost', why],
        ['snapshot', { at: 9 }],
      ]);
      expect([channel.current, channel.offset]).to.deep.equal([true, 9]);
    });
  }

  it('because nobody asked for them are not believed either', () => {
    const { channel } = followed();
    expect(channel.subscribed(answer(6, { recovered: true, pubs: batch(6).pubs }))).to.equal('anew');
    const fresh = new ClientChannel('metrics/b');
    const listener = new Recorder();
    fresh.add(listener);
    expect(fresh.subscribed(answer(2, { pubs: batch(1, 2).pubs }))).to.equal('anew');
    expect(listener.heard).to.deep.equal([]);
    expect(fresh.subscribed(answer(2))).to.equal('whole');
    expect(listener.heard).to.deep.equal([['snapshot', { at: 2 }]]);
  });

  it('are not mistaken for a loss that the server did tell', () => {
    const { channel, first } = followed();
    const { since } = channel.request(true);
    const told = answer(9, { recovered: false, lost: 'history', pubs: [] });
    expect(channel.subscribed(told, since)).to.equal('whole');
    expect(first.kinds).to.deep.equal(['lost', 'snapshot']);
  });
});

describe('ClientChannel: two links', () => {
  it('do not turn the position back when the answer is behind what the other one brought', () => {
    const { channel, first } = followed();
    const { since } = channel.request(true);
    channel.batch(batch(6, 7));
    expect(channel.subscribed(answer(6, { recovered: true, pubs: batch(6).pubs }), since)).to.equal('whole');
    expect(channel.offset).to.equal(7);
    channel.batch(batch(7));
    channel.batch(batch(8));
    expect(first.offsets).to.deep.equal([6, 7, 8]);
  });

  it('bring what the answer is ahead by, once', () => {
    const { channel, first } = followed();
    const { since } = channel.request(true);
    channel.batch(batch(6));
    expect(channel.subscribed(answer(7, { recovered: true, pubs: batch(6, 7).pubs }), since)).to.equal(
      'whole',
    );
    expect(first.offsets).to.deep.equal([6, 7]);
  });

  it('that disagree about the same place are a loss', () => {
    const { channel } = followed();
    const { since } = channel.request(true);
    channel.batch(batch(6));
    const other = answer(6, { h: 'other', recovered: true, pubs: batch(6).pubs });
    expect(channel.subscribed(other, since)).to.equal('anew');
  });

  it('whose snapshot is behind those who have a past: they are asked for again', () => {
    const { channel, first } = followed();
    expect(channel.subscribed(answer(4))).to.equal('resume');
    expect([channel.offset, first.heard]).to.deep.equal([5, []]);
  });

  it('may set the position back where nobody has a past', () => {
    const { channel, seat } = followed();
    channel.remove(seat);
    channel.add(new Recorder());
    expect(channel.subscribed(answer(3))).to.equal('whole');
    expect(channel.offset).to.equal(3);
  });
});
