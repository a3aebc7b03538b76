/** The page's contexts by name. */
import type { ContextOptions, PageContext } from './context.ts';
import { SelectionStore } from './selection-store.ts';

// Shared by every copy of this module on the page, so that widgets of every release are about the same thing.
const KEY = Symbol.for('waooaw.contexts.v1');

/**
 * The page's context of a name: made when it is first asked for, and the same for everybody from then on.
 * @param name default `default`, which is what an empty name is too.
 * @param options what was asked for first stays.
 */
export function pageContext(name = 'default', options: ContextOptions = {}): PageContext {
  const holder = globalThis as { [KEY]?: Map<string, PageContext> };
  const contexts = (holder[KEY] ??= new Map());
  const key = name || 'default';
  let context = contexts.get(key);
  if (!context) {
    context = newContext(key, options);
    contexts.set(key, context);
  }
  return context;
}

/** A context that the page does not know, for a host that provides it to a part of the page. */
export function newContext(name = 'default', options: ContextOptions = {}): PageContext {
  return new SelectionStore(name, options);
}
