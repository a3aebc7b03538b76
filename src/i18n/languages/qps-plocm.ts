/** Pseudo-language for tests: English written from right to left, as a page with `dir="rtl"` must bear it. */
import type { Language } from '../messages.ts';
import { around, pseudo } from './pseudo.ts';

/** Unicode's right-to-left override and its end: strong letters the other way. */
const [FROM_RIGHT, END] = ['\u202e', '\u202c'];

export const messages: Language = (_, english) =>
  pseudo(english, (text) =>
    around(text, (piece) => (/\p{L}/u.test(piece) ? `${FROM_RIGHT}${piece}${END}` : piece)),
  );
