import { expect, fixture, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { AuditRecord } from '../../protocol/audit.ts';
import type { Json } from '../../protocol/frames.ts';
import type { Role } from '../../protocol/roles.ts';
import { hearWarnings } from '../../testing/console.ts';
import { at, scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { TimelineOnPage, eventNow } from '../../testing/timelines.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import { WaooawTimeline } from './timeline.ts';

const HOUR = 3_600_000;

/** A question to the server's API that waits for its answer. */
interface Question {
  readonly url: URL;
  answer(body: object, status?: number): void;
}

let script: Script;
let questions: Question[];
const real = globalThis.fetch;

before(() => WaooawTimeline.disableWarning?.('change-in-update'));
before(() => pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 }));
beforeEach(() => {
  script = scriptSockets();
  questions = [];
  globalThis.fetch = (input, init) => {
    const url = new URL(new Request(input, init).url);
    return new Promise((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      questions.push({
        url,
        answer: (body, status = 200) => resolve(new Response(JSON.stringify(body), { status })),
      });
    });
  };
});
afterEach(() => {
  globalThis.fetch = real;
  script.restore();
});

/** A timeline behind a socket that is up, as somebody of this role. */
async function follow(source: string, role?: Role, t = Date.now()): Promise<TimelineOnPage> {
  const element = document.createElement('waooaw-timeline');
  await fixture(html`<waooaw-socket url="https://ops.example">${element}</waooaw-socket>`);
  const page = new TimelineOnPage(element);
  await until(() => page.find('.scroller'), 'it is loaded');
  script.socket.accept({ t, identity: { id: 'me', name: 'Me', ...(role && { role }) } });
  element.source = source;
  return page;
}

/** What the timeline asks to follow. */
const asked = (): string | undefined =>
  (script.socket.sent.findLast((sent) => 'subscribe' in sent)?.['subscribe'] as { ch?: string } | undefined)
    ?.ch;

async function admit(ch: string, snapshot: object): Promise<void> {
  await until(() => asked() === ch, `it asks for ${ch}`);
  script.socket.reply('subscribe', at(1, ch, 5, { snapshot: snapshot as Json }));
}

const question = (n: number): Promise<Question> => until(() => questions[n], `question ${n}`);

/** Entries of the trail, newest first. */
function entries(from: number, to: number, more: Partial<AuditRecord> = {}): AuditRecord[] {
  return Array.from({ length: from - to + 1 }, (_, i) => ({
    sequence: from - i,
    time: (Date.now() - (1_000 - (from - i)) * 60_000) * 1_000,
    actor: { id: 'ana', kind: 'user', name: 'Ana' } as const,
    action: 'upgrade',
    level: 'info',
    resource: { type: 'agent', id: `a${from - i}` },
    result: 'success',
    ...more,
  }));
}

describe('<waooaw-timeline source>: what is missing', () => {
  const events = (...ids: string[]): object => ({
    events: ids.map((id, i) => eventNow(id, { time: Date.now() - HOUR * (i + 1) })),
  });

  async function followed(): Promise<{ page: TimelineOnPage; lost: unknown[] }> {
    const page = await follow('app/x');
    const lost: unknown[] = [];
    page.element.addEventListener('waooaw-gap', (event) => lost.push((event as CustomEvent).detail));
    await admit('app/x', events('b', 'a'));
    await until(() => page.titles.length === 2, 'what it begins with');
    return { page, lost };
  }

  const lose = (snapshot: object): void =>
    script.socket.say({ n: 1, lost: 'slow', e: 'k', o: 50, h: 'h50', snapshot });

  it('is drawn where nobody knows what happened, said in the name of the event above, and told', async () => {
    const { page, lost } = await followed();
    lose({ events: [eventNow('z')] });
    await until(() => page.titles.length === 3, 'what is known now');
    expect(page.text('.gap')).to.match(/^Events between .+ and .+ are not known\.$/);
    expect(page.find('.gap')?.ariaHidden).to.equal('true');
    expect(page.articles[0]?.ariaLabel).to.include(page.text('.gap'));
    expect(lost).to.deep.equal([{ why: 'slow' }]);
  });

  it('is nothing where what is known now goes on from what was', async () => {
    const { page, lost } = await followed();
    lose({ events: [eventNow('z'), ...(events('b', 'a') as { events: object[] }).events] });
    await until(() => page.titles.length === 3, 'what is known now');
    expect([page.find('.gap'), lost]).to.deep.equal([null, []]);
  });

  it('is nothing where nothing was known before', async () => {
    const page = await follow('app/x');
    await admit('app/x', { events: [] });
    await until(() => page.has('live'), 'it is live');
    lose({ events: [eventNow('z')] });
    await until(() => page.titles.length === 1, 'what is known now');
    expect(page.find('.gap')).to.equal(null);
  });
});

describe('<waooaw-timeline source="audit">: its pages', () => {
  it('are read anew from the newest on, where a snapshot does not go on from what is known', async () => {
    const page = await follow('audit', 'admin');
    await admit('audit/all', { items: entries(10, 8), size: 10 });
    (await question(0)).answer({ items: entries(10, 3), next: 'c3' });
    await until(() => page.articles.length > 0 && questions.length === 2, 'it goes on');
    questions[1]!.answer({ items: entries(2, 1) });
    await until(() => page.text('.foot') === 'No older events.', 'all of them');
    script.socket.say({
      ...{ n: 1, lost: 'slow', e: 'k', o: 50, h: 'h50' },
      snapshot: { items: entries(100, 98), size: 100 },
    });
    const again = await question(2);
    expect(again.url.searchParams.get('cursor'), 'from the newest on').to.equal(null);
    expect(page.find('.gap'), 'what is missing is asked for').to.equal(null);
    again.answer({ items: entries(100, 91), next: 'c91' });
    const rest = await question(3);
    expect(rest.url.searchParams.get('cursor')).to.equal('c91');
    rest.answer({ items: entries(90, 1) });
    await until(() => page.text('.foot') === 'No older events.', 'all of them');
    expect(page.articles[0]?.ariaSetSize, 'none is missing, and none is there twice').to.equal('100');
  });

  it('are not read anew where a snapshot does', async () => {
    const page = await follow('audit', 'admin');
    await admit('audit/all', { items: entries(3, 2), size: 3 });
    (await question(0)).answer({ items: entries(3, 1) });
    await until(() => page.text('.foot') === 'No older events.', 'all of them');
    script.socket.say({
      ...{ n: 1, lost: 'slow', e: 'k', o: 50, h: 'h50' },
      snapshot: { items: entries(5, 3), size: 5 },
    });
    await until(() => page.titles.length === 5, 'what came');
    expect(questions).to.have.length(1);
  });

  it('of a query are asked for once, and what was under way for the one before is none of it', async () => {
    const page = await follow('audit', 'admin');
    await admit('audit/all', { items: entries(10, 9), size: 10 });
    const before = await question(0);
    const told: unknown[] = [];
    page.element.addEventListener('waooaw-filter', (event) => told.push((event as CustomEvent).detail));
    await page.click('#filter');
    const query = await until(() => page.find<HTMLInputElement>('#query'), 'the field');
    query.value = 'action:rollback';
    query.dispatchEvent(new InputEvent('input'));
    query.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    const after = await question(1);
    expect(after.url.searchParams.get('q')).to.equal('action:rollback');
    before.answer({ items: entries(8, 1) });
    after.answer({ items: entries(7, 5, { action: 'rollback' }) });
    await until(() => page.text('.title').includes('rolled back'), 'the answer');
    await until(() => page.text('.foot') === 'No older events.', 'its end');
    expect(page.all('.title').map((title) => /upgraded/.test(title.textContent ?? ''))).not.to.include(true);
    expect([told.length, questions.length]).to.deep.equal([1, 2]);
    await page.click('.chip');
    (await question(2)).answer({ items: entries(10, 1) });
    await until(() => page.text('.title').includes('upgraded'), 'all again');
    expect([told.length, questions.length]).to.deep.equal([2, 3]);
  });

  it('are not counted aloud before they are there', async () => {
    const page = await follow('audit', 'admin');
    await admit('audit/all', { items: entries(10, 9), size: 10 });
    (await question(0)).answer({ items: entries(8, 1) });
    await until(() => page.text('.foot') === 'No older events.', 'all of them');
    await page.click('#filter');
    const query = await until(() => page.find<HTMLInputElement>('#query'), 'the field');
    const speech = recordSpeech();
    query.value = 'action:rollback';
    query.dispatchEvent(new InputEvent('input'));
    query.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    const pages = await question(1);
    // Another timeline, which waits for nothing, has had its say: so long it was quiet here.
    const other = await fixture<WaooawTimeline>(
      html`<waooaw-timeline .events=${[eventNow('a', { status: 'failed' })]}></waooaw-timeline>`,
    );
    const second = new TimelineOnPage(other);
    await until(() => second.find('#filter'), 'another timeline');
    await second.click('#filter');
    await until(() => second.find('.value'), 'its filters');
    await second.click('.value');
    await until(() => speech.said.some(({ text }) => text === '1 event'), 'that one is counted');
    expect(speech.said.map(({ text }) => text)).to.deep.equal(['1 event']);
    pages.answer({ items: entries(7, 5, { action: 'rollback' }) });
    await until(() => speech.said.some(({ text }) => text === '3 events'), 'it is counted once it is there');
    speech.stop();
  });

  it('are of no use beyond max-items', async () => {
    const page = await follow('audit', 'admin');
    page.element.maxItems = 4;
    await admit('audit/all', { items: entries(10, 9), size: 10 });
    (await question(0)).answer({ items: entries(10, 3), next: 'c3' });
    await until(() => page.text('.foot') === 'Only the newest 4 events are kept.', 'as many as are kept');
    await until(() => page.articles.length === 4, 'they are listed');
    await page.scroll(page.scroller.scrollHeight);
    expect(questions).to.have.length(1);
    expect(page.articles[0]?.ariaSetSize, 'how many there are is known').to.equal('4');
  });
});

describe('<waooaw-timeline source>: who may see it', () => {
  it('says that nothing has happened that the role may see', async () => {
    for (const role of ['viewer', 'operator'] as const) {
      const page = await follow('audit', role);
      await admit('audit', { items: [], size: 0 });
      (await until(() => questions.at(-1), 'older ones')).answer({ items: [] });
      await until(
        () => page.text('.empty') === 'Nothing has happened yet that your role may see.',
        `it is said to the ${role}`,
      );
      questions = [];
      page.element.remove();
      script.restore();
      script = scriptSockets();
    }
  });

  it('says to who sees all of it that nothing has happened', async () => {
    const page = await follow('audit', 'auditor');
    await admit('audit/all', { items: [], size: 0 });
    (await question(0)).answer({ items: [] });
    await until(() => page.text('.empty') === 'Nothing has happened yet.', 'it is said');
  });

  it('says at the end that it is the end of what the role may see', async () => {
    const page = await follow('audit', 'viewer');
    await admit('audit', { items: entries(9, 8), size: 9 });
    (await question(0)).answer({ items: entries(7, 7) });
    await until(() => page.text('.foot') === 'No older events that your role may see.', 'the end');
  });

  it('says in the reader’s language that a channel is not for them, apart from other reasons', async () => {
    const page = await follow('app/secret', 'viewer');
    await until(() => asked() === 'app/secret', 'it asks');
    script.socket.refuse('subscribe', 'forbidden', { message: 'The identity may not do this' });
    await until(() => page.has('error'), 'it is refused');
    await page.settle();
    expect(page.text('.empty span')).to.equal('Your role may not see these events.');
    page.element.source = 'app/unknown';
    await until(() => asked() === 'app/unknown', 'it asks');
    script.socket.refuse('subscribe', 'unknown_channel', { message: 'No such channel' });
    await until(() => page.text('.empty span') === 'Not available: No such channel', 'another reason');
  });

  it('says that older entries are not for them, apart from a server that fails', async () => {
    const warnings = hearWarnings();
    const page = await follow('audit', 'viewer');
    await admit('audit', { items: entries(9, 8), size: 9 });
    (await question(0)).answer({ title: 'Forbidden', detail: 'asking by ip is forbidden' }, 403);
    await until(() => page.text('.foot span') === 'Your role may not see these events.', 'it is said');
    await page.click('.foot button');
    (await question(1)).answer({}, 503);
    await until(() => page.text('.foot span') === 'Older events could not be loaded.', 'it is said');
    warnings.restore();
    expect(warnings.lines[0]).to.include('asking by ip is forbidden');
  });
});

describe('<waooaw-timeline source>, of a server whose clock is no clock', () => {
  it('goes by the page’s own', async () => {
    for (const t of [1e300, -1e300]) {
      const page = await follow('app/x', 'admin', t);
      await admit('app/x', { events: [eventNow('a')] });
      await until(() => page.titles.length === 1, 'its event');
      expect(page.text('.day'), String(t)).to.equal('Today');
      page.element.remove();
      script.restore();
      script = scriptSockets();
    }
  });
});
