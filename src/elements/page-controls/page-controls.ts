import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { pageTimeZone, setPageTimeZone } from '../../i18n/page-time-zone.ts';
import { formatUnit } from '../../i18n/times.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { PaceController } from '../page-pace-controller.ts';
import { pagePace, setPagePace } from '../../a11y/page-pace.ts';
import { styles } from './page-controls.styles.ts';
import { recall, remember } from './remembered.ts';
import { controlsMessages } from './words.ts';
import type { ControlsMessages } from './words.ts';

/** The rates that are offered, ms between two updates; 0 as they come. */
const RATES_MS: readonly number[] = [0, 1_000, 5_000, 10_000];

const PAUSE = 'M4 2.5h3v11H4zm5 0h3v11H9z';
const PLAY = 'M4 2v12l9-6z';

/** What the controls set. */
export interface PageControlsDetail {
  readonly paused: boolean;
  /** At most one update in so many ms; 0 as they come. */
  readonly everyMs: number;
  readonly timeZone: 'local' | 'UTC';
}

declare global {
  interface GlobalEventHandlersEventMap {
    'waooaw-page-controls-change': CustomEvent<PageControlsDetail>;
  }
}

/**
 * How fast every widget of the page follows, and in which time zone it shows times: pause and resume, a maximum update
 * rate, local time or UTC. One of them is enough for a page; several agree.
 *
 * @summary Pauses, slows and turns to UTC all that is live on the page.
 * @tag waooaw-page-controls
 *
 * @fires {CustomEvent<PageControlsDetail>} waooaw-page-controls-change - Somebody used the controls.
 * @csspart controls - The whole.
 * @csspart pause - The button that pauses.
 * @csspart paused - The mark that the page is paused.
 * @csspart rate - The choice of rates.
 * @csspart utc - The button that switches to UTC.
 * @cssstate paused - The page is paused.
 */
export class WaooawPageControls extends LitElement {
  static readonly version: string = VERSION;
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    persist: { type: Boolean },
    noPause: { type: Boolean, attribute: 'no-pause' },
    noRate: { type: Boolean, attribute: 'no-rate' },
    noTimeZone: { type: Boolean, attribute: 'no-time-zone' },
    theme: { type: String, reflect: true },
    messages: { attribute: false },
  };

  /** Remembers the choice for the next visit, in the site's local storage. */
  declare persist: boolean;
  /** Leaves the pause button out. The page then needs another way to pause (WCAG 2.2.2). */
  declare noPause: boolean;
  /** Leaves the choice of rates out. */
  declare noRate: boolean;
  /** Leaves the time zone out. */
  declare noTimeZone: boolean;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** Texts of this element's own, by name; what they leave out stays. */
  declare messages: Partial<ControlsMessages> | undefined;

  readonly #internals = this.attachInternals();
  readonly #locale = new LocaleController(this);
  readonly #pace = new PaceController(this);
  #recalled = false;

  constructor() {
    super();
    this.persist = this.noPause = this.noRate = this.noTimeZone = false;
    this.theme = '';
    this.messages = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('persist') && this.persist && !this.#recalled) {
      this.#recalled = true;
      recall();
    }
    setStates(this.#internals, this.#pace.paused ? ['paused'] : []);
  }

  protected override firstUpdated(): void {
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
  }

  get #texts(): ControlsMessages {
    return controlsMessages.get(this.#locale.locale, this.messages);
  }

  readonly #togglePause = (): void => {
    const paused = !this.#pace.paused;
    setPagePace({ paused });
    this.#used(paused ? this.#texts.saidPaused : this.#texts.saidResumed);
  };

  readonly #chooseRate = ({ target }: Event): void => {
    const everyMs = Number((target as HTMLSelectElement).value);
    const texts = this.#texts;
    setPagePace({ everyMs });
    this.#used(everyMs > 0 ? texts.saidAtMostEvery(...this.#span(everyMs)) : texts.saidAsTheyCome);
  };

  readonly #toggleZone = (): void => {
    const timeZone = pageTimeZone().timeZone === 'UTC' ? 'local' : 'UTC';
    setPageTimeZone(timeZone);
    this.#used(timeZone === 'UTC' ? this.#texts.saidUtc : this.#texts.saidLocal);
  };

  /** Says, tells and remembers what somebody chose. */
  #used(sentence: string): void {
    pageAnnouncer().announce(sentence, 'polite', { key: 'waooaw-page-controls' });
    if (this.persist) remember();
    const { paused, everyMs } = pagePace().pace;
    const detail: PageControlsDetail = { paused, everyMs, timeZone: pageTimeZone().timeZone };
    this.dispatchEvent(
      new CustomEvent('waooaw-page-controls-change', { detail, bubbles: true, composed: true }),
    );
  }

  #span(everyMs: number): [span: string, seconds: number] {
    const seconds = everyMs / 1000;
    return [formatUnit(seconds, 'second', this.#locale.locale), seconds];
  }

  protected override render(): TemplateResult {
    const texts = this.#texts;
    return html`<div class="controls" part="controls" role="group" aria-label=${texts.controls}>
      ${this.noPause ? nothing : this.#renderPause(texts)}${this.noRate ? nothing : this.#renderRate(texts)}${
        this.noTimeZone
          ? nothing
          : html`<button
              type="button"
              part="utc"
              aria-pressed=${pageTimeZone().timeZone === 'UTC'}
              @click=${this.#toggleZone}
            >
              ${texts.utc}
            </button>`
      }
    </div>`;
  }

  /** The button's name stays: its state says whether the page is paused, and its description what a press does then. */
  #renderPause(texts: ControlsMessages): TemplateResult {
    const { paused } = this.#pace;
    return html`<button
        type="button"
        part="pause"
        aria-pressed=${paused}
        title=${paused ? texts.resume : nothing}
        @click=${this.#togglePause}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${paused ? PLAY : PAUSE} /></svg
        >${texts.pause}</button
      >${paused ? html`<span part="paused">${texts.paused}</span>` : nothing}`;
  }

  #renderRate(texts: ControlsMessages): TemplateResult {
    const { everyMs } = pagePace().pace;
    // A host may have set a rate that is not offered: what is chosen is shown.
    const rates = [...new Set([...RATES_MS, everyMs])].sort((a, b) => a - b);
    return html`<label
      >${texts.rate}<select part="rate" @change=${this.#chooseRate}>
        ${rates.map(
          (ms) =>
            html`<option value=${ms} .selected=${ms === everyMs}>
              ${ms > 0 ? texts.atMostEvery(...this.#span(ms)) : texts.asTheyCome}
            </option>`,
        )}
      </select></label
    >`;
  }
}
