/** What became of an event: the figure and the word of a state, in the reader's language. */
import { html, nothing } from 'lit';
import { stateMessages } from '../../i18n/states.ts';
import { findState } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { FIGURES } from '../figures.ts';
import { safeText } from './safe-text.ts';

const UNKNOWN = findState('unknown')!;
/** A word of a host's own is cut to this. */
const LONGEST = 40;

/** The state behind a word of the vocabulary; an unlisted word's is unknown. */
export function stateOf(status: string): StateInfo {
  return findState(status) ?? UNKNOWN;
}

/**
 * What became of an event in words; a status that is no word of the vocabulary as it is. Empty for none.
 * @param refused the word for what was not allowed, for which the vocabulary has none.
 */
export function statusWord(event: TimelineEvent, locale: string, refused: string): string {
  const { status } = event;
  if (!status) return '';
  if (isRefused(event)) return refused;
  const known = findState(status);
  const names: Readonly<Record<string, string>> = stateMessages.get(locale);
  return known ? (names[known.word] ?? known.label) : safeText(status, LONGEST);
}

/** The same as figure and word. */
export function statusView(event: TimelineEvent, locale: string, refused: string): unknown {
  const { status } = event;
  if (!status) return nothing;
  const { severity, shape } = stateOf(status);
  return html`<span class="status ${severity}" part="status"
    ><svg class=${shape} viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES[shape]} /></svg
    ><bdi>${statusWord(event, locale, refused)}</bdi></span
  >`;
}

/** Whether it is an entry of the trail of something that somebody was not allowed to do. */
function isRefused({ sequence, details }: TimelineEvent): boolean {
  return sequence !== undefined && (Object(details) as { result?: unknown }).result === 'refused';
}
