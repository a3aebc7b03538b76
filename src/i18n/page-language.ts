/** Which language and direction an element is in. */

/** The nearest `lang` up the tree and out of shadow roots; without one the browser's. */
export function localeOf(element: Element): string {
  return nearest(element, 'lang')?.getAttribute('lang') || navigator.language;
}

/** The nearest `dir` up the tree and out of shadow roots. */
export function dirOf(element: Element): 'ltr' | 'rtl' {
  const from = nearest(element, 'dir');
  const dir = from?.getAttribute('dir')?.toLowerCase();
  // What `auto` comes to, only the browser knows.
  const real = from && dir === 'auto' ? getComputedStyle(from).direction : dir;
  return real === 'rtl' ? 'rtl' : 'ltr';
}

function nearest(element: Element, attribute: string): Element | undefined {
  for (let at: Element | undefined = element; at;) {
    const found: Element | null = at.closest(`[${attribute}]`);
    if (found) return found;
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return undefined;
}
