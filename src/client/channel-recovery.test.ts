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
      expect(channel.subscribed(reply, since)).to.equal(false);
      expect([first.heard, channel.current]).to.deep.equal([[], false]);
      expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a' });
      expect(channel.subscribed(answer(9))).to.equal(true);
      expect(first.heard).to.deep.equal([
        ['lost', why],
        ['snapshot', { at: 9 }],
      ]);
      expect([channel.current, channel.offset]).to.deep.equal([true, 9]);
    });
  }

  it('because nobody asked for them are not believed either', () => {
    const { channel } = followed();
    expect(channel.subscribed(answer(6, { recovered: true, pubs: batch(6).pubs }))).to.equal(false);
    const fresh = new ClientChannel('metrics/b');
    const listener = new Recorder();
    fresh.add(listener);
    expect(fresh.subscribed(answer(2, { pubs: batch(1, 2).pubs }))).to.equal(false);
    expect(listener.heard).to.deep.equal([]);
    expect(fresh.subscribed(answer(2))).to.equal(true);
    expect(listener.heard).to.deep.equal([['snapshot', { at: 2 }]]);
  });

  it('are not mistaken for a loss that the server did tell', () => {
    const { channel, first } = followed();
    const { since } = channel.request(true);
    const told = answer(9, { recovered: false, lost: 'history', pubs: [] });
    expect(channel.subscribed(told, since)).to.equal(true);
    expect(first.kinds).to.deep.equal(['lost', 'snapshot']);
  });
});

describe('ClientChannel: an answer that was judged from elsewhere', () => {
  it('is not believed: what another link brought meanwhile may have been undone', () => {
    const { channel, first } = followed();
    const { since } = channel.request(true);
    channel.batch(batch(6, 7));
    first.heard.length = 0;
    for (const reply of [
      answer(6, { recovered: true, pubs: batch(6).pubs }),
      answer(8, { recovered: true, pubs: batch(6, 7, 8).pubs }),
      answer(4, { recovered: false, lost: 'tail' }),
    ]) {
      expect(channel.subscribed(reply, since)).to.equal(false);
      expect([channel.offset, first.heard]).to.deep.equal([7, []]);
    }
    expect(channel.subscribed(answer(7, { recovered: true, pubs: batch(6, 7).pubs }), since)).to.equal(true);
    expect(first.heard, 'as much as the other link').to.deep.equal([]);
    expect(channel.request(true).since, 'asked again from where it stands').to.deep.equal({
      e: 'k3',
      o: 7,
      h: 'tail7',
    });
  });

  it('has no snapshot for newcomers either: those with a past are brought there first', () => {
    const { channel, first } = followed();
    const newcomer = new Recorder();
    channel.add(newcomer);
    for (const elsewhere of [answer(4), answer(9), answer(5, { h: 'other' }), answer(5, { e: 'k4' })]) {
      expect(channel.subscribed(elsewhere)).to.equal(false);
      expect([channel.offset, first.heard, newcomer.heard]).to.deep.equal([5, [], []]);
    }
    expect(channel.subscribed(answer(5))).to.equal(true);
    expect([first.heard, newcomer.heard]).to.deep.equal([[], [['snapshot', { at: 5 }]]]);
  });

  it('may set the position back where nobody has a past', () => {
    const { channel, seat } = followed();
    channel.remove(seat);
    channel.add(new Recorder());
    expect(channel.subscribed(answer(3))).to.equal(true);
    expect(channel.offset).to.equal(3);
  });
});
