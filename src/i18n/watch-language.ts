/** Follows `lang` and `dir` around elements, with one observer for the whole page. */

/** How many follow something in a root: the document, or the shadow roots between it and them. */
const roots = new Map<Node, number>();
const listeners = new Set<() => void>();
let observer: MutationObserver | undefined;

const WHAT: MutationObserverInit = { attributes: true, subtree: true, attributeFilter: ['lang', 'dir'] };

/**
 * Tells when a `lang` or `dir` changes anywhere around an element that is in the document.
 * @returns stops.
 */
export function watchLanguage(element: Element, listener: () => void): () => void {
  const own = rootsOf(element);
  observer ??= new MutationObserver(tell);
  for (const root of own) {
    const many = roots.get(root) ?? 0;
    roots.set(root, many + 1);
    if (many === 0) observer.observe(root, WHAT);
  }
  const entry = (): void => listener();
  listeners.add(entry);
  return () => {
    if (listeners.delete(entry)) leave(own);
  };
}

function leave(own: readonly Node[]): void {
  let gone = false;
  for (const root of own) {
    const many = (roots.get(root) ?? 1) - 1;
    if (many > 0) roots.set(root, many);
    else gone = roots.delete(root);
  }
  if (!gone || !observer) return;
  // An observer leaves all it observes or nothing: it starts over with what is left. What it has seen is told.
  const seen = observer.takeRecords().length > 0;
  observer.disconnect();
  for (const root of roots.keys()) observer.observe(root, WHAT);
  if (roots.size === 0) observer = undefined;
  else if (seen) tell();
}

function tell(): void {
  for (const listener of [...listeners]) listener();
}

function rootsOf(element: Element): Node[] {
  const found: Node[] = [];
  for (let at: Element | undefined = element; at;) {
    const root: Node = at.getRootNode();
    found.push(root);
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return found;
}
