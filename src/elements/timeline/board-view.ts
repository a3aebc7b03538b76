/** Draws a timeline's frame: its name, what is wrong, and the list or what stands in its place. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { DirectiveResult } from 'lit/directive.js';
import type { Freshness } from '../../client/freshness.ts';
import type { PagesState } from './pages.ts';
import type { TimelineMessages } from './words.ts';

/** What is drawn. */
export interface BoardView {
  readonly texts: TimelineMessages;
  readonly label: string;
  readonly freshness: Freshness;
  /** Why the source was refused. */
  readonly refused: string | undefined;
  /** It was refused because the reader may not see it. */
  readonly forbidden: boolean;
  /** Of what happened, the reader may see a part. */
  readonly partial: boolean;
  readonly paused: boolean;
  /** Some events are known, whether or not they are listed. */
  readonly known: boolean;
  /** Filters are set. */
  readonly narrowed: boolean;
  readonly articles: number;
  /** What has come and is not listed, in words. */
  readonly waiting: string | undefined;
  /** That older ones were dropped, in words. */
  readonly trimmed: string | undefined;
  readonly pages: PagesState;
  /** Older ones are not for the reader to see. */
  readonly olderForbidden: boolean;
  /** Older events can be asked for. */
  readonly provided: boolean;
  readonly compact: boolean;
  readonly toolbar: unknown;
  readonly panel: unknown;
  readonly rows: unknown;
  readonly spacer: DirectiveResult;
  readonly scrolled: () => void;
  readonly keydown: (event: KeyboardEvent) => void;
  readonly focusin: (event: FocusEvent) => void;
  readonly focusout: (event: FocusEvent) => void;
  readonly showNewer: () => void;
  readonly retry: () => void;
  readonly retryOlder: () => void;
  readonly clearFilters: () => void;
}

/** By which states a page's style sheet knows it. @param waiting how many have come that are not listed. */
export function statesOf(freshness: Freshness, articles: number, waiting: number): string[] {
  const isKnown = freshness !== 'loading' && freshness !== 'error';
  return [
    ...(freshness === 'idle' || freshness === 'empty' ? [] : [freshness]),
    ...(articles === 0 && isKnown ? ['empty'] : []),
    ...(waiting > 0 ? ['held'] : []),
  ];
}

/** The whole. */
export function renderBoard(view: BoardView): TemplateResult {
  const { freshness, texts, label, waiting, articles } = view;
  const note = noteOf(view);
  return html`<div
    class="card ${freshness} ${view.compact ? 'compact' : ''}"
    part="card"
    role="group"
    aria-labelledby="label"
  >
    <div class="head" tabindex="-1">
      <span class="label" part="label" id="label">${label}</span>
      ${note ? html`<span class="note" part="note">${note}</span>` : nothing} ${view.toolbar}
    </div>
    ${view.panel}
    <div class="stage">
      ${
        waiting === undefined
          ? nothing
          : html`<button type="button" class="newer" part="newer" @click=${view.showNewer}>
              <svg class="line" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 13V3M4 7l4-4 4 4" /></svg
              >${waiting}
            </button>`
      }
      <div
        class="scroller"
        part="scroller"
        @scroll=${view.scrolled}
        @keydown=${view.keydown}
        @focusin=${view.focusin}
        @focusout=${view.focusout}
      >
        ${
          articles > 0
            ? html`<div
                class="feed"
                part="feed"
                role="feed"
                aria-label=${label}
                aria-busy=${view.pages === 'loading'}
                ${view.spacer}
              >
                ${view.rows}
              </div>`
            : renderEmpty(view)
        }
        <div class="foot" part="foot" tabindex="-1">${renderFoot(view, texts)}</div>
      </div>
    </div>
  </div>`;
}

/** What is wrong with what is shown. */
function noteOf({ freshness, paused, texts, known }: BoardView): string {
  if (paused && known) return texts.paused;
  if (freshness === 'stale') return texts.stale;
  return freshness === 'error' && known ? texts.error : '';
}

function renderEmpty(view: BoardView): unknown {
  const { texts, freshness, refused, pages } = view;
  const loading = freshness === 'loading' || pages === 'loading' || (pages === 'idle' && !view.known);
  if (view.narrowed && !loading && (view.known || (freshness !== 'error' && pages !== 'failed'))) {
    return html`<div class="empty" part="empty">
      <span>${texts.noneMatch}</span>
      <button type="button" class="plain" part="clear-filters" @click=${view.clearFilters}>
        ${texts.clearFilters}
      </button>
    </div>`;
  }
  if (freshness === 'error') {
    return html`<div class="empty wrong" part="empty">
      <span>${view.forbidden ? texts.mayNot : refused ? texts.refused(refused) : texts.error}</span>
      <button type="button" class="plain" part="retry" @click=${view.retry}>${texts.retry}</button>
    </div>`;
  }
  if (pages === 'failed') return nothing;
  const nothingYet = view.partial ? texts.emptyForYou : texts.empty;
  const text = loading ? texts.loading : view.known ? texts.noneMatch : nothingYet;
  return html`<div class="empty" part="empty">${loading ? SPINNER : nothing}<span>${text}</span></div>`;
}

/** Below the oldest event. */
function renderFoot(
  { pages, olderForbidden, provided, partial, articles, trimmed, retryOlder }: BoardView,
  texts: TimelineMessages,
): unknown {
  if (pages === 'failed') {
    return html`<span>${olderForbidden ? texts.mayNot : texts.olderFailed}</span>
      <button type="button" class="plain" part="retry" @click=${retryOlder}>${texts.retry}</button>`;
  }
  if (articles === 0) return nothing;
  if (pages === 'loading') return html`${SPINNER}<span>${texts.olderLoading}</span>`;
  if (trimmed !== undefined) return trimmed;
  if (!provided || pages !== 'end') return nothing;
  return partial ? texts.endForYou : texts.end;
}

const SPINNER = html`<svg class="spin" viewBox="0 0 16 16" aria-hidden="true">
  <path d="M8 2a6 6 0 1 1-6 6" />
</svg>`;
