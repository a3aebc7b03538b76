/** Words of the audit trail's text: what is one, whatever its case, its accents and its script. */

/** Scripts that put no space between words: every letter of theirs is a word, and a phrase finds a sequence of them. */
const UNSPACED =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const WORD = new RegExp(`[${UNSPACED}]|[[\\p{L}\\p{N}\\p{M}]--[${UNSPACED}]]+`, 'gv');
const ACCENTS = /[\u0300-\u036f]/g;

/** The words of a text, in order, in small letters and without accents. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').toLowerCase().replace(ACCENTS, '');
  return plain.match(WORD) ?? [];
}

/** The words of a phrase one after the other occur in the text's words. */
export function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  for (let at = words.indexOf(phrase[0]!); at >= 0; at = words.indexOf(phrase[0]!, at + 1)) {
    if (phrase.every((word, i) => words[at + i] === word)) return true;
  }
  return false;
}
