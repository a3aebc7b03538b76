import { expect, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { hearWarnings } from '../../testing/console.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { FLEET, type SelectorPage, selectorPage, someOptions } from '../../testing/selectors.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { until } from '../../testing/until.ts';
import { WaooawContextSelector } from './context-selector.ts';
import './define.ts';
import type { OptionsProvider } from './provider.ts';

before(followColorScheme);
// The long lists here are measured once they stand in the document, and their rows in view are only known then: that
// one more update is meant. The other files of tests have no such lists, and there Lit goes on warning.
before(() => WaooawContextSelector.disableWarning?.('change-in-update'));
afterEach(() => emulateMedia(MEDIA.light));

const never: OptionsProvider = () => new Promise(() => undefined);
const fails: OptionsProvider = () => Promise.reject(new Error('no'));

/** Every state that a selector can be in, opened where that shows it. */
const STATES: Readonly<Record<string, () => Promise<SelectorPage>>> = {
  empty: () =>
    selectorPage(html`<waooaw-context-selector label="A" .options=${FLEET}></waooaw-context-selector>`),
  chosen: () =>
    selectorPage(
      html`<waooaw-context-selector label="A" .options=${FLEET} value="ord"></waooaw-context-selector>`,
    ),
  disabled: () =>
    selectorPage(
      html`<waooaw-context-selector
        label="A"
        .options=${FLEET}
        disabled
        value="ord"
      ></waooaw-context-selector>`,
    ),
  open: async () => {
    const page = await STATES['chosen']!();
    page.input.focus();
    await page.press('ArrowDown');
    return page;
  },
  'nothing found': async () => {
    const page = await STATES['empty']!();
    page.input.focus();
    await page.type('zzz');
    return page;
  },
  'no options': () =>
    opened(selectorPage(html`<waooaw-context-selector label="A" .options=${[]}></waooaw-context-selector>`)),
  several: () =>
    opened(
      selectorPage(
        html`<waooaw-context-selector
          label="A"
          multiple
          .options=${FLEET}
          value="pay ord zur"
        ></waooaw-context-selector>`,
      ),
    ),
  loading: () =>
    opened(
      selectorPage(html`<waooaw-context-selector label="A" .provider=${never}></waooaw-context-selector>`),
    ),
  error: () =>
    opened(
      selectorPage(
        html`<waooaw-context-selector label="A" multiple .provider=${fails}></waooaw-context-selector>`,
      ),
    ),
  'not valid': async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector label="A" required .options=${FLEET}></waooaw-context-selector>`,
    );
    page.element.checkValidity();
    await page.settle();
    return page;
  },
  range: async () => {
    const page = await opened(
      selectorPage(html`<waooaw-context-selector preset="range"></waooaw-context-selector>`),
    );
    await page.choose('From … to …');
    await until(() => page.find('.range'), 'the form');
    return page;
  },
  many: () =>
    opened(
      selectorPage(
        html`<waooaw-context-selector
          label="A"
          multiple
          .options=${someOptions(10_000)}
        ></waooaw-context-selector>`,
      ),
    ),
};

async function opened(coming: Promise<SelectorPage>): Promise<SelectorPage> {
  const page = await coming;
  await page.open();
  return page;
}

describe('<waooaw-context-selector>: accessibility', () => {
  for (const look of ['light', 'dark', 'RTL'] as const) {
    for (const [state, make] of Object.entries(STATES)) {
      it(`passes axe: ${state}, ${look}`, async () => {
        const warnings = hearWarnings();
        if (look !== 'RTL') await emulateMedia(MEDIA[look]);
        document.documentElement.dir = look === 'RTL' ? 'rtl' : 'ltr';
        const page = await make();
        if (state === 'error') await until(() => page.find('.wrong'), 'the error');
        await expect(page.element).to.be.accessible();
        document.documentElement.dir = '';
        warnings.restore();
      });
    }
  }

  it('speaks German and Spanish', async () => {
    for (const [lang, text] of [
      ['de', 'Alle Agenten'],
      ['es', 'Todos los agentes'],
    ] as const) {
      const page = await selectorPage(
        html`<div lang=${lang}>
          <waooaw-context-selector preset="agents" .options=${FLEET}></waooaw-context-selector>
        </div>`,
      );
      await until(() => page.text === text, text);
    }
  });
});

describe('<waooaw-context-selector>: what is said aloud', () => {
  before(() => pageAnnouncer());

  async function spoken(act: () => Promise<unknown>, ...wanted: string[]): Promise<void> {
    const record = recordSpeech();
    await act();
    await until(
      () => wanted.every((text) => record.said.some((one) => one.text.includes(text))),
      wanted.join(),
    );
    for (const { urgency } of record.said) expect(urgency).to.equal('polite');
    record.stop();
  }

  async function listening(
    template = html`<waooaw-context-selector
      label="A"
      multiple
      recent="none"
      .options=${FLEET}
    ></waooaw-context-selector>`,
  ): Promise<SelectorPage> {
    const page = await selectorPage(template);
    page.find('#field')?.focus();
    await import('./speech.ts');
    await page.settle();
    return page;
  }

  it('counts what a search finds, once typing rests', async () => {
    const page = await listening();
    await page.open();
    await spoken(() => page.type('prod'), '3 results');
  });

  it('names what is taken and let go, with the count', async () => {
    const page = await listening();
    await page.open();
    await spoken(() => page.choose('Orders'), 'Orders, chosen. 1 chosen');
    await spoken(() => page.choose('Orders'), 'Nothing chosen any more');
  });

  it('says that nothing was found', async () => {
    const page = await listening();
    await page.open();
    await spoken(() => page.type('zzz'), 'Nothing matches “zzz”.');
  });

  it('says that it was cleared', async () => {
    const page = await listening();
    page.element.values = ['pay', 'ord'];
    await page.settle();
    await spoken(() => page.click('[part=clear]'), 'Nothing chosen any more');
  });

  it('says that it failed', async () => {
    const warnings = hearWarnings();
    const page = await listening(
      html`<waooaw-context-selector label="A" .provider=${fails}></waooaw-context-selector>`,
    );
    await spoken(() => page.open(), 'The options could not be loaded.');
    warnings.restore();
  });
});

describe('<waooaw-context-selector>: bad input', () => {
  it('warns once of ids that stand twice, takes the first, and leaves out what has none', async () => {
    const warnings = hearWarnings();
    const page = await selectorPage(
      html`<waooaw-context-selector
        .options=${[{ id: 'x1', label: 'One' }, { id: 'x1', label: 'Two' }, {}, null]}
      ></waooaw-context-selector>`,
    );
    page.element.options = [...page.element.options!];
    await page.open();
    warnings.restore();
    expect(page.labels).to.deep.equal(['One']);
    expect(warnings.lines.length).to.equal(2);
  });

  it('shows labels of a megabyte cut, and markup as text', async () => {
    const markup = '<img src=x onerror="window.hacked=true"><b>bold</b>';
    const page = await selectorPage(
      html`<waooaw-context-selector
        recent="none"
        .options=${[
          { id: 'a', label: 'x'.repeat(1_000_000), group: markup, icon: markup, state: markup },
          { id: markup, label: markup },
        ]}
      ></waooaw-context-selector>`,
    );
    await page.open();
    expect(page.labels[0]).to.equal(markup);
    expect(page.labels[1]?.length).to.be.at.most(500);
    expect(page.find('img, b')).to.equal(null);
    await page.choose(markup);
    expect([page.element.value, page.text]).to.deep.equal([markup, markup]);
    page.input.select();
    await page.type('x');
    expect(page.labels.length).to.equal(2);
  });

  it('has all of a label that it cut where that is pointed at, up to a bound, and no title for others', async () => {
    const long = `${'x'.repeat(600)} the end`;
    const page = await selectorPage(
      html`<waooaw-context-selector
        recent="none"
        .options=${[
          { id: 'short', label: 'x'.repeat(500) },
          { id: 'long', label: long },
          { id: 'endless', label: 'x'.repeat(1_000_000) },
        ]}
      ></waooaw-context-selector>`,
    );
    await page.open();
    const titles = page.all('[role=option] .label').map((label) => label.getAttribute('title'));
    expect(titles.slice(0, 2)).to.deep.equal([null, long]);
    expect(page.labels[1]?.length).to.equal(500);
    expect(titles[2]?.length).to.equal(5_000);
  });

  it('keeps few rows of 100,000 options in the document, and finds the last', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector
        recent="none"
        .options=${someOptions(100_000)}
      ></waooaw-context-selector>`,
    );
    page.input.focus();
    await page.press('ArrowUp');
    await until(() => page.active === 'Agent 99999', 'the last');
    expect(page.all('[role=option]').length).to.be.lessThan(60);
    expect(page.find('[role=option]')?.getAttribute('aria-setsize')).to.equal('100000');
    await page.type('agent 4711');
    expect(page.labels[0]).to.equal('Agent 4711');
  });

  it('keeps the active option when others come while it is open, and lets go of one that goes', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector recent="none" .options=${someOptions(5)}></waooaw-context-selector>`,
    );
    page.input.focus();
    await page.press('ArrowDown', 'ArrowDown');
    page.element.options = [{ id: 'new', label: 'New' }, ...someOptions(5)];
    await page.settle();
    expect(page.active).to.equal('Agent 1');
    page.element.options = someOptions(1);
    await page.settle();
    expect([page.active, page.element.open]).to.deep.equal([undefined, true]);
  });

  it('closes when it is disabled or removed while open, and works again afterwards', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector recent="none" .options=${FLEET}></waooaw-context-selector>`,
    );
    await page.open();
    page.element.disabled = true;
    await page.settle();
    expect(page.element.open).to.equal(false);
    page.element.disabled = false;
    await page.settle();
    await page.open();
    const parent = page.element.parentElement!;
    page.element.remove();
    expect(page.element.open).to.equal(false);
    parent.append(page.element);
    await page.settle();
    await page.open();
    expect(page.labels.length).to.equal(6);
  });

  it('takes nothing that is no value', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector .options=${FLEET}></waooaw-context-selector>`,
    );
    for (const bad of [null, undefined, 5, {}, [null, 5], { rule: 5 }]) {
      page.element.set(bad as unknown as string);
      expect(page.element.values).to.deep.equal([]);
    }
    page.element.options = 'nonsense' as never;
    page.element.quickActions = 5 as never;
    await page.settle();
    await page.open();
    expect(page.note).to.equal('There is nothing to choose from yet.');
  });

  it('remembers what was chosen lately', async () => {
    localStorage.clear();
    const page = await selectorPage(
      html`<waooaw-context-selector recent="lately" .options=${someOptions(20)}></waooaw-context-selector>`,
    );
    await page.open();
    await page.choose('Agent 7');
    await page.open();
    expect([page.find('.heading')?.textContent?.trim(), page.labels[0]]).to.deep.equal(['Recent', 'Agent 7']);
    localStorage.clear();
  });

  it('chooses all the same where the browser’s storage is full', async () => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    try {
      const page = await selectorPage(
        html`<waooaw-context-selector recent="full" .options=${someOptions(20)}></waooaw-context-selector>`,
      );
      let changes = 0;
      page.element.addEventListener('waooaw-change', () => (changes += 1));
      await page.open();
      await page.choose('Agent 7');
      expect([page.element.value, changes]).to.deep.equal(['a7', 1]);
      await page.open();
      expect(page.find('.heading')).to.equal(null);
    } finally {
      Storage.prototype.setItem = setItem;
    }
  });
});
