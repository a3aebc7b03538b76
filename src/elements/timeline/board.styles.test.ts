import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { figures } from '../figures.ts';
import { styles } from './board.styles.ts';
import { detailsView, styles as detailsStyles } from './details.ts';
import { FilterState, filtersView, styles as filtersStyles } from './filters.ts';

/** All sheets of a timeline, as they come together in its one root. */
class StylesPage extends LitElement {
  static override styles = [tokens, surfaces, figures, styles, detailsStyles, filtersStyles];
  static override properties = { content: { attribute: false } };
  declare content: unknown;

  protected override render(): unknown {
    return this.content;
  }
}
customElements.define('test-timeline-styles', StylesPage);

async function show(content: TemplateResult, dir = 'ltr'): Promise<StylesPage> {
  return fixture<StylesPage>(
    html`<test-timeline-styles dir=${dir} .content=${content}></test-timeline-styles>`,
  );
}

const find = (page: StylesPage, selector: string): HTMLElement =>
  page.renderRoot.querySelector<HTMLElement>(selector)!;

/** Classes that a sheet styles wherever they are. */
function classesOf(sheet: CSSStyleSheet | undefined): Set<string> {
  const rules = [...(sheet?.cssRules ?? [])].filter((rule) => rule instanceof CSSStyleRule);
  const selectors = rules.flatMap(({ selectorText }) => selectorText.split(/,(?![^(]*\))/));
  return new Set(selectors.flatMap((one) => /^\s*\.([\w-]+)$/.exec(one)?.[1] ?? []));
}

const EVENT = {
  id: 'e1',
  time: 0,
  type: 'update',
  title: 'T',
  description: 'Why',
  status: 'failed',
  before: { gone: 1, same: 2, empty: '' },
  after: { same: 3, come: [] },
  details: { empty: {}, text: 'x'.repeat(400) },
  tags: { agent: 'a' },
};

describe('the sheets of a timeline', () => {
  it('have one ring around the field that finds, which leaves the count readable', async () => {
    const page = await show(html`<span class="find"><input /><span class="count">1 of 9</span></span>`);
    find(page, 'input').focus();
    await sendKeys({ press: 'a' });
    expect(find(page, 'input').matches(':focus-visible')).to.equal(true);
    expect(getComputedStyle(find(page, 'input')).outlineStyle).to.equal('none');
    expect(getComputedStyle(find(page, '.find')).outlineStyle).to.equal('solid');
  });

  it('do not style what the others draw', async () => {
    const context = { locale: 'en', requestUpdate: () => undefined };
    const facts = { ...context, events: [EVENT], count: 1, audit: true };
    const state = new FilterState(() => undefined);
    state.filter = { types: ['update'] };
    const page = await show(
      html`${detailsView(EVENT, context)}${detailsView({ ...EVENT, before: 1, after: 1 }, context)}
      ${filtersView(state, facts)}`,
    );
    const drawn = [...page.renderRoot.querySelectorAll('[class]')].flatMap((one) => [...one.classList]);
    expect(drawn).to.include.members(['none', 'remark', 'chip']);
    const own = classesOf(styles.styleSheet);
    expect(own.size).to.be.above(20);
    // Tones mean the same everywhere.
    for (const tone of ['ok', 'info', 'degraded', 'critical', 'neutral', 'unknown']) own.delete(tone);
    expect(drawn.filter((name) => own.has(name))).to.deep.equal([]);
    expect(getComputedStyle(find(page, '.none')).display).to.equal('inline');
  });

  it('tell a count in its own order, whichever way the page runs', async () => {
    const page = await show(
      html`<span class="find"><input /><span class="count">1 of 9</span></span>`,
      'rtl',
    );
    const { firstChild } = find(page, '.count');
    const left = (from: number): number => {
      const range = document.createRange();
      range.setStart(firstChild!, from);
      range.setEnd(firstChild!, from + 1);
      return range.getBoundingClientRect().left;
    };
    expect(left(0)).to.be.below(left(5));
  });

  it('have the name of what changed on the side where lines begin', async () => {
    for (const [dir, side] of [
      ['ltr', 'left'],
      ['rtl', 'right'],
    ] as const) {
      const page = await show(detailsView(EVENT, { locale: 'en', requestUpdate: () => undefined }), dir);
      for (const selector of ['.place', '.description']) {
        const block = find(page, selector);
        const text = block.querySelector('bdi')!.getBoundingClientRect();
        expect(Math.abs(text[side] - block.getBoundingClientRect()[side]), `${selector} ${dir}`).to.be.below(
          1,
        );
      }
    }
  });
});
