/** Dark by default, light on request, remembered where the browser allows it. */

/** A theme of the page. */
export type Theme = 'dark' | 'light';

const KEY = 'waooaw-console-theme';

/** Shows the remembered theme and switches it with the button. */
export function themeSwitch(button: HTMLButtonElement, root: HTMLElement, storage: () => Storage): void {
  const show = (theme: Theme): void => {
    root.dataset['theme'] = theme;
    button.setAttribute('aria-pressed', String(theme === 'light'));
  };
  show(remembered(storage));
  button.addEventListener('click', () => {
    const theme = root.dataset['theme'] === 'light' ? 'dark' : 'light';
    show(theme);
    try {
      storage().setItem(KEY, theme);
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  });
}

function remembered(storage: () => Storage): Theme {
  try {
    return storage().getItem(KEY) === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark';
  }
}
