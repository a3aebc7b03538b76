import { expect } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { MEDIA, followColorScheme } from '../testing/media.ts';
import { openProbe } from '../testing/palette.ts';
import { until } from '../testing/until.ts';
import { CHART_DASHES } from './chart-colors.ts';
import { readChartColors, watchChartColors } from './read-chart-colors.ts';

function chartProbe(): { host: HTMLElement; probe: HTMLElement } {
  const { host } = openProbe();
  const probe = host.shadowRoot?.querySelector('.chart-probe');
  if (!(probe instanceof HTMLElement)) throw new Error('no probe');
  probe.style.transition = '';
  return { host, probe };
}

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

describe('the colours of a chart', () => {
  it('are such as a canvas takes, in both themes and of a page’s own', () => {
    const { host, probe } = chartProbe();
    host.style.setProperty('--waooaw-chart-2', 'oklch(0.5 0.1 200)');
    host.style.setProperty('--waooaw-chart-3', 'light-dark(color-mix(in srgb, red, blue), red)');
    const context = document.createElement('canvas').getContext('2d');
    if (!context) throw new Error('no canvas');
    const { lines, ...rest } = readChartColors(probe);
    expect(lines).to.have.length(CHART_DASHES.length);
    for (const color of [...lines, ...Object.values(rest)]) {
      context.strokeStyle = '#123456';
      context.strokeStyle = color;
      expect(context.strokeStyle, color).not.to.equal('#123456');
    }
    expect(lines[1]).to.include('oklch');
    expect(rest).to.deep.equal({
      text: 'rgb(24, 24, 27)',
      muted: 'rgb(82, 91, 99)',
      grid: 'rgb(212, 217, 222)',
      surface: 'rgb(255, 255, 255)',
    });
    host.remove();
  });

  it('are told anew when the scheme or a token changes, until that is stopped', async () => {
    const { host, probe } = chartProbe();
    const heard: string[] = [];
    const stop = watchChartColors(probe, ({ lines: [first = ''] }) => heard.push(first));
    await emulateMedia(MEDIA.dark);
    await until(() => heard.includes('rgb(0, 242, 254)'), 'the dark theme’s first line');
    host.style.setProperty('--waooaw-chart-1', 'rgb(1, 2, 3)');
    await until(() => heard.includes('rgb(1, 2, 3)'), 'the page’s own');
    stop();
    const count = heard.length;
    const ended = new Promise((resolve) => probe.addEventListener('transitionend', resolve, { once: true }));
    host.style.setProperty('--waooaw-chart-1', 'rgb(4, 5, 6)');
    await ended;
    expect(heard).to.have.length(count);
    host.remove();
  });

  it('are told from the call on, also where nothing has been drawn yet', async () => {
    const { host, probe } = chartProbe();
    const heard: string[] = [];
    const stop = watchChartColors(probe, ({ lines: [first = ''] }) => heard.push(first));
    host.style.setProperty('--waooaw-chart-1', 'rgb(1, 2, 3)');
    await until(() => heard.includes('rgb(1, 2, 3)'), 'the page’s own');
    stop();
    host.remove();
  });

  it('are the system’s where colours are forced: the dashes tell the lines apart', async () => {
    const { host, probe } = chartProbe();
    host.style.setProperty('--waooaw-chart-1', 'rgb(1, 2, 3)');
    probe.style.transition = 'none';
    await emulateMedia(MEDIA['forced colours']);
    const { lines, text } = readChartColors(probe);
    expect(new Set(lines)).to.deep.equal(new Set([text]));
    expect(new Set(CHART_DASHES.map((dash) => dash.join())).size).to.equal(lines.length);
    host.remove();
  });

  it('need their styles', () => {
    expect(() => readChartColors(document.body)).to.throw(TypeError, 'lacks its styles');
  });
});
