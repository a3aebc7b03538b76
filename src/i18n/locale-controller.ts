/** Tells an element in which language, direction and time zone it is, and renders it anew when one of them changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type * as follow from './follow.ts';
import { onMessages } from './messages.ts';
import { dirOf, localeOf } from './page-language.ts';

let following: typeof follow | undefined;
let coming: Promise<void> | undefined;

/**
 * Follows the nearest `lang` and `dir`, else the document's, and loads the language. The first paint is in English:
 * what following takes is loaded behind it, once a page.
 */
export class LocaleController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #locale: string | undefined;
  #stops: (() => void)[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  /** BCP 47, as the page has it; the browser's language where it has none. */
  get locale(): string {
    return (this.#locale ??= localeOf(this.#host));
  }

  /** Which way the element's text runs. */
  get dir(): 'ltr' | 'rtl' {
    return dirOf(this.#host);
  }

  /** For `Intl`: `UTC`, or undefined for the reader's own. */
  get timeZone(): string | undefined {
    return following?.intlTimeZone();
  }

  hostConnected(): void {
    this.#locale = undefined;
    this.#stops = [onMessages(this.#renew)];
    if (following) this.#follow(following);
    else void load().then(() => following && this.#stops.length > 0 && this.#follow(following));
    this.#renew();
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #follow({ loadLanguage, pageTimeZone, watchLanguage }: typeof follow): void {
    // Who left and came back while it was loading has asked twice.
    if (this.#stops.length > 1) return;
    const { listeners } = pageTimeZone();
    const find = (): void => {
      this.#locale = localeOf(this.#host);
      void loadLanguage(this.#locale);
      this.#renew();
    };
    listeners.add(this.#renew);
    this.#stops.push(watchLanguage(this.#host, find), () => listeners.delete(this.#renew));
    find();
  }

  readonly #renew = (): void => this.#host.requestUpdate();
}

/** Never rejects: without it the page is in English. */
function load(): Promise<void> {
  return (coming ??= import('./follow.ts').then((module) => {
    following = module;
    module.startTranslation();
  }, console.warn));
}
