/** Draws the rows of a timeline: events, bursts, and the names of days between them. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatDuration, formatTime } from '../../i18n/times.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { countText } from '../../i18n/format.ts';
import { mark } from '../mark.ts';
import type { VirtualItem, VirtualList } from '../virtual-list.ts';
import { avatarView } from './avatar.ts';
import { periodText } from './periods.ts';
import type { Calendar } from './periods.ts';
import type { Article, BurstRow, EventRow, Gap, Rows } from './rows.ts';
import { safeText } from './safe-text.ts';
import { stateOf, statusView, statusWord } from './status-view.ts';
import { timeText } from './time-text.ts';
import type { TimeStyle } from './time-text.ts';
import type { TimelineMessages } from './words.ts';

/** Of an actor's name, so much is shown, characters. */
const MOST_NAMED = 120;

/** What is drawn. */
export interface FeedView {
  readonly list: VirtualList;
  readonly items: readonly VirtualItem[];
  readonly rows: Rows;
  readonly texts: TimelineMessages;
  readonly calendar: Calendar;
  readonly time: TimeStyle;
  readonly compact: boolean;
  readonly avatars: boolean;
  readonly times: boolean;
  /** Folded words that are searched for. */
  readonly words: readonly string[];
  /** Id of the match that is shown. */
  readonly current: string | undefined;
  /** Place of the article that Tab reaches. */
  readonly active: number;
  /** Ids of events whose details are open. */
  readonly open: ReadonlySet<string>;
  readonly details: (event: TimelineEvent) => unknown;
  readonly toggle: (article: Article) => void;
}

/** The rows that are in view. */
export function renderRows(view: FeedView): unknown {
  return repeat(
    view.items,
    ({ key }) => key,
    (item) => renderRow(item, view),
  );
}

/** Whether there is more to an event than its row says. */
export function hasDetails(event: TimelineEvent): boolean {
  const { before, after, details, description, tags, sequence, href, durationMs } = event;
  const parts = [before, after, details, description, tags, sequence, href, durationMs];
  return parts.some((one) => one !== undefined);
}

function renderRow(item: VirtualItem, view: FeedView): unknown {
  const row = view.rows.at(item.index);
  if (!row) return nothing;
  // The names of articles say the day: to those who hear only, these rows would be strangers in a feed.
  if (row.kind === 'day') {
    return html`<div class="row day" part="day" aria-hidden="true" ${view.list.row(item)}>
      ${periodText(row.period, view.texts, view.calendar)}
    </div>`;
  }
  if (row.kind === 'left') {
    return html`<div class="row left" part="divider" aria-hidden="true" ${view.list.row(item)}>
      <span>${view.texts.sinceLeft}</span>
    </div>`;
  }
  if (row.kind === 'gap') {
    return html`<div class="row gap" part="gap" aria-hidden="true" ${view.list.row(item)}>
      <span>${gapText(row.gap, view)}</span>
    </div>`;
  }
  return row.kind === 'burst' ? renderBurst(row, item, view) : renderEvent(row, item, view);
}

function renderEvent(row: EventRow, item: VirtualItem, view: FeedView): TemplateResult {
  const { event, inBurst, fresh } = row;
  const { texts, words, compact } = view;
  const focusable = item.index === view.active ? 0 : -1;
  const open = view.open.has(event.id);
  const title = mark(safeText(event.title), words);
  const href = safeHref(event.href);
  const classes = [
    'row event',
    inBurst && 'child',
    fresh && 'fresh',
    event.id === view.current && 'current',
    open && 'open',
  ];
  return html`<div
    class=${classes.filter(Boolean).join(' ')}
    part="event"
    role="article"
    tabindex=${focusable}
    aria-label=${nameOf(row, safeText(event.title), view)}
    ${view.list.row(item)}
  >
    ${renderRail(event, view)}
    <div class="body">
      <div class="line">
        <bdi class="title" part="title"
          >${href ? html`<a href=${href} tabindex=${focusable}>${title}</a>` : title}</bdi
        >${statusView(event, view.time.locale, texts.refusedResult)}
      </div>
      ${compact ? nothing : renderMeta(event, view)}
      ${
        event.description && !compact
          ? html`<bdi class="description" part="description"
              >${mark(safeText(event.description), words)}</bdi
            >`
          : nothing
      }
    </div>
    <div class="end">
      ${renderTime(event, view)}${
        hasDetails(event)
          ? html`<button
              type="button"
              class="icon"
              tabindex=${focusable}
              aria-expanded=${open}
              aria-controls=${open ? `details-${row.entry}` : nothing}
              aria-label=${open ? texts.hideDetails : texts.details}
              title=${open ? texts.hideDetails : texts.details}
              @click=${() => view.toggle(row)}
            >
              ${CHEVRON}
            </button>`
          : html`<span class="icon"></span>`
      }
    </div>
    ${open ? html`<div class="details" part="details" id="details-${row.entry}">${view.details(event)}</div>` : nothing}
  </div>`;
}

function renderBurst(row: BurstRow, item: VirtualItem, view: FeedView): TemplateResult {
  const { events, fresh, open } = row;
  const { texts, words, time } = view;
  const newest = events.at(-1)!;
  const shown = countText(events.length, time.locale);
  const text = burstText(row, view);
  const action = open ? texts.hideBurst : texts.showBurst(events.length, shown);
  return html`<div
    class="row event burst ${fresh ? 'fresh' : ''}"
    part="burst"
    role="article"
    tabindex=${item.index === view.active ? 0 : -1}
    aria-label=${nameOf(row, text, view)}
    ${view.list.row(item)}
  >
    ${renderRail(newest, view)}
    <div class="body">
      <div class="line">
        <bdi class="title" part="title">${mark(text, words)}</bdi
        >${statusView(newest, time.locale, texts.refusedResult)}
      </div>
      ${view.compact ? nothing : renderMeta(newest, view)}
      <button
        type="button"
        class="fold"
        tabindex=${item.index === view.active ? 0 : -1}
        aria-expanded=${open}
        @click=${() => view.toggle(row)}
      >
        ${CHEVRON}${action}
      </button>
    </div>
    <div class="end">${renderTime(newest, view)}<span class="icon"></span></div>
  </div>`;
}

/** The line along which events stand, with who did each. */
function renderRail({ actor, status }: TimelineEvent, { avatars, compact, texts }: FeedView): TemplateResult {
  return html`<div class="rail">
    ${avatars && !compact ? avatarView(actor, texts, actor !== undefined) : html`<i class="dot ${status ? stateOf(status).severity : ''}"></i>`}
  </div>`;
}

function renderMeta(event: TimelineEvent, view: FeedView): unknown {
  const { texts, time, words } = view;
  const { actor, type, durationMs } = event;
  const parts = [
    actor &&
      !isNamed(event) &&
      html`<bdi class="actor">${mark(safeText(actor.name, MOST_NAMED), words)}</bdi>`,
    type && html`<bdi>${mark(safeText(type, 80), words)}</bdi>`,
    durationMs !== undefined && texts.took(formatDuration(durationMs / 1000, time.locale, 'short')),
  ].filter(Boolean);
  if (parts.length === 0) return nothing;
  return html`<div class="meta" part="meta">${parts.map((part) => html`<span>${part}</span>`)}</div>`;
}

/** Whether the title names the actor as a word of its own: then it is not said again. */
function isNamed({ title, actor }: TimelineEvent): boolean {
  if (!actor) return false;
  const [said, name] = [safeText(title), safeText(actor.name, MOST_NAMED).trim()];
  for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + 1)) {
    const [before, after] = [said.slice(0, at), said.slice(at + name.length)];
    if (!/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}

function renderTime({ time }: TimelineEvent, view: FeedView): unknown {
  if (!view.times) return nothing;
  const { locale, timeZone } = view.time;
  return html`<time
    part="time"
    datetime=${new Date(time).toISOString()}
    title=${formatTime(time, locale, timeZone)}
    >${timeText(time, view.time)}</time
  >`;
}

/** All that an article is about, in one breath: it is what is heard on coming to it. */
function nameOf(row: Article, title: string, view: FeedView): string {
  const { texts, calendar, time } = view;
  const event = row.kind === 'burst' ? row.events.at(-1)! : row.event;
  return [
    row.fresh ? texts.fresh : '',
    title,
    statusWord(event, time.locale, texts.refusedResult),
    event.actor && !isNamed(event) ? texts.by(safeText(event.actor.name, MOST_NAMED)) : '',
    periodText(row.period, texts, calendar),
    formatTime(event.time, time.locale, time.timeZone),
    row.gap ? gapText(row.gap, view) : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** What is missing, in words. */
function gapText({ from, to }: Gap, { texts, time }: FeedView): string {
  const text = (ms: number): string => formatTime(ms, time.locale, time.timeZone);
  return texts.gap(text(from), text(to));
}

/** "Retry ×214 in 3 min". */
function burstText({ events }: BurstRow, { texts, time }: FeedView): string {
  const newest = events.at(-1)!;
  const span = formatDuration((newest.time - events[0]!.time) / 1000, time.locale, 'short', 1);
  const shown = countText(events.length, time.locale);
  return texts.burst(safeText(newest.title), events.length, shown, span);
}

/** An address that a press may lead to; undefined for one that would run something. */
function safeHref(href: string | undefined): string | undefined {
  if (!href) return undefined;
  try {
    return /^https?:$/.test(new URL(href, document.baseURI).protocol) ? href : undefined;
  } catch {
    return undefined;
  }
}

const CHEVRON = html`<svg class="chevron" viewBox="0 0 16 16" aria-hidden="true">
  <path d="M4 6l4 4 4-4" />
</svg>`;
