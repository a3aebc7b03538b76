import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, sendKeys, sendMouse } from '@web/test-runner-commands';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { WAVE, chartPage, rowsOf } from '../../testing/charts.ts';
import type { TestChart } from '../../testing/charts.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { until } from '../../testing/until.ts';
import type { ChartMarker } from './chart-options.ts';

const MARKERS: readonly ChartMarker[] = [
  { time: 2_000, title: 'v2', kind: 'deploy' },
  { time: 7_000, end: 9_000, title: 'Slow', kind: 'incident' },
];
const TWELVE = rowsOf(...Array.from({ length: 12 }, (_, i) => 100 + i));

before(() => {
  followColorScheme();
  pageAnnouncer().configure({ gatherMs: 0, politeEveryMs: 0, repeatAfterMs: 0 });
});
after(() => pageAnnouncer().configure({ gatherMs: 500, politeEveryMs: 1_500, repeatAfterMs: 1_500 }));
afterEach(async () => {
  await emulateMedia(MEDIA.light);
  await sendMouse({ type: 'move', position: [0, 0] });
});

async function focused(rows = TWELVE, markers: readonly ChartMarker[] = []): Promise<TestChart> {
  const { element } = await chartPage({ markers }, rows);
  element.find('.inspector')?.focus();
  return element;
}

async function press(element: TestChart, ...keys: string[]): Promise<string | undefined> {
  for (const key of keys) await sendKeys({ press: key });
  await until(() => element.readout !== undefined || keys.at(-1) === 'Escape', 'the readout');
  return element.readout;
}

/** Moves the mouse over the chart. */
async function point(element: TestChart, share: number): Promise<void> {
  const { left, top, width, height } = element.find('.chart')!.getBoundingClientRect();
  const position: [number, number] = [Math.round(left + share * width), Math.round(top + height / 2)];
  await sendMouse({ type: 'move', position });
}

describe('a chart that is inspected by keyboard', () => {
  for (const name of MEDIA_NAMES) {
    it(`passes axe while a point is read, in ${name}`, async () => {
      await emulateMedia(MEDIA[name]);
      const element = await focused(TWELVE, MARKERS);
      await press(element, 'Home');
      await expect(element).to.be.accessible();
    });
  }

  it('is a tab stop, with a name and its keys, only while there are points', async () => {
    const element = await fixture<TestChart>(html`<test-chart></test-chart>`);
    expect(element.find('[tabindex]')).to.equal(null);
    element.set(TWELVE);
    const inspector = await until(() => element.find('.inspector[tabindex="0"]'), 'the tab stop');
    expect(inspector.getAttribute('aria-label')).to.equal('Points of Latency');
    expect(inspector.getAttribute('aria-description')).to.contain('Escape');
    expect(element.find('.chart')?.getAttribute('role')).to.equal('img');
    expect(element.find('.chart [tabindex]')).to.equal(null);
    element.set([]);
    await until(() => !inspector.hasAttribute('tabindex'), 'no tab stop');
  });

  it('shows where the focus is, at the frame of the chart', async () => {
    const element = await focused();
    await sendKeys({ press: 'Shift' });
    const outline = (): string => getComputedStyle(element.find('.chart')!).outlineStyle;
    await until(() => outline() === 'solid', 'a ring');
    element.find('.inspector')?.blur();
    expect(outline()).to.equal('none');
  });

  it('begins with the newest point, and goes one by one and ten by ten, not beyond the ends', async () => {
    const element = await focused();
    expect(await press(element, 'ArrowLeft')).to.equal('111 ms | at 11 s');
    expect(await press(element, 'ArrowLeft')).to.equal('110 ms | at 10 s');
    expect(await press(element, 'ArrowRight', 'ArrowRight', 'ArrowRight')).to.equal('111 ms | at 11 s');
    expect(await press(element, 'PageUp')).to.equal('101 ms | at 1 s');
    expect(await press(element, 'PageUp')).to.equal('100 ms | at 0 s');
    expect(await press(element, 'PageDown')).to.equal('110 ms | at 10 s');
    expect(await press(element, 'End')).to.equal('111 ms | at 11 s');
    expect(await press(element, 'Home')).to.equal('100 ms | at 0 s');
  });

  it('goes to the oldest point at once where that is asked first', async () => {
    expect(await press(await focused(), 'Home')).to.equal('100 ms | at 0 s');
  });

  it('goes to earlier points by the left arrow in every direction of writing', async () => {
    const element = await focused();
    element.dir = 'rtl';
    await press(element, 'End');
    expect(await press(element, 'ArrowLeft')).to.equal('110 ms | at 10 s');
  });

  it('tells gaps and what happened', async () => {
    const element = await focused(
      TWELVE.filter(([start = 0]) => start < 4_000 || start > 7_000),
      MARKERS,
    );
    await press(element, 'Home');
    expect(await press(element, 'ArrowRight', 'ArrowRight')).to.equal('102 ms | at 2 s | Deploy: v2');
    expect(await press(element, 'ArrowRight', 'ArrowRight')).to.contain('No data | at 4 s');
    expect(await press(element, 'ArrowRight')).to.equal('108 ms | at 8 s | Incident: Slow');
  });

  it('speaks through the page’s announcer: politely, and of several points the newest', async () => {
    const speech = recordSpeech();
    const element = await focused(TWELVE, MARKERS);
    await press(element, 'Home');
    await until(() => speech.said.some(({ text }) => text === 'at 0 s: 100 ms'), 'the first point');
    pageAnnouncer().configure({ gatherMs: 300 });
    await press(element, 'ArrowRight', 'ArrowRight');
    await until(() => speech.said.some(({ text }) => text === 'at 2 s: 102 ms. Deploy: v2'), 'the newest');
    pageAnnouncer().configure({ gatherMs: 0 });
    speech.stop();
    expect(speech.said.map(({ text }) => text)).not.to.include('at 1 s: 101 ms');
    expect(new Set(speech.said.map(({ urgency }) => urgency))).to.deep.equal(new Set(['polite']));
    expect(element.renderRoot.querySelector('[aria-live], [role=status], [role=alert]')).to.equal(null);
  });

  it('is left by Esc, which then is the page’s again, and comes back to where it was', async () => {
    const element = await focused();
    await press(element, 'Home');
    let heard = 0;
    const hear = ({ key }: KeyboardEvent): void => void (heard += key === 'Escape' ? 1 : 0);
    document.addEventListener('keydown', hear);
    expect(await press(element, 'Escape')).to.equal(undefined);
    expect(heard).to.equal(0);
    await press(element, 'Escape');
    expect(heard).to.equal(1);
    document.removeEventListener('keydown', hear);
    expect(await press(element, 'ArrowRight')).to.equal('100 ms | at 0 s');
    element.find('.inspector')?.blur();
    expect(element.readout).to.equal(undefined);
  });

  it('leaves other keys alone, and those with modifiers', async () => {
    const element = await focused();
    await press(element, 'Home');
    const event = new KeyboardEvent('keydown', { key: 'ArrowRight', ctrlKey: true, cancelable: true });
    element.find('.inspector')?.dispatchEvent(event);
    const other = new KeyboardEvent('keydown', { key: 'a', cancelable: true });
    element.find('.inspector')?.dispatchEvent(other);
    expect([event.defaultPrevented, other.defaultPrevented]).to.deep.equal([false, false]);
    expect(element.readout).to.equal('100 ms | at 0 s');
  });

  it('stays with its moment while data moves on, and says nothing of that', async () => {
    const element = await focused();
    await press(element, 'End', 'ArrowLeft');
    const speech = recordSpeech();
    element.set([
      ...TWELVE.slice(2, 10),
      [10_000, 777],
      ...rowsOf(1).map(([, value = 0]) => [20_000, value]),
    ]);
    await until(() => element.readout === '777 ms | at 10 s', 'the new value of its moment');
    speech.stop();
    expect(speech.said).to.deep.equal([]);
    element.set([]);
    await until(() => element.readout === undefined, 'no point');
    // The focus is not lost.
    expect(element.find('.inspector')?.matches(':focus')).to.equal(true);
  });
});

describe('a chart under a pointer', () => {
  it('tells the nearest point, with a dot on it, and nothing when the pointer has left', async () => {
    const { element, canvas } = await chartPage();
    expect(element.readout).to.equal(undefined);
    await point(element, 0.5);
    expect(element.readout).to.equal(`${WAVE[30]![1]} ms | at 30 s`);
    const dot = element.find('.dot')!.getBoundingClientRect();
    const { left, top } = canvas.getBoundingClientRect();
    const { data } = canvas
      .getContext('2d')!
      .getImageData(dot.x + dot.width / 2 - left, dot.y + dot.height / 2 - top - 2, 1, 4);
    expect(Math.max(...[3, 7, 11, 15].map((i) => data[i] ?? 0))).to.be.greaterThan(150);
    await sendMouse({ type: 'move', position: [0, 0] });
    expect(element.readout).to.equal(undefined);
  });

  it('shifts nothing, and hides no point behind its readout', async () => {
    const { element } = await chartPage();
    const before = element.getBoundingClientRect();
    for (const share of [0.05, 0.45, 0.55, 0.95]) {
      await point(element, share);
      const [box, hair] = ['.readout', '.hair'].map((name) => element.find(name)!.getBoundingClientRect());
      expect(box!.left > hair!.right || box!.right < hair!.left, String(share)).to.equal(true);
      const frame = element.find('.chart')!.getBoundingClientRect();
      expect(box!.left >= frame.left && box!.right <= frame.right, String(share)).to.equal(true);
    }
    expect(element.getBoundingClientRect().toJSON()).to.deep.equal(before.toJSON());
  });

  it('names what happened there', async () => {
    const { element } = await chartPage({
      markers: [
        { time: 30_000, title: 'v2', kind: 'deploy' },
        { time: 30_500, title: 'Flag', kind: 'other' },
      ],
    });
    await point(element, 0.5);
    expect(element.readout).to.contain('Deploy: v2 · Flag');
    await point(element, 0.8);
    expect(element.readout).not.to.contain('Deploy');
  });

  it('is dismissed by Esc without moving the pointer', async () => {
    const { element } = await chartPage();
    await point(element, 0.5);
    await sendKeys({ press: 'Escape' });
    expect(element.readout).to.equal(undefined);
  });

  it('follows the data while the pointer rests', async () => {
    const { element } = await chartPage();
    await point(element, 0.5);
    element.set(WAVE.map(([start = 0]) => [start, 42]));
    await until(() => element.readout?.startsWith('42 ms'), 'the new value');
    element.set([]);
    await until(() => element.readout === undefined, 'no readout without data');
  });

  it('keeps what a finger asked for until it taps elsewhere', async () => {
    const { element } = await chartPage();
    const chart = element.find('.chart')!;
    const { left, top, width } = chart.getBoundingClientRect();
    const touch = (type: string, target: Element): boolean =>
      target.dispatchEvent(
        new PointerEvent(type, {
          pointerType: 'touch',
          clientX: left + width / 2,
          clientY: top + 10,
          bubbles: true,
          composed: true,
        }),
      );
    touch('pointerdown', chart);
    touch('pointerleave', chart);
    expect(element.readout).to.contain('at 30 s');
    touch('pointerdown', chart);
    expect(element.readout).to.contain('at 30 s');
    touch('pointerdown', document.body);
    expect(element.readout).to.equal(undefined);
  });

  it('finds the point under it where the page is zoomed', async () => {
    const { element } = await chartPage();
    element.style.setProperty('zoom', '1.5');
    const width = element.find<HTMLCanvasElement>('canvas')!.width;
    await until(() => (element.find<HTMLCanvasElement>('canvas')?.width ?? 0) >= width, 'drawn at the zoom');
    await point(element, 0.25);
    expect(element.readout).to.contain('at 15 s');
    const [hair, frame] = ['.hair', '.chart'].map((name) => element.find(name)!.getBoundingClientRect());
    expect((hair!.left - frame!.left) / frame!.width).to.be.closeTo(0.25, 0.02);
  });

  it('listens to the document only while it tells something, and to nothing once it is gone', async () => {
    const { element } = await chartPage();
    const listening = documentListeners();
    expect(listening.count()).to.equal(0);
    await point(element, 0.5);
    expect(listening.count()).to.equal(2);
    await sendMouse({ type: 'move', position: [0, 0] });
    expect(listening.count()).to.equal(0);
    await point(element, 0.5);
    element.remove();
    expect(listening.count()).to.equal(0);
    listening.restore();
  });
});

/** Listeners of the document that are added from now on with a signal, and not called off. */
function documentListeners(): { count(): number; restore(): void } {
  const signals: AbortSignal[] = [];
  const add = document.addEventListener.bind(document) as (...args: unknown[]) => void;
  document.addEventListener = (...args: unknown[]) => {
    const [, , options] = args as [string, unknown, { signal?: AbortSignal } | undefined];
    if (options?.signal) signals.push(options.signal);
    add(...args);
  };
  return {
    count: () => signals.filter(({ aborted }) => !aborted).length,
    restore: () => void Reflect.deleteProperty(document, 'addEventListener'),
  };
}
