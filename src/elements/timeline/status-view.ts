/** What became of an event: the figure and the word of a state, in the reader's language. */
import { html, nothing } from 'lit';
import { stateMessages } from '../../i18n/states.ts';
import { findState } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { FIGURES } from '../figures.ts';
import { safeText } from './safe-text.ts';

const UNKNOWN = findState('unknown')!;
/** A word of a host's own is cut to this. */
const LONGEST = 40;

/** The state behind a word of the vocabulary; an unlisted word's is unknown. */
export function stateOf(status: string): StateInfo {
  return findState(status) ?? UNKNOWN;
}

/** A status in words; what is no word of the vocabulary as it is. Empty for none. */
export function statusWord(status: string | undefined, locale: string): string {
  if (!status) return '';
  const known = findState(status);
  const names: Readonly<Record<string, string>> = stateMessages.get(locale);
  return known ? (names[known.word] ?? known.label) : safeText(status, LONGEST);
}

/** A status as figure and word. */
export function statusView(status: string | undefined, locale: string): unknown {
  if (!status) return nothing;
  const { severity, shape } = stateOf(status);
  return html`<span class="status ${severity}" part="status"
    ><svg class=${shape} viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES[shape]} /></svg
    ><bdi>${statusWord(status, locale)}</bdi></span
  >`;
}
