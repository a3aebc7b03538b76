/** The media that every element is looked at in. */

/** Settings for the browser, all of them in each, so that one test leaves nothing to the next. */
export const MEDIA = {
  light: { colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' },
  dark: { colorScheme: 'dark', forcedColors: 'none', reducedMotion: 'no-preference' },
  'forced colours': { colorScheme: 'light', forcedColors: 'active', reducedMotion: 'no-preference' },
  'reduced motion': { colorScheme: 'dark', forcedColors: 'none', reducedMotion: 'reduce' },
} as const;

/** Its names. */
export const MEDIA_NAMES = Object.keys(MEDIA) as (keyof typeof MEDIA)[];

/** Lets the page follow the browser's colour scheme, as a host's page would. */
export function followColorScheme(): void {
  const { style } = document.documentElement;
  style.colorScheme = 'light dark';
  style.background = 'light-dark(#ffffff, #0a0a0a)';
  document.documentElement.lang = 'en';
}
