import { expect, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { setPageTimeZone } from '../../i18n/page-time-zone.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { hearWarnings } from '../../testing/console.ts';
import { countWindowListeners } from '../../testing/listeners.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import type { TimelineOnPage } from '../../testing/timelines.ts';
import { eventNow, someEvents, timelinePage } from '../../testing/timelines.ts';
import { until } from '../../testing/until.ts';
import { setHidden } from '../../testing/visibility.ts';
import './define.ts';
import type { EventProvider } from './pages.ts';
import { MAX_TIME } from './read-event.ts';
import { WaooawTimeline } from './timeline.ts';

before(followColorScheme);
// Long lists are measured once they stand in the document, and their rows in view are only known then.
before(() => WaooawTimeline.disableWarning?.('change-in-update'));
afterEach(() => emulateMedia(MEDIA.light));
afterEach(() => {
  setHidden(false);
  localStorage.clear();
});

const HOUR = 3_600_000;

// For the page it is about noon, by the reader's own calendar: what was an hour ago was today, and no test runs over midnight.
const realNow = Date.now.bind(Date);
before(() => {
  const begunAt = realNow();
  const aheadMs = new Date(begunAt).setHours(12, 0, 0, 0) - begunAt;
  Date.now = () => realNow() + aheadMs;
});
after(() => {
  Date.now = realNow;
});

/** All there is to see at once. Seen from noon: of today, of yesterday, and of months ago. */
function mixed(): TimelineEvent[] {
  const now = Date.now();
  return [
    eventNow('fresh', {
      title: 'Upgrade started',
      actor: { id: 'u1', name: 'Ada Lovelace', kind: 'user' },
      status: 'running',
      details: { to: '2.4' },
    }),
    ...[0, 1, 2].map((i) =>
      eventNow(`r${i}`, { title: 'Retry', status: 'warning', time: now - HOUR + i * 1_000 }),
    ),
    eventNow('deploy', {
      title: 'Deployment failed',
      description: 'Three of five probes timed out.',
      durationMs: 183_000,
      status: 'failed',
      href: 'https://example.com/deploys/7',
      time: now - 26 * HOUR,
    }),
    eventNow('old', { title: 'Platform started', time: now - 90 * 24 * HOUR }),
  ];
}

function timeline(events: unknown = mixed()): Promise<TimelineOnPage> {
  return timelinePage(html`<waooaw-timeline label="Activity" .events=${events}></waooaw-timeline>`);
}

const never: EventProvider = () => new Promise(() => undefined);

/** Every state that a timeline without a server can be in. */
const STATES: Readonly<Record<string, () => Promise<TimelineOnPage>>> = {
  filled: () => timeline(),
  empty: () => timeline([]),
  compact: () => timelinePage(html`<waooaw-timeline compact .events=${mixed()}></waooaw-timeline>`),
  bare: () =>
    timelinePage(
      html`<waooaw-timeline no-avatars no-times no-filters no-bursts .events=${mixed()}></waooaw-timeline>`,
    ),
  many: () => timeline(someEvents(500)),
  loading: () => timelinePage(html`<waooaw-timeline .provider=${never}></waooaw-timeline>`),
  filtered: () =>
    timelinePage(
      html`<waooaw-timeline .events=${mixed()} .filter=${{ types: ['nothing'] }}></waooaw-timeline>`,
    ),
  opened: async () => {
    const page = await timeline();
    page.article('Upgrade started').querySelector('button')?.click();
    await until(() => page.find('.event-details'), 'the details');
    await page.click('.fold');
    return page;
  },
  filters: async () => {
    const page = await timeline();
    await page.click('#filter');
    await until(
      () => (page.find('#panel')?.querySelectorAll('button, input').length ?? 0) > 1,
      'the filters',
    );
    return page;
  },
  found: async () => {
    const page = await timeline();
    await page.element.find('retry');
    await page.settle();
    return page;
  },
  held: async () => {
    const page = await timeline(someEvents(300));
    await page.scroll(2_000);
    await page.element.add([eventNow('newer')]);
    await until(() => page.find('.newer'), 'the button');
    return page;
  },
};

for (const [state, make] of Object.entries(STATES)) {
  describe(`<waooaw-timeline>, ${state}`, () => {
    for (const [name, media] of Object.entries(MEDIA)) {
      it(`is accessible in ${name}`, async () => {
        await emulateMedia(media);
        const page = await make();
        await expect(page.element).to.be.accessible();
      });
    }
  });
}

describe('<waooaw-timeline events>', () => {
  it('shows what happened, newest first, under the names of its days', async () => {
    const page = await timeline();
    expect(page.titles).to.deep.equal([
      ...['Upgrade started', 'Retry ×3 in 2 sec', 'Deployment failed', 'Platform started'],
    ]);
    const days = page.all('.day').map((day) => day.textContent?.trim() ?? '');
    expect(days.slice(0, 2)).to.deep.equal(['Today', 'Yesterday']);
    expect(days[2]).to.match(/^\p{L}+ \d{4}$/u);
    expect(days).to.have.length(3);
    expect(page.article('Upgrade started').textContent).to.include('Ada Lovelace');
    expect(page.article('Deployment failed').textContent).to.match(
      /Failed[\s\S]*3 min, 3 sec[\s\S]*Three of five/,
    );
    expect(page.find('.title a')?.getAttribute('href')).to.equal('https://example.com/deploys/7');
  });

  it('is a feed of articles that say which of how many they are, and when', async () => {
    const page = await timeline();
    expect(page.find('[role=feed]')?.getAttribute('aria-label')).to.equal('Activity');
    const places = page.articles.map((row) => [row.ariaPosInSet, row.ariaSetSize].join(' of '));
    expect(places).to.deep.equal(['1 of 4', '2 of 4', '3 of 4', '4 of 4']);
    expect(page.articles[0]?.ariaLabel).to.match(
      /^Upgrade started, Running, by Ada Lovelace, Today, \d+:\d\d:\d\d/,
    );
    expect(page.all('.day').every((day) => day.ariaHidden === 'true')).to.equal(true);
  });

  it('tells the time as seen from now, to the second on request, and in the page’s zone', async () => {
    const page = await timeline();
    const time = page.article('Deployment failed').querySelector('time')!;
    expect(time.textContent?.trim()).to.equal('yesterday');
    expect(Date.parse(time.dateTime)).to.be.closeTo(Date.now() - 26 * HOUR, 60_000);
    await page.click('.toolbar [aria-pressed]');
    expect(time.textContent).to.match(/\d+:\d\d:\d\d/);
    setPageTimeZone('UTC');
    await until(() => time.textContent?.includes('UTC'), 'the zone');
    setPageTimeZone('local');
    page.element.times = 'relative';
    await until(() => time.textContent?.trim() === 'yesterday', 'back again');
  });

  it('names the actor once: in the sentence, or below it', async () => {
    const actor = { id: 'u1', name: 'Al', kind: 'user' } as const;
    const page = await timeline([
      eventNow('1', { title: 'Al upgraded payments', actor }),
      eventNow('2', { title: 'Upgraded by “Al”', actor }),
      eventNow('3', { title: 'Alert raised, not by Hal', actor }),
      eventNow('4', { title: 'Alarm. Al was told', actor }),
      eventNow('5', { title: 'Upgraded', actor }),
    ]);
    const said = page.articles.map((row) => [
      row.querySelector('.title')?.textContent?.trim(),
      row.querySelector('.actor')?.textContent ?? '',
      /, by Al,/.test(row.ariaLabel ?? ''),
    ]);
    expect(said).to.deep.equal([
      ['Al upgraded payments', '', false],
      ['Upgraded by “Al”', '', false],
      ['Alert raised, not by Hal', 'Al', true],
      ['Alarm. Al was told', '', false],
      ['Upgraded', 'Al', true],
    ]);
    expect(page.text('.meta'), 'what else there is to say, stays').to.equal('test');
  });

  it('says of what somebody was not allowed to do that it was refused', async () => {
    const refused = { status: 'warning', details: { result: 'refused' } };
    const page = await timeline([
      eventNow('entry', { sequence: 7, ...refused }),
      eventNow('own', refused),
      eventNow('other', { sequence: 6, status: 'warning', details: { result: 'success' } }),
    ]);
    const statusOf = (title: string): string =>
      page.article(title).querySelector('.status')?.textContent?.trim() ?? '';
    expect(statusOf('Event entry')).to.equal('Refused');
    expect(page.article('Event entry').ariaLabel).to.include(', Refused,');
    expect([statusOf('Event own'), statusOf('Event other')], 'of no trail, or done').to.deep.equal([
      'Warning',
      'Warning',
    ]);
    page.element.messages = { refusedResult: 'Denied' };
    await page.settle();
    expect(statusOf('Event entry')).to.equal('Denied');
  });

  it('opens an event, and tells so', async () => {
    const page = await timeline();
    const heard: unknown[] = [];
    page.element.addEventListener('waooaw-open', (event) => heard.push((event as CustomEvent).detail));
    const button = page.article('Upgrade started').querySelector('button')!;
    expect(button.ariaExpanded).to.equal('false');
    button.click();
    await until(() => page.find('.event-details'), 'the details');
    expect(button.ariaExpanded).to.equal('true');
    button.click();
    await page.settle();
    expect(page.find('.event-details')).to.equal(null);
    const [event] = mixed();
    expect(heard.map((one) => (one as { open: boolean }).open)).to.deep.equal([true, false]);
    expect((heard[0] as { event: TimelineEvent }).event.id).to.equal(event?.id);
  });

  it('unfolds a burst, and folds it again', async () => {
    const page = await timeline();
    await page.click('.fold');
    expect(page.titles.filter((title) => title === 'Retry')).to.have.length(3);
    await page.click('.fold');
    expect(page.titles).to.have.length(4);
    page.element.noBursts = true;
    await page.settle();
    expect(page.titles).to.have.length(6);
  });

  it('leaves out what was not asked for', async () => {
    const page = await STATES['bare']!();
    expect(['.avatar', 'time', '.toolbar', '.fold'].map((part) => page.find(part))).to.deep.equal([
      ...[null, null, null, null],
    ]);
  });

  it('keeps the newest max-items', async () => {
    const page = await timelinePage(
      html`<waooaw-timeline max-items="5" .events=${someEvents(20)}></waooaw-timeline>`,
    );
    expect(page.titles).to.deep.equal(['Event 0', 'Event 1', 'Event 2', 'Event 3', 'Event 4']);
    expect(page.text('.foot')).to.equal('Only the newest 5 events are kept.');
    await page.element.add([eventNow('newer')]);
    await until(() => page.titles[0] === 'Event newer', 'the newer one');
    expect(page.titles).to.have.length(5);
  });

  it('narrows itself, says that nothing is left, and offers a way out', async () => {
    const page = await STATES['filtered']!();
    expect(page.text('.empty span')).to.equal('No event matches.');
    expect(page.has('empty')).to.equal(true);
    await page.click('.empty button');
    expect([page.titles.length, page.has('empty')]).to.deep.equal([4, false]);
    page.element.filter = { statuses: ['failed'] };
    await page.settle();
    expect(page.titles).to.deep.equal(['Deployment failed']);
  });

  it('is cleared of all filters by one choice, with and without its panel', async () => {
    for (const opened of [false, true]) {
      const page = await STATES['filtered']!();
      const heard: unknown[] = [];
      page.element.addEventListener('waooaw-filter', (event) => heard.push((event as CustomEvent).detail));
      if (opened) {
        await page.click('#filter');
        await until(() => page.find('.chip'), 'the filters');
      }
      await page.click('.empty button');
      expect([heard, page.titles.length, page.find('.chip')], String(opened)).to.deep.equal([[{}], 4, null]);
    }
  });

  it('takes its words from the page, and its own above them', async () => {
    const page = await timelinePage(
      html`<waooaw-timeline .events=${[]} .messages=${{ empty: 'All quiet.' }}></waooaw-timeline>`,
    );
    expect([page.text('.empty'), page.text('.label')]).to.deep.equal(['All quiet.', 'Timeline']);
  });
});

describe('<waooaw-timeline>, given anything', () => {
  it('shows events of both ends of time, and goes on', async () => {
    const page = await timeline([
      eventNow('first', { time: -MAX_TIME }),
      eventNow('before', { time: -8.64e15 }),
      eventNow('last', { time: MAX_TIME }),
    ]);
    expect(page.titles).to.deep.equal(['Event last', 'Event first']);
    await page.element.add([eventNow('now')]);
    await until(() => page.titles.includes('Event now'), 'it goes on');
  });

  it('keeps what the reader chose when a page sets an equal filter', async () => {
    const page = await STATES['filtered']!();
    await page.click('.empty button');
    page.element.filter = { types: ['nothing'] };
    await page.settle();
    expect(page.titles).to.have.length(4);
    page.element.filter = { types: 5, text: 7 } as never;
    await page.settle();
    expect(page.titles).to.have.length(4);
  });

  it('leaves out what is no event, and never throws', async () => {
    const page = await timeline([
      null,
      3,
      'x',
      {},
      { id: 'a' },
      { id: 'b', time: 'never', title: 'b' },
      eventNow('c'),
    ]);
    expect(page.titles).to.deep.equal(['Event c']);
    for (const junk of [null, 5, 'events', {}, [[]]]) {
      page.element.events = junk as unknown as TimelineEvent[];
      await page.settle();
      expect(page.element.isConnected).to.equal(true);
    }
  });

  it('shows markup as text, and what would turn text around as what it is', async () => {
    const title = '<img src=x onerror="throw 1"> \u202egpj.exe \u0007';
    const page = await timeline([
      eventNow('a', { title, href: 'javascript:alert(1)', actor: { name: '<b>Ada</b>' } }),
    ]);
    expect(page.titles[0]).to.equal('<img src=x onerror="throw 1"> ⟨U+202E⟩gpj.exe ⟨U+0007⟩');
    expect([page.find('.title img'), page.find('.title a'), page.find('.actor b')]).to.deep.equal([
      null,
      null,
      null,
    ]);
    expect(page.find('.title')?.localName).to.equal('bdi');
    expect(page.articles[0]?.ariaLabel).to.include('⟨U+202E⟩');
  });

  it('shows a status that it does not know as it is', async () => {
    const page = await timeline([eventNow('a', { status: 'half-done' })]);
    expect(page.text('.status')).to.equal('half-done');
    expect(page.find('.status')?.className).to.include('unknown');
  });
});

describe('<waooaw-timeline>, live', () => {
  it('lets what happens in at the top while nobody is at anything', async () => {
    const page = await timeline();
    await page.element.add([eventNow('newer')]);
    await until(() => page.titles[0] === 'Event newer', 'the newer one');
    expect(page.find('.newer')).to.equal(null);
  });

  it('never moves what is being read: a button says how many have come', async () => {
    const page = await timeline(someEvents(500));
    await page.scroll(3_000);
    const title = page.titles[8]!;
    const at = await page.placeOf(title);
    for (let i = 0; i < 12; i += 1) await page.element.add([eventNow(`n${i}`)]);
    await until(() => page.text('.newer') === '12 new events', 'all are counted');
    await page.settle();
    expect(await page.placeOf(title)).to.equal(at);
    expect(page.has('held')).to.equal(true);
    await page.click('.newer');
    await until(() => page.titles[0] === 'Event n11', 'the newest is at the top');
    expect([page.scroller.scrollTop, page.find('.newer'), page.has('held')]).to.deep.equal([0, null, false]);
    await until(() => page.focused === 'Event n11', 'the keyboard goes on with it');
  });

  it('lets late events wait too, and keeps what is read in view when they come in', async () => {
    const page = await timeline(someEvents(500));
    await page.scroll(3_000);
    const title = page.titles[8]!;
    const at = await page.placeOf(title);
    const { events } = page.element;
    const late = [0, 1, 2].map((i) => eventNow(`late${i}`, { time: events![i + 3]!.time - 1_000 }));
    await page.element.add(late);
    await until(() => page.text('.newer') === '3 new events', 'they wait');
    expect(await page.placeOf(title)).to.be.closeTo(at, 1);
    await page.click('.newer');
    await until(() => page.find('[role=article]')?.ariaSetSize === '503', 'they are in');
  });

  it('lets in what waited when the reader comes back to the top', async () => {
    const page = await timeline(someEvents(500));
    await page.scroll(3_000);
    await page.element.add([eventNow('newer')]);
    await until(() => page.find('.newer'), 'it waits');
    await page.scroll(0);
    await until(() => page.titles[0] === 'Event newer', 'it is in');
    expect(page.find('.newer')).to.equal(null);
  });

  it('holds what comes while the keyboard is in the list, or something is open', async () => {
    const page = await timeline();
    page.articles[0]!.focus();
    await page.element.add([eventNow('one')]);
    await until(() => page.text('.newer') === '1 new event', 'it waits');
    page.articles[0]!.blur();
    await until(() => page.titles[0] === 'Event one', 'it is in');
    page.article('Upgrade started').querySelector('button')!.click();
    await page.settle();
    await page.element.add([eventNow('two')]);
    await until(() => page.text('.newer') === '1 new event', 'it waits too');
  });

  it('shows another state of the same event in its place', async () => {
    const page = await timeline();
    const [first] = mixed();
    await page.element.add([{ ...page.element.events![0]!, status: 'completed' }]);
    await until(() => page.article('Upgrade started').textContent?.includes('Completed'), 'it is completed');
    expect(page.titles).to.have.length(4);
    expect(first?.id).to.equal('fresh');
  });

  it('draws a line where the reader left', async () => {
    const page = await timeline();
    setHidden(true);
    await page.element.add([eventNow('away', { time: Date.now() + 1_000 })]);
    await until(() => page.titles[0] === 'Event away', 'it came');
    setHidden(false);
    await page.settle();
    expect(page.text('.left')).to.equal('Since you left');
    expect(page.articles[0]?.ariaLabel).to.match(/^New, Event away/);
    expect(page.articles[1]?.ariaLabel).not.to.include('New');
  });

  it('remembers by name what was seen, in the browser', async () => {
    const make = (events: TimelineEvent[]): Promise<TimelineOnPage> =>
      timelinePage(html`<waooaw-timeline remember="test" .events=${events}></waooaw-timeline>`);
    const known = someEvents(3, Date.now() - HOUR);
    const before = await make(known);
    before.element.remove();
    const page = await make([eventNow('since'), ...known]);
    expect(page.text('.left')).to.equal('Since you left');
    expect(page.all('.event.fresh')).to.have.length(1);
  });
});

describe('<waooaw-timeline>, finding', () => {
  it('finds in all events, marks what it found, and goes from match to match', async () => {
    const page = await timeline(someEvents(2_000));
    const input = page.find<HTMLInputElement>('#find')!;
    input.focus();
    input.value = 'event 199';
    input.dispatchEvent(new InputEvent('input'));
    await until(() => page.text('.count') === '1 of 12', 'it found');
    await until(() => page.find('.current'), 'the first match is in view');
    expect(page.text('.current .title')).to.equal('Event 199');
    expect(page.find('.current mark')?.textContent).to.equal('Event');
    await page.press('Enter');
    await until(() => page.text('.current .title') === 'Event 1199', 'the next match is in view');
    expect([page.text('.count'), input.matches(':focus')]).to.deep.equal(['2 of 12', true]);
    await page.press('Shift+Enter');
    await until(() => page.text('.current .title') === 'Event 199', 'the one before is in view');
    await page.press('Escape');
    await until(() => page.find('.count') === null, 'it is over');
    expect([input.value, page.find('mark')]).to.deep.equal(['', null]);
  });

  it('says that there is none', async () => {
    const page = await timeline();
    expect(await page.element.find('zzz')).to.equal(0);
    await page.settle();
    expect(page.text('.count')).to.equal('No match');
  });

  it('unfolds the burst that a match is in', async () => {
    const page = await timeline();
    expect(await page.element.find('retry')).to.equal(3);
    await until(() => page.find('.current'), 'the first match is in view');
    expect(page.titles.filter((title) => title === 'Retry')).to.have.length(3);
  });

  it('goes to an event on the page’s behalf, wherever it is', async () => {
    const page = await timeline(someEvents(3_000));
    expect(await page.element.scrollToEvent('e2500')).to.equal(true);
    await until(() => page.focused === 'Event 2500', 'it has the focus');
    const { top, bottom } = page.article('Event 2500').getBoundingClientRect();
    const view = page.scroller.getBoundingClientRect();
    expect(top >= view.top && bottom <= view.bottom).to.equal(true);
    expect(await page.element.scrollToEvent('nobody')).to.equal(false);
  });
});

describe('<waooaw-timeline provider>', () => {
  /** Pages of ten, the last of them shorter. */
  function pagesOf(events: readonly TimelineEvent[], asked: (string | undefined)[] = []): EventProvider {
    return ({ cursor }) => {
      asked.push(cursor);
      const from = Number(cursor ?? 0);
      const next = from + 10 < events.length ? { next: String(from + 10) } : {};
      return Promise.resolve({ events: events.slice(from, from + 10), ...next });
    };
  }

  it('fetches older events as they are scrolled to, until there are none', async () => {
    const asked: (string | undefined)[] = [];
    const provider = pagesOf(someEvents(35), asked);
    const page = await timelinePage(html`<waooaw-timeline .provider=${provider}></waooaw-timeline>`);
    await until(() => page.articles.length >= 10, 'the first page');
    await until(async () => {
      await page.scroll(page.scroller.scrollHeight);
      return page.text('.foot') === 'No older events.';
    }, 'the end');
    expect(asked).to.deep.equal([undefined, '10', '20', '30']);
    expect(page.articles.at(-1)?.ariaSetSize).to.equal('35');
  });

  it('does not know how many there are before the end', async () => {
    const page = await timelinePage(
      html`<waooaw-timeline .provider=${pagesOf(someEvents(500))}></waooaw-timeline>`,
    );
    await until(() => page.articles.length > 0, 'the first page');
    await until(() => page.articles[0]?.ariaSetSize === '-1', 'that it is not known');
  });

  it('says what failed, and tries again', async () => {
    const warnings = hearWarnings();
    let fails = true;
    const provider: EventProvider = (how) =>
      fails ? Promise.reject(new Error('no')) : pagesOf(someEvents(3))(how);
    const page = await timelinePage(html`<waooaw-timeline .provider=${provider}></waooaw-timeline>`);
    await until(() => page.find('.foot button'), 'it failed');
    expect(page.text('.foot span')).to.equal('Older events could not be loaded.');
    fails = false;
    await page.click('.foot button');
    await until(() => page.titles.length === 3, 'it is loaded');
    warnings.restore();
    expect(warnings.lines).to.have.length(1);
  });

  it('bears answers that are none', async () => {
    for (const answer of [undefined, null, 3, { events: 'x' }, { next: 5 }]) {
      const provider = (() => Promise.resolve(answer)) as unknown as EventProvider;
      const page = await timelinePage(html`<waooaw-timeline .provider=${provider}></waooaw-timeline>`);
      await until(() => page.text('.empty') === 'Nothing has happened yet.', 'it is empty');
    }
  });
});

describe('<waooaw-timeline>: a good guest', () => {
  it('keeps its room before and while it loads', async () => {
    const element = document.createElement('waooaw-timeline');
    document.body.append(element);
    const before = element.getBoundingClientRect().height;
    element.events = mixed();
    await until(() => element.shadowRoot?.querySelector('.scroller'), 'it is loaded');
    await element.updateComplete;
    expect(element.getBoundingClientRect().height).to.equal(before);
    expect(before).to.be.greaterThan(300);
    element.remove();
  });

  it('leaves nothing behind, and comes back as it was', async () => {
    const listeners = countWindowListeners();
    const page = await timeline(someEvents(300));
    await page.scroll(1_000);
    const parent = page.element.parentElement!;
    page.element.remove();
    expect(listeners.count()).to.equal(0);
    listeners.restore();
    parent.append(page.element);
    await page.settle();
    await until(() => page.articles.length > 5, 'its rows');
    await page.element.add([eventNow('newer')]);
    await until(() => page.titles[0] === 'Event newer' || page.find('.newer'), 'it hears again');
  });

  it('mounts a hundred thousand events with only a few rows', async () => {
    const page = await timeline(someEvents(100_000));
    await until(() => page.articles.length > 5, 'rows');
    expect(page.articles.length).to.be.lessThan(80);
    expect(page.articles[0]?.ariaSetSize).to.equal('100000');
    await page.element.scrollToEvent('e99999');
    await until(() => page.focused === 'Event 99999', 'the oldest is there');
  });
});
