/** Where the focus goes when it leaves a feed by the keyboard (WAI-ARIA APG, "Feed"). */

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [contenteditable], [tabindex]:not([tabindex^="-"])';

/**
 * Focuses the first control of the page behind an element.
 * @param fallback gets the focus where there is none.
 */
export function focusBehind(element: HTMLElement, fallback: HTMLElement | null): void {
  const root = element.getRootNode() as Document | ShadowRoot;
  for (const candidate of root.querySelectorAll<HTMLElement>(FOCUSABLE)) {
    if (!(element.compareDocumentPosition(candidate) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    if (element.contains(candidate) || !candidate.checkVisibility()) continue;
    candidate.focus();
    if (candidate.matches(':focus-within')) return;
  }
  fallback?.focus();
}
