import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import type { LoggedClient } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { at, hash, pubs, rows, scriptSockets } from '../testing/script.ts';
import type { Script, ScriptedSocket } from '../testing/script.ts';
import { until } from '../testing/until.ts';

const pool = clientPool();
let script: Script;
let clock: FakeClock;
let logged: LoggedClient;
let socket: ScriptedSocket;
let listener: Recorder;

beforeEach(() => {
  script = scriptSockets();
  clock = new FakeClock();
  logged = pool.make({ url: 'http://scripted.test', clock, random: () => 1 });
  listener = new Recorder();
  logged.client.subscribe('app/a', listener);
  logged.client.connect();
  ({ socket } = script);
  socket.accept({ subs: [at(3, 'app/a', 5)] });
});
afterEach(() => {
  pool.hangUp();
  script.restore();
});

const gap = (): void => socket.say(pubs(3, 7));

describe('SocketClient: an unruly server', () => {
  it('whose refusals are no refusals is taken to have failed: listeners get texts, whatever stood there', async () => {
    const odd = { toString: 1, valueOf: 1 } as unknown as string;
    const reasons: unknown[] = [];
    const codes: unknown[] = [];
    logged.client.on('state', ({ reason }) => reasons.push(reason));
    logged.client.on('error', ({ code }) => codes.push(code));
    logged.client.subscribe('app/b', { error: ({ code, message }) => codes.push(code, message) });
    await until(() => socket.count('subscribe') === 1, 'it asks');
    socket.refuse('subscribe', odd, { message: odd });
    socket.say({ n: 3, end: { code: odd, message: odd, retryable: false } });
    await until(() => codes.length >= 2, 'the refusal of app/b');
    const refused = logged.client.publish('app/a', 1).then(
      () => 'published',
      (error: unknown) => (error as { code: string }).code,
    );
    socket.refuse('publish', odd, { message: odd });
    expect(await refused).to.equal('internal');
    expect([...codes, ...reasons].every((what) => what === undefined || typeof what === 'string')).to.equal(
      true,
    );
    expect(logged.client.state).to.equal('live');
  });

  it('that refused a channel is asked again by whoever comes after all have left, and not by more of them', () => {
    const first = new Recorder();
    const subscription = logged.client.subscribe('app/b', first);
    socket.refuse('subscribe', 'forbidden');
    expect(first.heard.at(-1)).to.deep.equal(['error', 'forbidden']);
    const second = logged.client.subscribe('app/b', new Recorder());
    expect(socket.count('subscribe'), 'as long as somebody listens the answer stands').to.equal(1);
    subscription.stop();
    second.stop();
    const again = new Recorder();
    logged.client.subscribe('app/b', again);
    expect(socket.count('subscribe')).to.equal(2);
    socket.reply('subscribe', at(4, 'app/b', 1, { snapshot: 'fresh' }));
    expect(again.heard).to.deep.include(['snapshot', 'fresh']);
  });

  it('whose recovered publications do not connect is asked for a snapshot, once at once and then later', () => {
    gap();
    socket.reply('subscribe', at(3, 'app/a', 9, { recovered: true, pubs: rows(8, 9) }));
    expect([socket.count('subscribe'), socket.last('subscribe').subscribe]).to.deep.equal([
      2,
      { ch: 'app/a' },
    ]);
    for (const [waitMs, count] of [
      [10_000, 3],
      [20_000, 4],
    ] as const) {
      socket.reply('subscribe', at(3, 'app/a', 9, { recovered: true, pubs: rows(8, 9) }));
      gap();
      clock.advance(waitMs - 1);
      expect(socket.count('subscribe')).to.equal(count - 1);
      clock.advance(1);
      expect(socket.count('subscribe')).to.equal(count);
    }
    socket.reply('subscribe', at(3, 'app/a', 9));
    expect(listener.heard).to.deep.equal([
      ['snapshot', { at: 5 }],
      ['lost', 'history'],
      ['snapshot', { at: 9 }],
    ]);
    gap();
    socket.say(pubs(3, 11));
    socket.reply('subscribe', at(3, 'app/a', 11, { recovered: true, pubs: rows(10, 11) }));
    expect(listener.offsets).to.deep.equal([10, 11]);
  });

  it('that repeats, skips and mixes up publications is heard in order, each once', () => {
    socket.say(pubs(3, 6), pubs(3, 6), pubs(3, 4, 6), pubs(3, 6, 7), pubs(3, 9), pubs(3, 8), pubs(3, 10));
    expect(socket.last('subscribe').subscribe).to.deep.equal({
      ch: 'app/a',
      since: { e: 'k', o: 6, h: hash(6) },
    });
    expect(listener.offsets).to.deep.equal([6]);
    socket.reply('subscribe', at(3, 'app/a', 9, { recovered: true, pubs: rows(7, 9) }));
    expect(listener.offsets).to.deep.equal([6, 7, 8, 9]);
    expect(socket.count('subscribe')).to.equal(1);
  });

  it('that answers for fewer channels than it was asked for is asked for the others', () => {
    logged.client.subscribe('app/b', new Recorder());
    socket.end();
    clock.advance(500);
    ({ socket } = script);
    socket.accept({ subs: [] });
    expect(socket.count('subscribe')).to.equal(2);
    expect(logged.client.state).to.equal('live');
  });

  it('that answers with what is no answer is left', () => {
    for (const frame of [
      { n: 3, pubs: 5 },
      { n: 3, pubs: [5], h: 'x' },
      { n: 3, pubs: [[6, 1]], h: [] },
      { n: 3, lost: 'tail', e: [[]], o: 9, h: 'x', snapshot: null },
      { n: 3, pubs: [[6], 5], h: 'x' },
      { n: 3, end: null },
    ]) {
      socket.say(frame);
      expect(logged.client.state, JSON.stringify(frame)).to.equal('reconnecting');
      expect(logged.changes.at(-1)?.reason).to.equal('bad_frame');
      logged.client.connect();
      ({ socket } = script);
      socket.accept({ subs: [at(3, 'app/a', 5)] });
    }
  });

  it('whose first answer is of no use is told no position', () => {
    logged.client.subscribe('app/b', new Recorder());
    socket.reply('subscribe', at(4, 'app/b', 2, { recovered: true, pubs: rows(1, 2) }));
    socket.say({ ping: 1_000_000 });
    expect(socket.sent.at(-1)).to.deep.equal({ pos: { 3: 5 } });
  });

  it('that says something of numbers that it never gave is ignored', () => {
    socket.say(pubs(99, 1), { n: 99, lost: 'slow', e: 'k', o: 1, h: 'x', snapshot: null });
    socket.say({ n: 99, end: { code: 'forbidden', message: '', retryable: false } }, { id: 99, ok: {} });
    expect([logged.client.state, listener.kinds]).to.deep.equal(['live', ['snapshot']]);
  });

  it('that takes a channel away says so once, to newcomers too, and is asked again on the next connection', () => {
    socket.say({ n: 3, end: { code: 'forbidden', message: 'rights', retryable: false } });
    const second = new Recorder();
    logged.client.subscribe('app/a', second);
    socket.say(pubs(3, 6));
    expect(listener.heard.slice(1)).to.deep.equal([
      ['error', 'forbidden'],
      ['error', 'forbidden'],
    ]);
    expect(second.heard).to.deep.equal([['error', 'forbidden']]);
    expect(socket.count('subscribe')).to.equal(0);
    socket.end();
    clock.advance(500);
    expect(script.socket.readyState).to.equal(0);
    script.socket.open();
    expect(script.socket.last('connect').connect).to.deep.include({
      subs: [{ ch: 'app/a', since: { e: 'k', o: 5, h: hash(5) } }],
    });
  });

  it('that refuses for now is asked again as it says, later each time, also while there are gaps', () => {
    gap();
    socket.refuse('subscribe', 'rate_limited', { retryable: true, afterMs: 800 });
    gap();
    clock.advance(799);
    expect(socket.count('subscribe')).to.equal(1);
    clock.advance(1);
    socket.refuse('subscribe', 'rate_limited', { retryable: true, afterMs: 800 });
    clock.advance(1_599);
    expect(socket.count('subscribe')).to.equal(2);
    clock.advance(1);
    expect(socket.count('subscribe')).to.equal(3);
    socket.reply('subscribe', at(3, 'app/a', 7, { recovered: true, pubs: rows(6, 7) }));
    expect(listener.offsets).to.deep.equal([6, 7]);
  });

  it('that refuses a newcomer for now is asked for its snapshot again; those who were there go on', () => {
    const second = new Recorder();
    const said: boolean[] = [];
    logged.client.subscribe('app/a', { current: (current) => void said.push(current) });
    socket.reply('subscribe', at(3, 'app/a', 5));
    logged.client.subscribe('app/a', second);
    socket.refuse('subscribe', 'rate_limited', { retryable: true, afterMs: 800 });
    socket.say(pubs(3, 6));
    clock.advance(800);
    expect(socket.last('subscribe').subscribe).to.deep.equal({ ch: 'app/a' });
    socket.reply('subscribe', at(3, 'app/a', 6));
    socket.say(pubs(3, 7));
    expect([listener.offsets, second.offsets, said]).to.deep.equal([[6, 7], [7], [true]]);
    expect(second.kinds).to.deep.equal(['error', 'snapshot', 'publication']);
  });

  it('that refuses for ever, or for a time that is none, is asked again, and not hammered', () => {
    gap();
    for (const [i, afterMs] of ([1e308, 'soon', {}, -1] as unknown as number[]).entries()) {
      socket.refuse('subscribe', 'rate_limited', { retryable: true, afterMs });
      clock.advance(1);
      expect(socket.count('subscribe'), String(afterMs)).to.equal(i + 1);
      for (let minutes = 0; minutes < 120; minutes += 0.25) {
        socket.say({ ping: clock.now() });
        clock.advance(15_000);
      }
      expect(socket.count('subscribe'), String(afterMs)).to.equal(i + 2);
    }
  });

  it('that says no sensible time between its pings is found silent as another is', () => {
    for (const pingMs of ['x', {}, null, -5, 0] as unknown as number[]) {
      const { client, changes } = pool.make({ url: 'http://scripted.test', clock, random: () => 1 });
      client.connect();
      script.socket.accept({ pingMs });
      clock.advance(34_999);
      expect(client.state, String(pingMs)).to.equal('live');
      clock.advance(20_000);
      expect(changes.find(({ reason }) => reason !== undefined)?.reason, String(pingMs)).to.equal('silent');
      client.disconnect();
    }
  });

  it('whose refusal comes when nobody listens any more is not asked again', () => {
    const subscription = logged.client.subscribe('app/b', new Recorder());
    socket.refuse('subscribe', 'channel_limit', { retryable: true });
    subscription.stop();
    clock.advance(2_000);
    const count = socket.count('subscribe');
    clock.advance(60_000);
    expect(script.sockets[0]?.count('subscribe')).to.equal(count);
  });

  it('whose snapshot for a newcomer is ahead costs those who were there nothing', () => {
    const second = new Recorder();
    logged.client.subscribe('app/a', second);
    socket.reply('subscribe', at(3, 'app/a', 8));
    expect(socket.last('subscribe').subscribe).to.deep.include({ since: { e: 'k', o: 5, h: hash(5) } });
    socket.reply('subscribe', at(3, 'app/a', 9, { recovered: true, pubs: rows(6, 9) }));
    expect(listener.offsets).to.deep.equal([6, 7, 8, 9]);
    expect(second.heard, 'not before the others are there').to.deep.equal([]);
    socket.reply('subscribe', at(3, 'app/a', 9));
    socket.say(pubs(3, 10));
    expect(second.heard).to.deep.equal([
      ['snapshot', { at: 9 }],
      ['publication', 10, { at: 10 }],
    ]);
    expect(listener.offsets).to.deep.equal([6, 7, 8, 9, 10]);
  });

  it('that says "at once" again and again is not hammered', () => {
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      script.socket.end(4001, 'shutdown');
      waits.push(logged.changes.at(-1)?.retryInMs);
      clock.advance(waits.at(-1) ?? 0);
      script.socket.accept();
    }
    expect(waits).to.deep.equal([500, 1_000, 2_000, 3_500]);
  });

  it('sends messages for this client alone', () => {
    const heard: unknown[] = [];
    logged.client.on('message', (data) => heard.push(data));
    socket.say({ direct: { hello: 1 } }, { direct: null });
    expect(heard).to.deep.equal([{ hello: 1 }, null]);
  });
});

describe('SocketClient: listeners that hang up', () => {
  it('at their snapshot, or at a gap, ask for nothing more', () => {
    const { client } = logged;
    const current = (now: boolean): void => void (now || client.disconnect());
    client.subscribe('app/b', { current });
    socket.reply('subscribe', at(4, 'app/b', 0));
    socket.say(pubs(4, 2));
    expect([client.state, socket.count('subscribe'), clock.waiting]).to.deep.equal(['closed', 1, 0]);
    client.connect();
    ({ socket } = script);
    socket.open();
    client.subscribe('app/a', { snapshot: () => client.disconnect() });
    socket.admit();
    socket.reply('subscribe', at(1, 'app/a', 5));
    expect([client.state, socket.count('subscribe'), clock.waiting]).to.deep.equal(['closed', 1, 0]);
  });

  it('in the midst of anything leave nothing behind', () => {
    const { client } = logged;
    const hangUp = { publication: () => client.disconnect() };
    client.subscribe('app/b', hangUp);
    socket.reply('subscribe', at(4, 'app/b', 0));
    socket.say(pubs(4, 1), pubs(3, 6));
    expect([client.state, listener.offsets, clock.waiting]).to.deep.equal(['closed', [], 0]);
    client.on('state', ({ state }) => state === 'connecting' && client.disconnect());
    client.connect();
    expect([client.state, script.sockets.length, clock.waiting]).to.deep.equal(['closed', 1, 0]);
  });

  it('while the answers to connect are being told ask for nothing more', () => {
    const { client } = logged;
    client.subscribe('app/b', { error: () => client.disconnect() });
    client.subscribe('app/c', new Recorder());
    socket.end();
    clock.advance(500);
    ({ socket } = script);
    socket.accept({
      subs: [
        at(3, 'app/a', 5, { recovered: true, pubs: [] }),
        { ch: 'app/b', err: { code: 'channel_limit', message: '', retryable: true } },
        at(5, 'app/c', 2, { recovered: true, pubs: rows(8, 9) }),
      ],
    });
    expect([client.state, socket.sent.length, clock.waiting]).to.deep.equal(['closed', 1, 0]);
  });

  it('at "authenticating" are not introduced', () => {
    const { client } = logged;
    client.disconnect();
    client.on('state', ({ state }) => state === 'authenticating' && client.disconnect());
    client.connect();
    script.socket.open();
    expect([client.state, script.socket.sent.length]).to.deep.equal(['closed', 0]);
  });
});

describe('SocketClient: report', () => {
  it('tells what happened, without tokens and data, and is JSON', () => {
    const { client } = logged;
    client.setToken('secret');
    client.publish('app/log', 'private', { key: 'k1' }).catch(() => undefined);
    clock.advance(40);
    socket.reply('publish', { ch: 'app/log', e: 'k', o: 1 });
    gap();
    socket.reply('subscribe', at(3, 'app/a', 7, { recovered: true, pubs: rows(6, 7) }));
    socket.say({ n: 3, lost: 'slow', e: 'k', o: 9, h: hash(9), snapshot: null });
    socket.end(4202, 'slow');
    const report = client.report();
    expect(JSON.parse(JSON.stringify(report))).to.deep.include({
      url: 'ws://scripted.test/ws',
      state: 'reconnecting',
      server: { version: '9.9.9', protocol: 'waooaw.v1' },
      skewMs: 0,
      roundTrips: { count: 1, lastMs: 40, maxMs: 40 },
    });
    expect(
      report.entries.map(({ kind, ...more }) => [kind, 'state' in more ? more.state : more]),
    ).to.deep.equal([
      ['state', 'connecting'],
      ['state', 'authenticating'],
      ['state', 'live'],
      ['joined', { at: 1_000_000, transport: 'websocket', tookMs: 0 }],
      ['gap', { at: 1_000_040, channel: 'app/a', detail: 7 }],
      ['replay', { at: 1_000_040, channel: 'app/a', detail: 2 }],
      ['loss', { at: 1_000_040, channel: 'app/a', detail: 'slow' }],
      ['state', 'reconnecting'],
    ]);
    expect(JSON.stringify(report)).not.to.match(/secret|private/);
  });

  it('keeps the last two hundred entries, and no password of the address', () => {
    const { client } = pool.make({ url: 'http://user:secret@scripted.test', clock, random: () => 0 });
    client.connect();
    for (let i = 0; i < 150; i++) {
      script.socket.open();
      script.socket.end(4200, 'connection_limit');
      clock.advance(0);
    }
    const { entries, url } = client.report();
    expect([entries.length, url]).to.deep.equal([200, 'ws://scripted.test/ws']);
  });
});
