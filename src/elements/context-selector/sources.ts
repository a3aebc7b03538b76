/** Where the options come from: the host's property, a provider, the server, time ranges, or the page's own `<option>`s. */
import type { Connected } from './connected.ts';
import { NO_OPTIONS, readOptions } from './option.ts';
import type { Options } from './option.ts';
import type { OptionsProvider, ProviderFeed } from './provider.ts';
import { readSlotted, watchSlotted } from './slotted.ts';
import type { ReactiveControllerHost } from 'lit';

/** What the host says of them; the first that is there counts. */
export interface SourceSettings {
  readonly provider: OptionsProvider | undefined;
  readonly timeoutMs: number;
  /** A kind of contexts that the server knows. */
  readonly source: string;
  readonly options: unknown;
}

/** How the options stand. `stale`: those that are shown were right once. */
export type SourceState = 'ready' | 'loading' | 'failed' | 'late' | 'refused' | 'stale';

/** Makes what asks a provider. */
export type FeedMaker = (provider: OptionsProvider, timeoutMs: number, changed: () => void) => ProviderFeed;

const warned = new Set<string>();

/** The options of one selector. */
export class Sources {
  options: Options = NO_OPTIONS;
  /** Ids of the `<option>`s that are `selected`. */
  selected: readonly string[] = [];
  feed: ProviderFeed | undefined;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #changed: () => void;
  #settings: SourceSettings | undefined;
  #connected: Connected | undefined;
  #makeFeed: FeedMaker | undefined;
  #loading = false;
  #notLoaded = false;
  #stopSlotted: (() => void) | undefined;

  /** @param changed options or state are other than before. */
  constructor(host: ReactiveControllerHost & HTMLElement, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get state(): SourceState {
    const { feed } = this;
    if (feed) return feed.state === 'idle' || feed.state === 'ready' ? 'ready' : feed.state;
    if (!this.#settings?.source) return 'ready';
    if (this.#notLoaded) return 'failed';
    switch (this.#connected?.freshness) {
      case 'error':
        return 'refused';
      case 'stale':
        return 'stale';
      case 'live':
      case 'empty':
        return 'ready';
      default:
        return 'loading';
    }
  }

  /** Why the server refuses. */
  get reason(): string {
    return this.#connected?.refused ?? '';
  }

  /** Takes what the host says now. */
  use(settings: SourceSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    const { provider, source, timeoutMs, options } = settings;
    if (provider !== before?.provider || timeoutMs !== before?.timeoutMs) this.#feed(provider, timeoutMs);
    const connects = !provider && source !== '';
    const otherwise = !provider !== !before?.provider;
    if (source !== before?.source || otherwise) {
      if (connects && !this.#connected) void this.#connect();
      this.#connected?.follow(connects ? source : '');
      this.#read(connects ? (this.#connected?.items ?? []) : []);
    }
    this.#watch(!provider && !connects && options === undefined);
    if (!provider && !connects && options !== undefined && (options !== before?.options || otherwise))
      this.#read(options);
  }

  /** Providers are asked by what is loaded with the list: nobody needs their answers before. */
  useFeeds(make: FeedMaker): void {
    this.#makeFeed = make;
    if (this.#settings) this.#feed(this.#settings.provider, this.#settings.timeoutMs);
  }

  /** Asks again what failed. */
  retry(): void {
    if (this.feed) this.feed.retry();
    else if (this.#notLoaded) void this.#connect();
    else this.#connected?.again();
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.feed?.stop();
    this.#watch(false);
  }

  /** Goes on after {@link stop}. */
  resume(): void {
    if (this.#settings) this.use(this.#settings);
  }

  async #connect(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    this.#notLoaded = false;
    try {
      const { Connected } = await import('./connected.ts');
      this.#connected = new Connected(this.#host, () => {
        if (this.#settings?.source && !this.#settings.provider) this.#read(this.#connected?.items ?? []);
        this.#changed();
      });
      this.#connected.follow(this.#settings?.provider ? '' : (this.#settings?.source ?? ''));
    } catch (error) {
      console.warn('<waooaw-context-selector>: what follows the server could not be loaded.', error);
      this.#notLoaded = true;
    }
    this.#loading = false;
    this.#changed();
  }

  #feed(provider: OptionsProvider | undefined, timeoutMs: number): void {
    this.feed?.stop();
    this.feed = undefined;
    if (!provider || !this.#makeFeed) return;
    this.#read([]);
    const feed = this.#makeFeed(provider, timeoutMs, () => {
      if (this.feed !== feed) return;
      if (feed.state === 'ready' || feed.items.length === 0) this.#read(feed.items);
      this.#changed();
    });
    this.feed = feed;
  }

  #watch(wanted: boolean): void {
    if (!wanted) {
      this.#stopSlotted?.();
      this.#stopSlotted = undefined;
    } else if (!this.#stopSlotted) {
      const read = (): void => {
        const { options, selected } = readSlotted(this.#host);
        this.selected = selected;
        this.#read(options);
        this.#changed();
      };
      this.#stopSlotted = watchSlotted(this.#host, read);
      const { options, selected } = readSlotted(this.#host);
      this.selected = selected;
      this.#read(options);
    }
  }

  #read(given: unknown): void {
    this.options = readOptions(given);
    const { duplicates, nameless } = this.options.faults;
    const [first] = duplicates;
    if (first !== undefined) {
      const id = first.slice(0, 100);
      this.#warn(`the id "${id}" stands more than once (${duplicates.length} such ids): the first counts`);
    }
    if (nameless > 0) this.#warn('options without id and label are left out');
  }

  #warn(text: string): void {
    if (!warned.has(text)) console.warn(`<waooaw-context-selector>: ${text}`);
    if (warned.size < 100) warned.add(text);
  }
}
