/** The field for queries of the audit trail: what is wrong is shown where it is, and how it can go on is offered. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countText } from '../../i18n/format.ts';
import { completionsOf, taken } from './filters-query.ts';
import type { Completion } from './filters-query.ts';
import type { Facets } from './filters-facets.ts';
import type { FilterState } from './filters-state.ts';
import type { TimelineDetailsMessages } from './details-words.ts';
import { safeText } from './safe-text.ts';

/** What the field needs. */
export interface QueryContext {
  readonly texts: TimelineDetailsMessages;
  readonly locale: string;
  readonly facets: Facets;
  readonly requestUpdate: () => void;
}

/** Of what stands at the place of a mistake, so much is shown. */
const MOST_SHOWN = 40;
const MOST_LENGTH = 2_048;

/** The field, with what is wrong and how it can go on below it. */
export function queryView(state: FilterState, context: QueryContext): TemplateResult {
  const { texts, requestUpdate } = context;
  const { draft, problem } = state;
  return html`<div class="query">
    <label for="query">${texts.query}</label>
    <input
      id="query"
      part="query"
      type="search"
      dir="ltr"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      enterkeyhint="search"
      maxlength=${MOST_LENGTH}
      aria-invalid=${problem ? 'true' : nothing}
      aria-describedby=${problem ? 'query-problem' : 'query-hint'}
      .value=${draft}
      @input=${(event: Event) => {
        state.draft = (event.target as HTMLInputElement).value;
        requestUpdate();
      }}
      @change=${(event: Event) => {
        event.stopPropagation();
        ask(state, context);
      }}
      @keydown=${(event: KeyboardEvent) => pressed(event, state, context)}
    />
    ${problem ? problemView(state, context) : html`<p id="query-hint" class="hint">${texts.queryHint}</p>`}
    ${suggestionsView(state, context)}
  </div>`;
}

function problemView({ draft, problem }: FilterState, { texts, locale }: QueryContext): TemplateResult {
  const { column, why } = problem!;
  const at = Math.min(column - 1, draft.length);
  const [before, wrong] = [draft.slice(Math.max(0, at - MOST_SHOWN), at), draft.slice(at, at + MOST_SHOWN)];
  return html`<div id="query-problem" class="problem" part="problem">
    <code dir="ltr">${safeText(before)}<mark>${wrong ? safeText(wrong) : '␣'}</mark></code>
    <span>${texts.queryWrong(countText(column, locale), safeText(why))}</span>
  </div>`;
}

function suggestionsView(state: FilterState, context: QueryContext): TemplateResult | typeof nothing {
  const { draft } = state;
  const completions = completionsOf(draft, draft.length, context.facets);
  if (completions.length === 0) return nothing;
  // One Tab stop: the arrow keys go on from the field, and between them.
  return html`<div
    class="suggestions"
    role="group"
    aria-label=${context.texts.suggestions}
    @keydown=${(event: KeyboardEvent) => roved(event)}
  >
    ${completions.map(
      (completion, i) =>
        html`<button
          type="button"
          part="suggestion"
          dir="ltr"
          tabindex=${i === 0 ? 0 : -1}
          @click=${(event: Event) => take(event, completion, state, context)}
        >
          ${safeText(completion.text)}
        </button>`,
    )}
  </div>`;
}

function pressed(event: KeyboardEvent, state: FilterState, context: QueryContext): void {
  if (event.isComposing) return;
  if (event.key === 'Enter') {
    event.preventDefault();
    if (ask(state, context) || !state.problem) return;
    // To where it went wrong.
    const at = state.problem.column - 1;
    (event.target as HTMLInputElement).setSelectionRange(at, state.draft.length);
  } else if (event.key === 'ArrowDown') {
    const first = partsOf(event).querySelector<HTMLElement>('.suggestions button');
    if (!first) return;
    event.preventDefault();
    first.focus();
  }
}

function roved(event: KeyboardEvent): void {
  const buttons = [...partsOf(event).querySelectorAll<HTMLElement>('.suggestions button')];
  const at = buttons.indexOf(event.target as HTMLElement);
  const rtl = getComputedStyle(event.currentTarget as HTMLElement).direction === 'rtl';
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: rtl ? -1 : 1,
    ArrowLeft: rtl ? 1 : -1,
    ArrowDown: 1,
    ArrowUp: -1,
    Home: -at,
    End: buttons.length - 1 - at,
  };
  const step = steps[event.key];
  if (step === undefined || at < 0) return;
  event.preventDefault();
  const to = buttons[at + step];
  // Above the first is the field.
  (to ?? (step < 0 ? partsOf(event).querySelector<HTMLElement>('#query') : undefined))?.focus();
}

function take(event: Event, completion: Completion, state: FilterState, context: QueryContext): void {
  const { text, caret } = taken(state.draft, state.draft.length, completion);
  state.draft = text;
  const input = partsOf(event).querySelector<HTMLInputElement>('#query');
  if (input) {
    input.value = text;
    input.focus();
    input.setSelectionRange(caret, caret);
  }
  context.requestUpdate();
}

function ask(state: FilterState, { requestUpdate }: QueryContext): boolean {
  const understood = state.ask();
  requestUpdate();
  return understood;
}

function partsOf(event: Event): Element {
  return (event.currentTarget as Element).closest('.query')!;
}
