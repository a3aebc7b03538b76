/** The page's visibility, given by the test. */

/** Hides the page, or shows it again. */
export function setHidden(hidden: boolean): void {
  if (hidden) Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' });
  // What stands on the prototype appears again.
  else Reflect.deleteProperty(document, 'visibilityState');
  document.dispatchEvent(new Event('visibilitychange'));
}
