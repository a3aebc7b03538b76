/** The filters of a timeline: by type, status, actor, time and text, and by a query of the audit trail. Loaded when they are asked for. */
import { html, noChange, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { countText } from '../../i18n/format.ts';
import { stateMessages } from '../../i18n/states.ts';
import { formatTime } from '../../i18n/times.ts';
import { findState } from '../../protocol/states.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { timelineDetailsMessages } from './details-words.ts';
import type { TimelineDetailsMessages } from './details-words.ts';
import { LISTS } from './filters-facets.ts';
import type { Facet, Facets, ListName } from './filters-facets.ts';
import { queryView } from './filters-query-view.ts';
import type { FilterState } from './filters-state.ts';
import { safeText } from './safe-text.ts';

export { FilterState } from './filters-state.ts';
export { styles } from './filters.styles.ts';

/** What is filtered, and where it is shown. */
export interface FilterFacts {
  /** BCP 47. */
  readonly locale: string;
  /** For `Intl`: `UTC`, or undefined for the reader's own. */
  readonly timeZone?: string | undefined;
  /** All events, filtered or not. */
  readonly events: Iterable<TimelineEvent>;
  /** How many are shown. */
  readonly count: number;
  /** They come from the audit trail: it can be asked in its language. */
  readonly audit?: boolean;
  /** Pages of them are asked for: how many there are is not known yet. */
  readonly loading?: boolean;
  requestUpdate(): void;
}

interface View {
  readonly state: FilterState;
  readonly facts: FilterFacts;
  readonly facets: Facets;
  readonly texts: TimelineDetailsMessages;
  readonly update: () => void;
}

/** A filter that is set. */
interface Chip {
  readonly label: string;
  readonly remove: () => void;
}

/** Values of a list until somebody wants all, and then. */
const MOST_VALUES = 10;
const MOST_WHOLE = 200;
/** From so many values on they can be searched. */
const SEARCHED_FROM = 20;
/** Counts are said when filters rest, ms. */
const SAID_MS = 600;
const MINUTE_MS = 60_000;

/** What was counted last of a timeline, and when it is said. */
interface Saying {
  /** Of the announcer: a count takes the place of an older one of the same timeline, and of no other's. */
  readonly key: string;
  of: unknown;
  query: string;
  count: number;
  /** Filters are others than those whose count was said. */
  due: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

const saying = new WeakMap<FilterState, Saying>();
let sayings = 0;

/** The bar of filters. */
export function filtersView(state: FilterState, facts: FilterFacts): TemplateResult {
  const texts = timelineDetailsMessages.get(facts.locale);
  const update = (): void => facts.requestUpdate();
  const facets = state.counter.count(facts.events, update);
  const view: View = { state, facts, facets, texts, update };
  say(view);
  return html`<div class="filters" part="filters">
    ${chipsView(view)}
    ${facts.audit ? queryView(state, { texts, locale: facts.locale, facets, requestUpdate: update }) : nothing}
    <div class="fields">
      <label class="field">
        <span>${texts.text}</span>
        <input
          type="search"
          part="filter-text"
          maxlength="200"
          .value=${state.typed}
          @input=${(event: Event) => state.type(valueOf(event))}
          @change=${(event: Event) => {
            event.stopPropagation();
            state.type(valueOf(event), true);
            update();
          }}
        />
      </label>
      ${spanView(view)}
    </div>
    ${LISTS.map((list) => listView(list, view))}
  </div>`;
}

function chipsView(view: View): TemplateResult | typeof nothing {
  const { state, texts, update } = view;
  const chips = chipsOf(view);
  if (chips.length === 0) return nothing;
  const remove = (event: Event, { remove }: Chip): void => {
    const item = (event.currentTarget as Element).closest('li');
    // The chip behind takes its place and has the focus; where there is none, it goes to the one before.
    const chip = item?.nextElementSibling?.querySelector('.chip') ? undefined : item?.previousElementSibling;
    const bar = item?.closest('.filters');
    remove();
    update();
    if (chip) chip.querySelector('button')?.focus();
    else if (chips.length === 1) bar?.querySelector('input')?.focus();
  };
  return html`<ul class="set" role=${LIST} aria-label=${texts.active}>
    ${chips.map(
      (chip) =>
        html`<li>
          <button
            type="button"
            class="chip"
            part="chip"
            aria-label=${texts.remove(chip.label)}
            @click=${(event: Event) => remove(event, chip)}
          >
            <bdi>${chip.label}</bdi><svg viewBox="0 0 16 16" aria-hidden="true"><path d=${CROSS} /></svg>
          </button>
        </li>`,
    )}
    <li>
      <button
        type="button"
        part="clear-filters"
        @click=${(event: Event) => {
          const bar = (event.currentTarget as Element).closest('.filters');
          state.clear();
          update();
          bar?.querySelector('input')?.focus();
        }}
      >
        ${texts.clearAll}
      </button>
    </li>
  </ul>`;
}

/** Said, because a list without bullets is none to some screen readers. */
const LIST = 'list';
const CROSS = 'M4.1 3 8 6.9 11.9 3 13 4.1 9.1 8l3.9 3.9-1.1 1.1L8 9.1 4.1 13 3 11.9 6.9 8 3 4.1z';

function chipsOf({ state, facts, facets, texts }: View): readonly Chip[] {
  const { from, to, text, tags = {} } = state.filter;
  const time = (ms: number): string => formatTime(ms, facts.locale, facts.timeZone, false);
  const chips: Chip[] = LISTS.flatMap((list) =>
    (state.filter[list] ?? []).map((value) => ({
      label: labelOf(
        list,
        facets[list].find((facet) => facet.value === value) ?? { label: value },
        facts.locale,
      ),
      remove: () => state.toggle(list, value),
    })),
  );
  for (const [name, values] of Object.entries(tags)) {
    for (const value of values)
      chips.push({
        label: safeText(`${name}: ${value}`, MOST_LABEL),
        remove: () => state.untag(name, value),
      });
  }
  if (from !== undefined)
    chips.push({ label: texts.fromTime(time(from)), remove: () => state.span(undefined, to) });
  if (to !== undefined)
    chips.push({ label: texts.toTime(time(to)), remove: () => state.span(from, undefined) });
  if (text?.trim())
    chips.push({ label: texts.hasText(safeText(text, MOST_LABEL)), remove: () => state.type('', true) });
  if (state.query) {
    const remove = (): void => {
      state.draft = '';
      state.ask();
    };
    chips.push({ label: safeText(state.query, MOST_LABEL), remove });
  }
  return chips;
}

const MOST_LABEL = 60;

function spanView({ state, facts, texts, update }: View): TemplateResult {
  const { from, to } = state.filter;
  const { timeZone } = facts;
  const { wrongOrder } = state;
  const changed = (event: Event): void => {
    event.stopPropagation();
    const fields = (event.currentTarget as Element).closest('.fields');
    const [start, end] = [...(fields?.querySelectorAll<HTMLInputElement>('[type=datetime-local]') ?? [])].map(
      ({ value }) => readTime(value, timeZone),
    );
    state.span(start, end);
    update();
  };
  const field = (label: string, ms: number | undefined): TemplateResult =>
    html`<label class="field">
      <span>${label}</span>
      <input
        type="datetime-local"
        aria-invalid=${wrongOrder ? 'true' : nothing}
        aria-describedby=${wrongOrder ? 'filter-order' : nothing}
        .value=${wrongOrder ? noChange : ms === undefined ? '' : timeText(ms, timeZone)}
        @change=${changed}
      />
    </label>`;
  const zone = timeZone ? ` (${texts.utc})` : '';
  return html`${field(texts.from + zone, from)}${field(texts.to + zone, to)}${
    wrongOrder ? html`<p id="filter-order" class="problem">${texts.wrongOrder}</p>` : nothing
  }`;
}

function listView(list: ListName, view: View): TemplateResult | typeof nothing {
  const { state, facets, facts, texts, update } = view;
  const all = facets[list];
  if (all.length === 0) return nothing;
  const searched = state.searched.get(list) ?? '';
  const found = searched
    ? all.filter((facet) => matchesText(labelOf(list, facet, facts.locale), searched))
    : all;
  const most = state.whole.has(list) || searched ? MOST_WHOLE : MOST_VALUES;
  // What is chosen is always there.
  const shown = found.filter((facet, i) => i < most || state.has(list, facet.value));
  const more = Math.min(found.length, MOST_WHOLE) - shown.length;
  const name = texts[list];
  return html`<fieldset class="list" part="filter-list">
    <legend>${name}</legend>
    ${
      all.length >= SEARCHED_FROM
        ? html`<input
            type="search"
            class="search"
            aria-label=${texts.findIn(name)}
            placeholder=${texts.findIn(name)}
            .value=${searched}
            @input=${(event: Event) => {
              state.searched.set(list, valueOf(event));
              update();
            }}
            @change=${(event: Event) => event.stopPropagation()}
          />`
        : nothing
    }
    <div class="values">
      ${shown.map((facet) => valueView(list, facet, view))}
      ${
        more > 0 && most === MOST_VALUES
          ? html`<button
              type="button"
              part="show-all"
              @click=${() => {
                state.whole.add(list);
                update();
              }}
            >
              ${texts.showMore(more, countText(more, facts.locale))}
            </button>`
          : nothing
      }
    </div>
  </fieldset>`;
}

function valueView(list: ListName, facet: Facet, { state, facts, texts, update }: View): TemplateResult {
  const { locale } = facts;
  const label = labelOf(list, facet, locale);
  const count = countText(facet.count, locale);
  return html`<button
    type="button"
    class="value"
    part="filter-value"
    aria-pressed=${state.has(list, facet.value) ? 'true' : 'false'}
    @click=${() => {
      state.toggle(list, facet.value);
      update();
    }}
  >
    <svg class="tick" viewBox="0 0 16 16" aria-hidden="true"><path d=${TICK} /></svg><bdi>${label}</bdi
    ><small aria-hidden="true">${count}</small
    ><span class="aloud">, ${texts.saidResults(facet.count, count)}</span>
  </button>`;
}

const TICK = 'M13.2 3.6l1.2 1.1-7.9 8.4L1.8 8.6 2.9 7.4l3.5 3.3z';

/** States in the reader's language, types without their signs, actors by name. */
function labelOf(list: ListName, { label }: Pick<Facet, 'label'>, locale: string): string {
  if (list === 'statuses') {
    const labels: Readonly<Record<string, string>> = stateMessages.get(locale);
    const state = findState(label);
    return (state && labels[state.word]) ?? safeText(label, MOST_LABEL);
  }
  return safeText(list === 'types' ? label.replace(/[_.:]+/g, ' ') : label, MOST_LABEL);
}

function matchesText(label: string, searched: string): boolean {
  return label.toLocaleLowerCase().includes(searched.trim().toLocaleLowerCase());
}

/** Says how many there are, once filters rest and all is there: not with every event that comes. */
function say({ state, facts, texts }: View): void {
  const { filter, query } = state;
  const { count, loading = false, locale } = facts;
  let known = saying.get(state);
  if (!known) {
    known = { key: `timeline-filters ${(sayings += 1)}`, of: filter, query, count, due: false };
    saying.set(state, known);
  }
  const isOther = known.of !== filter || known.query !== query;
  const one = Object.assign(known, { of: filter, query, count, due: known.due || isOther });
  // What is counted while pages are asked for is said of none of them.
  if (isOther || loading) {
    clearTimeout(one.timer);
    delete one.timer;
  }
  if (!one.due || loading) return;
  one.timer ??= setTimeout(() => {
    delete one.timer;
    one.due = false;
    const shown = countText(one.count, locale);
    pageAnnouncer().announce(texts.saidResults(one.count, shown), 'polite', { key: one.key });
  }, SAID_MS);
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

/** `2026-11-23T10:00`, in the zone. */
function timeText(ms: number, timeZone: string | undefined): string {
  const offset = timeZone ? 0 : new Date(ms).getTimezoneOffset() * MINUTE_MS;
  return new Date(ms - offset).toISOString().slice(0, 16);
}

function readTime(text: string, timeZone: string | undefined): number | undefined {
  const ms = Date.parse(timeZone ? `${text}Z` : text);
  return Number.isNaN(ms) ? undefined : ms;
}
