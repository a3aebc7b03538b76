/** The look that was chosen here before, else the brand's; another on request, remembered where the browser allows it. */

/** Where it is remembered. `early-theme.js` reads it too, before the first paint. */
export const LOOK_KEY = 'waooaw-console-look';

/** Lets the list choose the look that the page's style sheets go by, and keeps the list right. */
export function lookSwitch(list: HTMLSelectElement, root: HTMLElement, storage: () => Storage): void {
  const known = (look: string | null | undefined): look is string =>
    [...list.options].some(({ value }) => value === look);
  const show = (look: string): void => {
    root.dataset['look'] = list.value = look;
  };
  const chosen = remembered(storage);
  const first = list.options[0]?.value ?? '';
  show(known(chosen) ? chosen : first);
  list.addEventListener('change', () => {
    show(list.value);
    try {
      storage().setItem(LOOK_KEY, list.value);
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  });
}

function remembered(storage: () => Storage): string | null {
  try {
    return storage().getItem(LOOK_KEY);
  } catch {
    return null;
  }
}
