/** A list whose choice the whole page goes by, such as its theme: remembered where the browser allows it. */

/** Where choices are remembered. `early-theme.js` reads them too, before the first paint. */
export const CHOICE_KEYS = {
  theme: 'waooaw-console-theme',
  look: 'waooaw-console-look',
  density: 'waooaw-console-density',
} as const;

/** The attribute of the page's root that its style sheets go by; those with `waooaw` are the elements' own too. */
const ATTRIBUTES = { theme: 'theme', look: 'look', density: 'waooawDensity' } as const;

/** What can be chosen for the page. */
export type Choice = keyof typeof CHOICE_KEYS;

/**
 * Lets a list choose, and keeps it right.
 * @param list its first option holds until another is chosen; an empty one leaves it to the system.
 * @param root gets the choice as a `data-` attribute.
 */
export function pageChoice(
  list: HTMLSelectElement,
  choice: Choice,
  root: HTMLElement,
  storage: () => Storage,
): void {
  const show = (value: string): void => {
    list.value = value;
    if (value === '') delete root.dataset[ATTRIBUTES[choice]];
    else root.dataset[ATTRIBUTES[choice]] = value;
  };
  const chosen = remembered(storage, choice);
  const isKnown = [...list.options].some(({ value }) => value === chosen);
  show(isKnown && chosen !== null ? chosen : (list.options[0]?.value ?? ''));
  list.addEventListener('change', () => {
    show(list.value);
    try {
      storage().setItem(CHOICE_KEYS[choice], list.value);
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  });
}

function remembered(storage: () => Storage, choice: Choice): string | null {
  try {
    return storage().getItem(CHOICE_KEYS[choice]);
  } catch {
    return null;
  }
}
