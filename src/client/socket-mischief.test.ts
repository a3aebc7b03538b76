import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { postSamples, sharedServer } from '../testing/server.ts';
import type { TestServer } from '../testing/server.ts';
import { spyOnSockets } from '../testing/sockets.ts';
import type { SocketSpy } from '../testing/sockets.ts';
import { until } from '../testing/until.ts';

const pool = clientPool();
let server: TestServer;
let spy: SocketSpy;

before(async () => {
  server = await sharedServer();
});
beforeEach(() => {
  spy = spyOnSockets();
});
afterEach(() => {
  spy.restore();
  pool.hangUp();
});

describe('SocketClient: mischief', () => {
  it('starts over when a frame cannot be read, and no longer hears the first line', async () => {
    const { client, changes, is } = await pool.live({ url: server.url, firstMs: 10 });
    spy.receive('{"n":1,');
    expect(client.state).to.equal('reconnecting');
    expect(changes.at(-1)?.reason).to.equal('bad_frame');
    await is('live');
    spy.receive('{"n":1,', spy.opened[0]);
    expect(client.state).to.equal('live');
  });

  it('fails with the reason when the browser refuses the address, and tells every listener of it', () => {
    const { WebSocket: original } = globalThis;
    const { client } = pool.make({ url: server.url });
    const heard: (string | undefined)[] = [];
    client.on('state', ({ state, reason }) => heard.push(`${state}: ${reason ?? ''}`));
    globalThis.WebSocket = class {
      constructor() {
        throw new DOMException('An insecure connection', 'SecurityError');
      }
    } as unknown as typeof WebSocket;
    try {
      client.connect();
    } finally {
      globalThis.WebSocket = original;
    }
    expect(client.state).to.equal('failed');
    expect(heard).to.deep.equal(['connecting: ', 'failed: SecurityError: An insecure connection']);
  });

  it('asks again for a channel that was refused for now, when the server says so or after a while', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    const listener = new Recorder();
    client.subscribe('metrics/mischief_later', listener);
    const asked = (): number => spy.sent.filter((text) => text.includes('mischief_later')).length;
    await until(() => asked() === 1, 'the channel is asked for');
    await until(() => listener.heard.length > 0, 'a snapshot');
    const refuse = (code: string): void => {
      const { id } = JSON.parse(spy.sent.at(-1) ?? '{}') as { id: number };
      spy.receive(JSON.stringify({ id, err: { code, message: '', retryable: true } }));
    };
    client.subscribe('metrics/mischief_refused', new Recorder());
    refuse('channel_limit');
    const again = (): number => spy.sent.filter((text) => text.includes('mischief_refused')).length;
    expect(again()).to.equal(1);
    clock.advance(5_000);
    expect(again()).to.equal(2);
  });

  it('ignores messages that it does not know', async () => {
    const { client, changes } = await pool.live({ url: server.url });
    const frame = [
      'null',
      '1',
      '"x"',
      '[]',
      '{}',
      '{"move":{}}',
      '{"id":null,"err":{}}',
      '{"id":99,"ok":{}}',
    ];
    spy.receive(frame.join('\n'));
    spy.receive('{"n":99,"pubs":[],"h":""}\n{"n":99,"lost":"slow"}');
    expect(client.state).to.equal('live');
    expect(changes.length).to.equal(3);
  });

  it('asks for what is missing when a publication never came', async () => {
    const name = 'mischief_gap';
    const { client } = await pool.live({ url: server.url });
    const listener = new Recorder();
    client.subscribe(`metrics/${name}`, listener);
    await until(() => listener.heard.length > 0, 'a snapshot');
    const lost = spy.lose('"pubs"');
    await postSamples(server, { name, value: 1 });
    await lost;
    await postSamples(server, { name, value: 2 });
    await until(() => listener.offsets.length === 2, 'both publications');
    expect(listener.kinds).to.deep.equal(['snapshot', 'publication', 'publication']);
    expect(listener.offsets).to.deep.equal([1, 2]);
    expect(client.state).to.equal('live');
  });

  it('tells of a loss that the server notices on the live line', async () => {
    const { client } = await pool.live({ url: server.url });
    const listener = new Recorder();
    client.subscribe('metrics/mischief_loss', listener);
    await until(() => listener.heard.length > 0, 'a snapshot');
    const n = /"ok":\{"n":(\d+)/.exec(spy.received.join('\n'))?.[1];
    spy.receive(`{"n":${n},"lost":"slow","e":"k9","o":4,"h":"0123456789abcdef","snapshot":{"rows":[]}}`);
    expect(listener.heard.slice(1)).to.deep.equal([
      ['lost', 'slow'],
      ['snapshot', { rows: [] }],
    ]);
  });

  it('tries again later when the server refuses the connect itself', async () => {
    const { client, changes, is } = pool.make({ url: server.url, clock: new FakeClock() });
    client.subscribe(5 as unknown as string, new Recorder());
    client.connect();
    await is('reconnecting');
    expect(changes.at(-1)?.reason).to.equal('bad_request');
  });

  it('survives a listener that hangs up the moment it is live', async () => {
    const { client, is } = pool.make({ url: server.url });
    const [first, second] = [new Recorder(), new Recorder()];
    client.subscribe('health/server', first);
    const stop = client.on('state', ({ state }) => state === 'live' && client.disconnect());
    client.connect();
    await is('closed');
    expect(first.heard).to.deep.equal([]);
    stop();
    client.connect();
    await until(() => first.heard.length > 0, 'a snapshot');
    client.subscribe('health/server', second);
    await until(() => second.heard.length > 0, 'a snapshot for the newcomer');
  });
});
