/** Brings style sheets into a shadow root with what is loaded lazily, each once. */
import type { CSSResult } from 'lit';

/** Adopts them in the root that an element is in. A strict CSP allows it: they are no inline styles. */
export function adopt(element: Element, ...styles: readonly CSSResult[]): void {
  const root = element.getRootNode();
  if (!(root instanceof ShadowRoot)) return;
  for (const { styleSheet } of styles) {
    if (styleSheet && !root.adoptedStyleSheets.includes(styleSheet)) root.adoptedStyleSheets.push(styleSheet);
  }
}
