/** Options from a function of the host's: one search at a time, in pages, never later than a deadline. */
import type { SelectorOption } from './option.ts';

/** One page of what was found. */
export interface ProviderPage {
  readonly items: readonly SelectorOption[];
  /** Asks for the page after this one; not there on the last. */
  readonly next?: string;
}

/**
 * Finds options.
 * @param query what is typed, as typed.
 * @param how `cursor`: `next` of the page before, for the page after it. `signal`: nobody waits any more.
 */
export type OptionsProvider = (
  query: string,
  how: { readonly cursor?: string; readonly signal: AbortSignal },
) => Promise<ProviderPage>;

/** How a search stands. */
export type ProviderState = 'idle' | 'loading' | 'ready' | 'failed' | 'late';

/** Asks a provider. What comes too late, or to another question, is not heard. */
export class ProviderFeed {
  items: readonly SelectorOption[] = [];
  state: ProviderState = 'idle';
  readonly #provider: OptionsProvider;
  readonly #timeoutMs: number;
  readonly #changed: () => void;
  #query: string | undefined;
  #next: string | undefined;
  #asking: AbortController | undefined;

  /**
   * @param timeoutMs after which an answer is no longer waited for.
   * @param changed items or state are other than before.
   */
  constructor(provider: OptionsProvider, timeoutMs: number, changed: () => void) {
    this.#provider = provider;
    this.#timeoutMs = timeoutMs;
    this.#changed = changed;
  }

  /** Whether there is a page after the last. */
  get more(): boolean {
    return this.#next !== undefined;
  }

  /** Searches, unless that is what was searched for last. What was found before stays until the answer comes. */
  search(query: string): void {
    if (query === this.#query && this.state !== 'idle') return;
    this.#query = query;
    this.#next = undefined;
    void this.#ask();
  }

  /** Fetches the next page, if there is one and none is being fetched. */
  fetchMore(): void {
    if (this.#next !== undefined && this.state === 'ready') void this.#ask(this.#next);
  }

  /** Asks again what failed. */
  retry(): void {
    if (this.#query !== undefined && this.state !== 'loading') void this.#ask(this.#next);
  }

  /** Waits no more. */
  stop(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    if (this.state === 'loading') this.state = 'idle';
  }

  async #ask(cursor?: string): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const { signal } = asking;
    this.#tell('loading');
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      asking.abort();
    }, this.#timeoutMs);
    // A provider may pay no heed to its signal.
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    try {
      const how = { signal, ...(cursor !== undefined && { cursor }) };
      const asked = Promise.resolve().then(() => this.#provider(this.#query ?? '', how));
      const page = await Promise.race([asked, aborted]);
      if (this.#asking !== asking) return;
      const items = Array.isArray(page?.items) ? (page.items as readonly SelectorOption[]) : [];
      this.items = cursor === undefined ? items : [...this.items, ...items];
      // A cursor that leads to itself would be followed for ever.
      this.#next = typeof page?.next === 'string' && page.next !== cursor ? page.next : undefined;
      this.#tell('ready');
    } catch (error) {
      if (this.#asking !== asking) return;
      // Of another question than the one that failed.
      if (cursor === undefined) this.items = [];
      this.#tell(late ? 'late' : 'failed');
      console.warn('<waooaw-context-selector>: the provider failed.', late ? 'No answer in time.' : error);
    } finally {
      clearTimeout(timer);
    }
  }

  #tell(state: ProviderState): void {
    this.state = state;
    this.#changed();
  }
}
