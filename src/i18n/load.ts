/** Languages are loaded when something on the page is to speak them. */
import type { Catalogue } from './languages/catalogue.ts';
import type { Language } from './messages.ts';
import { chain, setLanguage } from './translate.ts';

/** Fetches a language. */
export type LanguageLoader = () => Promise<{ readonly messages: Partial<Catalogue> | Language }>;

/** What failed is tried again for whoever asks later than this, ms. */
const AGAIN_AFTER_MS = 60_000;

/** By BCP 47 name, lower case. Those that begin with `qps` are for tests: long text, and right to left. */
const loaders = new Map<string, LanguageLoader>([
  ['de', () => import('./languages/de.ts')],
  ['es', () => import('./languages/es.ts')],
  ['qps-ploc', () => import('./languages/qps-ploc.ts')],
  ['qps-plocm', () => import('./languages/qps-plocm.ts')],
]);
const loading = new Map<string, Promise<void>>();
const failedAt = new Map<string, number>();

/** Offers one more language, or another translation of one: it is fetched when something is to speak it. */
export function addLanguage(locale: string, load: LanguageLoader): void {
  const name = locale.toLowerCase();
  loaders.set(name, load);
  loading.delete(name);
  failedAt.delete(name);
}

/**
 * Loads what there is of a language, once: `de-AT` loads `de` too. A language that cannot be had is named on the
 * console once, and English stays.
 * @returns resolves when it is there or is not to be had; never rejects.
 */
export async function loadLanguage(locale: string): Promise<void> {
  await Promise.all(chain(locale).map(load));
}

async function load(name: string): Promise<void> {
  const fetch = loaders.get(name);
  const failed = failedAt.get(name);
  if (!fetch || (failed !== undefined && Date.now() - failed < AGAIN_AFTER_MS)) return;
  let done = loading.get(name);
  if (!done) {
    done = bring(name, fetch);
    loading.set(name, done);
  }
  await done;
}

async function bring(name: string, fetch: LanguageLoader): Promise<void> {
  try {
    setLanguage(name, (await fetch()).messages);
  } catch (error) {
    if (!failedAt.has(name)) console.warn(`waooaw: the language "${name}" could not be loaded.`, error);
    failedAt.set(name, Date.now());
    loading.delete(name);
  }
}
