/** Draws what stands beside an option's name: its icon and its state. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { stateMessages } from '../../i18n/states.ts';
import { findState } from '../../protocol/states.ts';
import { FIGURES } from '../figures.ts';
import { cutText, readIcon } from './option.ts';
import type { Option } from './option.ts';

/** A word of a host's own is cut to this. */
const STATE_LENGTH = 40;

/** An option's icon: drawn, or a few letters. @param room is left where there is none. */
export function renderIcon({ icon }: Option, room = false): unknown {
  if (!icon && !room) return nothing;
  const read = readIcon(icon);
  return 'path' in read
    ? html`<svg class="icon" part="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${read.path} /></svg>`
    : html`<span class="icon" part="icon" aria-hidden="true">${read.text}</span>`;
}

/** A state's figure and its name; what is no word of the vocabulary stands as it is, as unknown. */
export function renderState(word: string, locale: string): TemplateResult {
  const known = findState(word);
  const names: Readonly<Record<string, string>> = stateMessages.get(locale);
  const text = known ? (names[known.word] ?? known.label) : cutText(word, STATE_LENGTH);
  const { severity, shape } = known ?? findState('unknown')!;
  return html`<span class="state ${severity}" part="option-state"
    ><svg class=${shape} viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES[shape]} /></svg
    ><span>${text}</span></span
  >`;
}
