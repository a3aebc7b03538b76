/** The toolbar of a timeline, and what opens below it: filters, and ways to export. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import type { EventFilter, EventTest } from './event-filter.ts';
import type { Exports } from './exporting.ts';
import type { Extras } from './extras.ts';
import type { FilterState } from './filters.ts';
import type { Finding } from './finding.ts';
import type { TimelineHost } from './host.ts';
import type { Source } from './source.ts';
import { renderToolbar } from './toolbar-view.ts';
import type { Panel } from './toolbar-view.ts';
import type { TimelineMessages } from './words.ts';

/** What it needs to know, and whom it tells. */
export interface PanelsSettings {
  readonly finding: Finding;
  readonly extras: Extras;
  readonly texts: () => TimelineMessages;
  readonly filter: () => EventFilter;
  /**
   * Somebody chose.
   * @param query of the trail, in its language; empty: none.
   * @param test the query, for events that were heard already.
   */
  readonly choose: (filter: EventFilter, query: string, test: EventTest | undefined) => void;
  /** Oldest first: what the filters offer is what there is. */
  readonly events: () => readonly TimelineEvent[];
  /** Articles that are listed. */
  readonly count: () => number;
  /** What the filters let through, newest first. */
  readonly passing: () => readonly TimelineEvent[];
  /** Of a file that is exported. */
  readonly name: () => string;
  readonly source: () => Source;
  /** More of them is being asked for. */
  readonly loading: () => boolean;
}

/** For one timeline. */
export class Panels {
  readonly #host: TimelineHost;
  readonly #settings: PanelsSettings;
  #open: Panel | undefined;
  #filters: FilterState | undefined;
  #exports: Exports | undefined;
  #query = '';
  #exact: boolean | undefined;

  constructor(host: TimelineHost, settings: PanelsSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** Times are told to the second: by the button, else by the attribute. */
  get exact(): boolean {
    return this.#exact ?? this.#host.times === 'exact';
  }

  /** The attribute has the say again. */
  timesChanged(): void {
    this.#exact = undefined;
  }

  /** Other filters are set, by whomever. */
  filterChanged(filter: EventFilter): void {
    if (this.#filters && this.#filters.filter !== filter) this.#filters.filter = filter;
  }

  /** Nothing is filtered any more, nor asked of the trail: one choice. */
  clear(): void {
    if (this.#filters) this.#filters.clear();
    else this.#settings.choose({}, '', undefined);
  }

  renderToolbar(): TemplateResult {
    const { finding, texts, filter } = this.#settings;
    return renderToolbar({
      texts: texts(),
      locale: this.#host.parts.locale.locale,
      finder: finding.finder,
      typed: finding.typed,
      filters: this.#filters?.active ?? countOf(filter()),
      panel: this.#open,
      times: !this.#host.noTimes,
      exact: this.exact,
      type: (text) => finding.type(text),
      step: (by) => finding.step(by),
      open: (panel) => {
        this.#open = this.#open === panel ? undefined : panel;
        this.#settings.extras.forgive();
        this.#host.requestUpdate();
      },
      tellExact: (exact) => {
        this.#exact = exact;
        this.#host.requestUpdate();
      },
    });
  }

  render(): unknown {
    if (!this.#open) return nothing;
    const texts = this.#settings.texts();
    const [name, content] =
      this.#open === 'filters'
        ? [texts.filter, this.#renderFilters(texts)]
        : [texts.export, this.#renderFormats(texts)];
    return html`<div
      class="panel"
      part="panel"
      id="panel"
      role="group"
      aria-label=${name}
      @keydown=${this.#keydown}
    >
      ${content}
    </div>`;
  }

  #renderFilters(texts: TimelineMessages): unknown {
    const { extras, events, count, source, loading, filter, choose } = this.#settings;
    const filters = extras.get('filters');
    if (!filters) return extras.failed('filters') ? texts.detailsFailed : texts.loading;
    if (!this.#filters) {
      const state = new filters.FilterState(() => {
        // All is read before anything is done with it: whoever hears of the one sets the other.
        const { filter: chosen, query, queryTest } = state;
        const isOther = query !== this.#query || chosen !== filter();
        this.#query = query;
        if (isOther) choose(chosen, query, queryTest);
        this.#host.requestUpdate();
      });
      state.filter = filter();
      this.#filters = state;
    }
    const { locale, timeZone } = this.#host.parts.locale;
    return filters.filtersView(this.#filters, {
      locale,
      ...(timeZone !== undefined && { timeZone }),
      events: events(),
      count: count(),
      audit: source().isAudit,
      loading: loading(),
      requestUpdate: () => this.#host.requestUpdate(),
    });
  }

  #renderFormats(texts: TimelineMessages): unknown {
    const { extras, passing, name, source } = this.#settings;
    const exporting = extras.get('exporting');
    if (!exporting) return extras.failed('exporting') ? texts.detailsFailed : texts.loading;
    const { isAudit, api, role } = source();
    return (this.#exports ??= new exporting.Exports()).view({
      locale: this.#host.parts.locale.locale,
      name: name(),
      events: passing,
      ...(isAudit && api && { trail: { api, role, query: this.#query } }),
      requestUpdate: () => this.#host.requestUpdate(),
    });
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    const id = this.#open === 'filters' ? 'filter' : 'export';
    this.#open = undefined;
    this.#host.requestUpdate();
    this.#host.renderRoot.querySelector<HTMLElement>(`#${id}`)?.focus();
  };
}

/** How many things are chosen, as the panel counts them once it is there. */
function countOf({ types, statuses, actors, from, to, text, tags = {} }: EventFilter): number {
  const values = [types, statuses, actors, ...Object.values(tags)].flatMap((list) => list ?? []);
  return values.length + [from, to, text?.trim() || undefined].filter((one) => one !== undefined).length;
}
