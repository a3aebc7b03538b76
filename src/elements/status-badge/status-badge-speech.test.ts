import { expect, fixture, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { recordSpeech } from '../../testing/speech.ts';
import type { SpeechRecord } from '../../testing/speech.ts';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import './define.ts';
import type { WaooawStatusBadge } from './status-badge.ts';

let timers: FakeTimers;
let speech: SpeechRecord;

// The budget is for the page; here each sentence is looked at alone.
before(() => pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 }));
beforeEach(() => {
  timers = fakeTimers();
  speech = recordSpeech();
});
afterEach(() => {
  timers.advance(60_000);
  timers.restore();
  speech.stop();
});

/** What the page says within half a second: `[polite, assertive]`. */
function said(): string[] {
  const before = speech.said.length;
  timers.advance(500);
  const now = speech.said.slice(before);
  timers.advance(60_000);
  return ['polite', 'assertive'].map((urgency) => now.find((one) => one.urgency === urgency)?.text ?? '');
}

async function badge(state: string, label = 'API'): Promise<WaooawStatusBadge> {
  const element = await fixture<WaooawStatusBadge>(
    html`<waooaw-status-badge state=${state} label=${label}></waooaw-status-badge>`,
  );
  await import('./live.ts');
  await element.updateComplete;
  await element.updateComplete;
  return element;
}

async function turn(element: WaooawStatusBadge, state: string): Promise<void> {
  element.state = state;
  await element.updateComplete;
}

describe('<waooaw-status-badge>: speech', () => {
  it('is silent about the first state, however bad', async () => {
    await badge('down');
    expect(said()).to.deep.equal(['', '']);
  });

  const changes: readonly (readonly [from: string, to: string, polite: string, assertive: string])[] = [
    ['up', 'down', '', 'API: Down'],
    ['degraded', 'critical', '', 'API: Critical'],
    ['running', 'offline', '', 'API: Offline'],
    ['up', 'degraded', 'API: Degraded', ''],
    ['down', 'degraded', 'API: Degraded', ''],
    ['down', 'up', 'API: Up', ''],
    ['degraded', 'running', 'API: Running', ''],
    ['unknown', 'up', '', ''],
    ['up', 'unknown', '', ''],
    ['working', 'completed', '', ''],
    ['up', 'maintenance', '', ''],
    ['pending', 'running', '', ''],
    ['up', 'stopped', '', ''],
  ];
  for (const [from, to, polite, assertive] of changes) {
    const how = assertive ? 'at once' : polite ? 'in a pause' : 'not';
    it(`says ${how} that ${from} became ${to}`, async () => {
      await turn(await badge(from), to);
      expect(said()).to.deep.equal([polite, assertive]);
    });
  }

  it('says ten failures of one moment as one', async () => {
    const badges: WaooawStatusBadge[] = [];
    for (let i = 1; i <= 10; i++) badges.push(await badge('up', `Node ${i}`));
    for (const element of badges) await turn(element, 'down');
    expect(said()).to.deep.equal(['', '10 Down: Node 1, Node 2, Node 3, and 7 more']);
  });

  it('names all of a few, and what became something else apart', async () => {
    const [api, queue, disk] = [await badge('up'), await badge('up', 'Queue'), await badge('up', 'Disk')];
    await turn(api, 'down');
    await turn(queue, 'down');
    await turn(disk, 'degraded');
    expect(said()).to.deep.equal(['Disk: Degraded', '2 Down: API and Queue']);
  });

  it('says the state alone when the thing has no name', async () => {
    await turn(await badge('up', ''), 'down');
    expect(said()).to.deep.equal(['', 'Down']);
  });

  it('names the thing as the page’s own label does', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge state="up">Payment <b>API</b></waooaw-status-badge>`,
    );
    await import('./live.ts');
    await element.updateComplete;
    await turn(element, 'down');
    expect(said()).to.deep.equal(['', 'Payment API: Down']);
  });
});
