/** What the reader's device asks for, as CSS media queries: one listener a query, however many elements ask. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Fewer movements on the screen. */
export const REDUCED_MOTION = '(prefers-reduced-motion: reduce)';
/** Stronger contrasts. */
export const MORE_CONTRAST = '(prefers-contrast: more)';
/** A palette of the reader's own, such as Windows High Contrast. */
export const FORCED_COLORS = '(forced-colors: active)';

/** One query that is watched. */
interface Watched {
  readonly list: MediaQueryList;
  readonly listener: () => void;
  readonly watchers: Set<(matches: boolean) => void>;
}

// Shared by every copy of this module on the page.
const KEY = Symbol.for('waooaw.media.v1');

function pageMedia(): Map<string, Watched> {
  const holder = globalThis as { [KEY]?: Map<string, Watched> };
  return (holder[KEY] ??= new Map());
}

/**
 * Watches a media query.
 * @param tell is told of every change, and not of how it is at first.
 * @returns how it is at first, and what stops watching.
 */
export function watchMedia(
  query: string,
  tell: (matches: boolean) => void,
): { readonly matches: boolean; readonly stop: () => void } {
  const media = pageMedia();
  const watched = media.get(query) ?? watch(media, query);
  const watcher = (matches: boolean): void => tell(matches);
  watched.watchers.add(watcher);
  return {
    matches: watched.list.matches,
    stop() {
      if (!watched.watchers.delete(watcher) || watched.watchers.size > 0) return;
      watched.list.removeEventListener('change', watched.listener);
      media.delete(query);
    },
  };
}

/** Renders its host anew when the answer to a media query changes. */
export class MediaController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #query: string;
  #matches = false;
  #stop: (() => void) | undefined;

  /** @param query a CSS media query, such as {@link REDUCED_MOTION}. */
  constructor(host: ReactiveControllerHost, query: string) {
    this.#host = host;
    this.#query = query;
    host.addController(this);
  }

  /** The answer of now; false while the host is not in a document. */
  get matches(): boolean {
    return this.#matches;
  }

  hostConnected(): void {
    this.#stop?.();
    const { matches, stop } = watchMedia(this.#query, (now) => this.#take(now));
    this.#stop = stop;
    this.#take(matches);
  }

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#matches = false;
  }

  #take(matches: boolean): void {
    if (matches === this.#matches) return;
    this.#matches = matches;
    this.#host.requestUpdate();
  }
}

function watch(media: Map<string, Watched>, query: string): Watched {
  const list = matchMedia(query);
  const watchers = new Set<(matches: boolean) => void>();
  const listener = (): void => {
    for (const tell of [...watchers]) tell(list.matches);
  };
  list.addEventListener('change', listener);
  const watched: Watched = { list, listener, watchers };
  media.set(query, watched);
  return watched;
}
