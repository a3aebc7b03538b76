/** Keeps a time in words on an element: "5 minutes ago", in the element's language, as long as it is in the document. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { LocaleController } from './locale-controller.ts';
import { followTime } from './relative-time.ts';
import type { RelativeTime } from './relative-time.ts';

/** Follows one time for one element. */
export class RelativeTimeController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #locale: LocaleController;
  readonly #at: () => number | undefined;
  readonly #now: () => number;
  #following: { readonly at: number; readonly locale: string; readonly stop: () => void } | undefined;
  #time: RelativeTime | undefined;

  /**
   * @param at the time, ms since 1970; undefined: there is none.
   * @param now the clock that it is of. Default: this machine's.
   */
  constructor(
    host: ReactiveControllerHost,
    locale: LocaleController,
    at: () => number | undefined,
    now: () => number = Date.now,
  ) {
    this.#host = host;
    this.#locale = locale;
    this.#at = at;
    this.#now = now;
    host.addController(this);
  }

  /** The time in words; undefined while there is none. */
  get time(): RelativeTime | undefined {
    return this.#time;
  }

  hostConnected(): void {
    this.#follow();
  }

  hostUpdate(): void {
    this.#follow();
  }

  hostDisconnected(): void {
    this.#stop();
  }

  #follow(): void {
    const at = this.#at();
    const { locale } = this.#locale;
    if (at === this.#following?.at && locale === this.#following?.locale) return;
    this.#stop();
    if (at === undefined) return;
    let first = true;
    const stop = followTime({ at, locale, now: () => this.#now() }, (time) => {
      this.#time = time;
      // The first word is part of the update that asks for it.
      if (!first) this.#host.requestUpdate();
    });
    first = false;
    this.#following = { at, locale, stop };
  }

  #stop(): void {
    this.#following?.stop();
    this.#following = this.#time = undefined;
  }
}
