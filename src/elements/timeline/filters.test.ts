import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { until } from '../../testing/until.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { matches } from './event-filter.ts';
import { FilterState, filtersView, styles } from './filters.ts';

const NOON = Date.UTC(2020, 10, 23, 12);

const event = (i: number, more: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id: `e${i}`,
  time: NOON + i * 60_000,
  type: i % 3 === 0 ? 'upgrade' : 'modify_config',
  title: `Event ${i}`,
  status: i % 2 === 0 ? 'completed' : 'failed',
  actor: { id: `u${i % 4}`, name: `User ${i % 4}` },
  tags: { agent: 'pay' },
  ...more,
});
const EVENTS = Array.from({ length: 24 }, (_, i) => event(i));

/** As an element uses the bar. */
class FiltersPage extends LitElement {
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    audit: { type: Boolean },
    events: { attribute: false },
    loading: { attribute: false },
  };
  declare audit: boolean;
  declare loading: boolean;
  declare events: readonly TimelineEvent[];
  changes = 0;
  told: () => void = () => undefined;
  readonly state = new FilterState(() => {
    this.changes += 1;
    this.told();
    this.requestUpdate();
  });

  constructor() {
    super();
    this.audit = false;
    this.loading = false;
    this.events = EVENTS;
  }

  get count(): number {
    const { filter, queryTest } = this.state;
    return this.events.filter((one) => matches(one, filter) && (!queryTest || queryTest(one))).length;
  }

  protected override render(): TemplateResult {
    return filtersView(this.state, {
      locale: 'en',
      timeZone: 'UTC',
      events: this.events,
      count: this.count,
      audit: this.audit,
      loading: this.loading,
      requestUpdate: () => this.requestUpdate(),
    });
  }
}
customElements.define('test-filters', FiltersPage);

async function show(more: Partial<FiltersPage> = {}): Promise<FiltersPage> {
  return fixture<FiltersPage>(
    html`<test-filters .events=${more.events ?? EVENTS} ?audit=${more.audit}></test-filters>`,
  );
}

const all = (page: FiltersPage, selector: string): HTMLElement[] => [
  ...page.renderRoot.querySelectorAll<HTMLElement>(selector),
];
const texts = (page: FiltersPage, selector: string): string[] =>
  all(page, selector).map(({ textContent }) => textContent.trim().replace(/\s+/g, ' '));
const input = (page: FiltersPage, selector: string): HTMLInputElement =>
  page.renderRoot.querySelector<HTMLInputElement>(selector)!;

async function press(page: FiltersPage, name: string | RegExp): Promise<void> {
  const button = all(page, 'button').find((one) => (one.ariaLabel ?? one.textContent.trim()).match(name));
  expect(button, String(name)).to.be.ok;
  button?.focus();
  button?.click();
  await page.updateComplete;
}

async function enter(page: FiltersPage, selector: string, value: string, how = 'change'): Promise<void> {
  const field = input(page, selector);
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  if (how === 'change') field.dispatchEvent(new Event('change', { bubbles: true }));
  await page.updateComplete;
}

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

describe('the filters', () => {
  it('offer the values in use, most first, each with its count', async () => {
    const page = await show();
    expect(texts(page, 'legend')).to.deep.equal(['Type', 'Status', 'Actor']);
    const names = all(page, '.value').map((one) =>
      [...one.querySelectorAll('bdi, .aloud')].map(({ textContent }) => textContent).join(''),
    );
    expect(names).to.deep.equal([
      'modify config, 16 events',
      'upgrade, 8 events',
      'Completed, 12 events',
      'Failed, 12 events',
      'User 0, 6 events',
      'User 1, 6 events',
      'User 2, 6 events',
      'User 3, 6 events',
    ]);
  });

  it('choose several of a list, let go of them, and say so', async () => {
    const page = await show();
    await press(page, /^upgrade/);
    await press(page, /^Failed/);
    expect(page.state.filter).to.deep.equal({ types: ['upgrade'], statuses: ['failed'] });
    expect(all(page, '[aria-pressed=true]').length).to.equal(2);
    expect([page.state.active, page.count, page.changes]).to.deep.equal([2, 4, 2]);
    await press(page, /^upgrade/);
    expect(page.state.filter).to.deep.equal({ statuses: ['failed'] });
  });

  it('are shown while they are set, and go one by one, the focus staying among them', async () => {
    const page = await show();
    page.state.filter = { types: ['upgrade'], actors: ['u1'], tags: { agent: ['pay', 'x'] }, text: 'Event' };
    page.requestUpdate();
    await page.updateComplete;
    expect(texts(page, '.chip')).to.deep.equal(['upgrade', 'User 1', 'agent: pay', 'agent: x', '“Event”']);
    expect(page.changes).to.equal(0);
    await press(page, 'Remove the filter agent: pay');
    expect(page.state.filter.tags).to.deep.equal({ agent: ['x'] });
    expect(page.shadowRoot?.activeElement?.ariaLabel).to.equal('Remove the filter agent: x');
    await press(page, 'Remove the filter agent: x');
    expect('tags' in page.state.filter).to.equal(false);
    await press(page, 'Remove the filter “Event”');
    expect(page.shadowRoot?.activeElement?.ariaLabel).to.equal('Remove the filter User 1');
    await press(page, 'Clear all');
    expect([page.state.filter, page.state.active]).to.deep.equal([{}, 0]);
    expect(page.shadowRoot?.activeElement?.localName).to.equal('input');
    expect(all(page, '.set').length).to.equal(0);
  });

  it('filter by text when typing rests, and never take a letter away meanwhile', async () => {
    const page = await show();
    const field = input(page, '[part=filter-text]');
    field.focus();
    await sendKeys({ type: 'event 23' });
    page.events = [...EVENTS, event(30)];
    await page.updateComplete;
    expect(field.value).to.equal('event 23');
    await until(() => page.state.filter.text === 'event 23', 'it counts');
    await page.updateComplete;
    expect([field.value, page.count]).to.deep.equal(['event 23', 1]);
  });

  it('filter by a range of time in the page’s zone, and take none that ends before it begins', async () => {
    const page = await show();
    const [from, to] = all(page, '[type=datetime-local]') as HTMLInputElement[];
    from!.value = '2020-11-23T12:05';
    from!.dispatchEvent(new Event('change', { bubbles: true }));
    await page.updateComplete;
    expect(page.state.filter.from).to.equal(NOON + 5 * 60_000);
    expect(texts(page, '.chip')[0]).to.match(/^From Nov 23, 2020, 12:05\sPM UTC$/);
    to!.value = '2020-11-23T12:01';
    to!.dispatchEvent(new Event('change', { bubbles: true }));
    await page.updateComplete;
    expect(texts(page, '#filter-order')).to.deep.equal(['The end has to be after the beginning.']);
    expect([to!.value, to!.ariaInvalid ?? to!.getAttribute('aria-invalid')]).to.deep.equal([
      '2020-11-23T12:01',
      'true',
    ]);
    expect(page.state.filter).to.deep.equal({ from: NOON + 5 * 60_000 });
    to!.value = '2020-11-23T12:10';
    to!.dispatchEvent(new Event('change', { bubbles: true }));
    await page.updateComplete;
    expect([page.count, all(page, '#filter-order').length]).to.deep.equal([5, 0]);
  });

  it('show ten of many values, all on request, and find some', async () => {
    const events = Array.from({ length: 300 }, (_, i) => event(i, { actor: { name: `Åsa ${i}` } }));
    const page = await show({ events });
    const list = (): HTMLElement[] => all(page, '.list:last-child .value');
    expect(list().length).to.equal(10);
    await press(page, /^Show 190 more/);
    expect(list().length).to.equal(200);
    await enter(page, '.search', 'åsa 29', 'input');
    expect(list().length).to.equal(11);
  });

  it('keep values where they are while counts change', () => {
    const { counter } = new FilterState(() => undefined);
    const { now } = performance;
    let at = 0;
    performance.now = () => at;
    try {
      const first = counter.count([event(1), event(2), event(3)], () => undefined);
      expect(first.types.map(({ value }) => value)).to.deep.equal(['modify_config', 'upgrade']);
      const more = [event(1), event(3), event(6), event(9), event(4, { type: 'login' })];
      expect(counter.count(more, () => undefined)).to.equal(first);
      at = 1_001;
      expect(counter.count(more, () => undefined).types).to.deep.equal([
        { value: 'modify_config', label: 'modify_config', count: 1 },
        { value: 'upgrade', label: 'upgrade', count: 3 },
        { value: 'login', label: 'login', count: 1 },
      ]);
      at = 2_002;
      const other = [event(0, { type: 'other' }), event(1, { type: 'more' })];
      expect(counter.count(other, () => undefined).types.map(({ value }) => value)).to.deep.equal([
        'more',
        'other',
      ]);
    } finally {
      performance.now = now;
      counter.forget();
    }
  });

  it('say how many events are left, once', async () => {
    const speech = recordSpeech();
    const page = await show({ events: Array.from({ length: 100 }, (_, i) => event(i)) });
    // At once: however slow the machine is, no pause lies between them.
    for (const name of ['upgrade', 'Failed'])
      all(page, '.value')
        .find(({ textContent }) => textContent.includes(name))
        ?.click();
    const said = (text: string): number => speech.said.filter((one) => one.text.includes(text)).length;
    await until(() => said('17 events') > 0, 'the count is said');
    speech.stop();
    expect([said('17 events'), said('34 events'), said('100 events')]).to.deep.equal([1, 0, 0]);
  });

  it('say no count while pages are asked for: it is said when they are there', async () => {
    const speech = recordSpeech();
    const page = await show({ events: [] });
    page.loading = true;
    page.state.filter = { types: ['upgrade'] };
    page.requestUpdate();
    await page.updateComplete;
    // Another bar, which waits for nothing, has had its say: so long it was quiet here.
    const other = await show({ events: Array.from({ length: 7 }, (_, i) => event(i)) });
    await press(other, /^Failed/);
    await until(() => speech.said.some(({ text }) => text.includes('3 events')), 'the other one speaks');
    expect(speech.said.filter(({ text }) => text.includes('0 events'))).to.deep.equal([]);
    Object.assign(page, { events: [event(0), event(3)], loading: false });
    await until(() => speech.said.some(({ text }) => text.includes('2 events')), 'the count is said');
    speech.stop();
    expect(speech.said.filter(({ text }) => text.includes('0 events'))).to.deep.equal([]);
  });

  it('of two timelines both say how many events are left', async () => {
    const speech = recordSpeech();
    const [one, other] = [
      await show(),
      await show({ events: Array.from({ length: 7 }, (_, i) => event(i)) }),
    ];
    await press(one, /^Failed/);
    await press(other, /^Failed/);
    await until(
      () => ['12 events', '3 events'].every((count) => speech.said.some(({ text }) => text.includes(count))),
      'both are said',
    );
    speech.stop();
  });

  it('are all gone at once, the query too, even if the host still has others', async () => {
    const page = await show({ audit: true });
    page.state.toggle('types', 'upgrade');
    await enter(page, '#query', 'action:upgrade');
    expect([texts(page, '.chip'), page.state.active]).to.deep.equal([['upgrade', 'action:upgrade'], 2]);
    const { changes } = page;
    const seen: unknown[] = [];
    page.told = () => seen.push([page.state.filter, page.state.query, page.state.queryTest]);
    await press(page, 'Clear all');
    expect(seen).to.deep.equal([[{}, '', undefined]]);
    expect([page.changes - changes, texts(page, '.chip'), page.state.active]).to.deep.equal([1, [], 0]);
    expect(input(page, '#query').value).to.equal('');
    expect(page.count).to.equal(EVENTS.length);
  });

  it('show names and values as what they are', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202ex';
    const page = await show({ events: [event(1, { type: evil, status: evil, actor: { name: evil } })] });
    page.state.filter = { types: [evil], tags: { [evil]: [evil] }, text: evil };
    page.requestUpdate();
    await page.updateComplete;
    expect(all(page, 'img').length).to.equal(0);
    expect(page.renderRoot.textContent).to.contain('⟨U+202E⟩').and.not.to.contain('\u202e');
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`pass axe in the ${theme} theme, and wrap where it is narrow`, async () => {
      await emulateMedia(MEDIA[theme]);
      const page = await show({ audit: true });
      Object.assign(page.style, { display: 'block', background: 'light-dark(#fff, #18181b)' });
      page.state.filter = { types: ['upgrade'], from: 1, to: 2 };
      page.state.query = 'actor:ana level:none';
      page.requestUpdate();
      await page.updateComplete;
      await expect(page).to.be.accessible();
      page.style.inlineSize = '17rem';
      await page.updateComplete;
      expect(page.scrollWidth).to.be.at.most(page.clientWidth);
      for (const button of all(page, 'button')) {
        const { width, height } = button.getBoundingClientRect();
        expect(Math.min(width, height), button.textContent).to.be.at.least(24);
      }
    });
  }
});

describe('the query of the audit trail', () => {
  it('is read when it is entered', async () => {
    const page = await show({ audit: true });
    await enter(page, '#query', 'action:upgrade -actor:u0', 'input');
    expect(page.state.query, 'not while it is typed').to.equal('');
    input(page, '#query').focus();
    await sendKeys({ press: 'Enter' });
    await page.updateComplete;
    expect([page.state.query, page.state.active]).to.deep.equal(['action:upgrade -actor:u0', 1]);
    expect(page.count).to.equal(6);
    await press(page, 'Remove the filter action:upgrade');
    expect([page.state.query, input(page, '#query').value]).to.deep.equal(['', '']);
  });

  it('is refused with the place and the reason, and the query before goes on', async () => {
    const page = await show({ audit: true });
    await enter(page, '#query', 'action:upgrade');
    await enter(page, '#query', 'action:upgrade colour:red', 'input');
    input(page, '#query').focus();
    await sendKeys({ press: 'Enter' });
    await page.updateComplete;
    const field = input(page, '#query');
    expect(page.state.query).to.equal('action:upgrade');
    expect(field.getAttribute('aria-invalid')).to.equal('true');
    expect(texts(page, `#${field.getAttribute('aria-describedby')} mark`)).to.deep.equal(['colour:red']);
    expect(texts(page, '.problem span')[0]).to.match(/^At 16: .*expected one of actor,/);
    expect(field.selectionStart).to.equal(15);
    await enter(page, '#query', '"open');
    expect(texts(page, 'mark')).to.deep.equal(['"open']);
  });

  it('goes on by what is offered, with the keyboard alone', async () => {
    const page = await show({ audit: true });
    const field = input(page, '#query');
    field.focus();
    await sendKeys({ type: '-res' });
    await page.updateComplete;
    expect(texts(page, '.suggestions button')).to.deep.equal(['result:', 'resource:']);
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'ArrowRight' });
    expect(page.shadowRoot?.activeElement?.textContent.trim()).to.equal('resource:');
    await sendKeys({ press: 'ArrowLeft' });
    await sendKeys({ press: 'Enter' });
    await page.updateComplete;
    expect([field.value, page.shadowRoot?.activeElement === field]).to.deep.equal(['-result:', true]);
    expect(texts(page, '.suggestions button')).to.deep.equal(['success', 'failure', 'refused']);
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'Enter' });
    await page.updateComplete;
    expect(field.value).to.equal('-result:success ');
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'ArrowUp' });
    expect(page.shadowRoot?.activeElement === field, 'above the first is the field').to.equal(true);
  });
});
