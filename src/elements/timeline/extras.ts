/** The parts of a timeline that come when somebody asks for them: details, filters, exports. */
import type { CSSResult } from 'lit';
import type * as details from './details.ts';
import type * as exporting from './exporting.ts';
import type * as filters from './filters.ts';

/** The modules, by what they are for. */
interface Parts {
  details: typeof details;
  filters: typeof filters;
  exporting: typeof exporting;
}

const LOADERS: { readonly [Name in keyof Parts]: () => Promise<Parts[Name]> } = {
  details: () => import('./details.ts'),
  filters: () => import('./filters.ts'),
  exporting: () => import('./exporting.ts'),
};

/** Loads parts for one timeline. */
export class Extras {
  readonly #root: ShadowRoot;
  readonly #changed: () => void;
  readonly #there: Partial<Parts> = {};
  readonly #coming = new Map<keyof Parts, Promise<unknown>>();
  readonly #failed = new Set<keyof Parts>();

  /** @param changed a part is there, or could not be loaded. */
  constructor(root: ShadowRoot, changed: () => void) {
    this.#root = root;
    this.#changed = changed;
  }

  /** A part, as far as it is there. Asked for, it comes. */
  get<Name extends keyof Parts>(name: Name): Parts[Name] | undefined {
    if (!this.#there[name] && !this.#failed.has(name)) void this.load(name).catch(() => undefined);
    return this.#there[name];
  }

  /** Whether a part could not be loaded. */
  failed(name: keyof Parts): boolean {
    return this.#failed.has(name);
  }

  /** What failed is asked for again when it is needed next. */
  forgive(): void {
    this.#failed.clear();
  }

  /** Loads a part; tries again what failed. Rejects when it cannot be had. */
  async load<Name extends keyof Parts>(name: Name): Promise<Parts[Name]> {
    const there = this.#there[name];
    if (there) return there;
    let coming = this.#coming.get(name) as Promise<Parts[Name]> | undefined;
    if (!coming) {
      coming = LOADERS[name]();
      this.#coming.set(name, coming);
    }
    try {
      const part = await coming;
      if (!this.#there[name]) this.adopt(part);
      this.#there[name] = part;
      this.#failed.delete(name);
      return part;
    } catch (error) {
      this.#failed.add(name);
      console.warn(`<waooaw-timeline>: its ${name} could not be loaded.`, error);
      throw error;
    } finally {
      this.#coming.delete(name);
      this.#changed();
    }
  }

  /** Puts on the styles of a part. */
  adopt(part: object): void {
    const { styleSheet } = ((part as { styles?: CSSResult }).styles ?? {}) as Partial<CSSResult>;
    if (styleSheet && !this.#root.adoptedStyleSheets.includes(styleSheet))
      this.#root.adoptedStyleSheets.push(styleSheet);
  }
}
