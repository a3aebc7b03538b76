import { expect, html } from '@open-wc/testing';
import { setPagePace } from '../../a11y/page-pace.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import type { TimelineOnPage } from '../../testing/timelines.ts';
import { eventNow, someEvents, timelinePage } from '../../testing/timelines.ts';
import { until } from '../../testing/until.ts';
import { setHidden } from '../../testing/visibility.ts';
import './define.ts';
import type { EventProvider } from './pages.ts';
import { WaooawTimeline } from './timeline.ts';

const MINUTE = 60_000;

// For the page it is about noon, by the reader's own calendar: midnight is far, whenever the tests run.
const realNow = Date.now.bind(Date);
before(() => {
  const begunAt = realNow();
  const aheadMs = new Date(begunAt).setHours(12, 0, 0, 0) - begunAt;
  Date.now = () => realNow() + aheadMs;
});
after(() => {
  Date.now = realNow;
});

before(() => WaooawTimeline.disableWarning?.('change-in-update'));
afterEach(() => {
  setHidden(false);
  setPagePace({ paused: false });
});

function timeline(events: readonly TimelineEvent[]): Promise<TimelineOnPage> {
  return timelinePage(html`<waooaw-timeline label="A" .events=${events}></waooaw-timeline>`);
}

describe('<waooaw-timeline>: what is being read', () => {
  it('stays while the page is paused, and what has come is let in when it goes on', async () => {
    const page = await timeline(someEvents(3, Date.now() - MINUTE));
    setPagePace({ paused: true });
    await page.settle();
    expect(page.text('.note')).to.equal('Paused');
    await page.element.add([eventNow('one'), eventNow('two')]);
    await until(() => page.text('.newer') === '2 new events', 'they wait');
    expect(page.titles).to.deep.equal(['Event 0', 'Event 1', 'Event 2']);
    setPagePace({ paused: false });
    await until(() => page.titles.length === 5, 'they are in');
    expect([page.find('.newer'), page.text('.note')]).to.deep.equal([null, '']);
  });

  it('goes on waiting after the pause where somebody reads further down', async () => {
    const page = await timeline(someEvents(300, Date.now() - MINUTE));
    await page.scroll(2_000);
    setPagePace({ paused: true });
    await page.element.add([eventNow('one')]);
    await until(() => page.text('.newer') === '1 new event', 'it waits');
    setPagePace({ paused: false });
    await page.settle();
    expect(page.text('.newer')).to.equal('1 new event');
  });

  it('holds nothing back for an event that is open but filtered away', async () => {
    const page = await timeline([
      eventNow('open', { details: 1, type: 'a', time: Date.now() - MINUTE }),
      eventNow('other', { type: 'b', time: Date.now() - 2 * MINUTE }),
    ]);
    page.article('Event open').querySelector('button')!.click();
    await until(() => page.find('.event-details'), 'it is open');
    page.element.filter = { types: ['b'] };
    await until(() => page.titles.join() === 'Event other', 'it is filtered away');
    await page.element.add([eventNow('newer', { type: 'b' })]);
    await until(() => page.titles[0] === 'Event newer', 'it comes in');
  });

  it('is still counted and marked where what is listed changes under a search', async () => {
    const page = await timeline(someEvents(20, Date.now() - MINUTE));
    expect(await page.element.find('event 1')).to.equal(11);
    await until(() => page.text('.count') === '1 of 11', 'what was found');
    const current = page.text('.current .title');
    page.element.filter = { types: ['upgrade'] };
    await until(() => !/of 11$/.test(page.text('.count')), 'it is of what is listed');
    const left = someEvents(20).filter(({ type, title }) => type === 'upgrade' && title.includes('1'));
    expect(page.text('.count')).to.match(new RegExp(`of ${left.length}$`));
    expect(page.text('.current .title')).to.equal(current);
  });
});

describe('<waooaw-timeline .events> set anew', () => {
  it('to a shorter list shows that one, wherever the reader was', async () => {
    const events = someEvents(500);
    const page = await timeline(events);
    await page.scroll(15_000);
    page.element.events = events.slice(0, 3);
    await until(() => page.titles.length === 3, 'three');
    expect(page.titles).to.deep.equal(['Event 0', 'Event 1', 'Event 2']);
    expect(page.articles[0]?.ariaSetSize).to.equal('3');
    const { top, bottom } = page.article('Event 2').getBoundingClientRect();
    const view = page.scroller.getBoundingClientRect();
    expect(top >= view.top && bottom <= view.bottom, 'they are in view').to.equal(true);
    expect([page.find('.newer'), page.has('held')]).to.deep.equal([null, false]);
    await page.element.add([eventNow('newer')]);
    await until(() => page.titles[0] === 'Event newer', 'it goes on');
  });

  it('to a shorter list forgets what waited and is gone', async () => {
    const events = someEvents(300, Date.now() - MINUTE);
    const page = await timeline(events);
    await page.scroll(2_000);
    const late = [eventNow('late')];
    page.element.events = [...late, ...events];
    await until(() => page.text('.newer') === '1 new event', 'it waits');
    page.element.events = events.slice(0, 100);
    await until(() => page.find('.newer') === null, 'it is gone');
    await page.scroll(0);
    page.element.events = [...late, ...events.slice(0, 100)];
    await until(() => page.titles[0] === 'Event late', 'it comes in at once');
  });

  it('to none says so, and to some again shows them', async () => {
    const page = await timeline(someEvents(30));
    page.element.events = [];
    await until(() => page.text('.empty') === 'Nothing has happened yet.', 'it is empty');
    page.element.events = someEvents(2);
    await until(() => page.titles.length === 2, 'both');
  });
});

describe('<waooaw-timeline>: filters while pages are fetched', () => {
  it('does not say that nothing matches before it is known', async () => {
    let answer: (page: Awaited<ReturnType<EventProvider>>) => void = () => undefined;
    const provider: EventProvider = () => new Promise((resolve) => (answer = resolve));
    const page = await timelinePage(
      html`<waooaw-timeline .provider=${provider} .filter=${{ types: ['none'] }}></waooaw-timeline>`,
    );
    await until(() => page.text('.empty') === 'Loading…', 'it waits');
    page.element.filter = { types: ['other'] };
    await page.settle();
    expect(page.text('.empty')).to.equal('Loading…');
    answer({ events: [eventNow('a')] });
    await until(() => page.text('.empty span') === 'No event matches.', 'now it is known');
  });

  it('asks for more pages by itself where little passes, and stops in time', async () => {
    let asked = 0;
    const provider: EventProvider = ({ cursor }) => {
      asked += 1;
      const from = Number(cursor ?? 0);
      const events = someEvents(20).map((one, i) => ({ ...one, id: `p${from + i}`, time: one.time - from }));
      return Promise.resolve({ events, next: String(from + 20) });
    };
    const page = await timelinePage(
      html`<waooaw-timeline .provider=${provider} .filter=${{ types: ['none'] }}></waooaw-timeline>`,
    );
    await until(() => asked === 5, 'five pages');
    await page.settle();
    await page.settle();
    expect(asked).to.equal(5);
    page.element.filter = { types: ['still none'] };
    await until(() => asked === 10, 'and five for another filter');
  });
});

describe('<waooaw-timeline>: time and its ends', () => {
  it('draws a line where the reader left, also where an event is dated far ahead', async () => {
    const page = await timeline([
      eventNow('ahead', { time: Date.UTC(200_000, 0) }),
      eventNow('known', { time: Date.now() - MINUTE }),
    ]);
    setHidden(true);
    await page.element.add([eventNow('since', { time: Date.now() + MINUTE })]);
    await until(() => page.titles.includes('Event since'), 'it came');
    setHidden(false);
    await page.settle();
    expect(page.text('.left')).to.equal('Since you left');
    expect(page.article('Event since').ariaLabel).to.match(/^New,/);
    expect(page.article('Event known').ariaLabel).not.to.match(/^New,/);
  });

  it('leaves out an event of no time, and goes on', async () => {
    const absurd = [NaN, Infinity, -Infinity, 9e15, -9e15, 'never', new Date(NaN)];
    const page = await timeline(
      absurd.map((time, i) => ({ ...eventNow(`x${i}`), time: time as number })).concat(eventNow('good')),
    );
    expect(page.titles).to.deep.equal(['Event good']);
    await page.element.add(absurd.map((time, i) => ({ ...eventNow(`y${i}`), time: time as number })));
    await page.element.add([eventNow('better')]);
    await until(() => page.titles[0] === 'Event better', 'it goes on');
    expect(page.titles).to.have.length(2);
    page.element.filter = { from: NaN, to: NaN };
    await page.settle();
    expect(page.titles, 'a range of no time is none').to.have.length(2);
  });

  it('takes who only moves it elsewhere for a reader who is still there', async () => {
    const page = await timeline([eventNow('known', { time: Date.now() - MINUTE })]);
    document.body.append(page.element);
    await page.settle();
    await page.element.add([eventNow('newer')]);
    await until(() => page.titles[0] === 'Event newer', 'it came');
    expect(page.find('.left')).to.equal(null);
    page.element.remove();
  });

  it('leaves no timer behind, not even when a part of it comes after it has left the page', async () => {
    const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    const waiting = new Map<unknown, number>();
    globalThis.setTimeout = ((call: () => void, delayMs = 0) => {
      const id = real.setTimeout.call(
        globalThis,
        () => {
          waiting.delete(id);
          call();
        },
        delayMs,
      );
      waiting.set(id, delayMs);
      return id;
    }) as typeof setTimeout;
    globalThis.clearTimeout = (id) => {
      waiting.delete(id);
      real.clearTimeout.call(globalThis, id);
    };
    const long = (): number[] => [...waiting.values()].filter((delayMs) => delayMs > 20_000);
    try {
      const page = await timeline(someEvents(3));
      expect(long().length, 'midnight is waited for').to.be.greaterThan(0);
      page.element.remove();
      expect(long()).to.deep.equal([]);
      page.element.requestUpdate();
      await page.settle();
      expect(long(), 'nor later').to.deep.equal([]);
    } finally {
      Object.assign(globalThis, real);
    }
  });
});
