/** What was searched for, marked where it is found. */
import { html } from 'lit';
import { rangesIn } from './context-selector/search.ts';

/** Text with what was searched for in marks. */
export function mark(text: string, words: readonly string[]): unknown {
  const ranges = rangesIn(text, words);
  if (ranges.length === 0) return text;
  const parts: unknown[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    parts.push(text.slice(at, from), html`<mark part="match">${text.slice(from, to)}</mark>`);
    at = to;
  }
  return [...parts, text.slice(at)];
}
