import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import type { LoggedClient } from '../testing/clients.ts';
import { FakePage } from '../testing/page.ts';
import { Recorder } from '../testing/recorder.ts';
import { scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import type { SocketOptions } from './options.ts';
import type { PageSignal } from './wake.ts';

const pool = clientPool();
let script: Script;
let clock: FakeClock;
let page: FakePage;

beforeEach(() => {
  script = scriptSockets();
  clock = new FakeClock();
  page = new FakePage();
});
afterEach(() => {
  pool.hangUp();
  script.restore();
});

function connect(options: Partial<SocketOptions> = {}): LoggedClient {
  const logged = pool.make({ url: 'http://scripted.test', clock, page, random: () => 1, ...options });
  logged.client.connect();
  return logged;
}

function live(options: Partial<SocketOptions> = {}): LoggedClient {
  const logged = connect(options);
  script.socket.accept();
  return logged;
}

describe('SocketClient: suspended', () => {
  for (const [asleep, awake] of [
    ['offline', 'online'],
    ['freeze', 'resume'],
  ] as const) {
    it(`when the page says ${asleep}: lets go, tries nothing, and connects at once on ${awake}`, () => {
      const { client, changes } = live();
      const listener = new Recorder();
      client.subscribe('app/a', listener);
      const { socket } = script;
      page.signal(asleep);
      expect([socket.onmessage, socket.closedWith]).to.deep.equal([null, 1000]);
      expect(changes.at(-1)).to.deep.equal({ state: 'suspended', previous: 'live', reason: asleep });
      expect([clock.waiting, client.retryAt, client.transport]).to.deep.equal([0, undefined, undefined]);
      clock.advance(3_600_000);
      expect(script.sockets.length).to.equal(1);
      page.signal(awake);
      expect(client.state).to.equal('connecting');
      script.socket.accept();
      expect(client.state).to.equal('live');
    });
  }

  it('while it connects, or waits to', () => {
    const { client } = connect();
    page.signal('freeze');
    expect(client.state).to.equal('suspended');
    page.signal('resume');
    script.socket.end();
    expect(client.state).to.equal('reconnecting');
    page.signal('offline');
    expect([client.state, clock.waiting]).to.deep.equal(['suspended', 0]);
  });

  it('instead of waiting for the next try, when the line is lost and there is no network', () => {
    const { client } = live();
    page.online = false;
    script.socket.end();
    expect([client.state, clock.waiting]).to.deep.equal(['suspended', 0]);
  });

  it('stays so when the page wakes up without a network', () => {
    const { client } = live();
    page.signal('offline');
    for (const signal of ['visible', 'resume', 'freeze', 'offline'] as PageSignal[]) page.signal(signal);
    page.online = false;
    page.signal('visible');
    expect(client.state).to.equal('suspended');
    page.signal('online');
    expect(client.state).to.equal('connecting');
  });

  it('tries all the same when the page connects by hand', () => {
    const { client } = live();
    page.signal('offline');
    client.connect();
    expect(client.state).to.equal('connecting');
  });

  it('is no way back for a client that shall not come back by itself', () => {
    const { client } = live({ autoReconnect: false });
    page.signal('offline');
    expect(client.state).to.equal('failed');
    page.signal('online');
    expect(client.state).to.equal('failed');
  });
});

describe('SocketClient: waking up', () => {
  it('on online ends the waiting', () => {
    const { client } = live();
    script.socket.end();
    page.signal('online');
    expect(client.state).to.equal('connecting');
  });

  it('on being seen connects when the time has come, though the timer slept', () => {
    const { client } = live();
    script.socket.end();
    expect(client.retryAt).to.equal(clock.now() + 500);
    page.signal('visible');
    expect(client.state).to.equal('reconnecting');
    // The timer did not run, but time went by.
    clock.set(500);
    page.signal('visible');
    expect(client.state).to.equal('connecting');
  });

  it('on being seen reconnects at once when the line has been silent for too long', () => {
    const { client, states } = live();
    page.hidden = true;
    clock.set(36_000);
    page.signal('visible');
    expect(states().slice(-2)).to.deep.equal(['reconnecting', 'connecting']);
    expect(script.sockets[0]?.closedWith).to.equal(4000);
    expect(client.retryAt).to.equal(undefined);
  });

  it('on being seen leaves a line alone that was heard of lately, and one that is being opened', () => {
    const { client } = live();
    clock.set(34_000);
    page.signal('visible');
    page.signal('resume');
    page.signal('online');
    expect([client.state, script.sockets.length]).to.deep.equal(['live', 1]);
    const other = connect();
    page.signal('visible');
    expect([other.client.state, script.sockets.length]).to.deep.equal(['connecting', 2]);
  });

  it('asks for a token anew', () => {
    let count = 0;
    live({ token: () => `token ${++count}` });
    page.signal('freeze');
    page.signal('resume');
    script.socket.accept();
    expect(script.socket.last('connect').connect).to.deep.include({ token: 'token 2' });
  });

  it('does not bring back a client whose listener hangs up at the loss', () => {
    const { client } = live();
    client.on('state', ({ state }) => state === 'reconnecting' && client.disconnect());
    clock.set(40_000);
    page.signal('visible');
    expect([client.state, script.sockets.length]).to.deep.equal(['closed', 1]);
  });
});

describe('SocketClient: nothing is left behind', () => {
  it('neither listeners nor timers after disconnect, in whatever state', () => {
    const ways: Record<string, (logged: LoggedClient) => void> = {
      connecting: () => undefined,
      authenticating: () => script.socket.open(),
      live: () => script.socket.accept({ expiresAt: 2_000_000 }),
      moving: () => {
        script.socket.accept();
        script.socket.say({ move: { afterMs: 10, withinMs: 1_000, why: 'drain' } });
      },
      moved: () => {
        script.socket.accept();
        script.socket.say({ move: { afterMs: 10, withinMs: 1_000, why: 'drain' } });
        clock.advance(10);
      },
      refused: ({ client }) => {
        client.subscribe('app/a', {});
        script.socket.open();
        script.socket.admit({
          subs: [{ ch: 'app/a', err: { code: 'channel_limit', message: '', retryable: true } }],
        });
      },
      reconnecting: () => script.socket.end(),
      suspended: () => page.signal('freeze'),
      failed: () => script.socket.end(4400, 'disconnected'),
    };
    for (const [name, go] of Object.entries(ways)) {
      const logged = connect();
      go(logged);
      logged.client.disconnect();
      expect([logged.client.state, clock.waiting, page.listening], name).to.deep.equal(['closed', 0, 0]);
      for (const socket of script.sockets)
        if (socket.readyState < 2) throw new Error(`${name}: a socket is open`);
    }
  });

  it('nor after a failure for good', () => {
    const { client } = live();
    script.socket.end(4400, 'disconnected');
    expect([client.state, clock.waiting, page.listening]).to.deep.equal(['failed', 0, 0]);
  });
});
