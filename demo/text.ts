/** Small things that several views write. */
import { pageLocale } from '../src/i18n/format.ts';
import { intlTimeZone } from '../src/i18n/page-time-zone.ts';
import { formatDuration, formatTime } from '../src/i18n/times.ts';

/** Writes a text only if it is another: readers of screens are told of each. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A new element with a class and a text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  text = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** A point in time as a `<time>`, in the page's zone. @param ms since 1970. */
export function timeOf(ms: number): HTMLTimeElement {
  const element = document.createElement('time');
  element.dateTime = new Date(ms).toISOString();
  element.textContent = formatTime(ms, pageLocale(), intlTimeZone());
  return element;
}

/** How long something took, for people. */
export function spanText(ms: number): string {
  return formatDuration(Math.max(1, Math.round(ms / 1000)), pageLocale(), 'short');
}
