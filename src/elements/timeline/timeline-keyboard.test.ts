import { expect, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { hearWarnings } from '../../testing/console.ts';
import { recordSpeech } from '../../testing/speech.ts';
import type { SpeechRecord } from '../../testing/speech.ts';
import type { TimelineOnPage } from '../../testing/timelines.ts';
import { eventNow, someEvents, timelinePage } from '../../testing/timelines.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import { WaooawTimeline } from './timeline.ts';

before(() => WaooawTimeline.disableWarning?.('change-in-update'));

function timeline(count = 500): Promise<TimelineOnPage> {
  return timelinePage(html`<waooaw-timeline label="A" .events=${someEvents(count)}></waooaw-timeline>`);
}

describe('<waooaw-timeline>: keyboard', () => {
  it('has one Tab stop in the feed: the article that was focused last', async () => {
    const page = await timeline(20);
    const stops = (): string[] =>
      page
        .all('.feed [tabindex="0"]')
        .map((stop) => stop.closest('[role=article]')?.querySelector('.title')?.textContent ?? '');
    expect(stops()).to.deep.equal(['Event 0']);
    page.article('Event 3').focus();
    await page.settle();
    expect(stops()).to.deep.equal(['Event 3']);
  });

  it('goes from article to article by Page Down and Page Up, over the names of days', async () => {
    const page = await timeline();
    page.articles[0]!.focus();
    for (let i = 1; i <= 30; i += 1) {
      await page.press('PageDown');
      await until(() => page.focused === `Event ${i}`, `article ${i}`);
    }
    await page.press('PageUp');
    await until(() => page.focused === 'Event 29', 'the one before');
    const { top, bottom } = page.article('Event 29').getBoundingClientRect();
    const view = page.scroller.getBoundingClientRect();
    expect(top >= view.top - 1 && bottom <= view.bottom + 1, 'it is in view').to.equal(true);
  });

  it('stays at the first and at the last', async () => {
    const page = await timeline(3);
    page.articles[0]!.focus();
    await page.press('PageUp');
    expect(page.focused).to.equal('Event 0');
    await page.press('PageDown', 'PageDown', 'PageDown');
    await until(() => page.focused === 'Event 2', 'the last');
  });

  it('leaves the feed by Ctrl+End and Ctrl+Home', async () => {
    const page = await timelinePage(
      html`<button id="before">Before</button
        ><waooaw-timeline label="A" .events=${someEvents(300)}></waooaw-timeline
        ><button id="after">After</button>`,
    );
    page.articles[2]!.focus();
    await page.press('Control+End');
    expect(document.activeElement?.id).to.equal('after');
    page.articles[2]!.focus();
    await page.press('Control+Home');
    expect(page.element.shadowRoot?.activeElement?.id).to.equal('find');
    page.element.noFilters = true;
    await page.settle();
    page.articles[2]!.focus();
    await page.press('Control+Home');
    expect(document.activeElement?.id, 'without a toolbar, the page’s own').to.equal('before');
    for (const one of ['#before', '#after']) document.querySelector(one)?.remove();
    page.articles[2]!.focus();
    await page.press('Control+End');
    expect(page.element.shadowRoot?.activeElement?.className, 'there is nothing behind').to.equal('foot');
    page.articles[2]!.focus();
    await page.press('Control+Home');
    expect(page.element.shadowRoot?.activeElement?.className, 'nor before').to.equal('head');
  });

  it('leaves the feed for what stands below it in the timeline, and has no say there', async () => {
    const warnings = hearWarnings();
    const page = await timelinePage(
      html`<waooaw-timeline
          .events=${someEvents(3)}
          .provider=${() => Promise.reject(new Error('no'))}
        ></waooaw-timeline
        ><button id="after">After</button>`,
    );
    await until(() => page.find('.foot button'), 'older ones failed');
    warnings.restore();
    page.articles[0]!.focus();
    await page.press('Control+End');
    const { shadowRoot } = page.element;
    expect(shadowRoot?.activeElement?.textContent).to.equal('Try again');
    await page.press('PageDown');
    expect(shadowRoot?.activeElement?.textContent, 'no article').to.equal('Try again');
  });

  it('leaves the feed for a control in another shadow root', async () => {
    const page = await timelinePage(
      html`<div id="left"></div>
        <waooaw-timeline no-filters .events=${someEvents(3)}></waooaw-timeline>
        <div id="right"></div>`,
    );
    const [left, right] = ['#left', '#right'].map((id) => {
      const root = document.querySelector(id)!.attachShadow({ mode: 'open' });
      root.innerHTML = '<p>Text</p><button>One</button><button>Two</button>';
      return root;
    });
    page.articles[0]!.focus();
    await page.press('Control+End');
    expect(right?.activeElement?.textContent).to.equal('One');
    page.articles[0]!.focus();
    await page.press('Control+Home');
    expect(left?.activeElement?.textContent).to.equal('Two');
  });

  it('keeps the focused article and its neighbours, however far it is scrolled', async () => {
    const page = await timeline(3_000);
    page.article('Event 2').focus();
    await page.scroll(60_000);
    expect(page.focused).to.equal('Event 2');
    expect(page.titles).to.include.members(['Event 1', 'Event 2', 'Event 3']);
    await page.press('PageDown');
    await until(() => page.focused === 'Event 3', 'on from where it was');
  });

  it('opens the article in focus by Enter, and leaves keys to its controls', async () => {
    const page = await timelinePage(
      html`<waooaw-timeline
        .events=${[eventNow('a', { details: { x: 1 } }), eventNow('b', { href: 'https://example.com/' })]}
      ></waooaw-timeline>`,
    );
    page.article('Event a').focus();
    await page.press('Enter');
    await until(() => page.find('.event-details'), 'it is open');
    await page.press('Enter');
    expect(page.find('.event-details')).to.equal(null);
    page.article('Event a').querySelector('button')?.focus();
    await page.press('Enter');
    await until(() => page.find('.event-details'), 'its button opens it, once');
  });

  it('closes what is open below the toolbar by Escape, and is back at its button', async () => {
    const page = await timeline(3);
    await page.click('#export');
    const button = await until(() => page.find('#panel button'), 'the ways to export');
    button.focus();
    await page.press('Escape');
    expect([page.find('#panel'), page.element.shadowRoot?.activeElement?.id]).to.deep.equal([null, 'export']);
  });

  it('finds its place again when rows come above it', async () => {
    const page = await timeline();
    page.article('Event 4').focus();
    await page.element.add([eventNow('late', { time: page.element.events![2]!.time - 1_000 })]);
    await until(() => page.find('.newer'), 'it waits');
    await page.element.showNewer();
    await until(() => page.titles.includes('Event late'), 'it came');
    expect(page.focused).to.equal('Event 4');
    await page.press('PageDown');
    await until(() => page.focused === 'Event 5', 'the next one');
  });
});

describe('<waooaw-timeline>: speech', () => {
  let speech: SpeechRecord;
  before(() => pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 }));
  beforeEach(() => (speech = recordSpeech()));
  afterEach(() => speech.stop());

  const said = (text: string): boolean =>
    speech.said.some((one) => one.text === text && one.urgency === 'polite');

  it('is silent about what it begins with, and counts what comes', async () => {
    const page = await timeline(20);
    for (let i = 0; i < 3; i += 1) await page.element.add([eventNow(`n${i}`)]);
    await until(() => said('3 new events'), 'they are counted');
    expect(speech.said.map(({ text }) => text)).to.deep.equal(['3 new events']);
  });

  it('counts what a page sets anew, too', async () => {
    const page = await timeline(20);
    page.element.events = [eventNow('newer'), ...page.element.events!];
    await until(() => said('1 new event'), 'it is counted');
  });

  it('says how a search stands', async () => {
    const page = await timeline(20);
    await page.element.find('event 1');
    await until(() => said('1 of 11'), 'it is said');
    await page.element.find('nothing of the kind');
    await until(() => said('No match'), 'that too');
  });

  it('has no live region of its own', async () => {
    const page = await timeline(20);
    expect(page.find('[aria-live], [role=status], [role=alert], [role=log], output')).to.equal(null);
  });
});
