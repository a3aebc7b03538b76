import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Freshness } from '../../client/freshness.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { formatTime } from '../../i18n/times.ts';
import type { Across, Aggregation } from '../../protocol/queries.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import type { ChartThreshold } from '../metrics-widget/chart-options.ts';
import type { GridGroup, GridOrder } from './groups.ts';
import type { LiveGrid } from './live.ts';
import { styles } from './metrics-grid.styles.ts';
import { gridMessages } from './words.ts';
import type { GridMessages } from './words.ts';

/** Groups that are shown. */
const MAX_ITEMS = 24;

/**
 * Many metrics in a responsive grid. Put metrics widgets in it; or name a `metric` and the tags `by` which its series differ,
 * and every group becomes a small widget, all of them fed by one live query.
 *
 * Its widgets are things of their own and no composite: Tab goes through them in their order, as it goes through a page.
 *
 * @summary Metrics widgets side by side, from one query or of your own.
 * @tag waooaw-metrics-grid
 *
 * @slot - Metrics widgets, or whatever else is to stand in the grid, while no `metric` is named.
 * @csspart label - The grid's name.
 * @csspart list - The grid.
 * @csspart item - A place in it.
 * @csspart widget - A group's metrics widget.
 * @csspart since - Since when a group is silent.
 * @csspart more - How many groups are not shown.
 * @csspart note - What stands in place of widgets: that it loads, that there are none, why it failed.
 * @cssproperty [--waooaw-metrics-grid-column=14rem] - Least width of a column.
 * @cssstate loading - The query has not been answered yet.
 * @cssstate live - Its groups are of now.
 * @cssstate stale - Its groups were true once.
 * @cssstate empty - No series match.
 * @cssstate error - The server refused the query.
 */
export class WaooawMetricsGrid extends LitElement {
  static readonly version: string = VERSION;
  // Every child has a list item of its own, which names cannot bring about: children have none.
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    slotAssignment: 'manual',
  };
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    metric: {},
    by: {},
    label: {},
    unit: {},
    window: { type: Number },
    step: { type: Number },
    aggregation: {},
    across: {},
    sort: {},
    maxItems: { type: Number, attribute: 'max-items' },
    refresh: { type: Number },
    thresholds: {},
    direction: {},
    target: { type: Number },
    good: {},
    size: {},
    theme: { reflect: true },
    messages: { attribute: false },
    context: {},
  };

  /** What to show: `name`, or `name{tag="value",tag=~"re"}`. */
  declare metric: string;
  /** Tags that tell groups apart, with spaces or commas between them. */
  declare by: string;
  /** The grid's name, shown above it. */
  declare label: string;
  /** As of the metrics widget. Default: the metric's own. */
  declare unit: string;
  /** How far back lines go, seconds. Default 300. */
  declare window: number;
  /** Length of a step, seconds. Default: as the server finds right. */
  declare step: number | undefined;
  /** What is made of the samples of a step, such as `avg`, `rate` or `p95`. Default: as is right for the kind of metric. */
  declare aggregation: Aggregation | '';
  /** What is made of several series of one group. */
  declare across: Across | '';
  /** `name`, or `value`: the worst first, which is the highest, or the lowest with `direction="below"`. Default `name`. */
  declare sort: GridOrder;
  /** Groups that are shown; the rest is counted. Default 24. */
  declare maxItems: number;
  /** Seconds between two renderings. Default 1. */
  declare refresh: number;
  /** As of the metrics widget; for all groups. */
  declare thresholds: readonly ChartThreshold[] | string | undefined;
  /** `above` or `below`: on which side of a threshold it is worse. Default `above`. */
  declare direction: 'above' | 'below' | '';
  /** As of the metrics widget; for all groups. */
  declare target: number | undefined;
  /** `up` or `down`: which way is good. */
  declare good: 'up' | 'down' | '';
  /** Size of the widgets: `s`, `m` or `l`. Default `s`. */
  declare size: string;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** Texts of this grid's own, by name; what they leave out stays. */
  declare messages: Partial<GridMessages> | undefined;
  /**
   * Name of the page's context that narrows the grid; empty for the page's own. All that is chosen there is shown, and its
   * relative time range is the window, unless `window` is set. Default null: none.
   */
  declare context: string | null;

  readonly #internals = this.attachInternals();
  readonly #locale = new LocaleController(this);
  readonly #children = new MutationObserver(() => this.requestUpdate());
  #live: LiveGrid | undefined;
  #loading = false;

  constructor() {
    super();
    this.metric = this.by = this.label = this.unit = this.theme = '';
    this.window = 300;
    this.step = this.target = this.thresholds = this.messages = undefined;
    this.aggregation = this.across = this.direction = this.good = '';
    this.sort = 'name';
    this.size = 's';
    this.maxItems = MAX_ITEMS;
    this.refresh = 1;
    this.context = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#children.observe(this, { childList: true });
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#children.disconnect();
  }

  get #words(): GridMessages {
    return gridMessages.get(this.#locale.locale, this.messages);
  }

  protected override willUpdate(): void {
    if (this.metric.trim() && !this.#live) void this.#load();
    this.#live?.follow();
    setStates(this.#internals, [this.#freshness]);
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const { LiveGrid } = await import('./live.ts');
      this.#live = new LiveGrid(this);
      this.requestUpdate();
    } catch (error) {
      // What could not be loaded is tried again with the next update.
      console.warn(error);
    } finally {
      this.#loading = false;
    }
  }

  get #freshness(): Freshness {
    const coming = this.metric.trim() ? 'loading' : 'idle';
    return this.#live?.freshness ?? coming;
  }

  protected override render(): TemplateResult {
    const label = this.label
      ? html`<p class="label" part="label" id="label"><bdi>${this.label}</bdi></p>`
      : nothing;
    return html`${label}${this.metric.trim() ? this.#renderQuery() : this.#renderChildren()}`;
  }

  /** Every child in an item of the list. */
  protected override updated(): void {
    const slots = this.renderRoot.querySelectorAll('slot');
    slots.forEach((slot, i) => {
      const child = this.children[i];
      slot.assign(...(child ? [child] : []));
    });
  }

  #renderChildren(): TemplateResult {
    if (this.childElementCount === 0) return this.#renderNote('idle', this.#words.idle);
    const items = Array.from(this.children, () => html`<li part="item"><slot></slot></li>`);
    return this.#renderList(items);
  }

  #renderQuery(): TemplateResult {
    const words = this.#words;
    const live = this.#live;
    if (!live) return this.#renderNote('loading', words.loading);
    const { narrowed, freshness, refused } = live;
    if (narrowed === undefined) return this.#renderNote('empty', words.noneChosen);
    const groups = live.list(this.#locale.locale, words.noTag);
    if (groups.length === 0) {
      if (freshness === 'error') return this.#renderNote('error', words.error(this.metric), refused?.message);
      if (freshness === 'empty') return this.#renderNote('empty', words.empty(narrowed), words.emptyHint);
      return this.#renderNote('loading', words.loading);
    }
    const most = Math.max(1, Math.floor(this.maxItems) || MAX_ITEMS);
    const items = repeat(
      groups.slice(0, most),
      ({ key }) => key,
      (group) => this.#renderGroup(live, group),
    );
    const rest = groups.length - most;
    return html`${this.#renderList(items)}${rest > 0 ? html`<p class="more" part="more">${words.more(rest)}</p>` : nothing}`;
  }

  #renderList(items: unknown): TemplateResult {
    return html`<ul part="list" aria-labelledby=${this.label ? 'label' : nothing}>
      ${items}
    </ul>`;
  }

  #renderGroup(live: LiveGrid, { name, value, rows, newest }: GridGroup): TemplateResult {
    const { answer } = live;
    const until = newest + (answer?.stepMs ?? 0);
    const silent = live.now() - until > live.silentMs;
    const { locale, timeZone } = this.#locale;
    return html`<li part="item" class=${silent ? 'silent' : nothing}>
      <waooaw-metrics-widget
        part="widget"
        .label=${name}
        .unit=${this.unit || answer?.unit || ''}
        .value=${value}
        .rows=${rows}
        .window=${answer ? (answer.to - answer.from) / 1000 : this.window}
        .thresholds=${this.thresholds}
        .direction=${this.direction}
        .target=${this.target}
        .good=${this.good}
        .size=${this.size}
        .theme=${this.theme}
      ></waooaw-metrics-widget>
      ${
        silent
          ? html`<p class="since" part="since">
              ${this.#words.silentSince(formatTime(until, locale, timeZone))}
            </p>`
          : nothing
      }
    </li>`;
  }

  #renderNote(kind: string, first: string, second?: string): TemplateResult {
    return html`<div class="note ${kind}" part="note">
      <p>${first}</p>
      ${second ? html`<p>${second}</p>` : nothing}
    </div>`;
  }
}
