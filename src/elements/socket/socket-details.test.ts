import { expect, fixture, html, nextFrame } from '@open-wc/testing';
import { sendKeys, sendMouse, setViewport } from '@web/test-runner-commands';
import type { ConnectionReport } from '../../client/report.ts';
import { hearWarnings } from '../../testing/console.ts';
import { sharedServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import { rowsOf } from './details.ts';
import { reasonText, socketMessages } from './words.ts';
import { reportName } from './download.ts';
import type { WaooawSocket } from './socket.ts';

let server: TestServer;

before(async () => {
  server = await sharedServer();
});

const part = (element: WaooawSocket, name: string): HTMLElement | undefined =>
  element.shadowRoot?.querySelector<HTMLElement>(`[part="${name}"]`) ?? undefined;
const isOpen = (element: WaooawSocket): boolean => part(element, 'details') !== undefined;
const focused = (element: WaooawSocket): string | null | undefined =>
  element.shadowRoot?.activeElement?.getAttribute('part');

async function socket(): Promise<WaooawSocket> {
  const page = await fixture<HTMLElement>(html`
    <div>
      <waooaw-socket url=${server.url} show-status></waooaw-socket>
      <p><button id="outside">Something else</button></p>
    </div>
  `);
  const element = page.querySelector('waooaw-socket')!;
  await until(() => element.state === 'live', 'the socket is live');
  await element.updateComplete;
  return element;
}

async function opened(): Promise<WaooawSocket> {
  const element = await socket();
  part(element, 'details-button')?.click();
  await until(() => part(element, 'download'), 'the details');
  return element;
}

/** Name and value of each row. */
const rows = (element: WaooawSocket): Record<string, string> =>
  Object.fromEntries(
    [...(part(element, 'details')?.querySelectorAll('dl > div') ?? [])].map(({ children: [name, value] }) => [
      name?.textContent ?? '',
      value?.textContent ?? '',
    ]),
  );

describe('<waooaw-socket>: details', () => {
  it('open and close by keyboard, and say whether they are open', async () => {
    const element = await socket();
    const button = part(element, 'details-button');
    expect(button?.getAttribute('aria-expanded')).to.equal('false');
    expect(button?.hasAttribute('aria-controls')).to.equal(false);
    await sendKeys({ press: 'Tab' });
    expect(focused(element)).to.equal('details-button');
    await sendKeys({ press: 'Enter' });
    await until(() => part(element, 'download'), 'the details');
    expect(button?.getAttribute('aria-expanded')).to.equal('true');
    expect(part(element, 'details')?.id).to.equal(button?.getAttribute('aria-controls'));
    await sendKeys({ press: 'Tab' });
    expect(focused(element)).to.equal('download');
    const { width, height } = part(element, 'download')!.getBoundingClientRect();
    expect(Math.min(width, height)).to.be.at.least(24);
    await sendKeys({ press: 'Escape' });
    await element.updateComplete;
    expect([isOpen(element), focused(element)]).to.deep.equal([false, 'details-button']);
    await sendKeys({ press: 'Escape' });
    await sendKeys({ press: 'Space' });
    await element.updateComplete;
    expect(isOpen(element)).to.equal(true);
    await sendKeys({ press: 'Space' });
    await element.updateComplete;
    expect(isOpen(element)).to.equal(false);
  });

  it('close when the focus leaves them, so that they cover nothing that has it', async () => {
    const element = await opened();
    part(element, 'details-button')?.focus();
    await sendKeys({ press: 'Tab' });
    expect(isOpen(element)).to.equal(true);
    await sendKeys({ press: 'Tab' });
    await element.updateComplete;
    expect([isOpen(element), document.activeElement?.id]).to.deep.equal([false, 'outside']);
  });

  it('close with a press elsewhere, and not within', async () => {
    const element = await opened();
    const { left, top } = part(element, 'details')!.getBoundingClientRect();
    await sendMouse({ type: 'click', position: [Math.round(left) + 20, Math.round(top) + 20] });
    await element.updateComplete;
    expect(isOpen(element)).to.equal(true);
    await sendMouse({ type: 'click', position: [700, 500] });
    await element.updateComplete;
    expect(isOpen(element)).to.equal(false);
  });

  it('close with the element', async () => {
    const element = await opened();
    const { parentElement } = element;
    element.remove();
    parentElement?.append(element);
    await element.updateComplete;
    expect(isOpen(element)).to.equal(false);
  });

  it('tell what there is to know of the connection, and stay right', async () => {
    const element = await opened();
    const shown = rows(element);
    expect(shown['Server']).to.match(/^127\.0\.0\.1:\d+, waooaw \d/);
    expect(shown['Transport']).to.equal('WebSocket');
    expect(shown['Connected since']).to.match(/\d/);
    expect(shown['Round trip']).to.match(/^\d+ ms$/);
    expect([shown['Reconnects'], shown['Losses']]).to.deep.equal(['0', '0']);
    expect(Object.keys(shown)).not.to.include.members(['Clock', 'Last interruption']);
    element.disconnect();
    await element.updateComplete;
    expect(rows(element)['Transport']).to.equal('none');
    element.connect();
    await until(() => rows(element)['Reconnects'] === '1', 'the reconnect');
  });

  it('take the focus to their button, also where a click does not', async () => {
    const element = await socket();
    document.querySelector<HTMLElement>('#outside')?.focus();
    part(element, 'details-button')?.click();
    expect(focused(element)).to.equal('details-button');
  });

  it('close alone with Escape, and leave open the dialog around them', async () => {
    const element = await opened();
    const dialog = document.createElement('dialog');
    element.parentElement?.append(dialog);
    dialog.append(element);
    await element.updateComplete;
    dialog.showModal();
    part(element, 'details-button')?.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => part(element, 'download'), 'the details');
    await sendKeys({ press: 'Escape' });
    await element.updateComplete;
    expect([isOpen(element), dialog.open]).to.deep.equal([false, true]);
    await sendKeys({ press: 'Escape' });
    expect(dialog.open).to.equal(false);
  });

  it('are closed with the status, and stay so when it is shown again', async () => {
    const element = await opened();
    for (const shown of [false, true]) {
      element.showStatus = shown;
      await element.updateComplete;
    }
    await element.updateComplete;
    expect(isOpen(element)).to.equal(false);
  });

  it('stay right while they are open, whatever is not told by the state', async () => {
    const element = await opened();
    const client = element.client!;
    const report = client.report.bind(client);
    const loss = { at: Date.now(), kind: 'loss', channel: 'a', detail: 'tail' } as const;
    client.report = () => ({ ...report(), entries: [...report().entries, loss] });
    await until(() => rows(element)['Losses'] === '1', 'the loss');
  });

  it('stand below their button', async () => {
    const element = await socket();
    element.parentElement!.style.cssText = 'display: flex; justify-content: end';
    part(element, 'details-button')?.click();
    await until(() => part(element, 'download'), 'the details');
    const [button, panel] = ['details-button', 'details'].map((name) =>
      part(element, name)!.getBoundingClientRect(),
    );
    expect(panel?.right).to.equal(button?.right);
    expect(panel?.top).to.be.at.least(button!.bottom);
  });

  it('stand within a screen that has become smaller, at once', async () => {
    const element = await opened();
    const edges = (): number[] => {
      const { left, right } = part(element, 'details')!.getBoundingClientRect();
      return [Math.round(left), Math.round(right)];
    };
    expect(edges(), 'as wide as they may be').to.deep.equal([8, 392]);
    await setViewport({ width: 380, height: 600 });
    try {
      await nextFrame();
      await element.updateComplete;
      expect(edges()).to.deep.equal([8, 372]);
    } finally {
      await setViewport({ width: 800, height: 600 });
    }
  });

  it('keep the place that was scrolled to', async () => {
    await setViewport({ width: 800, height: 200 });
    try {
      const panel = part(await opened(), 'details')!;
      panel.scrollTop = 30;
      const element = (panel.getRootNode() as ShadowRoot).host as WaooawSocket;
      element.requestUpdate();
      await element.updateComplete;
      expect(panel.scrollTop).to.equal(30);
    } finally {
      await setViewport({ width: 800, height: 600 });
    }
  });

  for (const [side, align] of [
    ['right', 'end'],
    ['left', 'start'],
  ] as const) {
    it(`stay within a narrow screen, with the status at its ${side}`, async () => {
      await setViewport({ width: 360, height: 300 });
      const element = await opened();
      element.parentElement!.style.cssText = `display: flex; justify-content: ${align}`;
      element.requestUpdate();
      await element.updateComplete;
      const { left, right, bottom } = part(element, 'details')!.getBoundingClientRect();
      expect(left).to.be.at.least(0);
      expect(right).to.be.at.most(document.documentElement.clientWidth);
      expect(bottom).to.be.at.most(300);
      await setViewport({ width: 800, height: 600 });
    });
  }

  it('are not offered where there is no address of a server', async () => {
    const warnings = hearWarnings();
    const element = await fixture<WaooawSocket>(
      html`<waooaw-socket url="http://" show-status></waooaw-socket>`,
    );
    warnings.restore();
    expect(part(element, 'details-button') === undefined).to.equal(true);
    element.url = server.url;
    await until(() => part(element, 'details-button'), 'the button');
  });
});

describe('the rows of a report', () => {
  const report: ConnectionReport = {
    at: 0,
    url: 'wss://ops.example:8443/ws',
    state: 'reconnecting',
    transport: undefined,
    version: '1.0.0',
    server: undefined,
    skewMs: 0,
    roundTrips: { count: 0, lastMs: 0, maxMs: 0 },
    entries: [],
  };
  const row = (more: Partial<ConnectionReport>, name: string): string | undefined =>
    rowsOf({ ...report, ...more }, undefined, (...why) => reasonText(socketMessages.get('en'), ...why)).find(
      ([key]) => key === name,
    )?.[1];

  /** What a client notes when it comes up from a state. */
  const up = (at: number, previous: 'authenticating' | 'fallback'): ConnectionReport['entries'][number] => ({
    at,
    kind: 'state',
    state: 'live',
    previous,
  });
  const began = { at: 0, kind: 'state', state: 'connecting', previous: 'idle' } as const;

  it('are few before anything has happened', () => {
    expect(rowsOf(report)).to.deep.equal([
      ['Server', 'ops.example:8443'],
      ['Transport', 'none'],
      ['Reconnects', '0'],
      ['Losses', '0'],
    ]);
  });

  for (const [skewMs, words] of [
    [1_999, undefined],
    [-1_999, undefined],
    [2_000, 'This computer’s clock is 2 sec behind'],
    [-240_000, 'This computer’s clock is 4 min ahead'],
    [-89_000, 'This computer’s clock is 89 sec ahead'],
    [7_200_000, 'This computer’s clock is 2 hr behind'],
  ] as const) {
    it(`say of a server ${skewMs} ms ahead: ${words}`, () => {
      expect(row({ skewMs }, 'Clock')).to.equal(words);
    });
  }

  it('count what was lost, and what was made good', () => {
    const entries: ConnectionReport['entries'] = [
      began,
      { at: 1, kind: 'joined', transport: 'sse', tookMs: 30 },
      { at: 2, kind: 'loss', channel: 'a', detail: 'epoch' },
      { at: 3, kind: 'replay', channel: 'b', detail: 4 },
      { at: 4, kind: 'joined', transport: 'websocket', tookMs: 10 },
      { at: 5, kind: 'joined', transport: 'websocket', tookMs: 20 },
    ];
    expect(row({ entries }, 'Losses')).to.equal('1, and 1 made good');
    expect(row({ entries }, 'Round trip')).to.equal('20 ms, median of 3');
    expect(row({ transport: 'sse' }, 'Transport')).to.equal('Streaming (SSE and POST)');
    expect(rowsOf(report, 'Ana Aarns')).to.deep.include(['Signed in as', 'Ana Aarns']);
  });

  it('count no connection that was taken over without a break as another', () => {
    const entries = [began, up(1, 'authenticating'), up(2, 'fallback')];
    expect(row({ entries }, 'Reconnects')).to.equal('0');
    expect(row({ entries: [...entries, up(3, 'authenticating')] }, 'Reconnects')).to.equal('1');
  });

  it('say that there may have been more than the report still holds', () => {
    const entries = [up(1, 'authenticating'), { at: 2, kind: 'loss', channel: 'a', detail: 'tail' } as const];
    expect(row({ entries }, 'Reconnects')).to.equal('1 or more');
    expect(row({ entries }, 'Losses')).to.equal('1 or more');
  });

  it('name the day where it is not today', () => {
    const at = Date.now() - 3 * 86_400_000;
    const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
    const since = (at: number): string | undefined =>
      row({ state: 'live', entries: [began, up(at, 'authenticating')] }, 'Connected since');
    expect(since(at)).to.contain(day.format(at));
    expect(since(Date.now())).not.to.contain(day.format(Date.now()));
  });

  it('name the last interruption, in words where there are any', () => {
    const state = { at: 5, kind: 'state', state: 'reconnecting', previous: 'live' } as const;
    const last = (more: object): string | undefined =>
      row({ entries: [{ ...state, ...more }] }, 'Last interruption');
    expect(last({ code: 4200, reason: 'connection_limit' })).to.match(/, the server is full · 4200$/);
    expect(last({ code: 4299, reason: 'moon_phase' })).to.match(/, moon phase · 4299$/);
    expect(last({ reason: 'offline' })).to.match(/, there is no network$/);
    expect(last({ code: 1006, reason: '' })).to.match(/, no reason given · 1006$/);
    expect(last({})).to.equal(undefined);
  });
});

describe('the connection report as a file', () => {
  it('is named with host and time', () => {
    const at = Date.UTC(2026, 10, 23, 9, 10, 55, 123);
    expect(reportName({ url: 'wss://ops.example:8443/ws', at })).to.equal(
      'waooaw-connection-ops.example-8443-2026-11-23T09-10-55Z.json',
    );
    expect(reportName({ url: 'ws://[::1]:8787/ws', at })).to.match(/^waooaw-connection--1-8787-2026/);
  });

  it('is the report as JSON, behind an address that is given back', async () => {
    const element = await opened();
    const clicked: HTMLAnchorElement[] = [];
    const { click } = HTMLAnchorElement.prototype;
    const { revokeObjectURL } = URL;
    const real = globalThis.setTimeout;
    const revoked: string[] = [];
    const due: (() => void)[] = [];
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      clicked.push(this);
    };
    URL.revokeObjectURL = (url) => revoked.push(url);
    globalThis.setTimeout = ((call: () => void) => due.push(call)) as unknown as typeof setTimeout;
    try {
      part(element, 'download')?.click();
    } finally {
      HTMLAnchorElement.prototype.click = click;
      globalThis.setTimeout = real;
    }
    const [link] = clicked;
    expect(link?.download).to.match(/^waooaw-connection-127\.0\.0\.1-\d+-.*Z\.json$/);
    expect(link?.isConnected).to.equal(false);
    const report = (await (await fetch(link!.href)).json()) as ConnectionReport;
    expect(report.state).to.equal('live');
    expect(report.entries.length).to.be.greaterThan(0);
    due.forEach((call) => call());
    URL.revokeObjectURL = revokeObjectURL;
    expect(revoked).to.deep.equal([link?.href]);
    URL.revokeObjectURL(link!.href);
  });
});
