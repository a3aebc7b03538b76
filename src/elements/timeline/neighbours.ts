/**
 * Where the focus goes when it leaves a feed by the keyboard (WAI-ARIA APG, "Feed"): to the next control of the page in
 * one direction, be it in another shadow root, or in none.
 */

const FOCUSABLE =
  'a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [contenteditable], [tabindex]';

/**
 * Focuses the first control behind an element, and not within it.
 * @param fallback gets the focus where there is none.
 */
export function focusBehind(element: HTMLElement, fallback: HTMLElement | null): void {
  focusFirst(around(element, true), fallback);
}

/**
 * Focuses the first control before an element, going backwards.
 * @param fallback gets the focus where there is none.
 */
export function focusBefore(element: HTMLElement, fallback: HTMLElement | null): void {
  focusFirst(around(element, false), fallback);
}

function focusFirst(elements: Iterable<Element>, fallback: HTMLElement | null): void {
  for (const one of elements) {
    if (!isControl(one)) continue;
    one.focus();
    // What is inert, disabled by its fieldset, or otherwise not to be had, does not take it.
    if (one.matches(':focus-within')) return;
  }
  fallback?.focus();
}

function isControl(element: Element): element is HTMLElement {
  if (!(element instanceof HTMLElement) || element.tabIndex < 0 || !element.matches(FOCUSABLE)) return false;
  return element.checkVisibility({ visibilityProperty: true });
}

/** All elements on one side, the nearest first: as they are drawn, with shadow roots and what is slotted into them. */
function* around(element: Element, behind: boolean): Generator<Element> {
  for (let at: Element | undefined = element; at; at = parentOf(at)) {
    const all = siblingsOf(at);
    const place = all.indexOf(at);
    const side = behind ? all.slice(place + 1) : all.slice(0, Math.max(0, place)).reverse();
    for (const one of side) yield* within(one, behind);
    // Going back, what holds an element comes before it.
    const parent = behind ? undefined : parentOf(at);
    if (parent) yield parent;
  }
}

/** An element with all that is in it, in order or the other way round. */
function* within(element: Element, forwards: boolean): Generator<Element> {
  const inside = childrenOf(element);
  if (forwards) yield element;
  for (const child of forwards ? inside : inside.toReversed()) yield* within(child, forwards);
  if (!forwards) yield element;
}

/** What is drawn in an element. */
function childrenOf(element: Element): readonly Element[] {
  if (element instanceof HTMLSlotElement && element.getRootNode() instanceof ShadowRoot) {
    const assigned = element.assignedElements();
    if (assigned.length > 0) return assigned;
  }
  return [...(element.shadowRoot ?? element).children];
}

function siblingsOf(element: Element): readonly Element[] {
  if (element.assignedSlot) return element.assignedSlot.assignedElements();
  return [...(element.parentNode?.children ?? [])];
}

function parentOf(element: Element): Element | undefined {
  if (element.assignedSlot) return element.assignedSlot;
  const { parentNode } = element;
  return (parentNode instanceof ShadowRoot ? parentNode.host : element.parentElement) ?? undefined;
}
