/** The media that every element is looked at in. */

/** All settings in each, so that one test leaves nothing to the next. */
const PLAIN = {
  colorScheme: 'light',
  forcedColors: 'none',
  reducedMotion: 'no-preference',
  contrast: 'no-preference',
} as const;

/** Settings for the browser. */
export const MEDIA = {
  light: PLAIN,
  dark: { ...PLAIN, colorScheme: 'dark' },
  'more contrast': { ...PLAIN, contrast: 'more' },
  'forced colours': { ...PLAIN, forcedColors: 'active' },
  'reduced motion': { ...PLAIN, colorScheme: 'dark', reducedMotion: 'reduce' },
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
