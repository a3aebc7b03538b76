import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, resetMouse, sendKeys, sendMouse } from '@web/test-runner-commands';
import type { Incident } from '../../protocol/health.ts';
import { checkNow, someHistory } from '../../testing/checks.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { fakeTimers } from '../../testing/timers.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { BadgeStatus, WaooawStatusBadge } from './status-badge.ts';

const HOUR = 3_600_000;

before(followColorScheme);
afterEach(async () => {
  await emulateMedia(MEDIA.light);
  await resetMouse();
});

async function badge(
  details: 'tooltip' | 'disclosure',
  status: BadgeStatus,
  dir = 'ltr',
): Promise<WaooawStatusBadge> {
  const page = await fixture<HTMLElement>(html`
    <div dir=${dir} style="padding: 40px">
      <button>before</button>
      <waooaw-status-badge
        label="API"
        details=${details}
        incident-href="/incidents/{id}?check={check}"
        .status=${status}
      ></waooaw-status-badge>
      <button>after</button>
    </div>
  `);
  const element = page.querySelector('waooaw-status-badge')!;
  await until(() => find(element, '.trigger'), 'there is a button');
  return element;
}

function find(element: WaooawStatusBadge, selector: string): HTMLElement | null {
  return element.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
}

const textOf = (element: WaooawStatusBadge, selector: string): string =>
  find(element, selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

const isOpen = (element: WaooawStatusBadge): boolean =>
  find(element, '.popup')?.matches(':popover-open') ?? false;

async function open(element: WaooawStatusBadge): Promise<void> {
  find(element, '.trigger')?.click();
  await until(() => isOpen(element), 'it is open');
}

async function pointAt(target: Element | null): Promise<void> {
  const { x, y, width, height } = target!.getBoundingClientRect();
  await sendMouse({ type: 'move', position: [Math.round(x + width / 2), Math.round(y + height / 2)] });
}

/** Everything that a check can say. */
function everything(): BadgeStatus {
  const now = Date.now();
  return checkNow('api', {
    title: 'Payments API',
    state: 'down',
    reason: 'HTTP 503',
    tookMs: 12.4,
    timings: { dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 6, totalMs: 12 },
    certificateExpiresAt: now + 12.5 * 24 * HOUR,
    soft: { state: 'up', runs: 1, needed: 2, since: now },
    flapping: { percent: 60, changes: 7, windowMs: 300_000 },
    causedBy: 'database',
    unreachableBy: 'router',
    maintenance: { id: 'm1', endsAt: now + HOUR, reason: 'New disks' },
    paused: { by: 'Ana', at: now },
    incident: { id: 'i 1', startedAt: now - HOUR, acknowledgedBy: 'Ana' },
  });
}

describe('<waooaw-status-badge details="tooltip">', () => {
  it('describes the badge with all that is known of it', async () => {
    const element = await badge('tooltip', everything());
    const trigger = find(element, '.trigger');
    expect(trigger?.getAttribute('aria-describedby')).to.equal(find(element, '[role="tooltip"]')?.id);
    const text = textOf(element, '.tooltip');
    for (const said of [
      'Reason: HTTP 503',
      'Because of: database',
      'Behind: router',
      'Took: 12.4 ms',
      'Of that: name 1 ms, connection 2 ms, TLS 3 ms, and first byte 6 ms',
      'Certificate expires: in 12 days',
      'Last results: Up 1 of 2 times in a row',
      'Unstable: Flapping ×7 in 5 min',
      'New disks',
      'Paused by: Ana',
      'acknowledged by Ana',
    ])
      expect(text).to.contain(said);
  });

  it('opens on focus and closes with Escape, which leaves the focus where it is', async () => {
    const element = await badge('tooltip', checkNow('api'));
    element.previousElementSibling!.parentElement!.querySelector('button')!.focus();
    await sendKeys({ press: 'Tab' });
    await until(() => isOpen(element), 'it opens');
    expect(textOf(element, '.tooltip')).to.match(/^Since: 5 minutes ago \(/);
    await sendKeys({ press: 'Escape' });
    await until(() => !isOpen(element), 'it closes');
    expect(element.shadowRoot?.activeElement).to.equal(find(element, '.trigger'));
  });

  it('closes when the focus goes on', async () => {
    const element = await badge('tooltip', checkNow('api'));
    find(element, '.trigger')?.focus();
    await until(() => isOpen(element), 'it opens');
    element.parentElement?.querySelectorAll('button')[1]?.focus();
    await until(() => !isOpen(element), 'it closes');
  });

  it('opens under the pointer, stays while that is on the tooltip, and closes when it leaves', async () => {
    const element = await badge('tooltip', checkNow('api'));
    const timers = fakeTimers();
    await pointAt(find(element, '.trigger'));
    timers.advance(60_000);
    await until(() => isOpen(element), 'it opens');
    await pointAt(find(element, '.tooltip'));
    timers.advance(60_000);
    await element.updateComplete;
    expect(isOpen(element), 'hoverable').to.equal(true);
    await sendMouse({ type: 'move', position: [700, 500] });
    timers.advance(60_000);
    await until(() => !isOpen(element), 'it closes');
    timers.restore();
  });

  it('can be dismissed by the Escape key while the pointer stays', async () => {
    const element = await badge('tooltip', checkNow('api'));
    await pointAt(find(element, '.trigger'));
    await until(() => isOpen(element), 'it opens');
    await sendKeys({ press: 'Escape' });
    await until(() => !isOpen(element), 'it closes');
  });

  it('closes when the badge leaves the page, and opens again afterwards', async () => {
    const element = await badge('tooltip', checkNow('api'));
    await open(element);
    const place = element.parentElement!;
    element.remove();
    place.append(element);
    await element.updateComplete;
    expect(isOpen(element)).to.equal(false);
    await open(element);
  });

  it('has a link to the incident beside it', async () => {
    const element = await badge('tooltip', everything());
    const link = find(element, 'a');
    expect(link?.getAttribute('href')).to.equal('/incidents/i%201?check=api');
    expect(link?.textContent).to.equal('Incident');
  });

  it('names an icon-only badge’s button', async () => {
    const element = await badge('tooltip', checkNow('api', { state: 'down' }));
    element.iconOnly = true;
    await element.updateComplete;
    expect(find(element, '.trigger [role="img"]')?.getAttribute('aria-label')).to.equal('API: Down');
    await expect(element).to.be.accessible();
  });
});

describe('<waooaw-status-badge details="disclosure">', () => {
  it('says whether it is open, and opens and closes by Enter, Space and Escape', async () => {
    const element = await badge('disclosure', checkNow('api'));
    const trigger = find(element, '.trigger')!;
    expect(trigger.getAttribute('aria-expanded')).to.equal('false');
    expect(trigger.hasAttribute('aria-controls')).to.equal(false);
    trigger.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => isOpen(element), 'it opens');
    expect(trigger.getAttribute('aria-expanded')).to.equal('true');
    expect(trigger.getAttribute('aria-controls')).to.equal(find(element, '.panel')?.id);
    expect(find(element, '.panel')?.getAttribute('aria-label')).to.equal('API');
    await sendKeys({ press: 'Space' });
    await until(() => !find(element, '.panel'), 'it closes');
    await sendKeys({ press: 'Space' });
    await until(() => isOpen(element), 'it opens again');
    await sendKeys({ press: 'Escape' });
    await until(() => !find(element, '.panel'), 'it closes by Escape');
    expect(element.shadowRoot?.activeElement).to.equal(trigger);
  });

  it('shows facts, availability, incidents and the past that it is given', async () => {
    const now = Date.now();
    const past = { check: 'api', title: 'API', notes: [] } as const;
    const incidents: readonly Incident[] = [
      { ...past, id: 'i2', worst: 'down', startedAt: now - HOUR, confirmedAt: now, cause: 'HTTP 503' },
      {
        ...{ ...past, id: 'i1', worst: 'degraded', startedAt: now - 9 * HOUR, confirmedAt: now - 9 * HOUR },
        ...{ endedAt: now - 8 * HOUR, cause: 'slow' },
      },
    ];
    const history = { ...someHistory('api', { 0: { worst: 'down', downMs: 840_000 } }), incidents };
    const element = await badge('disclosure', { ...everything(), history });
    await open(element);
    await until(() => find(element, '.history'), 'the past is there');
    expect(textOf(element, '.panel')).to.contain('HTTP 503');
    expect(textOf(element, '.uptime')).to.equal(
      '1 day 100% 7 days 99.999% 30 days 98.765% 90 days not known',
    );
    const items = [...element.shadowRoot!.querySelectorAll('.panel li')];
    expect(items.map((item) => item.textContent?.replace(/\s+/g, ' ').trim())[0]).to.match(
      /^Down: .+, open, HTTP 503$/,
    );
    expect(items[1]?.textContent).to.match(/^Degraded: .+, 1 hr, slow$/);
    expect(items[1]?.querySelector('a')?.getAttribute('href')).to.equal('/incidents/i1?check=api');
    expect([...element.shadowRoot!.querySelectorAll('.panel p a')].map((a) => a.textContent)).to.deep.equal([
      'Show the incident',
    ]);
  });

  it('reads the past day by day with the keys, in words', async () => {
    const history = someHistory('api', {
      0: { worst: 'maintenance', upMs: 0, maintenanceMs: 24 * HOUR },
      1: { worst: 'down', downMs: 840_000, degradedMs: 60_000 },
      89: { worst: 'unknown', upMs: 0, unknownMs: 24 * HOUR },
    });
    const element = await badge('disclosure', { ...checkNow('api'), history });
    await open(element);
    const bar = await until(() => find(element, '.history'), 'the bar');
    const now = (): [string | null, string | null] => [
      bar.getAttribute('aria-valuenow'),
      bar.getAttribute('aria-valuetext'),
    ];
    const press = async (key: string): Promise<void> => {
      await sendKeys({ press: key });
      await element.updateComplete;
    };
    bar.focus();
    expect(now()[0]).to.equal('90');
    expect(now()[1]).to.match(/: Maintenance$/);
    await press('ArrowLeft');
    expect(now()[0]).to.equal('89');
    expect(now()[1]).to.match(/: Down 14 min and Degraded 1 min$/);
    expect(textOf(element, '.readout')).to.equal(now()[1]);
    await press('Home');
    expect(now()[0]).to.equal('1');
    expect(now()[1]).to.match(/: Unknown$/);
    await press('ArrowLeft');
    expect(now()[0], 'the end is felt').to.equal('1');
    await press('PageUp');
    expect(now()[0]).to.equal('11');
    expect(now()[1]).to.match(/: Up$/);
    await press('PageDown');
    await press('ArrowUp');
    await press('ArrowRight');
    await press('ArrowDown');
    expect(now()[0]).to.equal('2');
    await press('End');
    expect(now()[0]).to.equal('90');
    await press('x');
    expect(now()[0]).to.equal('90');
  });

  it('reads the day that the pointer is on', async () => {
    const element = await badge('disclosure', { ...checkNow('api'), history: someHistory('api') });
    await open(element);
    const bar = await until(() => find(element, '.history'), 'the bar');
    const { left, width } = bar.getBoundingClientRect();
    bar.dispatchEvent(new PointerEvent('pointermove', { clientX: left + width / 2 }));
    await element.updateComplete;
    expect(bar.getAttribute('aria-valuenow')).to.equal('46');
    bar.dispatchEvent(new PointerEvent('pointerdown', { clientX: left }));
    await element.updateComplete;
    expect(bar.getAttribute('aria-valuenow')).to.equal('1');
  });

  it('draws every word of the past apart, without its colour', async () => {
    const words = ['up', 'degraded', 'down', 'unreachable', 'maintenance', 'unknown'] as const;
    const shapes = new Set<string>();
    for (const worst of words) {
      const history = someHistory('api');
      const one = { ...history, segments: [{ ...history.segments[0]!, worst }] };
      const element = await badge('disclosure', { ...checkNow('api'), history: one });
      await open(element);
      const path = await until(() => find(element, `.bar .${worst}`), worst);
      shapes.add(path.getAttribute('d') ?? '');
    }
    expect(shapes.size).to.equal(words.length);
  });

  it('says nothing of a past where there is none, and nobody to ask', async () => {
    const element = await badge('disclosure', { word: 'up', since: Date.now() });
    await open(element);
    await until(() => find(element, '.panel dl'), 'facts');
    await import('./panel.ts');
    await element.updateComplete;
    expect(find(element, '.history')).to.equal(null);
    expect(find(element, '.panel button')).to.equal(null);
  });

  for (const media of MEDIA_NAMES) {
    for (const dir of ['ltr', 'rtl']) {
      it(`passes axe when it is open in ${media}, ${dir}`, async () => {
        await emulateMedia(MEDIA[media]);
        const history = someHistory('api', { 3: { worst: 'down', downMs: 9_000 } });
        const element = await badge('disclosure', { ...everything(), history }, dir);
        await open(element);
        await until(() => find(element, '.history'), 'the past is there');
        await expect(element.parentElement).to.be.accessible();
        const tip = await badge('tooltip', everything(), dir);
        await open(tip);
        await expect(tip.parentElement).to.be.accessible();
      });
    }
  }

  it('stays within a narrow page, from right to left too', async () => {
    for (const dir of ['ltr', 'rtl']) {
      const element = await badge('disclosure', { ...everything(), history: someHistory('api') }, dir);
      await open(element);
      const bar = await until(() => find(element, '.history'), 'the past is there');
      const { left, right } = find(element, '.panel')!.getBoundingClientRect();
      expect(left).to.be.at.least(0);
      expect(right).to.be.at.most(document.documentElement.clientWidth);
      expect(getComputedStyle(bar).direction, 'time runs from left to right').to.equal('ltr');
    }
  });
});

describe('<waooaw-status-badge>: looks of what it is given', () => {
  it('shows the word of a status before its state, its title, and why', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge
        .status=${{ title: 'API', state: 'down', word: 'unreachable', reason: 'no route', unreachableBy: 'router' }}
      ></waooaw-status-badge>`,
    );
    await until(() => textOf(element, '.note') !== '', 'the note');
    expect(textOf(element, '.badge')).to.match(/^API ?Unreachable ?no route, behind router$/);
    element.status = { word: 'up', title: 'API', flapping: { percent: 50, changes: 7, windowMs: 300_000 } };
    await element.updateComplete;
    expect(textOf(element, '.note')).to.equal('Flapping ×7 in 5 min');
    element.status = { word: 'degraded', causedBy: 'database' };
    await element.updateComplete;
    expect(textOf(element, '.note')).to.equal('because of database');
    element.status = undefined;
    element.state = 'up';
    await element.updateComplete;
    expect(textOf(element, '.state')).to.equal('Up');
  });

  it('shows since when, when it is asked to', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge show-since .status=${checkNow('api')}></waooaw-status-badge>`,
    );
    await until(() => textOf(element, '.note') === '5 minutes ago', 'since when');
  });

  it('has neither edge nor ground when it is plain', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge plain state="up" label="API"></waooaw-status-badge>`,
    );
    await until(
      () => getComputedStyle(find(element, '.badge')!).backgroundColor === 'rgba(0, 0, 0, 0)',
      'no ground',
    );
    const { borderTopWidth, backgroundColor } = getComputedStyle(find(element, '.badge')!);
    expect([borderTopWidth, backgroundColor]).to.deep.equal(['0px', 'rgba(0, 0, 0, 0)']);
  });

  it('links to the incident without any details, and never to what is no page', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge
        incident-href="/i/{id}"
        .status=${{ word: 'down', incident: { id: 'i1', startedAt: 1 } }}
      ></waooaw-status-badge>`,
    );
    await until(() => find(element, 'a'), 'a link');
    expect(find(element, 'a')?.getAttribute('href')).to.equal('/i/i1');
    element.incidentHref = 'javascript:alert("{id}")';
    await element.updateComplete;
    expect(find(element, 'a')).to.equal(null);
    element.incidentHref = '/i/{id}';
    element.status = { word: 'up' };
    await element.updateComplete;
    expect(find(element, 'a')).to.equal(null);
  });

  it('moves gently for less than five seconds when the state changes, and not for those who want no motion', async () => {
    const element = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge state="up"></waooaw-status-badge>`,
    );
    await import('./live.ts');
    await element.updateComplete;
    const running = (): Animation[] => find(element, '.badge')!.getAnimations();
    // The changes of the tests before were a crowd.
    const now = performance.now.bind(performance);
    performance.now = () => now() + 60_000;
    expect(running(), 'nothing at first').to.deep.equal([]);
    element.state = 'down';
    await element.updateComplete;
    expect(running().length).to.equal(1);
    expect(Number(running()[0]?.effect?.getComputedTiming().endTime)).to.be.within(1, 5_000);
    element.state = 'up';
    await element.updateComplete;
    expect(running().length, 'one at a time').to.equal(1);
    await emulateMedia(MEDIA['reduced motion']);
    const still = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge state="up"></waooaw-status-badge>`,
    );
    await import('./live.ts');
    await still.updateComplete;
    still.state = 'down';
    await still.updateComplete;
    expect(find(still, '.badge')!.getAnimations()).to.deep.equal([]);
    performance.now = now;
  });
});
