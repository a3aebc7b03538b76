/** The one place that touches the page's registry of custom elements. */
import { VERSION } from '../protocol/version.ts';

/** A class of ours, which knows its release. */
export type VersionedElement = CustomElementConstructor & { readonly version?: string };

/**
 * Registers an element, unless the tag is taken: then both releases are named once on the console and the first stays.
 * Never throws, so that a page with two portals' script tags works.
 */
export function register(tag: string, element: VersionedElement): void {
  const first = customElements.get(tag) as VersionedElement | undefined;
  if (!first) customElements.define(tag, element);
  else if (first !== element) {
    console.warn(
      `<${tag}> is registered already, by release ${first.version ?? 'unknown'}; ${VERSION} leaves it.`,
    );
  }
}
