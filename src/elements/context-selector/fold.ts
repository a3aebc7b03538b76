/** Folds text for searching: without case, accents and ligatures, and with a way back to where each letter stood. */

/** Folded text, and for each of its UTF-16 units where in the original it came from. */
export interface Folded {
  readonly text: string;
  /** Start, in the original, of the character that this unit came from; not there when the two are alike. */
  readonly starts?: readonly number[];
}

// Accents and points that search ignores. Vowel signs of Indic scripts and the Japanese voicing marks are letters.
const MARKS =
  // eslint-disable-next-line no-misleading-character-class
  /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
// eslint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** Letters that Unicode does not take apart. */
const APART: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

const known = new Map<string, string>();
/** More letters than any page has; beyond it a hostile list must not fill the memory. */
const MOST_KNOWN = 10_000;

function foldLetter(letter: string): string {
  let folded = known.get(letter);
  if (folded === undefined) {
    const bare = letter.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(MARKS, '');
    folded = [...bare].map((one) => APART[one] ?? one).join('');
    if (known.size < MOST_KNOWN) known.set(letter, folded);
  }
  return folded;
}

/** Folds a text: `"Zürich"` and `"ZURICH"` are one, so are `"Straße"` and `"STRASSE"`, `"ﬁle"` and `"file"`. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const letter of text) folded += foldLetter(letter);
  return folded;
}

/** Folds a text and keeps where each unit came from. */
export function foldWithStarts(text: string): Folded {
  if (ASCII.test(text)) return { text: text.toLowerCase() };
  let folded = '';
  let at = 0;
  const starts: number[] = [];
  for (const letter of text) {
    const part = foldLetter(letter);
    for (let i = 0; i < part.length; i += 1) starts.push(at);
    folded += part;
    at += letter.length;
  }
  return { text: folded, starts };
}
