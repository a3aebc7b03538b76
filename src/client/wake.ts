/** What the browser says of the page: hidden, frozen, offline, and back again. */

/** - `freeze`: the page is put to sleep, or into the back-forward cache; `resume`: it is back. */
export type PageSignal = 'online' | 'offline' | 'visible' | 'freeze' | 'resume';

/** Where signals come from. */
export interface PageSignals {
  /** The page is in the background, where timers run once a minute. */
  readonly hidden: boolean;
  /** False: the browser knows that there is no network. */
  readonly online: boolean;
  /** @returns stops listening. */
  listen(hear: (signal: PageSignal) => void): () => void;
}

/** What each event says. A page with an open WebSocket cannot enter the back-forward cache. */
const SIGNALS: Readonly<Record<string, PageSignal>> = {
  online: 'online',
  offline: 'offline',
  pagehide: 'freeze',
  pageshow: 'resume',
  visibilitychange: 'visible',
  freeze: 'freeze',
  resume: 'resume',
};

/** The page's own signals; of a worker, those that it has; of Node, none. */
export const pageSignals: PageSignals = {
  get hidden() {
    return globalThis.document?.visibilityState === 'hidden';
  },
  get online() {
    return globalThis.navigator?.onLine !== false;
  },
  listen(hear) {
    const listener = (event: Event): void => {
      const signal = SIGNALS[event.type]!;
      // A page that is hidden, or comes and goes without the cache, says nothing of the line.
      if ((event as PageTransitionEvent).persisted === false || (signal === 'visible' && this.hidden)) return;
      hear(signal);
    };
    const each = (method: 'addEventListener' | 'removeEventListener'): void => {
      for (const type in SIGNALS) {
        // The window hears of the network and of coming and going; Node's global is no target at all.
        const target: Partial<EventTarget> | undefined = /line|page/.test(type)
          ? globalThis
          : globalThis.document;
        target?.[method]?.(type, listener);
      }
    };
    each('addEventListener');
    return () => each('removeEventListener');
  },
};
