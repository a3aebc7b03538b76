/** The theme that was chosen here before, else the system's; another on request, remembered where the browser allows it. */

/** A theme of the page. */
export type Theme = 'dark' | 'light';

/** Where it is remembered. `early-theme.js` reads it too, before the first paint. */
export const THEME_KEY = 'waooaw-console-theme';

/**
 * Switches the theme with the button, and keeps the button right.
 * @param system whether the system is light.
 */
export function themeSwitch(
  button: HTMLButtonElement,
  root: HTMLElement,
  storage: () => Storage,
  system: MediaQueryList = matchMedia('(prefers-color-scheme: light)'),
): void {
  const theme = (): Theme => {
    const chosen = root.dataset['theme'];
    if (chosen === 'light' || chosen === 'dark') return chosen;
    return system.matches ? 'light' : 'dark';
  };
  const show = (): void => button.setAttribute('aria-pressed', String(theme() === 'light'));
  const chosen = remembered(storage);
  if (chosen) root.dataset['theme'] = chosen;
  show();
  system.addEventListener('change', show);
  button.addEventListener('click', () => {
    const other = theme() === 'light' ? 'dark' : 'light';
    root.dataset['theme'] = other;
    show();
    try {
      storage().setItem(THEME_KEY, other);
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  });
}

function remembered(storage: () => Storage): Theme | undefined {
  try {
    const theme = storage().getItem(THEME_KEY);
    return theme === 'light' || theme === 'dark' ? theme : undefined;
  } catch {
    return undefined;
  }
}
