import { ContextEvent } from '@lit/context';
import { expect, fixture, html } from '@open-wc/testing';
import type { ChannelListener } from '../../client/channel.ts';
import { CLOSE } from '../../protocol/close.ts';
import { hearWarnings } from '../../testing/console.ts';
import { Recorder } from '../../testing/recorder.ts';
import { at, pubs, scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { newServer, sharedServer, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import { socketContext } from '../socket-context.ts';
import './define.ts';
import type { MessageDetail, SocketElementEvents, WaooawSocket } from './socket.ts';

/** Hears every event of ours at the window, where all of them arrive. */
function hear<Name extends keyof SocketElementEvents>(name: Name): SocketElementEvents[Name]['detail'][] {
  const details: SocketElementEvents[Name]['detail'][] = [];
  const listener = (event: Event): void => void details.push((event as SocketElementEvents[Name]).detail);
  window.addEventListener(name, listener);
  leaving.push(() => window.removeEventListener(name, listener));
  return details;
}

const leaving: (() => void)[] = [];
afterEach(() => leaving.splice(0).forEach((leave) => leave()));

describe('<waooaw-socket channels>', () => {
  let script: Script;

  beforeEach(() => {
    sessionStorage.clear();
    script = scriptSockets();
  });
  afterEach(() => script.restore());

  function socket(channels: string): Promise<WaooawSocket> {
    return fixture<WaooawSocket>(html`<waooaw-socket channels=${channels}></waooaw-socket>`);
  }

  it('tells snapshots, publications and losses by event, in order', async () => {
    const heard = hear('waooaw-message');
    await socket('app/a app/b');
    script.socket.accept();
    script.socket.say(pubs(1, 1, 2), { n: 2, pubs: [[5, 'five']], h: 'h5', after: 0 });
    script.socket.say({ n: 1, lost: 'history', e: 'k', o: 9, h: 'h9', snapshot: 'anew' });
    expect(heard).to.deep.equal([
      { kind: 'snapshot', channel: 'app/a', data: { at: 0 }, offset: 0 },
      { kind: 'snapshot', channel: 'app/b', data: { at: 0 }, offset: 0 },
      { kind: 'publication', channel: 'app/a', data: { at: 1 }, offset: 1, conflated: 0 },
      { kind: 'publication', channel: 'app/a', data: { at: 2 }, offset: 2, conflated: 0 },
      { kind: 'publication', channel: 'app/b', data: 'five', offset: 5, conflated: 4 },
      { kind: 'lost', channel: 'app/a', why: 'history' },
      { kind: 'snapshot', channel: 'app/a', data: 'anew', offset: 9 },
    ] satisfies MessageDetail[]);
  });

  it('tells what is for this connection alone', async () => {
    const heard = hear('waooaw-message');
    await socket('');
    script.socket.accept();
    script.socket.say({ direct: 'for you' });
    expect(heard).to.deep.equal([{ kind: 'direct', data: 'for you' }]);
  });

  it('follows another list, and keeps what both have', async () => {
    const element = await socket('app/a  app/b\n app/a');
    script.socket.accept();
    const heard = hear('waooaw-message');
    element.channels = 'app/b app/c';
    await element.updateComplete;
    expect(script.socket.count('subscribe')).to.equal(1);
    script.socket.reply('subscribe', at(3, 'app/c', 0));
    script.socket.say(pubs(1, 1), pubs(2, 1), pubs(3, 1));
    expect(heard.map((detail) => [detail.kind, 'channel' in detail && detail.channel])).to.deep.equal([
      ['snapshot', 'app/c'],
      ['publication', 'app/b'],
      ['publication', 'app/c'],
    ]);
    element.channels = undefined as unknown as string;
    await element.updateComplete;
    script.socket.say(pubs(2, 2));
    expect(heard.length).to.equal(3);
  });

  it('tells of a channel that is refused which it is, and why', async () => {
    const errors = hear('waooaw-error');
    const element = await socket('app/a');
    script.socket.accept();
    element.channels = 'app/secret';
    await element.updateComplete;
    script.socket.refuse('subscribe', 'forbidden', { message: 'not yours' });
    expect(errors).to.deep.equal([{ code: 'forbidden', message: 'not yours', channel: 'app/secret' }]);
  });
});

describe('<waooaw-socket>: events', () => {
  let script: Script;

  beforeEach(() => {
    sessionStorage.clear();
    script = scriptSockets();
  });
  afterEach(() => script.restore());

  it('say when it is connected, no longer, and what comes next', async () => {
    const told: unknown[] = [];
    leaving.push(
      ...(['waooaw-connect', 'waooaw-disconnect', 'waooaw-error'] as const).map((name) => {
        const listener = (event: SocketElementEvents[typeof name]): void =>
          void told.push([name.slice(7), event.detail]);
        document.addEventListener(name, listener);
        return () => document.removeEventListener(name, listener);
      }),
    );
    const warnings = hearWarnings();
    const element = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
    script.socket.accept();
    element.disconnect();
    element.connect();
    script.socket.accept();
    script.socket.end(CLOSE.disconnected, 'disconnected');
    warnings.restore();
    expect(told).to.deep.equal([
      ['connect', { transport: 'websocket' }],
      ['disconnect', { state: 'closed' }],
      ['connect', { transport: 'websocket' }],
      ['disconnect', { state: 'failed', code: CLOSE.disconnected, reason: 'disconnected' }],
      ['error', { code: 'disconnected', message: 'an administrator ended it' }],
    ]);
  });

  it('say when the next try is due', async () => {
    const told = hear('waooaw-disconnect');
    await fixture(html`<waooaw-socket></waooaw-socket>`);
    script.socket.accept();
    script.socket.end();
    expect(told[0]?.state).to.equal('reconnecting');
    expect(told[0]?.retryInMs).to.be.within(0, 500);
  });

  it('say in words that it failed where the server gave no reason that they know', async () => {
    const told = hear('waooaw-error');
    const warnings = hearWarnings();
    await fixture(html`<waooaw-socket no-auto-reconnect></waooaw-socket>`);
    script.socket.accept();
    script.socket.end();
    warnings.restore();
    expect(told.map(({ message }) => message)).to.deep.equal(['Connection failed']);
    expect(warnings.lines[0]).to.contain('Connection failed');
  });

  it('leave widgets no connection that has ended', async () => {
    const element = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
    const offered: unknown[] = [];
    const child = element.appendChild(document.createElement('i'));
    const askFrom = (): void =>
      void child.dispatchEvent(new ContextEvent(socketContext, child, (client) => offered.push(client)));
    askFrom();
    const warnings = hearWarnings();
    element.url = 'http://';
    await element.updateComplete;
    warnings.restore();
    askFrom();
    expect(offered).to.deep.equal([offered[0], undefined]);
    expect(offered[0]).not.to.equal(undefined);
  });

  it('say that an address is none', async () => {
    const errors = hear('waooaw-error');
    const warnings = hearWarnings();
    await fixture(html`<waooaw-socket url="http://"></waooaw-socket>`);
    warnings.restore();
    expect(errors.map(({ code, cause }) => [code, cause instanceof TypeError])).to.deep.equal([
      ['bad_url', true],
    ]);
  });

  it('say that the page’s own removal closed it', async () => {
    const element = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
    const states: string[] = [];
    element.addEventListener('waooaw-disconnect', ({ detail }) => states.push(detail.state));
    script.socket.accept();
    element.remove();
    await Promise.resolve();
    expect(states).to.deep.equal(['closed']);
  });
});

describe('<waooaw-socket>: methods', () => {
  let server: TestServer;

  before(async () => {
    server = await newServer();
  });
  after(() => stopServer(server));

  function made(): WaooawSocket {
    const element = document.createElement('waooaw-socket');
    element.url = server.url;
    return element;
  }

  async function page(element: WaooawSocket): Promise<WaooawSocket> {
    (await fixture<HTMLElement>(html`<div></div>`)).append(element);
    return element;
  }

  it('subscribe before there is a connection, and through whatever becomes of it', async () => {
    const element = made();
    const heard = new Recorder();
    const subscription = element.subscribe('app/through', heard);
    await page(element);
    await until(() => heard.kinds.includes('snapshot'), 'the snapshot');
    await element.publish('app/through', 1);
    await until(() => heard.kinds.includes('publication'), 'the publication');
    element.url = (await sharedServer()).url;
    await until(() => heard.kinds.filter((kind) => kind === 'snapshot').length === 2, 'the other server’s');
    subscription.demand(60_000);
    element.url = server.url;
    await until(
      () => heard.kinds.filter((kind) => kind === 'snapshot').length === 3,
      'the first one’s again',
    );
    subscription.stop();
    const before = heard.heard.length;
    await element.publish('app/through', 2);
    expect(heard.heard.length).to.equal(before);
  });

  it('change a demand that stands already', async () => {
    const element = await page(made());
    const offsets: number[] = [];
    const listener: ChannelListener = { publication: (_, offset) => offsets.push(offset) };
    const subscription = element.subscribe('app/demand', listener, { everyMs: 60_000 });
    await element.publish('app/demand', 1);
    expect(offsets).to.deep.equal([]);
    subscription.demand(0);
    await until(() => offsets.length === 1, 'what waited');
  });

  it('publish and ask, at once after the element was put into the page', async () => {
    const element = await page(made());
    const published = await element.publish('app/calls', { a: 1 });
    expect(published.o).to.equal(1);
    for (const call of ['request', 'send'] as const) {
      const failure = await element[call]('nobody/answers').then(undefined, (error: unknown) => error);
      expect((failure as { code: string }).code).to.equal('unknown_method');
    }
    expect(element.report()).to.deep.include({ state: 'live', transport: 'websocket' });
  });

  it('refuse calls of an element that is in no document', async () => {
    const element = made();
    for (const call of [element.publish('app/x', 1), element.request('x')]) {
      const failure = await call.then(undefined, (error: unknown) => error);
      expect(failure).to.be.instanceOf(TypeError);
    }
    expect(element.report()).to.equal(undefined);
  });
});
