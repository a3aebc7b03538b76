/** A time in a template, as the reader wants it: seen from now, kept up by the page's one scheduler, or exact. */
import { noChange } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';
import { followTime } from '../../i18n/relative-time.ts';
import { formatTime } from '../../i18n/times.ts';

/** How times are told. */
export interface TimeStyle {
  /** BCP 47. */
  readonly locale: string;
  /** For `Intl`: `UTC`, or undefined for the reader's own. */
  readonly timeZone: string | undefined;
  readonly exact: boolean;
  /** The server's clock, ms since 1970. */
  now(): number;
}

class TimeText extends AsyncDirective {
  #followed = '';
  #stop: (() => void) | undefined;
  #last: { readonly at: number; readonly style: TimeStyle } | undefined;

  override render(at: number, style: TimeStyle): unknown {
    this.#last = { at, style };
    const { locale, timeZone, exact } = style;
    const followed = [at, locale, timeZone, exact].join();
    if (followed === this.#followed) return noChange;
    this.#end();
    this.#followed = followed;
    if (exact) return formatTime(at, locale, timeZone);
    let text = '';
    let first = true;
    const stop = followTime({ at, locale, style: 'short', now: () => style.now() }, (time) => {
      text = time.text;
      if (!first) this.setValue(text);
    });
    first = false;
    this.#stop = stop;
    return text;
  }

  override disconnected(): void {
    this.#end();
  }

  override reconnected(): void {
    if (this.#last) this.setValue(this.render(this.#last.at, this.#last.style));
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#followed = '';
  }
}

/** `${timeText(ms, style)}` */
export const timeText = directive(TimeText);
