/** What came of an operation, such as the counts of requests of an upgrade: one line a fact. */
import { html, nothing } from 'lit';
import type { Json } from '../../protocol/frames.ts';
import type { Work } from './stages.ts';
import type { Wording } from './wording.ts';

/** Facts that are shown. */
const MOST_FACTS = 24;

/** Nothing while there is none. What its facts are called is the server's. */
export function resultView({ status }: Work, wording: Wording): unknown {
  const facts = factsIn(status?.result).slice(0, MOST_FACTS);
  if (facts.length === 0) return nothing;
  return html`<div class="result" part="result" role="group" aria-labelledby="result">
    <span class="caption" id="result">${wording.texts.result}</span>
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt><bdi>${name}</bdi></dt>
            <dd><bdi>${typeof value === 'number' ? wording.count(value) : String(value)}</bdi></dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

/** The leaves, each with the names that lead to it. */
function factsIn(
  value: Json | undefined,
  path = '',
): readonly (readonly [name: string, value: string | number | boolean])[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[path, value]];
  return Object.entries(value).flatMap(([name, one]) =>
    factsIn(one as Json, `${path} ${wordsOf(name)}`.trim()),
  );
}

/** `socketsClosed` as people read it. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/[-_\s]+/g, ' ');
}
