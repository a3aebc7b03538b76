import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { at, hash, pubs, rows, scriptSockets } from '../testing/script.ts';
import type { Script, ScriptedSocket } from '../testing/script.ts';
import type { SocketClient } from './socket.ts';

const pool = clientPool();
let script: Script;
let clock: FakeClock;
let client: SocketClient;
let socket: ScriptedSocket;

beforeEach(() => {
  script = scriptSockets();
  clock = new FakeClock();
  ({ client } = pool.make({ url: 'http://scripted.test', clock, random: () => 0 }));
  client.connect();
  ({ socket } = script);
  socket.accept();
});
afterEach(() => {
  pool.hangUp();
  script.restore();
});

const turn = (): Promise<void> => Promise.resolve();
const demands = (): unknown[] => socket.sent.flatMap((message) => message['demand'] ?? []);

describe('SocketClient: demand', () => {
  it('goes with the subscription, and is the least of all listeners', async () => {
    client.subscribe('app/a', new Recorder(), { everyMs: 5_000 });
    expect(socket.last('subscribe').subscribe).to.deep.equal({ ch: 'app/a', everyMs: 5_000 });
    socket.reply('subscribe', at(3, 'app/a', 0));
    const second = client.subscribe('app/a', new Recorder(), { everyMs: 1_000 });
    expect(socket.last('subscribe').subscribe).to.deep.equal({ ch: 'app/a', everyMs: 1_000 });
    socket.reply('subscribe', at(3, 'app/a', 0));
    second.stop();
    await turn();
    expect(demands()).to.deep.equal([{ n: 3, everyMs: 5_000 }]);
  });

  it('that changes several times in a turn is sent once, and not at all when it ends where it was', async () => {
    const subscription = client.subscribe('app/a', new Recorder());
    socket.reply('subscribe', at(3, 'app/a', 0));
    for (const everyMs of [500, 250, 100]) subscription.demand(everyMs);
    await turn();
    subscription.demand(9);
    subscription.demand(100);
    await turn();
    expect(demands()).to.deep.equal([{ n: 3, everyMs: 100 }]);
  });

  it('that changed while the answer was under way is sent with it', async () => {
    const subscription = client.subscribe('app/a', new Recorder());
    subscription.demand(250);
    await turn();
    expect(demands()).to.deep.equal([]);
    socket.reply('subscribe', at(3, 'app/a', 0));
    expect(demands()).to.deep.equal([{ n: 3, everyMs: 250 }]);
  });

  it('of two names of one channel is that of both', async () => {
    client.subscribe('app/a', new Recorder(), { everyMs: 1_000 });
    socket.reply('subscribe', at(3, 'app/a', 0));
    const other = client.subscribe('app/A', new Recorder(), { everyMs: 9_000 });
    socket.reply('subscribe', at(3, 'app/a', 0));
    expect(demands()).to.deep.equal([{ n: 3, everyMs: 1_000 }]);
    other.demand(Infinity);
    await turn();
    expect(socket.count('unsubscribe')).to.equal(0);
  });

  it('of nothing unsubscribes, keeps the position, and comes back with what was missed', async () => {
    const listener = new Recorder();
    const subscription = client.subscribe('app/a', listener);
    socket.reply('subscribe', at(3, 'app/a', 0));
    socket.say(pubs(3, 1));
    subscription.demand(Infinity);
    await turn();
    expect(socket.last('unsubscribe').unsubscribe).to.deep.equal({ n: 3 });
    expect(client.channel('app/a')).to.deep.include({ offset: 1, current: false });
    socket.say(pubs(3, 2));
    expect(listener.offsets).to.deep.equal([1]);
    subscription.demand(100);
    await turn();
    expect(socket.last('subscribe').subscribe).to.deep.equal({
      ch: 'app/a',
      since: { e: 'k', o: 1, h: hash(1) },
      everyMs: 100,
    });
    socket.reply('subscribe', at(3, 'app/a', 2, { recovered: true, pubs: rows(2, 2) }));
    expect(listener.kinds).to.deep.equal(['snapshot', 'publication', 'publication']);
    expect(client.channel('app/a')).to.deep.include({ offset: 2, current: true });
  });

  it('of nothing from the start asks for nothing, on the next connection neither', async () => {
    const subscription = client.subscribe('app/a', new Recorder(), { everyMs: Infinity });
    expect(socket.count('subscribe')).to.equal(0);
    socket.end();
    clock.advance(0);
    script.socket.accept();
    expect(script.socket.last('connect').connect).to.deep.include({ subs: [] });
    subscription.demand(0);
    await turn();
    expect(script.socket.last('subscribe').subscribe).to.deep.equal({ ch: 'app/a' });
  });

  it('means nothing after stop', async () => {
    const subscription = client.subscribe('app/a', new Recorder());
    client.subscribe('app/a', new Recorder(), { everyMs: 900 });
    socket.reply('subscribe', at(3, 'app/a', 0));
    subscription.stop();
    subscription.demand(5);
    await turn();
    expect(demands()).to.deep.equal([{ n: 3, everyMs: 900 }]);
  });

  it('says how many publications one stands for', () => {
    const told: unknown[] = [];
    client.subscribe('app/a', { publication: (_data, offset, info) => told.push([offset, info]) });
    socket.reply('subscribe', at(3, 'app/a', 0));
    socket.say({ ...pubs(3, 4), after: 0 }, pubs(3, 5));
    expect(told).to.deep.equal([
      [4, { conflated: 3 }],
      [5, undefined],
    ]);
    socket.say({ ...pubs(3, 9), after: 6 });
    expect(socket.last('subscribe').subscribe).to.deep.include({ since: { e: 'k', o: 5, h: hash(5) } });
  });
});

describe('SocketClient: freshness of a channel', () => {
  it('is what was heard of it last, and by the server’s clock', () => {
    expect(client.channel('app/a')).to.equal(undefined);
    client.subscribe('app/a', new Recorder());
    expect(client.channel('app/a')).to.deep.equal({ offset: undefined, current: false, heardAt: undefined });
    socket.say({ ping: clock.now() + 5_000 });
    clock.advance(100);
    socket.reply('subscribe', at(3, 'app/a', 0));
    expect(client.channel('app/a')).to.deep.equal({ offset: 0, current: true, heardAt: 1_005_100 });
    clock.advance(100);
    socket.say(pubs(3, 1));
    expect(client.channel('app/a')).to.deep.equal({ offset: 1, current: true, heardAt: 1_005_200 });
    socket.end();
    expect(client.channel('app/a')).to.deep.include({ offset: 1, current: false });
  });
});
