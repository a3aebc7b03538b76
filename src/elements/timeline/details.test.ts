import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import type { Json } from '../../protocol/frames.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { figures } from '../figures.ts';
import { eventOf } from './audit-events.ts';
import { pathText } from './details-changes.ts';
import { compact, cut, isoTime, linkOf, valueText } from './details-text.ts';
import { detailsView, styles } from './details.ts';

class DetailsPage extends LitElement {
  static override styles = [tokens, surfaces, figures, styles];
  static override properties = { event: { attribute: false } };
  declare event: TimelineEvent;

  protected override render(): TemplateResult {
    return detailsView(this.event, {
      locale: 'en',
      timeZone: 'UTC',
      requestUpdate: () => this.requestUpdate(),
    });
  }
}
customElements.define('test-details', DetailsPage);

const TIME = Date.UTC(2026, 10, 23, 9, 10, 55, 123);
const EVENT: TimelineEvent = {
  id: 'e1',
  time: TIME + 0.456,
  type: 'upgrade',
  title: 'Ana upgraded agent payments',
  description: 'memory leak in 1.4',
  actor: { id: 'ana', name: 'Ana', kind: 'user' },
  status: 'completed',
  durationMs: 187_000,
  href: '/runs/7',
  before: { version: '1.4', env: { RETRIES: 3, DEBUG: true }, steps: ['a', 'b'] },
  after: { version: '1.5', env: { RETRIES: 5 }, steps: ['a', 'canary', 'b'] },
  details: { node: 'n7', ports: [80, 443], note: '', nothing: null, deep: { a: { b: {} } } },
  tags: { agent: 'payments', environment: 'prod' },
};

async function show(event: Partial<TimelineEvent>): Promise<DetailsPage> {
  const whole = { id: 'e', time: TIME, type: 't', title: 'T', ...event };
  return fixture<DetailsPage>(html`<test-details .event=${whole}></test-details>`);
}

const all = (page: DetailsPage, selector: string): HTMLElement[] => [
  ...page.renderRoot.querySelectorAll<HTMLElement>(selector),
];
const texts = (page: DetailsPage, selector: string): string[] =>
  all(page, selector).map(({ textContent }) => textContent.trim().replace(/\s+/g, ' '));

/** What stands beside a name. */
function fact(page: DetailsPage, name: string): string | undefined {
  const row = all(page, 'dl > div').find((one) => one.querySelector('dt')?.textContent === name);
  return row?.querySelector('dd')?.textContent.trim().replace(/\s+/g, ' ');
}

async function press(page: DetailsPage, name: RegExp): Promise<void> {
  const button = all(page, 'button').find(({ textContent }) => name.test(textContent));
  expect(button, `${name} in ${texts(page, 'button').join()}`).to.be.ok;
  button?.click();
  await page.updateComplete;
}

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

describe('an opened event', () => {
  it('tells the time in the page’s zone and to the µs', async () => {
    const page = await show(EVENT);
    expect(fact(page, 'Time')).to.match(
      /^Monday, November 23, 2026.* 9:10:55\sAM UTC 2026-11-23T09:10:55\.123456Z$/,
    );
    expect(all(page, 'time')[0]?.getAttribute('datetime')).to.equal('2026-11-23T09:10:55.123456Z');
  });

  it('tells all that is known of it', async () => {
    const page = await show(EVENT);
    expect(fact(page, 'Actor')).to.equal('Ana ana');
    expect(fact(page, 'Type')).to.equal('upgrade');
    expect(fact(page, 'Status')).to.equal('Completed');
    expect(fact(page, 'Duration')).to.equal('3 minutes, 7 seconds');
    expect(fact(page, 'Tags')).to.equal('agent payments environment prod');
    expect(fact(page, 'Event')).to.equal('e1');
    expect(texts(page, '.description')).to.deep.equal(['memory leak in 1.4']);
    expect(texts(page, '.rest > .tree > li')).to.deep.equal([
      'node n7',
      'ports 0 80 1 443',
      'note empty text',
      'nothing null',
      'deep a b no entries',
    ]);
  });

  it('tells less of an event of which less is known', async () => {
    const page = await show({});
    expect(texts(page, 'dt')).to.deep.equal(['Time', 'Type', 'Event']);
    expect(all(page, 'table, .rest, .description, .proof').length).to.equal(0);
  });

  it('tells of an audit entry what it has of its own, apart from the host’s details', async () => {
    const record = {
      sequence: 1234,
      time: TIME * 1000,
      action: 'upgrade',
      level: 'warning',
      result: 'refused',
      resource: { type: 'agent', id: 'payments' },
      ip: '10.0.0.7',
      hidden: { actor: 'aGFzaA==' },
      details: { attempt: 2 },
    } as const;
    const page = await show(eventOf(record, 'en'));
    expect(fact(page, 'Audit entry')).to.equal('1,234');
    expect([fact(page, 'Level'), fact(page, 'Result'), fact(page, 'IP address')]).to.deep.equal([
      'warning',
      'refused',
      '10.0.0.7',
    ]);
    expect(fact(page, 'Status'), 'not “Warning”').to.equal('Refused');
    expect(fact(page, 'Resource')).to.equal('agent/payments');
    expect(fact(page, 'Not shown to you')).to.equal('Actor');
    expect(texts(page, '.rest li')).to.deep.equal(['attempt 2']);
  });

  it('lists what changed with a sign and a word each', async () => {
    const page = await show(EVENT);
    expect(texts(page, 'caption')).to.deep.equal(['What changed']);
    expect(texts(page, 'tbody tr')).to.deep.equal([
      '± Changed version 1.4 1.5'.replace('1.4', '"1.4"').replace('1.5', '"1.5"'),
      '± Changed env.RETRIES 3 5',
      '− Removed env.DEBUG true nothing',
      '+ Added steps[1] nothing canary',
    ]);
    expect(texts(page, 'tbody th[scope=row]').length).to.equal(4);
  });

  it('says that nothing changed where before and after are the same', async () => {
    const page = await show({ before: { a: 1 }, after: { a: 1 } });
    expect(texts(page, '.remark')).to.deep.equal(['Before and after are the same.']);
  });

  it('lists twenty of many changes, and more of them on request', async () => {
    const after = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, i]));
    const page = await show({ before: {}, after });
    expect(all(page, 'tbody tr').length).to.equal(20);
    await press(page, /^\s*Show 1,980 more/);
    expect(all(page, 'tbody tr').length).to.equal(500);
    expect(texts(page, '.remark')).to.deep.equal(['and 1,500 more']);
  });

  it('links to the web and to the page’s own site, and to nothing else', async () => {
    const link = async (href: string): Promise<string | null | undefined> =>
      all(await show({ href }), 'a')[0]?.getAttribute('href');
    expect(await link('/runs/7')).to.equal('/runs/7');
    expect(await link('https://ci.example/7')).to.equal('https://ci.example/7');
    for (const href of [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'data:text/html,x',
      'file:///etc',
      'http://[',
    ])
      expect(await link(href), href).to.equal(undefined);
    expect(fact(await show({ href: 'javascript:alert(1)' }), 'Link')).to.equal('javascript:alert(1)');
  });

  it('shows HTML, control characters and turned text as what they are', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202egpj.exe\u0007';
    const page = await show({
      description: evil,
      type: evil,
      status: evil,
      actor: { name: evil, id: evil },
      before: { [evil]: evil },
      details: { [evil]: [evil] },
      tags: { [evil]: evil },
    });
    const text = page.renderRoot.textContent ?? '';
    expect(all(page, 'img').length).to.equal(0);
    expect(text).to.contain('<img src=x onerror=alert(1)>⟨U+202E⟩gpj.exe⟨U+0007⟩');
    expect([...'\u202e\u0007'].filter((character) => text.includes(character))).to.deep.equal([]);
  });

  it('cuts a long text, and shows all of it on request, up to a limit', async () => {
    const page = await show({ details: { log: 'x'.repeat(80_000) } });
    expect(texts(page, '.tree .value')[0]?.length).to.equal(301);
    await press(page, /Show all 80,000 characters/);
    expect(texts(page, '.tree .value')[0]?.length).to.equal(50_001);
    expect(texts(page, 'small')).to.deep.equal(['Cut after 50,000 characters; the export has all of it.']);
    const again = await show({});
    again.event = page.event;
    await again.updateComplete;
    expect(texts(again, '.tree .value')[0]?.length, 'it stays open').to.equal(50_001);
  });

  it('bears details that are huge, and that are nested a hundred thousand deep', async () => {
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, { a: [i, i, i] }]));
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as Json;
    const page = await show({ details: wide, before: deep, after: { wide, deep } });
    expect(all(page, '*').length).to.be.below(2_000);
    const first = all(page, 'li').length;
    await press(page, /Show 100 more/);
    expect(all(page, 'li').length).to.be.above(first);
    await show({ details: deep, tags: deep as unknown as Record<string, string> });
  });

  it('bears a language that is none', async () => {
    const event = { ...EVENT, sequence: 1_234, details: { log: 'x'.repeat(500) } };
    const view = detailsView(event, { locale: 'en_US!', requestUpdate: () => undefined });
    const page = await fixture(html`<div>${view}</div>`);
    expect(page.textContent).to.contain('1,234');
  });

  for (const [look, media] of [
    ['light', MEDIA.light],
    ['dark', MEDIA.dark],
  ] as const) {
    it(`passes axe in the ${look} theme, wide and narrow`, async () => {
      await emulateMedia(media);
      for (const width of ['60rem', '18rem']) {
        const page = await show({ ...EVENT, status: 'failed' });
        Object.assign(page.style, {
          display: 'block',
          inlineSize: width,
          background: 'light-dark(#fff, #18181b)',
        });
        await expect(page).to.be.accessible();
        expect(page.scrollWidth).to.be.at.most(page.clientWidth);
      }
    });
  }
});

describe('text of values', () => {
  it('is cut between characters', () => {
    expect(cut('ab', 2)).to.equal('ab');
    expect(cut('a👩b', 2)).to.equal('a…');
    expect(cut('a👩b', 3)).to.equal('a👩…');
  });

  it('has quotes where it could be taken for another kind', () => {
    const shown = (value: Json): string => valueText(value, 100);
    expect(['7', 'true', 'null', ' a', 'a ', '{', ''].map(shown)).to.deep.equal([
      '"7"',
      '"true"',
      '"null"',
      '" a"',
      '"a "',
      '"{"',
      '""',
    ]);
    expect([7, true, null, 'a b', [1, 'x'], { a: [] }].map(shown)).to.deep.equal([
      '7',
      'true',
      'null',
      'a b',
      '[1, "x"]',
      '{"a": []}',
    ]);
    expect(compact({ a: undefined, b: 1 }, 100)).to.equal('{"b": 1}');
  });

  it('of places reads like code', () => {
    expect(pathText(['env', 'A', 0, 'my key', ''])).to.equal('env.A[0]["my key"][""]');
    expect(pathText([2])).to.equal('[2]');
  });

  it('of times has µs only where there are some', () => {
    expect(isoTime(0)).to.equal('1970-01-01T00:00:00.000Z');
    expect(isoTime(1.5)).to.equal('1970-01-01T00:00:00.001500Z');
    expect(isoTime(-0.5)).to.equal('1969-12-31T23:59:59.999500Z');
  });

  it('of addresses is a link on the web alone', () => {
    expect(linkOf('?a=1')).to.equal('?a=1');
    expect(linkOf('mailto:a@b.example')).to.equal(undefined);
  });
});
