/** Opens a selector's list, which is loaded behind the first paint. */
import type { Dropdown, DropdownHost } from './dropdown.ts';
import type * as recents from './recents.ts';

/** Where the keyboard begins. */
export type Begin = 'first' | 'last' | 'none';

/** What the element has to say to it. */
export interface OpenerSettings {
  readonly disabled: () => boolean;
  /** Under which name recent choices are kept; empty: they are not. */
  readonly recents: () => string;
  readonly opened: (dropdown: Dropdown) => void;
}

/** The list of one selector. */
export class Opener {
  dropdown: Dropdown | undefined;
  /** Ids chosen lately, as they were when it opened. */
  recent: readonly string[] = [];
  readonly #host: DropdownHost;
  readonly #settings: OpenerSettings;
  #recents: typeof recents | undefined;
  #loading = false;
  /** It shall open as soon as it is loaded. */
  #wanted: Begin | undefined;

  constructor(host: DropdownHost, settings: OpenerSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  get isOpen(): boolean {
    return this.dropdown?.isOpen ?? false;
  }

  open(begin: Begin = 'none'): void {
    if (this.isOpen) return;
    this.#wanted = begin;
    if (this.dropdown) this.#openNow(this.dropdown);
    else void this.load();
  }

  /** Closes it, or lets it not open. */
  close(): void {
    this.#wanted = undefined;
    this.dropdown?.close('escape');
  }

  /** Remembers what was chosen: it comes first when it opens again. */
  keep(id: string): void {
    this.#recents?.keepRecents(this.#settings.recents(), [id]);
  }

  /** Loads the list, if it is not there. */
  async load(): Promise<void> {
    if (this.#loading || this.dropdown) return;
    this.#loading = true;
    try {
      this.#recents = await import('./recents.ts');
      const { Dropdown, styles } = await import('./dropdown.ts');
      const { styleSheet } = styles;
      if (styleSheet) this.#host.shadowRoot?.adoptedStyleSheets.push(styleSheet);
      this.dropdown = new Dropdown(this.#host);
      this.#host.requestUpdate();
      await this.#host.updateComplete;
      this.#openNow(this.dropdown);
    } catch (error) {
      // Whoever tries to open it tries to load it again.
      console.warn('<waooaw-context-selector>: the list could not be loaded.', error);
    }
    this.#loading = false;
  }

  #openNow(dropdown: Dropdown): void {
    const begin = this.#wanted;
    const { disabled, opened, recents } = this.#settings;
    if (begin === undefined || disabled()) return;
    this.recent = this.#recents?.readRecents(recents()) ?? [];
    dropdown.open(begin);
    this.#wanted = undefined;
    opened(dropdown);
  }
}
