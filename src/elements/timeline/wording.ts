/** How a timeline words things: in which language, in whose zone, under which name. */
import { intl } from '../../i18n/intl.ts';
import type { TimelineHost } from './host.ts';
import type { Calendar } from './periods.ts';
import { presetOf } from './presets.ts';
import type { TimelinePreset } from './presets.ts';
import { timelineMessages } from './words.ts';
import type { TimelineMessages } from './words.ts';

/** For one timeline. */
export class Wording {
  readonly #host: TimelineHost;
  readonly #now: () => number;

  /** @param now the server's clock, ms since 1970. */
  constructor(host: TimelineHost, now: () => number) {
    this.#host = host;
    this.#now = now;
  }

  get preset(): TimelinePreset | undefined {
    return presetOf(this.#host.preset);
  }

  get texts(): TimelineMessages {
    return timelineMessages.get(this.locale, this.#host.messages);
  }

  get locale(): string {
    return this.#host.parts.locale.locale;
  }

  /** What the timeline is called. */
  get label(): string {
    const { preset } = this;
    return this.#host.label || (preset ? this.texts[preset.label] : this.texts.label);
  }

  get calendar(): Calendar {
    return { now: this.#now(), locale: this.locale, timeZone: this.#host.parts.locale.timeZone };
  }

  /** A count as the language writes it. */
  number(count: number): string {
    return intl(Intl.NumberFormat, this.locale, {}).format(count);
  }
}
