import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, sendKeys, setViewport } from '@web/test-runner-commands';
import { checkNow, someHistory } from '../../testing/checks.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { BadgeStatus, WaooawStatusBadge } from './status-badge.ts';

before(followColorScheme);
afterEach(async () => {
  await emulateMedia(MEDIA.light);
  await setViewport({ width: 800, height: 600 });
});

const find = (element: WaooawStatusBadge, selector: string): HTMLElement =>
  element.shadowRoot!.querySelector<HTMLElement>(selector)!;

const boxOf = (element: WaooawStatusBadge, selector: string): DOMRect =>
  find(element, selector).getBoundingClientRect();

/** A badge in so much room, px, once it is alive. */
async function badgeIn(width: number, more: Partial<WaooawStatusBadge>): Promise<WaooawStatusBadge> {
  const page = await fixture(html`
    <div style="inline-size: ${width}px">
      <waooaw-status-badge .status=${more.status}></waooaw-status-badge>
    </div>
  `);
  const element = page.querySelector('waooaw-status-badge')!;
  Object.assign(element, more);
  await until(() => element.matches(':state(idle)'), 'it is alive');
  await element.updateComplete;
  return element;
}

/** With its panel open, and its past. */
async function opened(status: BadgeStatus): Promise<WaooawStatusBadge> {
  const element = await badgeIn(280, { details: 'disclosure', status });
  (await until(() => find(element, '.trigger'), 'there is a button')).click();
  await until(() => find(element, '.history'), 'the past is there');
  return element;
}

describe('<waooaw-status-badge> in little room', () => {
  const status = {
    title: 'Überwachungsdienst',
    state: 'degraded',
    reason: 'flapping, because of the database',
  };

  it('keeps the name’s words whole, and sets what is wrong below them', async () => {
    const element = await badgeIn(280, { status, size: 'l' });
    const name = boxOf(element, '.label');
    expect(name.height, 'one line').to.be.lessThan(25);
    const note = boxOf(element, '.note');
    expect(note.top).to.be.at.least(name.bottom);
    expect(note.width, 'as wide as there is room').to.be.greaterThan(200);
    expect(boxOf(element, '.badge').width).to.be.at.most(280);
  });

  it('keeps a name of many lines beside its figure, and breaks what has no end', async () => {
    const element = await badgeIn(160, { status: { ...status, title: `${status.title} ${'x'.repeat(60)}` } });
    const name = boxOf(element, '.label');
    const figure = boxOf(element, 'svg');
    expect(name.height).to.be.greaterThan(40);
    expect(name.left).to.be.greaterThan(figure.right);
    expect(figure.top).to.be.greaterThan(name.top);
    expect(figure.bottom).to.be.lessThan(name.bottom);
    expect(boxOf(element, '.badge').width).to.be.at.most(160);
  });

  it('keeps text off its edge and its corners, however many lines there are', async () => {
    const element = await badgeIn(280, { status });
    const box = boxOf(element, '.badge');
    expect(boxOf(element, '.label').top - box.top).to.be.at.least(4);
    expect(box.bottom - boxOf(element, '.note').bottom).to.be.at.least(4);
    expect(getComputedStyle(find(element, '.badge')).borderTopLeftRadius).to.equal('14px');
  });

  for (const more of [{}, { plain: true }, { iconOnly: true }])
    it(`is of one height with one line: ${JSON.stringify(more)}`, async () => {
      const element = await badgeIn(280, { status: { title: 'API', state: 'up' }, ...more });
      const edges = 'plain' in more ? 0 : 2;
      expect(boxOf(element, '.badge').height).to.be.closeTo(24.5 + edges, 0.6);
    });
});

describe('<waooaw-status-badge details="disclosure">: its panel', () => {
  const history = someHistory('api', { 3: { worst: 'down', downMs: 60_000 } });

  it('leaves the figure of what is stopped as it was', async () => {
    const element = await badgeIn(280, {
      details: 'disclosure',
      status: checkNow('api', { state: 'stopped' } as object),
    });
    const trigger = await until(() => find(element, '.trigger'), 'there is a button');
    expect(find(element, '.badge svg').getAttribute('class')).to.equal('bar');
    const before = boxOf(element, '.badge svg');
    element.status = { ...element.status, history };
    trigger.click();
    await until(() => find(element, '.history'), 'the past is there');
    const { width, height } = boxOf(element, '.badge svg');
    expect([width, height]).to.deep.equal([before.width, before.height]);
  });

  it('shows the past without colours where the reader has chosen their own', async () => {
    await emulateMedia(MEDIA['forced colours']);
    const element = await opened({ ...checkNow('api'), history });
    const fills = [...element.shadowRoot!.querySelectorAll('.bar path')].map(
      (path) => getComputedStyle(path).fill,
    );
    expect(fills).to.have.length(2);
    expect(new Set(fills)).to.deep.equal(new Set([getComputedStyle(find(element, '.readout')).color]));
  });

  it('keeps the ring around the past off the days below it', async () => {
    const element = await opened({ ...checkNow('api'), history });
    find(element, '.history').focus();
    await sendKeys({ press: 'ArrowLeft' });
    const { outlineWidth, outlineOffset, outlineStyle } = getComputedStyle(find(element, '.history'));
    expect(outlineStyle).to.equal('solid');
    const ring = boxOf(element, '.history').bottom + parseFloat(outlineWidth) + parseFloat(outlineOffset);
    expect(boxOf(element, '.ends').top).to.be.at.least(ring);
  });

  it('sets four times of availability in a row, and two and two on a narrow page', async () => {
    const element = await opened({ ...checkNow('api'), history });
    const rows = (): number[] => {
      const tops = [...element.shadowRoot!.querySelectorAll('.uptime > div')].map((one) =>
        Math.round(one.getBoundingClientRect().top),
      );
      return [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);
    };
    expect(rows()).to.deep.equal([4]);
    await setViewport({ width: 320, height: 640 });
    await until(() => rows().length > 1, 'the page is narrow');
    expect(rows()).to.deep.equal([2, 2]);
  });

  it('keeps each fact’s own direction: a server’s English on a page from right to left', async () => {
    const element = await opened({
      ...checkNow('api', { state: 'down', reason: '503 Unavailable' }),
      history,
    });
    element.dir = 'rtl';
    const reason = find(element, 'dd bdi');
    expect(reason.textContent).to.equal('503 Unavailable');
    const begin = document.createRange();
    begin.setStart(
      reason.childNodes[0]!.nodeType === Node.TEXT_NODE ? reason.firstChild! : reason.childNodes[1]!,
      0,
    );
    begin.setEnd(begin.startContainer, 3);
    const { left } = begin.getBoundingClientRect();
    expect(left).to.be.closeTo(reason.getBoundingClientRect().left, 1);
  });
});
