import { expect, fixture, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { CLOSE } from '../../protocol/close.ts';
import { hearWarnings } from '../../testing/console.ts';
import type { Warnings } from '../../testing/console.ts';
import { recordSpeech } from '../../testing/speech.ts';
import type { SpeechRecord } from '../../testing/speech.ts';
import { scriptSockets } from '../../testing/script.ts';
import type { Script, ScriptedSocket } from '../../testing/script.ts';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import './define.ts';
import type { WaooawSocket } from './socket.ts';

let script: Script;
let timers: FakeTimers;
let warnings: Warnings;
let speech: SpeechRecord;
const random = Math.random;

before(async () => {
  // The budget is for the page; here each sentence is looked at alone.
  pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 });
  await import('./speech.ts');
});
beforeEach(() => {
  sessionStorage.clear();
  script = scriptSockets();
  timers = fakeTimers();
  speech = recordSpeech();
  from = 0;
  warnings = hearWarnings();
  Math.random = () => 0.999;
});
afterEach(() => {
  timers.advance(60_000);
  Math.random = random;
  warnings.restore();
  speech.stop();
  timers.restore();
  script.restore();
});

async function socket(url = 'https://ops.example', label = ''): Promise<WaooawSocket> {
  const element = await fixture<WaooawSocket>(
    html`<waooaw-socket url=${url} label=${label} reconnect-interval="20000"></waooaw-socket>`,
  );
  // What the element waits for too, and first.
  await import('./speech.ts');
  return element;
}

/** A socket that has been connected for a while. */
async function live(url?: string, label?: string): Promise<WaooawSocket> {
  const element = await socket(url, label);
  script.socket.accept();
  timers.advance(3_000);
  return element;
}

/** What was said last, unless a region would have been emptied since. */
let from = 0;
const region = (urgency: string): string =>
  speech.said.slice(from).findLast((one) => one.urgency === urgency)?.text ?? '';

/** What the page says when so much time has passed: `[polite, assertive]`. */
function saidAfter(ms: number): [polite: string, assertive: string] {
  timers.advance(ms + 500);
  const words: [string, string] = [region('polite'), region('assertive')];
  timers.advance(10_000);
  from = speech.said.length;
  return words;
}

const SILENCE = ['', ''];

/** Connects again at once. */
function back(element: WaooawSocket): ScriptedSocket {
  element.connect();
  script.socket.accept();
  return script.socket;
}

describe('<waooaw-socket>: speech', () => {
  it('is silent about the first connection', async () => {
    await socket();
    script.socket.accept();
    expect(saidAfter(5_000)).to.deep.equal(SILENCE);
  });

  it('says a loss that lasts two seconds, and then the return', async () => {
    const element = await live();
    script.socket.end();
    timers.advance(1_999);
    expect([region('polite'), region('assertive')]).to.deep.equal(SILENCE);
    expect(saidAfter(1)).to.deep.equal(['Connection lost, trying again', '']);
    back(element);
    timers.advance(1_999);
    expect(region('polite')).to.equal('');
    expect(saidAfter(1)).to.deep.equal(['Connected again', '']);
  });

  it('says nothing of a blip of 1.5 s, neither loss nor return', async () => {
    const element = await live();
    script.socket.end();
    timers.advance(1_500);
    back(element);
    expect(saidAfter(10_000)).to.deep.equal(SILENCE);
  });

  it('says nothing of a return that does not last', async () => {
    const element = await live();
    script.socket.end();
    expect(saidAfter(2_000)).to.deep.equal(['Connection lost, trying again', '']);
    back(element);
    timers.advance(1_500);
    script.socket.end();
    expect(saidAfter(4_000)).to.deep.equal(SILENCE);
  });

  it('says a loss once, however often it is tried again', async () => {
    const element = await live();
    script.socket.end();
    saidAfter(2_000);
    for (let i = 0; i < 5; i++) {
      element.connect();
      script.socket.end();
      expect(saidAfter(3_000)).to.deep.equal(SILENCE);
    }
  });

  it('says that there is no connection yet where there never was one', async () => {
    await socket();
    script.socket.end();
    expect(saidAfter(2_000)).to.deep.equal(['No connection yet, trying again', '']);
  });

  it('says that the page is offline', async () => {
    await live();
    dispatchEvent(new Event('offline'));
    expect(saidAfter(2_000)).to.deep.equal(['Offline, waiting for the network', '']);
    dispatchEvent(new Event('online'));
    script.socket.accept();
    expect(saidAfter(2_000)).to.deep.equal(['Connected again', '']);
  });

  it('interrupts for a failure, with its reason', async () => {
    await live();
    script.socket.end(CLOSE.token_revoked, 'token_revoked');
    expect(saidAfter(2_000)).to.deep.equal(['', 'Connection failed: the token was revoked']);
  });

  it('says a failure again to whoever asked for another try', async () => {
    const element = await live();
    script.socket.end(4499, 'moon_phase');
    expect(saidAfter(2_000)).to.deep.equal(['', 'Connection failed']);
    element.connect();
    script.socket.open();
    script.socket.end(4499, 'moon_phase');
    expect(saidAfter(2_000)).to.deep.equal(['', 'Connection failed']);
    back(element);
    expect(saidAfter(2_000)).to.deep.equal(['Connected again', '']);
  });

  it('says nothing of a failure that was over before it was said', async () => {
    const element = await live();
    script.socket.end(4499, 'moon_phase');
    timers.advance(1_000);
    back(element);
    expect(saidAfter(4_000)).to.deep.equal(SILENCE);
  });

  it('says nothing of what the page does itself', async () => {
    const element = await live();
    element.disconnect();
    expect(saidAfter(4_000)).to.deep.equal(SILENCE);
    back(element);
    expect(saidAfter(4_000)).to.deep.equal(SILENCE);
  });

  it('says nothing of a page that slept', async () => {
    await live();
    document.dispatchEvent(new Event('freeze'));
    expect(saidAfter(60_000)).to.deep.equal(SILENCE);
    document.dispatchEvent(new Event('resume'));
    script.socket.accept();
    expect(saidAfter(4_000)).to.deep.equal(SILENCE);
  });

  it('says nothing any more when the element is gone', async () => {
    const element = await live();
    script.socket.end();
    element.remove();
    await Promise.resolve();
    expect(saidAfter(4_000)).to.deep.equal(SILENCE);
  });

  it('is one voice a socket, however many widgets it has', async () => {
    await import('../metrics-widget/define.ts');
    await import('../status-badge/define.ts');
    const element = await live();
    for (let i = 0; i < 10; i++) {
      element.append(document.createElement('waooaw-metrics-widget'));
      element.append(document.createElement('waooaw-status-badge'));
    }
    script.socket.end();
    expect(saidAfter(2_000)).to.deep.equal(['Connection lost, trying again', '']);
  });

  it('names the sockets where there are several, by label or host', async () => {
    const page = await fixture<HTMLElement>(html`
      <div>
        <waooaw-socket url="https://one.example:444" reconnect-interval="20000"></waooaw-socket>
        <waooaw-socket url="https://two.example" label="Billing" reconnect-interval="20000"></waooaw-socket>
      </div>
    `);
    await import('./speech.ts');
    const [first, second] = script.sockets;
    first?.accept();
    second?.accept();
    timers.advance(3_000);
    first?.end();
    second?.end();
    expect(saidAfter(2_000)[0]).to.equal(
      'one.example:444: Connection lost, trying again. Billing: Connection lost, trying again',
    );
    page.querySelector('waooaw-socket')?.remove();
    await Promise.resolve();
    back(page.querySelector('waooaw-socket')!);
    expect(saidAfter(2_000)[0], 'the last one needs no name').to.equal('Connected again');
  });
});
