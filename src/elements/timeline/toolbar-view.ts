/** Draws what stands above the list: the name, what is wrong, and what finds, filters and exports. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { intl } from '../../i18n/intl.ts';
import type { Finder } from './finder.ts';
import type { TimelineMessages } from './words.ts';

/** What can be open below the toolbar. */
export type Panel = 'filters' | 'export';

/** What is drawn. */
export interface ToolbarView {
  readonly texts: TimelineMessages;
  readonly locale: string;
  readonly finder: Finder;
  /** What is typed into the field. */
  readonly typed: string;
  /** How many filters are set. */
  readonly filters: number;
  readonly panel: Panel | undefined;
  readonly times: boolean;
  readonly exact: boolean;
  readonly type: (text: string) => void;
  readonly step: (by: 1 | -1) => void;
  readonly open: (panel: Panel) => void;
  readonly tellExact: (exact: boolean) => void;
}

/** The toolbar. */
export function renderToolbar(view: ToolbarView): TemplateResult {
  const { texts, finder, typed, panel, filters } = view;
  const found = finder.found.length;
  const some = finder.words.length > 0;
  return html`<div class="toolbar" part="toolbar">
    <span class="find">
      ${icon('M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.5 10.5l3.5 3.5')}
      <input
        id="find"
        type="search"
        autocomplete="off"
        spellcheck="false"
        aria-label=${texts.find}
        placeholder=${texts.find}
        .value=${typed}
        @input=${(event: InputEvent) => view.type((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => pressed(event, view)}
      />
      ${
        some
          ? html`<span class="count">${countText(view)}</span>
              ${button(texts.findPrevious, 'M4 10l4-4 4 4', () => view.step(-1), { disabled: found === 0 })}
              ${button(texts.findNext, 'M4 6l4 4 4-4', () => view.step(1), { disabled: found === 0 })}`
          : nothing
      }
    </span>
    ${
      view.times
        ? button(
            texts.absolute,
            'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.5V8l2.5 1.5',
            () => view.tellExact(!view.exact),
            {
              pressed: view.exact,
            },
          )
        : nothing
    }
    ${button(
      filters > 0 ? `${texts.filter}, ${texts.filtered(filters)}` : texts.filter,
      'M2 3h12l-4.5 5.5v4l-3 1.5v-5.5z',
      () => view.open('filters'),
      {
        expanded: panel === 'filters',
        id: 'filter',
        badge: filters,
      },
    )}
    ${button(texts.export, 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 11v3h11v-3', () => view.open('export'), {
      expanded: panel === 'export',
      id: 'export',
    })}
  </div>`;
}

/** How a search stands, in words. */
export function countText({
  finder,
  texts,
  locale,
  typed,
}: Pick<ToolbarView, 'finder' | 'texts' | 'locale' | 'typed'>): string {
  const count = finder.found.length;
  if (!typed || finder.searching) return '';
  if (count === 0) return texts.findNone;
  const shown = intl(Intl.NumberFormat, locale, {}).format(count);
  return texts.findCount(finder.at + 1, count, shown);
}

/** What a browser's own search does on these keys. */
function pressed(event: KeyboardEvent, view: ToolbarView): void {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === 'Enter') {
    event.preventDefault();
    view.step(event.shiftKey ? -1 : 1);
  } else if (event.key === 'Escape' && view.typed) {
    // The dialog around it stays open: there was something of ours to end.
    event.preventDefault();
    event.stopPropagation();
    view.type('');
  }
}

/** How a button stands. */
interface Standing {
  readonly id?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly disabled?: boolean;
  readonly badge?: number;
}

function button(label: string, path: string, press: () => void, standing: Standing = {}): TemplateResult {
  const { id, pressed, expanded, disabled = false, badge = 0 } = standing;
  return html`<button
    type="button"
    class="icon"
    id=${id ?? nothing}
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed ?? nothing}
    aria-expanded=${expanded ?? nothing}
    aria-controls=${expanded ? 'panel' : nothing}
    ?disabled=${disabled}
    @click=${press}
  >
    ${icon(path)}${badge > 0 ? html`<span class="badge" aria-hidden="true">${badge}</span>` : nothing}
  </button>`;
}

function icon(path: string): TemplateResult {
  return html`<svg class="line" viewBox="0 0 16 16" aria-hidden="true"><path d=${path} /></svg>`;
}
