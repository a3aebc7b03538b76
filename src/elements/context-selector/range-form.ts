/** The form for a time range of one's own. Loaded when somebody asks for it. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimeRange } from '../../context/selection.ts';
import type { SelectorMessages } from './words.ts';

/** What the form does. */
export interface RangeFormActions {
  readonly apply: (range: TimeRange) => void;
  /** Back to the list. */
  readonly back: () => void;
  /** A try was not taken. */
  readonly refused: () => void;
}

/** What is drawn. */
interface RangeFormView extends Omit<RangeFormActions, 'refused'> {
  readonly texts: SelectorMessages;
  /** `UTC`, or undefined for the reader's own zone. */
  readonly timeZone: string | undefined;
  /** Filled in at first. */
  readonly range: { readonly from: number; readonly to: number };
  /** Why the last try was not taken. */
  readonly problem: string;
  readonly refuse: (problem: string) => void;
}

const MINUTE = 60_000;
/** Filled in where no range is chosen, s. */
const LAST = 3_600;

/** A form that is open. */
export class RangeForm {
  readonly #range: { readonly from: number; readonly to: number };
  readonly #actions: RangeFormActions;
  #problem = '';

  /** @param range filled in at first; undefined: the last hour. */
  constructor(range: TimeRange | undefined, actions: RangeFormActions) {
    const filled = range ?? { last: LAST };
    const to = Date.now();
    this.#range = 'last' in filled ? { from: to - filled.last * 1000, to } : filled;
    this.#actions = actions;
  }

  /** @param timeZone `UTC`, or undefined for the reader's own zone. */
  render(texts: SelectorMessages, timeZone: string | undefined): TemplateResult {
    const { apply, back, refused } = this.#actions;
    const refuse = (problem: string): void => {
      this.#problem = problem;
      refused();
    };
    return renderRangeForm({
      texts,
      timeZone,
      range: this.#range,
      problem: this.#problem,
      apply,
      back,
      refuse,
    });
  }
}

function renderRangeForm(view: RangeFormView): TemplateResult {
  const { texts, timeZone, range, problem } = view;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    const [from = NaN, to = NaN] = [...(event.target as HTMLFormElement).querySelectorAll('input')].map(
      ({ value }) => readTime(value, timeZone),
    );
    if (from < to) view.apply({ from, to });
    else view.refuse(texts.wrongOrder);
  };
  const field = (label: string, name: string, ms: number): TemplateResult =>
    html`<label>
      <span>${label}</span>
      <input
        type="datetime-local"
        name=${name}
        required
        .value=${timeText(ms, timeZone)}
        aria-invalid=${problem ? 'true' : nothing}
        aria-describedby=${problem ? 'problem' : nothing}
        @input=${stop}
        @change=${stop}
      />
    </label>`;
  return html`<form class="range" part="range" novalidate @submit=${submit}>
    ${field(texts.from, 'from', range.from)} ${field(texts.to, 'to', range.to)}
    ${timeZone ? html`<p class="hint">${texts.utc}</p>` : nothing}
    ${problem ? html`<p id="problem" class="problem" part="problem">${problem}</p>` : nothing}
    <div class="footer" part="footer">
      <button type="button" part="back" @click=${() => view.back()}>${texts.back}</button>
      <button class="primary" part="apply">${texts.apply}</button>
    </div>
  </form>`;
}

/** Of the form, not of the selector. */
function stop(event: Event): void {
  event.stopPropagation();
}

/** `2026-11-23T10:00`, in the zone. */
function timeText(ms: number, timeZone: string | undefined): string {
  const offset = timeZone ? 0 : new Date(ms).getTimezoneOffset() * MINUTE;
  return new Date(ms - offset).toISOString().slice(0, 16);
}

function readTime(text: string, timeZone: string | undefined): number {
  return Date.parse(timeZone ? `${text}Z` : text);
}
