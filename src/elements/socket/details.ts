/** A connection's details and its report, for whoever must explain it. Loaded after the first paint. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ConnectionReport } from '../../client/report.ts';
import type { SocketClient } from '../../client/socket.ts';
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
  roundTripOf: (ms: number, count: number) => `${ms} ms, median of ${count}`,
  reconnects: 'Reconnects',
  losses: 'Losses',
  replayed: (replays: number) => (replays === 0 ? '' : `, and ${replays} made good`),
  clock: 'Clock',
  ahead: (by: string) => `This computer’s clock is ${by} ahead`,
  behind: (by: string) => `This computer’s clock is ${by} behind`,
  last: 'Last interruption',
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
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <button part="download" @click=${() => downloadReport(client.report())}>${WORDS.download}</button>`;
}

/** Keeps a panel within the screen, whichever side of it the status stands on. */
export function placePanel(panel: HTMLElement): void {
  const { style } = panel;
  style.translate = style.maxBlockSize = '';
  const { left, right, top } = panel.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const over = Math.max(0, right + MARGIN_PX - clientWidth);
  // Where it fits on neither side, its beginning is what is read first.
  const under = Math.max(0, MARGIN_PX - (left - over));
  if (over !== under) style.translate = `${under - over}px 0`;
  style.maxBlockSize = `${Math.max(LEAST_PX, clientHeight - top - MARGIN_PX)}px`;
}

/** Name and value of what is known. */
export function rowsOf(
  report: ConnectionReport,
  identity?: string,
): (readonly [name: string, value: string])[] {
  const { entries, server, skewMs, state, transport, url } = report;
  const joined = entries.filter((entry) => entry.kind === 'joined');
  const count = (...kinds: string[]): number => entries.filter(({ kind }) => kinds.includes(kind)).length;
  const host = new URL(url).host;
  const up = state === 'live' || state === 'fallback';
  const since = up ? joined.at(-1)?.at : undefined;
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
    [WORDS.reconnects, String(Math.max(0, joined.length - 1))],
    [WORDS.losses, `${count('loss')}${WORDS.replayed(count('replay'))}`],
    [
      WORDS.last,
      last?.kind === 'state' ? `${timeOf(last.at)}, ${reasonOf(last.reason, last.code)}` : undefined,
    ],
    [WORDS.clock, Math.abs(skewMs) < SKEW_MS ? undefined : clockText(skewMs)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function reasonOf(reason = '', code?: number): string {
  const words = reasonText(reason, code === undefined) || reason.replaceAll('_', ' ');
  return [words, code].filter(Boolean).join(' · ');
}

function timeOf(ms: number): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(ms);
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
