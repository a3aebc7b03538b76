import { expect, fixture, html } from '@open-wc/testing';
import { LitElement } from 'lit';
import { pubs, scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import { countsOf, newServer, postSamples, stopServer } from '../testing/server.ts';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { until } from '../testing/until.ts';
import { setHidden } from '../testing/visibility.ts';
import { ChannelController } from './channel-controller.ts';
import './metrics-widget/define.ts';
import { pagePace, setPagePace } from '../a11y/page-pace.ts';
import { pageSockets } from './socket-context.ts';
import './socket/define.ts';
import type { WaooawSocket } from './socket/socket.ts';

/** An element that does nothing but follow. */
class Follower extends LitElement {
  heard: unknown[] = [];
  dataTime: number | undefined;
  readonly channel = new ChannelController(this, {
    snapshot: (data) => this.#hear(data),
    publication: (data) => this.#hear(data),
    forget: () => (this.dataTime = undefined),
    dataTime: () => this.dataTime,
    staleAfterMs: () => 5_000,
  });

  #hear(data: unknown): void {
    this.heard.push(data);
    this.dataTime = this.channel.now();
  }
}
customElements.define('x-follower', Follower);

/** One that is content with less while nobody looks. */
class Patient extends LitElement {
  readonly channel = new ChannelController(this, {
    snapshot: () => undefined,
    publication: () => undefined,
    forget: () => undefined,
    dataTime: () => undefined,
    staleAfterMs: () => 5_000,
    unseenEveryMs: 60_000,
  });
}
customElements.define('x-patient', Patient);

let script: Script;
let timers: FakeTimers;

function begin(): void {
  sessionStorage.clear();
  script = scriptSockets();
  timers = fakeTimers();
}
function end(): void {
  setHidden(false);
  setPagePace({ everyMs: 0, paused: false });
  timers.restore();
  script.restore();
}

/** Followers of `app/x` in a live socket. */
async function followers(count = 1): Promise<Follower[]> {
  const socket = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
  const all = Array.from({ length: count }, () => {
    const element = document.createElement('x-follower') as Follower;
    element.style.cssText = 'display: block; height: 10px';
    socket.append(element);
    element.channel.follow('app/x');
    return element;
  });
  script.socket.accept({ t: Date.now() });
  return all;
}

async function follower(): Promise<Follower> {
  const [element] = await followers();
  return element!;
}

/** The demands that were sent. */
const demands = (): unknown[] =>
  script.socket.sent.flatMap(({ demand }) => (demand as { everyMs: number } | undefined)?.everyMs ?? []);

describe('demand', () => {
  beforeEach(begin);
  afterEach(end);

  it('is lowered in a hidden page after a while, and at once full when it is seen', async () => {
    await follower();
    setHidden(true);
    timers.advance(499);
    await Promise.resolve();
    expect(demands()).to.deep.equal([]);
    timers.advance(1);
    await Promise.resolve();
    expect(demands()).to.deep.equal([10_000]);
    setHidden(false);
    await Promise.resolve();
    expect(demands()).to.deep.equal([10_000, 0]);
  });

  it('is what the element says it needs unseen', async () => {
    const socket = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
    const element = document.createElement('x-patient') as Patient;
    socket.append(element);
    element.channel.follow('app/x');
    script.socket.accept();
    setHidden(true);
    timers.advance(500);
    await Promise.resolve();
    expect(demands()).to.deep.equal([60_000]);
  });

  it('is lowered for what is out of sight, and full again as it comes', async () => {
    const element = await follower();
    element.style.cssText = 'position: absolute; top: 5000px; height: 10px; width: 10px; display: block';
    await until(() => {
      timers.advance(100);
      return demands().length === 1;
    }, 'the demand is lower');
    element.style.top = '0';
    await until(() => demands().length === 2, 'the demand is full');
    expect(demands()).to.deep.equal([10_000, 0]);
  });

  it('of a crowd is one message a channel, and none for who only scrolls by', async () => {
    await followers(50);
    const sent = script.socket.sent.length;
    for (let i = 0; i < 20; i++) {
      setHidden(true);
      timers.advance(100);
      setHidden(false);
      timers.advance(100);
    }
    await Promise.resolve();
    expect(script.socket.sent.length).to.equal(sent);
    setHidden(true);
    timers.advance(1_000);
    await Promise.resolve();
    expect(demands()).to.deep.equal([10_000]);
  });

  it('is said with the subscription where it is known before', async () => {
    const element = await follower();
    setHidden(true);
    timers.advance(500);
    element.channel.follow('app/y');
    expect(script.socket.last('subscribe').subscribe).to.deep.include({ ch: 'app/y', everyMs: 10_000 });
  });

  it('follows the page’s pace, and the slower of both', async () => {
    await follower();
    setPagePace({ everyMs: 2_000 });
    await Promise.resolve();
    setHidden(true);
    timers.advance(500);
    await Promise.resolve();
    setPagePace({ everyMs: 30_000 });
    await Promise.resolve();
    setHidden(false);
    setPagePace({ everyMs: 0 });
    await Promise.resolve();
    expect(demands()).to.deep.equal([2_000, 10_000, 30_000, 0]);
  });

  it('ends while the page is paused, and what was missed comes after', async () => {
    const element = await follower();
    setPagePace({ paused: true });
    await Promise.resolve();
    expect(script.socket.count('unsubscribe')).to.equal(1);
    script.socket.reply('unsubscribe', {});
    setPagePace({ paused: false });
    await Promise.resolve();
    expect(script.socket.last('subscribe').subscribe).to.deep.include({ ch: 'app/x' });
    const { since } = script.socket.last('subscribe').subscribe as { since: { o: number } };
    expect(since.o).to.equal(0);
    script.socket.reply('subscribe', {
      n: 1,
      ch: 'app/x',
      e: 'k',
      o: 2,
      h: 'h2',
      recovered: true,
      pubs: [
        [1, 'one'],
        [2, 'two'],
      ],
    });
    expect(element.heard.slice(1)).to.deep.equal(['one', 'two']);
  });

  it('of who comes into a paused page is one snapshot', async () => {
    setPagePace({ paused: true });
    const element = await follower();
    expect(element.heard.length).to.equal(1);
    await Promise.resolve();
    expect(script.socket.count('unsubscribe')).to.equal(1);
  });

  it('is full for who was moved to another place, until it is known', async () => {
    const element = await follower();
    setHidden(true);
    timers.advance(500);
    await Promise.resolve();
    const place = document.createElement('div');
    element.parentElement?.append(place);
    place.append(element);
    timers.advance(1_000);
    await Promise.resolve();
    expect(demands().at(-1)).to.equal(10_000);
  });
});

describe('freshness and demand', () => {
  beforeEach(begin);
  afterEach(end);

  it('takes what comes rarely on demand for fresh as long as it comes so', async () => {
    const element = await follower();
    expect(element.channel.freshness).to.equal('live');
    setHidden(true);
    timers.advance(14_999);
    expect(element.channel.freshness).to.equal('live');
    timers.advance(10_002);
    expect(element.channel.freshness, 'it does not come').to.equal('stale');
  });

  it('does not flash as stale what has only just come into sight', async () => {
    const element = await follower();
    setHidden(true);
    timers.advance(9_000);
    setHidden(false);
    expect(element.channel.freshness).to.equal('live');
    timers.advance(1_000);
    script.socket.say(pubs(1, 1));
    timers.advance(1_000);
    expect(element.channel.freshness).to.equal('live');
  });

  it('is stale soon after where nothing comes then', async () => {
    const element = await follower();
    setHidden(true);
    timers.advance(9_000);
    setHidden(false);
    timers.advance(1_502);
    expect(element.channel.freshness).to.equal('stale');
  });

  it('is stale while the page is paused: it stands still', async () => {
    const element = await follower();
    setPagePace({ paused: true });
    await Promise.resolve();
    timers.advance(10_000);
    expect(element.channel.freshness).to.equal('stale');
  });

  it('is stale where only its own channel is behind, after the same grace', async () => {
    const element = await follower();
    script.socket.say({ n: 1, pubs: [[7, 'seven']], h: 'h7' });
    expect(element.channel.freshness).to.equal('live');
    timers.advance(1_501);
    expect(element.channel.freshness).to.equal('stale');
    script.socket.reply('subscribe', {
      n: 1,
      ch: 'app/x',
      e: 'k',
      o: 7,
      h: 'h7',
      lost: 'history',
      snapshot: 'anew',
    });
    expect(element.channel.freshness).to.equal('live');
  });
});

describe('a thousand comings and goings', () => {
  beforeEach(begin);
  afterEach(end);

  it('leave no observer, no listener and no timer', async () => {
    const socket = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
    script.socket.accept({ t: Date.now() });
    const listeners = [pageSockets().listeners.size, pagePace().listeners.size];
    const observers = new Set<IntersectionObserver>();
    const { observe, disconnect } = IntersectionObserver.prototype;
    IntersectionObserver.prototype.observe = function (element) {
      observers.add(this);
      observe.call(this, element);
    };
    IntersectionObserver.prototype.disconnect = function () {
      observers.delete(this);
      disconnect.call(this);
    };
    for (let round = 0; round < 1_000; round++) {
      const element = document.createElement('x-follower') as Follower;
      element.channel.follow('app/x');
      socket.append(element);
      if (round === 0)
        script.socket.reply('subscribe', { n: 1, ch: 'app/x', e: 'k', o: 0, h: 'h', snapshot: 0 });
      element.remove();
    }
    Object.assign(IntersectionObserver.prototype, { observe, disconnect });
    expect([pageSockets().listeners.size, pagePace().listeners.size]).to.deep.equal(listeners);
    expect(observers.size).to.equal(0);
    // The second asked for a snapshot of its own; those after it wait for the same.
    expect(script.socket.count('subscribe')).to.equal(2);
    script.socket.reply('subscribe', { n: 1, ch: 'app/x', e: 'k', o: 0, h: 'h', snapshot: 0 });
    const rounds = script.socket.sent.length;
    timers.advance(2_000);
    await Promise.resolve();
    expect(script.socket.sent.slice(rounds).map((message) => Object.keys(message)[1])).to.deep.equal([
      'unsubscribe',
    ]);
  });
});

describe('demand, with a real server', () => {
  it('brings up at once what changed while nobody looked', async function () {
    this.timeout(20_000);
    const server = await newServer();
    const name = 'demand_hidden';
    await postSamples(server, { name, value: 1 });
    const socket = await fixture<WaooawSocket>(html`
      <waooaw-socket url=${server.url}>
        <waooaw-metrics-widget metric=${name} stale-after="600"></waooaw-metrics-widget>
      </waooaw-socket>
    `);
    const widget = socket.querySelector('waooaw-metrics-widget')!;
    const shown = (): string | undefined =>
      widget.shadowRoot?.querySelector('[part="value"]')?.textContent?.trim();
    await until(() => shown() === '1', 'the first value');
    setHidden(true);
    const behind = async (): Promise<number> => {
      const counts = (await countsOf(server)) as unknown as { behind: { demand: number } };
      return counts.behind.demand;
    };
    await until(async () => (await behind()) === 1, 'the server holds back');
    await postSamples(server, { name, value: 2 });
    await postSamples(server, { name, value: 3 });
    expect(shown()).to.equal('1');
    setHidden(false);
    await until(() => shown() === '3', 'the newest value', 2_000);
    await until(async () => (await behind()) === 0, 'the server holds nothing back');
    await stopServer(server);
  });
});
