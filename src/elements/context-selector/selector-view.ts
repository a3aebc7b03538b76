/** Draws a selector that is closed: its name, the field or button, what is wrong. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countText } from './choice-words.ts';
import { renderIcon, renderState } from './option-view.ts';
import type { Option } from './option.ts';
import type { SelectorMessages } from './words.ts';

/** What is drawn, and what its controls do. */
export interface SelectorView {
  readonly texts: SelectorMessages;
  /** In view; empty: the page has one of its own. */
  readonly label: string;
  /** For whoever hears. */
  readonly name: string;
  readonly placeholder: string;
  readonly open: boolean;
  readonly multiple: boolean;
  readonly required: boolean;
  readonly disabled: boolean;
  /** Why the choice cannot be taken. */
  readonly message: string;
  /** There is something to clear. */
  readonly chosen: boolean;
  /** Of a single selector: what is chosen, if it is known. */
  readonly option: Option | undefined;
  /** In its text field. */
  readonly text: string;
  readonly typing: boolean;
  /** Of several: the choice in words, and how many more there are. */
  readonly summary: string;
  readonly more: number;
  readonly locale: string;
  /** The list is there, and no form in its place. */
  readonly listed: boolean;
  /** What opens, once it is loaded. */
  readonly popup: unknown;
  readonly input: (event: Event) => void;
  readonly key: (event: KeyboardEvent) => void;
  readonly triggerKey: (event: KeyboardEvent) => void;
  readonly press: () => void;
  readonly toggle: () => void;
  readonly clear: () => void;
}

const CHEVRON = 'M3.5 6l4.5 4.5L12.5 6';
const CROSS = 'M4 4l8 8M12 4l-8 8';

/** A drawing of lines. */
export const line = (d: string): TemplateResult =>
  html`<svg class="line" viewBox="0 0 16 16" aria-hidden="true"><path d=${d} /></svg>`;

/** The whole. */
export function renderSelector(view: SelectorView): TemplateResult {
  const { label, message, multiple, texts } = view;
  const star = view.required ? html`<span class="star" aria-hidden="true">*</span>` : nothing;
  return html`${label ? html`<label id="label" part="label" for="field">${label}${star}</label>` : nothing}
    <div class="control ${message ? 'invalid' : ''} ${view.disabled ? 'disabled' : ''}" part="control">
      ${multiple ? renderTrigger(view) : renderInput(view)}
      ${
        view.chosen && !view.disabled
          ? html`<button
              type="button"
              class="small"
              part="clear"
              aria-label=${texts.clear(view.name)}
              @click=${view.clear}
            >
              ${line(CROSS)}
            </button>`
          : nothing
      }
      ${multiple ? nothing : renderArrow(view)}
    </div>
    ${view.popup} ${message ? html`<p id="message" part="message">${message}</p>` : nothing}
    <slot hidden></slot>`;
}

function renderInput(view: SelectorView): TemplateResult {
  const { option, typing, message } = view;
  const shown = typing ? undefined : option;
  return html`${shown ? renderIcon(shown) : nothing}<input
      id="field"
      part="input"
      role="combobox"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      aria-autocomplete="list"
      aria-expanded=${view.open}
      aria-controls=${view.listed ? 'list' : 'popup'}
      aria-label=${view.label ? nothing : view.name || view.placeholder}
      aria-required=${view.required || nothing}
      aria-invalid=${message ? 'true' : nothing}
      aria-describedby=${message ? 'message' : nothing}
      placeholder=${view.placeholder}
      ?disabled=${view.disabled}
      .value=${view.text}
      @input=${view.input}
      @change=${stop}
      @keydown=${view.key}
      @click=${view.press}
    />${shown?.state ? renderState(shown.state, view.locale) : nothing}`;
}

/** For the mouse: the keyboard opens from the field. */
function renderArrow(view: SelectorView): TemplateResult {
  return html`<button
    type="button"
    class="small"
    part="arrow"
    tabindex="-1"
    aria-label=${view.texts.open(view.name)}
    aria-expanded=${view.open}
    aria-controls=${view.listed ? 'list' : 'popup'}
    ?disabled=${view.disabled}
    @click=${view.toggle}
  >
    ${line(CHEVRON)}
  </button>`;
}

function renderTrigger(view: SelectorView): TemplateResult {
  const { label, name, message, summary, more } = view;
  return html`<button
    type="button"
    id="field"
    part="trigger"
    aria-haspopup="dialog"
    aria-expanded=${view.open}
    aria-controls="popup"
    aria-labelledby="${label ? 'label' : 'name'} summary"
    aria-describedby=${message ? 'message' : view.required ? 'required' : nothing}
    ?disabled=${view.disabled}
    @click=${view.toggle}
    @keydown=${view.triggerKey}
  >
    <span id="summary" class="summary"
      ><span class="names ${summary ? '' : 'placeholder'}">${summary || view.placeholder}</span>${
        more > 0
          ? html` <span class="more">${view.texts.andMore(countText(more, view.locale))}</span>`
          : nothing
      }</span
    >
    ${label ? nothing : html`<span id="name" hidden>${name}</span>`}
    ${view.required ? html`<span id="required" hidden>${view.texts.required}</span>` : nothing}
    ${line(CHEVRON)}
  </button>`;
}

/** Of a field within, not of the selector. */
export function stop(event: Event): void {
  event.stopPropagation();
}
