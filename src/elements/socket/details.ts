/** A connection's details and its report, for whoever must explain it. Loaded after the first paint. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ConnectionReport } from '../../client/report.ts';
import type { SocketClient } from '../../client/socket.ts';
import { isUp } from '../../client/states.ts';
import { downloadReport } from './download.ts';
import { reasonText } from './words.ts';

export { styles } from './details.styles.ts';

/** A clock that is off by less than this is no news, ms. */
const SKEW_MS = 2_000;
/** Between the panel and the edge of the screen, px. */
const MARGIN_PX = 8;
/** The panel is never lower than this, px. */
const LEAST_PX = 160;

const WORDS = {
  server: 'Server',
  identity: 'Signed in as',
  transport: 'Transport',
  websocket: 'WebSocket',
  sse: 'Streaming (SSE and POST)',
  none: 'none',
  since: 'Connected since',
  roundTrip: 'Round trip',
  roundTripOf: (ms: number, count: number) => (count === 1 ? `${ms} ms` : `${ms} ms, median of ${count}`),
  reconnects: 'Reconnects',
  losses: 'Losses',
  replayed: (replays: number) => (replays === 0 ? '' : `, and ${replays} made good`),
  clock: 'Clock',
  ahead: (by: string) => `This computer’s clock is ${by} ahead`,
  behind: (by: string) => `This computer’s clock is ${by} behind`,
  last: 'Last interruption',
  unsaid: 'no reason given',
  /** The report no longer goes back to the beginning. */
  atLeast: (count: number) => `${count} or more`,
  version: (version: string) => `waooaw ${version}`,
  download: 'Download connection report',
} as const;

/** The details as they are now. */
export function renderDetails(client: SocketClient): TemplateResult {
  const report = client.report();
  return html`<dl>
      ${rowsOf(report, client.identity?.name).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd><bdi>${value}</bdi></dd>
          </div>`,
      )}
    </dl>
    <button part="download" @click=${() => downloadReport(client.report())}>${WORDS.download}</button>`;
}

/**
 * Closes the details with a press elsewhere, and when the focus goes elsewhere: they cover nothing that has it.
 * @param line the status, details included.
 * @param resized they may have to stand elsewhere.
 * @returns stops.
 */
export function watchPanel(line: HTMLElement, close: () => void, resized: () => void): () => void {
  const watching = new AbortController();
  const { signal } = watching;
  const pressed = (event: Event): void => {
    if (!event.composedPath().includes(line)) close();
  };
  const left = ({ relatedTarget }: FocusEvent): void => {
    if (relatedTarget instanceof Node && !line.contains(relatedTarget)) close();
  };
  document.addEventListener('pointerdown', pressed, { signal });
  line.addEventListener('focusout', left, { signal });
  addEventListener('resize', resized, { signal });
  return () => watching.abort();
}

/** Keeps a panel within the screen, whichever side of it the status stands on. */
export function placePanel(panel: HTMLElement): void {
  const { style } = panel;
  const { clientWidth, clientHeight } = document.documentElement;
  style.maxInlineSize = `min(24rem, ${clientWidth - 2 * MARGIN_PX}px)`;
  const { left, right, top } = panel.getBoundingClientRect();
  // Where it would stand by itself. To take the shift away for measuring would cost a layout a second.
  const shift = parseFloat(style.translate) || 0;
  const over = Math.max(0, right - shift + MARGIN_PX - clientWidth);
  const under = Math.max(0, MARGIN_PX - (left - shift - over));
  style.translate = over === under ? '' : `${under - over}px`;
  // Never lifted: what was scrolled to would be lost.
  style.maxBlockSize = `${Math.max(LEAST_PX, clientHeight - top - MARGIN_PX)}px`;
}

/** Name and value of what is known. */
export function rowsOf(
  report: ConnectionReport,
  identity?: string,
): (readonly [name: string, value: string])[] {
  const { entries, server, skewMs, state, transport, url } = report;
  const joined = entries.filter((entry) => entry.kind === 'joined');
  // A connection that another took over without a break goes on.
  const ups = entries.filter((entry) => entry.kind === 'state' && isUp(entry.state) && !isUp(entry.previous));
  const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
  const [first] = entries;
  const whole = !first || (first.kind === 'state' && first.previous === 'idle');
  const number = (many: number): string => (whole ? String(many) : WORDS.atLeast(many));
  const host = new URL(url).host;
  const since = isUp(state) ? ups.at(-1)?.at : undefined;
  const last = entries.findLast((entry) => entry.kind === 'state' && entry.reason !== undefined);
  const rows: (readonly [string, string | undefined])[] = [
    [WORDS.server, server ? `${host}, ${WORDS.version(server.version)}` : host],
    [WORDS.identity, identity],
    [WORDS.transport, transport ? WORDS[transport] : WORDS.none],
    [WORDS.since, since === undefined ? undefined : timeOf(since)],
    [
      WORDS.roundTrip,
      joined.length > 0
        ? WORDS.roundTripOf(median(joined.map(({ tookMs }) => tookMs)), joined.length)
        : undefined,
    ],
    [WORDS.reconnects, number(whole ? Math.max(0, ups.length - 1) : ups.length)],
    [WORDS.losses, `${number(count('loss'))}${WORDS.replayed(count('replay'))}`],
    [
      WORDS.last,
      last?.kind === 'state' ? `${timeOf(last.at)}, ${reasonOf(last.reason, last.code)}` : undefined,
    ],
    [WORDS.clock, Math.abs(skewMs) < SKEW_MS ? undefined : clockText(skewMs)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function reasonOf(reason = '', code?: number): string {
  const words = reasonText(reason, code === undefined) || reason.replaceAll('_', ' ') || WORDS.unsaid;
  return [words, code].filter(Boolean).join(' · ');
}

/** With the day where it is not today. */
function timeOf(ms: number): string {
  const today = new Date(ms).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(undefined, {
    ...(!today && { dateStyle: 'medium' }),
    timeStyle: 'medium',
  }).format(ms);
}

/** @param skewMs server minus this machine. */
function clockText(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const [amount, unit] =
    seconds < 90 ? [seconds, 's'] : seconds < 5_400 ? [seconds / 60, 'min'] : [seconds / 3_600, 'h'];
  const by = `${Math.round(amount)} ${unit}`;
  return skewMs < 0 ? WORDS.ahead(by) : WORDS.behind(by);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
}
