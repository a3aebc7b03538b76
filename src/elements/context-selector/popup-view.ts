/** Draws the frame of what opens: search, list or form, footer. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countText } from './choice-words.ts';
import type { QuickAction } from './events.ts';
import { line, stop } from './selector-view.ts';
import type { SelectorMessages } from './words.ts';

/** What the element adds to the list, and what the controls around it do. */
export interface PopupFacts {
  readonly texts: SelectorMessages;
  readonly locale: string;
  /** For whoever hears. */
  readonly name: string;
  readonly placeholder: string;
  readonly multiple: boolean;
  /** There is something to clear. */
  readonly chosen: boolean;
  readonly count: number;
  readonly actions: readonly QuickAction[];
  /** In place of the list; undefined: the list. */
  readonly form: unknown;
  readonly input: (event: Event) => void;
  readonly key: (event: KeyboardEvent) => void;
  readonly clear: () => void;
  readonly act: (action: QuickAction) => void;
}

/** What is drawn. */
export interface PopupView extends PopupFacts {
  readonly open: boolean;
  readonly selectAll: () => void;
  readonly query: string;
  /** How many "select all" would choose; 0: it is not offered. */
  readonly selectable: number;
  readonly list: unknown;
}

const LENS = 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM10.5 10.5L14 14';

/** The popup. */
export function renderPopup(view: PopupView): TemplateResult {
  const { multiple, name, placeholder } = view;
  const dialog = multiple || view.form;
  return html`<div
    id="popup"
    class="popup"
    part="popup"
    popover="manual"
    role=${dialog ? 'dialog' : nothing}
    aria-label=${dialog ? name || placeholder : nothing}
    @mousedown=${keepFocus}
  >
    ${multiple ? renderSearch(view) : nothing} ${view.form ?? view.list}
    ${multiple && view.open ? renderFooter(view) : nothing}
  </div>`;
}

function renderSearch(view: PopupView): TemplateResult {
  return html`<div class="search">
    ${line(LENS)}
    <input
      id="search"
      part="input"
      role="combobox"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      aria-autocomplete="list"
      aria-expanded=${view.open}
      aria-controls="list"
      aria-label=${view.name ? `${view.texts.search}: ${view.name}` : view.texts.search}
      placeholder=${view.texts.search}
      .value=${view.query}
      @input=${view.input}
      @change=${stop}
      @keydown=${view.key}
    />
  </div>`;
}

function renderFooter(view: PopupView): TemplateResult {
  const { actions, selectable, texts } = view;
  return html`<div class="footer" part="footer">
    ${
      actions.length > 0
        ? html`<div class="actions">
            ${actions.map(
              (action) =>
                html`<button type="button" part="action" @click=${() => view.act(action)}>
                  ${action.label}
                </button>`,
            )}
          </div>`
        : nothing
    }
    <span class="count">${texts.chosen(view.count, countText(view.count, view.locale))}</span>
    ${
      selectable > 0
        ? html`<button type="button" part="select-all" @click=${view.selectAll}>
            ${texts.selectAll(selectable, countText(selectable, view.locale))}
          </button>`
        : nothing
    }
    <button
      type="button"
      part="clear-all"
      aria-disabled=${view.chosen ? nothing : 'true'}
      @click=${view.clear}
    >
      ${texts.clearAll}
    </button>
  </div>`;
}

/** A press on what is no control leaves the focus where it is. */
function keepFocus(event: Event): void {
  if (!(event.target as Element).closest('input, button')) event.preventDefault();
}
