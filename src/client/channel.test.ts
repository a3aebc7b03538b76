import { expect } from '@open-wc/testing';
import type { Loss } from '../protocol/frames.ts';
import { answer, batch, followed, resumed } from '../testing/channels.ts';
import { catchFailures } from '../testing/failures.ts';
import { Recorder } from '../testing/recorder.ts';
import { ClientChannel } from './channel.ts';

describe('ClientChannel: listeners', () => {
  it('is idle without listeners, and wants a snapshot while one of them had none', () => {
    const channel = new ClientChannel('metrics/a');
    const listener = new Recorder();
    expect([channel.idle, channel.wantsSnapshot]).to.deep.equal([true, false]);
    const seat = channel.add(listener);
    expect([channel.idle, channel.wantsSnapshot]).to.deep.equal([false, true]);
    channel.subscribed(answer(5));
    expect([channel.idle, channel.wantsSnapshot]).to.deep.equal([false, false]);
    channel.remove(seat);
    expect([channel.idle, channel.wantsSnapshot]).to.deep.equal([true, false]);
  });

  it('hears the snapshot first and publications after it', () => {
    const channel = new ClientChannel('metrics/a');
    const listener = new Recorder();
    channel.add(listener);
    channel.subscribed(answer(5));
    channel.batch(batch(6, 7));
    expect(listener.heard).to.deep.equal([
      ['snapshot', { at: 5 }],
      ['publication', 6, { at: 6 }],
      ['publication', 7, { at: 7 }],
    ]);
    expect(channel.offset).to.equal(7);
  });

  it('hears a channel without a state as null', () => {
    const channel = new ClientChannel('app/log');
    const listener = new Recorder();
    channel.add(listener);
    channel.subscribed({ n: 1, ch: 'app/log', e: 'k', o: 0, h: 'h' });
    expect(listener.heard).to.deep.equal([['snapshot', null]]);
  });

  it('may leave out what they do not care for', () => {
    const channel = new ClientChannel('metrics/a');
    channel.add({});
    channel.subscribed(answer(5));
    expect(channel.batch(batch(6))).to.equal(true);
    channel.broken({ ...answer(9), lost: 'slow', snapshot: null });
    channel.failed({ code: 'slow', message: '', retryable: true });
    expect(channel.offset).to.equal(9);
  });

  it('may leave while they are being told', () => {
    const { channel } = followed();
    const second = new Recorder();
    channel.add({ snapshot: () => channel.remove(seat) });
    const seat = channel.add(second);
    channel.subscribed(answer(5));
    channel.batch(batch(6));
    expect(second.offsets).to.deep.equal([]);
  });

  it('that throw fail alone: the others hear what they are due, and the page hears of the failure', async () => {
    const failures = catchFailures();
    const channel = new ClientChannel('metrics/a');
    const failing = (): never => {
      throw new RangeError('a listener of the host');
    };
    const listener = new Recorder();
    channel.add({ snapshot: failing, publication: failing, lost: failing, error: failing });
    channel.add(listener);
    channel.subscribed(answer(5));
    expect(channel.batch(batch(6))).to.equal(true);
    channel.subscribed(answer(1, { e: 'k4', lost: 'epoch' }));
    channel.broken({ ...answer(9), lost: 'slow', snapshot: null });
    channel.setCurrent(false);
    channel.failed({ code: 'slow', message: '', retryable: true });
    await Promise.resolve();
    failures.release();
    expect(listener.kinds.join()).to.equal('snapshot,publication,lost,snapshot,lost,snapshot,error');
    expect(failures.errors.map(String)).to.deep.equal(Array(7).fill('RangeError: a listener of the host'));
  });

  it('are all told of a refusal, except those who are up to date: it is a newcomer’s', () => {
    const { channel, first } = followed();
    channel.failed({ code: 'rate_limited', message: 'later', retryable: true });
    channel.setCurrent(false);
    channel.failed({ code: 'channel_limit', message: 'full', retryable: true });
    expect(first.heard).to.deep.equal([['error', 'channel_limit']]);
  });
});

describe('ClientChannel: newcomers', () => {
  it('get a snapshot of their own, which the others do not hear', () => {
    const { channel, first } = followed();
    const second = new Recorder();
    channel.add(second);
    channel.subscribed(answer(5));
    expect(second.heard).to.deep.equal([['snapshot', { at: 5 }]]);
    expect(first.heard).to.deep.equal([]);
  });

  it('hear no publication before their snapshot', () => {
    const { channel, first } = followed();
    const second = new Recorder();
    channel.add(second);
    channel.batch(batch(6));
    expect(second.heard).to.deep.equal([]);
    channel.subscribed(answer(6));
    channel.batch(batch(7));
    expect(second.kinds).to.deep.equal(['snapshot', 'publication']);
    expect(first.offsets).to.deep.equal([6, 7]);
  });

  it('still want their snapshot after the others’ past was recovered', () => {
    const { channel, first } = followed();
    const second = new Recorder();
    channel.add(second);
    resumed(channel, answer(6, { recovered: true, pubs: batch(6).pubs }));
    expect(first.offsets).to.deep.equal([6]);
    expect(second.heard).to.deep.equal([]);
    expect(channel.wantsSnapshot).to.equal(true);
  });

  it('are not told of the loss of a past that they never had', () => {
    const { channel, first } = followed();
    const [second, third] = [new Recorder(), new Recorder()];
    channel.add(second);
    channel.subscribed(answer(1, { e: 'k4', lost: 'epoch' }));
    channel.add(third);
    channel.broken({ ...answer(9), lost: 'history', snapshot: { at: 9 } });
    expect(first.kinds).to.deep.equal(['lost', 'snapshot', 'lost', 'snapshot']);
    expect(second.kinds).to.deep.equal(['snapshot', 'lost', 'snapshot']);
    expect(third.kinds).to.deep.equal(['snapshot']);
  });
});

describe('ClientChannel: requests', () => {
  it('ask for the state of now before anything is known', () => {
    const channel = new ClientChannel('metrics/a');
    channel.add(new Recorder());
    expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a' });
  });

  it('ask to continue from the position, unless the state of now is wanted', () => {
    const { channel } = followed();
    expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a', since: { e: 'k3', o: 5, h: 'tail5' } });
    expect(channel.request(false)).to.deep.equal({ ch: 'metrics/a' });
  });

  it('ask for the state of now when all who had a past are gone', () => {
    const { channel, seat } = followed();
    channel.add(new Recorder());
    channel.remove(seat);
    expect(channel.request(true)).to.deep.equal({ ch: 'metrics/a' });
  });

  it('carry the tail that belongs to the offset', () => {
    const { channel } = followed();
    channel.batch(batch(6, 7));
    expect(channel.request(true).since).to.deep.equal({ e: 'k3', o: 7, h: 'tail7' });
    channel.batch(batch(6));
    expect(channel.request(true).since).to.deep.equal({ e: 'k3', o: 7, h: 'tail7' });
  });
});

describe('ClientChannel: offsets', () => {
  it('hear each publication once, however often it is sent', () => {
    const { channel, first } = followed();
    channel.batch(batch(6, 7));
    expect(channel.batch(batch(6, 7)), 'known already').to.equal(true);
    expect(channel.batch(batch(6, 7, 8)), 'known in part: whether it is the same past is not known').to.equal(
      false,
    );
    resumed(channel, answer(9, { recovered: true, pubs: batch(8, 9).pubs }));
    expect(first.offsets).to.deep.equal([6, 7, 8, 9]);
  });

  it('report a gap, and hear nothing from beyond it', () => {
    const { channel, first } = followed();
    expect(channel.batch(batch(7))).to.equal(false);
    expect(channel.batch(batch(8))).to.equal(false);
    expect(first.heard).to.deep.equal([]);
    expect(channel.offset).to.equal(5);
    resumed(channel, answer(8, { recovered: true, pubs: batch(6, 7, 8).pubs }));
    expect(first.offsets).to.deep.equal([6, 7, 8]);
    expect(channel.batch(batch(9))).to.equal(true);
  });

  it('report publications from before any position as a gap', () => {
    const channel = new ClientChannel('metrics/a');
    channel.add(new Recorder());
    expect(channel.batch(batch(1))).to.equal(false);
  });

  it('go on behind recovered publications', () => {
    const { channel, first } = followed();
    resumed(channel, answer(7, { recovered: true, pubs: batch(6, 7).pubs }));
    expect(channel.request(true).since).to.deep.equal({ e: 'k3', o: 7, h: 'tail7' });
    channel.batch(batch(8));
    expect(first.kinds).to.deep.equal(['publication', 'publication', 'publication']);
  });
});

describe('ClientChannel: losses', () => {
  it('say that the stream is another one, and start anew', () => {
    const { channel, first } = followed();
    channel.subscribed(answer(2, { e: 'k4', recovered: false, lost: 'epoch' }));
    expect(first.heard).to.deep.equal([
      ['lost', 'epoch'],
      ['snapshot', { at: 2 }],
    ]);
    channel.batch(batch(3));
    expect(first.offsets).to.deep.equal([3]);
  });

  it('are not guessed: an answer elsewhere that says nothing of a loss is asked for again', () => {
    const { channel, first } = followed();
    for (const elsewhere of [answer(5, { e: 'k4' }), answer(9), answer(5, { h: 'other' })]) {
      expect(channel.subscribed(elsewhere)).to.equal(false);
    }
    const { since } = channel.request(true);
    expect([first.heard, since?.o]).to.deep.equal([[], 5]);
    expect(channel.subscribed(answer(9), since), 'asked from here, and no word of what happened').to.equal(
      true,
    );
    channel.subscribed(answer(9, { h: 'other' }), channel.request(true).since);
    channel.subscribed(answer(5, { e: 'k4' }), channel.request(true).since);
    expect(first.heard).to.deep.equal([
      ['lost', 'history'],
      ['snapshot', { at: 9 }],
      ['lost', 'tail'],
      ['snapshot', { at: 9 }],
      ['lost', 'epoch'],
      ['snapshot', { at: 5 }],
    ]);
  });

  it('of the tail are told although epoch and offset are the same', () => {
    const { channel, first } = followed();
    channel.subscribed(answer(5, { h: 'other', recovered: false, lost: 'tail' }));
    expect(first.heard).to.deep.equal([
      ['lost', 'tail'],
      ['snapshot', { at: 5 }],
    ]);
    expect(channel.request(true).since?.h).to.equal('other');
  });

  it('on a live connection bring a snapshot and the place where it goes on', () => {
    const { channel, first } = followed();
    const loss: Loss = { n: 7, e: 'k3', o: 9, h: 'tail9', lost: 'slow', snapshot: { at: 9 } };
    channel.broken(loss);
    channel.batch(batch(10));
    expect(first.heard).to.deep.equal([
      ['lost', 'slow'],
      ['snapshot', { at: 9 }],
      ['publication', 10, { at: 10 }],
    ]);
  });
});
