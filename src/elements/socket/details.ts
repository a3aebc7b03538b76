/** A connection's details and its report, for whoever must explain it. Loaded after the first paint. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ConnectionReport } from '../../client/report.ts';
import type { SocketClient } from '../../client/socket.ts';
import { isUp } from '../../client/states.ts';
import { intlTimeZone } from '../../i18n/page-time-zone.ts';
import { formatTime, formatUnit } from '../../i18n/times.ts';
import { detailsMessages } from './details-words.ts';
import { downloadReport } from './download.ts';
import type { Why } from './words.ts';

export { styles } from './details.styles.ts';

/** A clock that is off by less than this is no news, ms. */
const SKEW_MS = 2_000;
/** Between the panel and the edge of the screen, px. */
const MARGIN_PX = 8;
/** The panel is never lower than this, px. */
const LEAST_PX = 160;

/** The details as they are now. @param why a reason in words. */
export function renderDetails(
  client: SocketClient,
  why: (...why: Why) => string,
  locale: string,
): TemplateResult {
  const report = client.report();
  return html`<dl>
      ${rowsOf(report, client.identity?.name, why, locale).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd><bdi>${value}</bdi></dd>
          </div>`,
      )}
    </dl>
    <button part="download" @click=${() => downloadReport(client.report())}>
      ${detailsMessages.get(locale).download}
    </button>`;
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

/** Name and value of what is known. Times are in the page's zone. */
export function rowsOf(
  report: ConnectionReport,
  identity?: string,
  why: (...why: Why) => string = () => '',
  locale = 'en',
): (readonly [name: string, value: string])[] {
  const words = detailsMessages.get(locale);
  const timeOf = (ms: number): string => formatTime(ms, locale, intlTimeZone());
  const { entries, server, skewMs, state, transport, url } = report;
  const joined = entries.filter((entry) => entry.kind === 'joined');
  // A connection that another took over without a break goes on.
  const ups = entries.filter((entry) => entry.kind === 'state' && isUp(entry.state) && !isUp(entry.previous));
  const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
  const [first] = entries;
  const whole = !first || (first.kind === 'state' && first.previous === 'idle');
  const number = (many: number): string => (whole ? String(many) : words.atLeast(many));
  const host = new URL(url).host;
  const since = isUp(state) ? ups.at(-1)?.at : undefined;
  const last = entries.findLast((entry) => entry.kind === 'state' && entry.reason !== undefined);
  const reasonOf = (reason = '', code?: number): string => {
    const known = why(reason, code === undefined) || reason.replaceAll('_', ' ') || words.unsaid;
    return [known, code].filter(Boolean).join(' · ');
  };
  /** @param ms server minus this machine. */
  const clockText = (ms: number): string => {
    const seconds = Math.round(Math.abs(ms) / 1000);
    const [amount, unit] =
      seconds < 90
        ? [seconds, 'second']
        : seconds < 5_400
          ? [seconds / 60, 'minute']
          : [seconds / 3_600, 'hour'];
    const by = formatUnit(Math.round(amount), unit, locale, 'short');
    return ms < 0 ? words.ahead(by) : words.behind(by);
  };
  const rows: (readonly [string, string | undefined])[] = [
    [words.server, server ? `${host}, ${words.version(server.version)}` : host],
    [words.identity, identity],
    [words.transport, transport ? words[transport] : words.none],
    [words.since, since === undefined ? undefined : timeOf(since)],
    [
      words.roundTrip,
      joined.length > 0
        ? words.roundTripOf(
            formatUnit(median(joined.map(({ tookMs }) => tookMs)), 'millisecond', locale, 'short'),
            joined.length,
          )
        : undefined,
    ],
    [words.reconnects, number(whole ? Math.max(0, ups.length - 1) : ups.length)],
    [words.losses, `${number(count('loss'))}${words.replayed(count('replay'))}`],
    [
      words.last,
      last?.kind === 'state' ? `${timeOf(last.at)}, ${reasonOf(last.reason, last.code)}` : undefined,
    ],
    [words.clock, Math.abs(skewMs) < SKEW_MS ? undefined : clockText(skewMs)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
}
