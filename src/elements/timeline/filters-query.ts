/** How a query of the audit trail can go on where somebody is typing it. */
import { AUDIT_ACTIONS, AUDIT_ACTOR_KINDS, AUDIT_LEVELS, AUDIT_RESULTS } from '../../protocol/audit.ts';
import { FIELDS } from '../../protocol/audit-query.ts';
import type { Facets } from './filters-facets.ts';

/** One way to go on. */
export interface Completion {
  /** Shown, and put in. */
  readonly text: string;
  /** What it takes the place of: from here to the caret. */
  readonly from: number;
  /** A value may follow at once; else a space does. */
  readonly open: boolean;
}

/** More are not offered at once. */
const MOST = 8;
const QUALIFIERS = [...Object.keys(FIELDS), 'resource', 'tag', 'after', 'before'];
const TIMES = ['1h', '24h', '7d', '30d'];

/**
 * How a query can go on.
 * @param caret UTF-16 units before it.
 * @param facets values in use.
 */
export function completionsOf(text: string, caret: number, facets: Facets): readonly Completion[] {
  const start = tokenStart(text, caret);
  // Within quotes anything may stand.
  if (start === undefined) return [];
  const typed = text.slice(start, caret);
  const minus = typed.startsWith('-') ? 1 : 0;
  const colon = typed.indexOf(':');
  if (colon < 0) {
    const begin = typed.slice(minus).toLowerCase();
    return QUALIFIERS.filter((name) => name.startsWith(begin) && name !== begin)
      .slice(0, MOST)
      .map((name) => ({ text: `${name}:`, from: start + minus, open: true }));
  }
  const name = typed.slice(minus, colon).toLowerCase();
  const from = start + Math.max(colon, typed.lastIndexOf(',')) + 1;
  const begin = text.slice(from, caret).toLowerCase();
  return valuesOf(name, facets)
    .filter((value) => value.toLowerCase().startsWith(begin) && value.toLowerCase() !== begin)
    .slice(0, MOST)
    .map((value) => ({ text: quoted(value), from, open: name === 'tag' }));
}

/** The query with a completion taken, and where the caret is then. */
export function taken(text: string, caret: number, completion: Completion): { text: string; caret: number } {
  const rest = text.slice(caret);
  const put = completion.text + (completion.open || rest.startsWith(' ') ? '' : ' ');
  return { text: text.slice(0, completion.from) + put + rest, caret: completion.from + put.length };
}

function valuesOf(name: string, facets: Facets): readonly string[] {
  const values = (list: keyof Omit<Facets, 'tags'>): string[] => facets[list].map(({ value }) => value);
  switch (name) {
    case 'action':
      return [...new Set([...values('types'), ...AUDIT_ACTIONS])];
    case 'actor':
      return values('actors');
    case 'kind':
      return AUDIT_ACTOR_KINDS;
    case 'level':
      return AUDIT_LEVELS;
    case 'result':
      return AUDIT_RESULTS;
    case 'tag':
      return facets.tags.map((tag) => `${tag}=`);
    case 'after':
    case 'before':
      return TIMES;
    default:
      return [];
  }
}

function quoted(value: string): string {
  return /[\s",]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

/** Where the word at the caret begins; undefined within quotes. */
function tokenStart(text: string, caret: number): number | undefined {
  let start = 0;
  let within = false;
  for (let i = 0; i < caret; i += 1) {
    if (within && text[i] === '\\') i += 1;
    else if (text[i] === '"') within = !within;
    else if (!within && /\s/.test(text[i]!)) start = i + 1;
  }
  return within ? undefined : start;
}
