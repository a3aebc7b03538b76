/** What a tracker tells of time and people: how much longer, since when, by whom, how long each stage took. */
import { html, nothing } from 'lit';
import { formatTime } from '../../i18n/times.ts';
import { elapsedOf, overUsual, rangeText, timeLeft } from './estimate.ts';
import type { Stage, Work } from './stages.ts';
import type { Wording } from './wording.ts';

/** Shorter is not told as being over the usual, ms. */
const OVER_MS = 10_000;

/** How much longer the whole may take, or by how much it is over; empty where neither can be said. @param now ms since 1970. */
export function leftText(work: Work, now: number, wording: Wording): string {
  const { texts, locale } = wording;
  const over = work.stages.reduce((sum, stage) => sum + overUsual(stage, now), 0);
  if (over >= OVER_MS) return texts.over(wording.span(over, 1));
  const left = timeLeft(work, now);
  return left ? texts.left(rangeText(left, locale)) : '';
}

/** Its place in the queue, or when and by whom it was begun; how long it took; and where there is more of it. */
export function factsView({ status }: Work, wording: Wording): unknown {
  if (!status) return nothing;
  const { texts, locale, timeZone } = wording;
  const { startedAt, endedAt, by, queuePlace, url } = status;
  const time = (ms: number): string => formatTime(ms, locale, timeZone);
  const facts = [
    typeof queuePlace === 'number' && texts.queued(wording.count(queuePlace)),
    typeof startedAt === 'number' && texts.startedBy(time(startedAt), by ?? ''),
    typeof startedAt === 'number' &&
      typeof endedAt === 'number' &&
      texts.took(wording.span(endedAt - startedAt)),
  ];
  const href = safeHref(url);
  return html`${facts.filter(Boolean).map((fact) => html`<bdi>${fact}</bdi> `)}${
    href === undefined ? nothing : html`<a part="link" href=${href}>${texts.page}</a>`
  }`;
}

/** How long a stage has taken, by how much it is over the usual, and which attempt it is. */
export function timeView(stage: Stage, now: number, wording: Wording): unknown {
  const { texts } = wording;
  const { attempts, state, endedAt } = stage;
  const again =
    attempts > 1
      ? html` <span class="attempts">${texts.attempt(attempts, wording.count(attempts))}</span>`
      : nothing;
  const elapsed = elapsedOf(stage, now);
  if (elapsed === undefined) return again;
  const over = overUsual(stage, now);
  const runs = state === 'running' && endedAt === undefined;
  return html`${runs ? wording.running(elapsed) : wording.span(elapsed)}${
    over >= OVER_MS ? html` <span class="over">${texts.over(wording.span(over, 1))}</span>` : nothing
  }${again}`;
}

/** Of the web, or none: whoever reports an operation must not run anything here. */
function safeHref(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}
