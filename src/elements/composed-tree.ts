/** The tree as the reader sees it: shadow roots included. */

/** The element that has the focus, in whatever shadow root; undefined: none has. */
export function deepActiveElement(): HTMLElement | undefined {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement && active !== document.body ? active : undefined;
}

/** Whether a node is shown within an element: in it, in a shadow root in it, or in one of its slots. It encloses itself. */
export function encloses(element: Element, node: Node): boolean {
  for (let at: Node | null = node; at; at = parentOf(at)) if (at === element) return true;
  return false;
}

function parentOf(node: Node): Node | null {
  if (node instanceof ShadowRoot) return node.host;
  return (node instanceof Element || node instanceof Text ? node.assignedSlot : null) ?? node.parentNode;
}

/** The roots around a node: its shadow root, that of its host, …, the document. */
export function rootsOf(node: Node): readonly (Document | ShadowRoot)[] {
  const roots: (Document | ShadowRoot)[] = [];
  for (let at: Node | undefined = node; at;) {
    const root: Node = at.getRootNode();
    if (root instanceof Document || root instanceof ShadowRoot) roots.push(root);
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return roots;
}
