/** What following the page's language takes, but for the languages themselves. Loaded after the first paint. */
export { loadLanguage } from './load.ts';
export { intlTimeZone, pageTimeZone } from './page-time-zone.ts';
export { startTranslation } from './translate.ts';
export { watchLanguage } from './watch-language.ts';
