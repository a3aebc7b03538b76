/** Older events, page by page: one question at a time, never waited for longer than a deadline. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { readEvents } from './read-event.ts';

/** One page of older events. */
export interface TimelinePage {
  /** Newest first. */
  readonly events: readonly TimelineEvent[];
  /** Asks for the page after this one; not there on the last. */
  readonly next?: string;
}

/**
 * Finds events, newest first, in pages.
 * @param how `cursor`: `next` of the page before; absent for the first. `signal`: nobody waits any more.
 */
export type EventProvider = (how: {
  readonly cursor?: string;
  readonly signal: AbortSignal;
}) => Promise<TimelinePage>;

/** How the pages stand. `idle`: there may be more. */
export type PagesState = 'idle' | 'loading' | 'failed' | 'end';

/** Why there are no older events: whoever asks may not see them. */
export class MayNot extends Error {}

/** Until when an answer has to come, ms. */
const TIMEOUT_MS = 15_000;

/** The pages of one provider. */
export class Pages {
  state: PagesState = 'end';
  /** They failed because the reader may not see them. */
  forbidden = false;
  readonly #take: (events: readonly TimelineEvent[]) => void;
  readonly #changed: () => void;
  #provider: EventProvider | undefined;
  #cursor: string | undefined;
  #asking: AbortController | undefined;

  /**
   * @param take gets the events of a page, newest first.
   * @param changed the state is another.
   */
  constructor(take: (events: readonly TimelineEvent[]) => void, changed: () => void) {
    this.#take = take;
    this.#changed = changed;
  }

  get provider(): EventProvider | undefined {
    return this.#provider;
  }

  /** Whether there may be older events than those that are known. */
  get more(): boolean {
    return this.state !== 'end';
  }

  /** Asks another provider, or none, from its first page on. */
  use(provider: EventProvider | undefined): void {
    this.stop();
    this.#provider = provider;
    this.#cursor = undefined;
    this.#tell(provider ? 'idle' : 'end');
  }

  /** Fetches the next page, unless one is being fetched, or failed: that is for {@link retry}. */
  fetchMore(): void {
    if (this.state === 'idle') void this.#ask();
  }

  /** Asks again what failed. */
  retry(): void {
    if (this.state === 'failed') void this.#ask();
  }

  /** Waits no more. */
  stop(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    if (this.state === 'loading') this.state = 'idle';
  }

  async #ask(): Promise<void> {
    const provider = this.#provider;
    if (!provider) return;
    const asking = (this.#asking = new AbortController());
    const { signal } = asking;
    const cursor = this.#cursor;
    this.#tell('loading');
    const timer = setTimeout(() => asking.abort(new Error('no answer in time')), TIMEOUT_MS);
    // A provider may pay no heed to its signal.
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
    try {
      const asked = Promise.resolve().then(() =>
        provider({ signal, ...(cursor !== undefined && { cursor }) }),
      );
      const page = (await Promise.race([asked, aborted])) as Partial<TimelinePage> | undefined;
      if (this.#asking !== asking) return;
      // A cursor that leads to itself would be followed for ever.
      this.#cursor = typeof page?.next === 'string' && page.next !== cursor ? page.next : undefined;
      this.state = this.#cursor === undefined ? 'end' : 'idle';
      this.#take(readEvents(page?.events));
      this.#changed();
    } catch (error) {
      if (this.#asking !== asking) return;
      console.warn('<waooaw-timeline>: older events could not be loaded.', error);
      this.forbidden = error instanceof MayNot;
      this.#tell('failed');
    } finally {
      clearTimeout(timer);
    }
  }

  #tell(state: PagesState): void {
    this.state = state;
    this.#changed();
  }
}
