/** What a list says besides its options: that they are on their way, that there are none, or what is wrong. */
import { html, nothing } from 'lit';
import { countText } from './choice-words.ts';
import type { Sources, SourceState } from './sources.ts';
import type { SelectorMessages } from './words.ts';

/** Of what it speaks. */
export interface NoteFacts {
  readonly texts: SelectorMessages;
  readonly sources: Sources;
  readonly locale: string;
}

/**
 * The note in place of options, or below them; nothing while all is well.
 * @param query what is searched for.
 * @param empty there is no row.
 */
export function renderNote(facts: NoteFacts, query: string, empty: boolean, retry: () => void): unknown {
  const { texts } = facts;
  const { state } = facts.sources;
  const loading = state === 'loading';
  const failed = hasFailed(state);
  const wrong = failed || state === 'stale';
  const text = wrong ? wrongText(facts) : loading ? texts.loading : empty ? emptyText(texts, query) : '';
  if (!text) return nothing;
  return html`<div class="note ${wrong ? 'wrong' : state} ${empty ? 'alone' : ''}" part="note">
    ${loading ? SPINNER : nothing}
    <span>${text}</span>
    ${failed ? html`<button type="button" part="retry" @click=${retry}>${texts.retry}</button>` : nothing}
  </div>`;
}

/**
 * What whoever hears only needs to know of the list.
 * @param count how many options are found.
 */
export function saying(facts: NoteFacts, query: string, count: number): string {
  const { texts, sources, locale } = facts;
  const { state, feed } = sources;
  if (state === 'loading') return '';
  if (hasFailed(state)) return wrongText(facts);
  if (count === 0) return emptyText(texts, query);
  const shown = countText(count, locale);
  return feed?.more ? texts.saidMoreResults(count, shown) : texts.saidResults(count, shown);
}

const SPINNER = html`<svg class="spin" viewBox="0 0 16 16" aria-hidden="true">
  <path d="M8 2a6 6 0 1 1-6 6" />
</svg>`;

function hasFailed(state: SourceState): boolean {
  return state === 'failed' || state === 'late' || state === 'refused';
}

function wrongText({ texts, sources }: NoteFacts): string {
  if (sources.state === 'refused') return texts.refused(sources.reason);
  if (sources.state === 'stale') return texts.stale;
  return sources.state === 'late' ? texts.late : texts.failed;
}

function emptyText(texts: SelectorMessages, query: string): string {
  const text = query.trim();
  return text ? texts.none(text) : texts.empty;
}
