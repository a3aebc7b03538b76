import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import type { LoggedClient } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { at, hash, pubs, rows, scriptSockets } from '../testing/script.ts';
import type { Script, ScriptedSocket } from '../testing/script.ts';
import { until } from '../testing/until.ts';
import type { SocketOptions } from './options.ts';

const pool = clientPool();
let script: Script;
let clock: FakeClock;

beforeEach(() => {
  script = scriptSockets();
  clock = new FakeClock();
});
afterEach(() => {
  pool.hangUp();
  script.restore();
});

const CHANNEL = 'app/a';

/** A client that follows one channel at offset 5, and is asked to move. */
function moving(
  options: Partial<SocketOptions> = {},
): LoggedClient & { first: ScriptedSocket; heard: Recorder } {
  const logged = pool.make({ url: 'http://scripted.test', clock, random: () => 0.5, ...options });
  const heard = new Recorder();
  logged.client.subscribe(CHANNEL, heard);
  logged.client.connect();
  const first = script.socket;
  first.accept({ subs: [at(7, CHANNEL, 5)] });
  first.say({ move: { afterMs: 2_000, withinMs: 15_000, why: 'drain' } });
  return { ...logged, first, heard };
}

/** The second socket, open and asked. */
function second(): ScriptedSocket {
  clock.advance(2_000);
  expect(script.sockets.length).to.equal(2);
  script.socket.open();
  return script.socket;
}

describe('SocketClient: move', () => {
  it('opens a second connection in its slot, and takes over when that has joined', () => {
    const { client, first, states, heard } = moving();
    const moved: string[] = [];
    client.on('moved', ({ why }) => moved.push(why));
    clock.advance(1_999);
    expect(script.sockets.length).to.equal(1);
    clock.advance(1);
    const next = script.socket;
    next.open();
    expect(next.last('connect').connect).to.deep.include({
      subs: [{ ch: CHANNEL, since: { e: 'k', o: 5, h: hash(5) } }],
    });
    first.say(pubs(7, 6));
    expect([first.closedWith, moved]).to.deep.equal([undefined, []]);
    next.admit({ subs: [at(9, CHANNEL, 6, { recovered: true, pubs: rows(6, 6) })] });
    expect([first.closedWith, first.onmessage, moved]).to.deep.equal([1000, null, ['drain']]);
    next.say(pubs(9, 7));
    expect(heard.offsets).to.deep.equal([6, 7]);
    expect(heard.kinds).to.deep.equal(['snapshot', 'publication', 'publication']);
    expect(states()).to.deep.equal(['connecting', 'authenticating', 'live']);
  });

  it('asks from where it stands when the first connection has overtaken the answer: that may have been undone', () => {
    const { client, first, heard } = moving();
    const next = second();
    first.say(pubs(7, 6, 8));
    next.admit({ subs: [at(9, CHANNEL, 6, { recovered: true, pubs: rows(6, 6) })] });
    next.say(pubs(9, 7, 8), pubs(9, 9), { n: 9, lost: 'tail', e: 'k', o: 7, h: 'other', snapshot: null });
    expect([heard.offsets, client.state]).to.deep.equal([[6, 7, 8], 'live']);
    expect(next.last('subscribe').subscribe).to.deep.equal({
      ch: CHANNEL,
      since: { e: 'k', o: 8, h: hash(8) },
    });
    next.reply('subscribe', at(9, CHANNEL, 9, { recovered: true, pubs: rows(9, 9) }));
    next.say(pubs(9, 10));
    expect(heard.offsets).to.deep.equal([6, 7, 8, 9, 10]);
    expect(next.count('subscribe')).to.equal(1);
  });

  it('answers the second connection’s pings by its own numbers', () => {
    moving();
    const next = second();
    next.admit({ subs: [at(9, CHANNEL, 5, { recovered: true, pubs: [] })] });
    next.say({ ping: 1_000_000 });
    expect(next.sent.at(-1)).to.deep.equal({ pos: { 9: 5 } });
  });

  it('that fails leaves the first connection as it is, until the server closes it', () => {
    const { client, first, heard, changes } = moving();
    const next = second();
    next.end();
    first.say(pubs(7, 6));
    expect([client.state, heard.offsets, clock.waiting > 0]).to.deep.equal(['live', [6], true]);
    first.end(4001, 'shutdown');
    expect(changes.at(-1)?.retryInMs, 'spread over the window').to.equal(7_500);
  });

  it('takes over from a first connection that had not joined yet, which joins no more', () => {
    const logged = pool.make({ url: 'http://scripted.test', clock, random: () => 0.5 });
    logged.client.connect();
    const first = script.socket;
    first.open();
    first.say({ move: { afterMs: 2_000, withinMs: 15_000, why: 'drain' } });
    const next = second();
    next.admit({ subs: [] });
    expect([logged.client.state, first.closedWith]).to.deep.equal(['live', 1000]);
    first.admit({ subs: [] });
    next.end(4001, 'shutdown');
    expect(logged.client.state, 'the end of the only connection is heard').to.equal('reconnecting');
  });

  it('that cannot be followed lets go of both: nothing is heard by a line that was given up', () => {
    const { client, first, heard } = moving();
    const next = second();
    next.admit({ subs: null as never });
    expect(client.state).to.equal('reconnecting');
    expect([first.closedWith, first.onmessage]).to.deep.equal([1000, null]);
    expect(heard.offsets).to.deep.equal([]);
  });

  it('that a listener hangs up on lets go of both', () => {
    const logged = pool.make({ url: 'http://scripted.test', clock, random: () => 0.5 });
    logged.client.connect();
    const first = script.socket;
    first.open();
    first.say({ move: { afterMs: 2_000, withinMs: 15_000, why: 'drain' } });
    const next = second();
    logged.client.on('state', ({ state }) => {
      if (state === 'live') logged.client.disconnect();
    });
    next.admit({ subs: [] });
    expect([logged.client.state, first.closedWith, next.closedWith]).to.deep.equal(['closed', 1000, 1000]);
  });

  it('is not asked twice: the newest word counts', () => {
    const { first } = moving();
    first.say({ move: { afterMs: 5_000, withinMs: 15_000, why: 'drain' } });
    clock.advance(4_999);
    expect(script.sockets.length).to.equal(1);
    clock.advance(1);
    expect(script.sockets.length).to.equal(2);
  });

  it('goes on when the first connection ends before the second has joined', () => {
    const { client, first, changes } = moving();
    const next = second();
    first.end(4001, 'shutdown');
    expect(changes.slice(3).map(({ state, retryInMs }) => [state, retryInMs])).to.deep.equal([
      ['reconnecting', 0],
      ['connecting', undefined],
      ['authenticating', undefined],
    ]);
    next.admit({ subs: [at(9, CHANNEL, 5, { recovered: true, pubs: [] })] });
    expect([client.state, script.sockets.length]).to.deep.equal(['live', 2]);
  });

  it('goes on when the first connection ends before the second is open', () => {
    const { client, first } = moving();
    clock.advance(2_000);
    first.end(4001, 'shutdown');
    expect(client.state).to.equal('connecting');
    script.socket.accept();
    expect([client.state, script.sockets.length]).to.deep.equal(['live', 2]);
  });

  it('ends with the client, whose listener hangs up at the loss of the first connection', () => {
    const { client, first } = moving();
    clock.advance(2_000);
    client.on('state', ({ state }) => state === 'reconnecting' && client.disconnect());
    first.end();
    expect([client.state, script.socket.readyState, clock.waiting]).to.deep.equal(['closed', 2, 0]);
  });

  it('takes along channels that came and went meanwhile', () => {
    const { client, first } = moving();
    const left = client.subscribe('app/left', new Recorder());
    first.reply('subscribe', at(8, 'app/left', 0));
    const next = second();
    expect((next.last('connect').connect as { subs: unknown[] }).subs.length).to.equal(2);
    left.stop();
    clock.advance(2_000);
    expect(first.last('unsubscribe').unsubscribe).to.deep.equal({ n: 8 });
    client.subscribe('app/new', new Recorder());
    next.admit({ subs: [at(9, CHANNEL, 5, { recovered: true, pubs: [] }), at(10, 'app/left', 0)] });
    expect(next.last('subscribe').subscribe).to.deep.equal({ ch: 'app/new' });
    next.reply('subscribe', at(11, 'app/new', 0));
    expect(next.last('unsubscribe').unsubscribe).to.deep.equal({ n: 10 });
  });

  it('waits for answers that the first connection owes, and hears nothing else of it', async () => {
    const { client, first, heard } = moving();
    const answer = client.request('agents/list');
    const next = second();
    next.admit({ subs: [at(9, CHANNEL, 5, { recovered: true, pubs: [] })] });
    expect(first.closedWith).to.equal(undefined);
    first.say(pubs(7, 6), { ping: 1 }, { direct: 'x' });
    expect(heard.offsets).to.deep.equal([]);
    first.reply('request', { data: 'late' });
    expect(await answer).to.equal('late');
    expect(first.closedWith).to.equal(1000);
  });

  it('does not wait for ever, nor for a first connection that breaks', async () => {
    const { client, first } = moving();
    const calls = [client.request('a'), client.publish('app/log', 1, { key: 'k1' })] as const;
    const next = second();
    next.admit({ subs: [at(9, CHANNEL, 5, { recovered: true, pubs: [] })] });
    first.end();
    const error = await calls[0].catch(({ code }: { code: string }) => code);
    expect(error).to.equal('connection_lost');
    expect(next.last('publish').publish).to.deep.equal({ ch: 'app/log', data: 1, key: 'k1' });
    expect(client.state).to.equal('live');
    calls[1].catch(() => undefined);
  });

  it('closes the first connection after connectTimeoutMs, whatever it owes', () => {
    const { client, first } = moving({ requestTimeoutMs: 60_000 });
    client.request('a').catch(() => undefined);
    second().admit({ pingMs: 3_600_000 });
    clock.advance(10_000);
    expect(first.closedWith).to.equal(1000);
  });

  it('that is no message of a server’s is ignored', async () => {
    const { client } = await Promise.resolve(moving());
    script.socket.say({ move: {} }, { move: { afterMs: 'soon' } }, { move: { afterMs: -1 } });
    expect(client.state).to.equal('live');
    await until(() => clock.waiting > 0, 'the first move stands');
  });
});
