import { expect, fixture, html, nextFrame, oneEvent } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { STATE_WORDS, findState } from '../../protocol/states.ts';
import type { Shape } from '../../protocol/states.ts';
import { hearWarnings } from '../../testing/console.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import './define.ts';
import type { BadgeChange, WaooawStatusBadge } from './status-badge.ts';

/** What a reader sees: the name, the state and the note. */
function textOf(badge: WaooawStatusBadge): string {
  const spans = [...(badge.shadowRoot?.querySelectorAll('[part="badge"] > span') ?? [])];
  return spans
    .map((span) => span.textContent?.trim())
    .filter(Boolean)
    .join(' ');
}

function part(badge: WaooawStatusBadge, name: string): Element {
  const found = badge.shadowRoot?.querySelector(`[part="${name}"]`);
  if (!found) throw new Error(`no part "${name}"`);
  return found;
}

/** Shape and dashes: what is left of a figure without its colour. */
function figure(badge: WaooawStatusBadge): string {
  const path = badge.shadowRoot?.querySelector('[part="icon"] path');
  if (!path) throw new Error('no figure');
  const { strokeDasharray, fill } = getComputedStyle(path);
  return `${path.getAttribute('d')} ${strokeDasharray} ${fill === 'none' ? 'drawn' : 'filled'}`;
}

function badge(state: string, label = ''): Promise<WaooawStatusBadge> {
  return fixture(html`<waooaw-status-badge state=${state} label=${label}></waooaw-status-badge>`);
}

/** Waits for what a badge loads after its first paint. */
async function settled(element: WaooawStatusBadge): Promise<void> {
  await import('./live.ts');
  await element.updateComplete;
  await element.updateComplete;
}

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

describe('<waooaw-status-badge>: accessibility', () => {
  for (const media of MEDIA_NAMES) {
    it(`passes axe in every state in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      const page = await fixture(html`
        <div>
          ${STATE_WORDS.map(
            (word) => html`
              <waooaw-status-badge state=${word} label="Service"></waooaw-status-badge>
              <waooaw-status-badge state=${word} label="Service" icon-only></waooaw-status-badge>
            `,
          )}
          <waooaw-status-badge check="server"></waooaw-status-badge>
          <waooaw-status-badge check="server" icon-only size="s"></waooaw-status-badge>
        </div>
      `);
      await expect(page).to.be.accessible();
    });
  }

  it('passes axe where its own theme is another than the page’s', async () => {
    const page = await fixture(html`
      <div style="background: #0a0a0a">
        ${STATE_WORDS.map(
          (word) => html`<waooaw-status-badge state=${word} label="A" theme="dark"></waooaw-status-badge>`,
        )}
      </div>
    `);
    await expect(page).to.be.accessible();
  });

  it('would not pass with a tone that cannot be read', async () => {
    const element = await badge('up', 'Service');
    element.style.setProperty('--waooaw-ok', '#eeeeee');
    await expect(element).not.to.be.accessible();
  });

  it('is plain text with a hidden figure, and no live region', async () => {
    for (const word of STATE_WORDS) {
      const element = await badge(word, 'API');
      expect(part(element, 'icon').getAttribute('aria-hidden')).to.equal('true');
      expect(element.shadowRoot?.querySelector('[role], [aria-live]')).to.equal(null);
      expect(element.hasAttribute('role')).to.equal(false);
    }
  });

  it('is one image with the whole name when it is icon-only', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge state="down" label="API" icon-only></waooaw-status-badge>`,
    );
    const image = element.shadowRoot?.querySelector('[role="img"]');
    expect(image?.getAttribute('aria-label')).to.equal('API: Down');
    expect(textOf(element)).to.equal('');
    element.label = '';
    await element.updateComplete;
    expect(image?.getAttribute('aria-label')).to.equal('Down');
  });

  it('turns the figure of what is under way, and not for those who want no motion', async () => {
    const element = await badge('working');
    await settled(element);
    const icon = part(element, 'icon');
    expect(getComputedStyle(icon).animationName).to.equal('turn');
    await emulateMedia(MEDIA['reduced motion']);
    expect(getComputedStyle(icon).animationName).not.to.equal('turn');
    await emulateMedia(MEDIA.light);
    element.state = 'up';
    await element.updateComplete;
    expect(getComputedStyle(part(element, 'icon')).animationName).to.equal('none');
  });
});

describe('<waooaw-status-badge>: states', () => {
  for (const word of STATE_WORDS) {
    it(`shows "${word}" by figure, text and custom state`, async () => {
      const element = await badge(word);
      await settled(element);
      const state = findState(word);
      expect(textOf(element)).to.equal(state?.label);
      expect(figure(element)).to.match(/^M/);
      expect(element.matches(`:state(${state?.severity})`)).to.equal(true);
    });
  }

  it('gives every shape a figure that differs without its colour', async () => {
    const byShape = new Map<Shape, string>();
    for (const word of STATE_WORDS) {
      const shape = findState(word)?.shape;
      if (shape) byShape.set(shape, figure(await badge(word)));
    }
    expect(new Set(byShape.values()).size).to.equal(byShape.size);
  });

  it('gives severities that matter different tones', async () => {
    const tones = ['up', 'degraded', 'down', 'working', 'stopped'].map(
      async (word) => getComputedStyle(part(await badge(word), 'badge')).color,
    );
    expect(new Set(await Promise.all(tones)).size).to.equal(5);
  });

  it('shows an unlisted word as it stands, as unknown, and warns once', async () => {
    const warnings = hearWarnings();
    const element = await badge('on fire');
    await settled(element);
    await settled(await badge('on fire'));
    warnings.restore();
    expect(textOf(element)).to.equal('on fire');
    expect(element.matches(':state(unknown)')).to.equal(true);
    expect(figure(element)).to.equal(figure(await badge('unknown')));
    expect(warnings.lines.filter((line) => line.includes('on fire')).length).to.equal(1);
  });

  it('is unknown, without a warning, while it has no state', async () => {
    const warnings = hearWarnings();
    const element = await fixture<WaooawStatusBadge>(html`<waooaw-status-badge></waooaw-status-badge>`);
    warnings.restore();
    expect(textOf(element)).to.equal('Unknown');
    expect(warnings.lines).to.deep.equal([]);
  });

  it('never throws on what is no word', async () => {
    const warnings = hearWarnings();
    const element = await badge('up');
    await settled(element);
    for (const bad of [null, undefined, 5, {}, '', '<b>']) {
      element.state = bad as string;
      await element.updateComplete;
      expect(element.matches(':state(unknown)'), JSON.stringify(bad)).to.equal(true);
    }
    warnings.restore();
  });
});

describe('<waooaw-status-badge>: looks', () => {
  it('takes its label from the attribute, and from the slot before it', async () => {
    expect(textOf(await badge('up', 'API'))).to.equal('API Up');
    const slotted = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge state="up" label="API">Payment <b>API</b></waooaw-status-badge>`,
    );
    const shown = slotted.shadowRoot?.querySelector('slot')?.assignedNodes() ?? [];
    expect(shown.map((node) => node.textContent).join('')).to.equal('Payment API');
  });

  it('leaves no room for a label that it has not, until it has one', async () => {
    const element = await badge('up');
    await settled(element);
    const gap = (): number =>
      part(element, 'state').getBoundingClientRect().left -
      part(element, 'icon').getBoundingClientRect().right;
    const label = part(element, 'label') as HTMLElement;
    expect(label.offsetWidth).to.equal(0);
    expect(gap()).to.be.closeTo(0.4 * 14, 0.5);
    element.append(new Image());
    await nextFrame();
    await element.updateComplete;
    expect(label.hidden).to.equal(false);
    element.replaceChildren('API');
    await nextFrame();
    await element.updateComplete;
    expect(label.offsetWidth).to.be.greaterThan(10);
  });

  it('comes in three sizes', async () => {
    const sizes: string[] = [];
    for (const size of ['s', 'm', 'l'] as const) {
      const element = await badge('up');
      element.size = size;
      await element.updateComplete;
      expect(element.getAttribute('size')).to.equal(size);
      sizes.push(getComputedStyle(element).fontSize);
    }
    expect(sizes).to.deep.equal(['12px', '14px', '16px']);
  });

  it('follows the page’s colour scheme, and its own theme before it', async () => {
    const element = await badge('up', 'API');
    const tone = (): string => getComputedStyle(part(element, 'badge')).color;
    const light = tone();
    await emulateMedia(MEDIA.dark);
    const dark = tone();
    expect(dark).not.to.equal(light);
    element.theme = 'light';
    await element.updateComplete;
    expect(tone()).to.equal(light);
    await emulateMedia(MEDIA.light);
    element.theme = 'dark';
    await element.updateComplete;
    expect(tone()).to.equal(dark);
  });

  it('takes tones from the page’s tokens', async () => {
    const element = await badge('up');
    element.style.setProperty('--waooaw-ok', 'rgb(1, 2, 3)');
    expect(getComputedStyle(part(element, 'badge')).color).to.equal('rgb(1, 2, 3)');
  });

  it('takes no room while it is hidden', async () => {
    const element = await badge('up');
    element.hidden = true;
    expect(element.getBoundingClientRect().width).to.equal(0);
  });
});

describe('<waooaw-status-badge>: changes', () => {
  it('are told with the state before, the severity, and out of every shadow', async () => {
    const element = await badge('up');
    await settled(element);
    setTimeout(() => (element.state = 'down'));
    const event = await oneEvent<CustomEvent<BadgeChange>>(element, 'waooaw-state-change');
    const { detail, bubbles, composed } = event;
    expect(detail).to.deep.equal({ state: 'down', previous: 'up', severity: 'critical' });
    expect([bubbles, composed]).to.deep.equal([true, true]);
  });

  it('are not told of the first state, of another label, or of the same state again', async () => {
    const heard: Event[] = [];
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.addEventListener('waooaw-state-change', (event) => heard.push(event));
    const element = document.createElement('waooaw-status-badge');
    element.state = 'down';
    page.append(element);
    await settled(element);
    element.label = 'API';
    element.state = 'DOWN';
    await element.updateComplete;
    expect(heard).to.deep.equal([]);
  });

  it('are told although they came before the first paint was over', async () => {
    const element = await badge('up');
    element.state = 'degraded';
    const { detail } = await oneEvent<CustomEvent<BadgeChange>>(element, 'waooaw-state-change');
    expect(detail.previous).to.equal('up');
    expect(detail.state).to.equal('degraded');
  });
});
