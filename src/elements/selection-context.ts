/** How a widget finds the selection that it follows: an enclosing provider's, else the page's, by name. */
import { createContext } from '@lit/context';
import type { Context } from '@lit/context';
import type { PageContext } from '../context/context.ts';

/**
 * The context of the community protocol. A host provides a `PageContext` of its own under it (`newContext`), and what
 * it encloses follows that one.
 * @param name default `default`; providers of one name enclose nothing for another.
 */
export function selectionContext(name = 'default'): Context<symbol, PageContext | undefined> {
  return createContext<PageContext | undefined, symbol>(Symbol.for(`waooaw.context.${name || 'default'}`));
}
