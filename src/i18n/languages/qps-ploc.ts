/** Pseudo-language for tests: English with accents, in brackets, nearly half as long again. */
import type { Language } from '../messages.ts';
import { around, pseudo } from './pseudo.ts';

const ACCENTS: Readonly<Record<string, string>> = Object.fromEntries(
  [...'AEIOUYCNSZaeiouycnsz'].map((letter, i) => [letter, [...'ÅÉÎÖÛÝÇÑŠŽåéîöûýçñšž'][i] ?? letter]),
);
/** How much longer texts get: as German is of short English words. */
const LONGER = 0.4;

export const messages: Language = (_, english) =>
  pseudo(english, (text) => (text.trim() === '' ? text : `[${long(around(text, accented))}]`));

function accented(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => ACCENTS[letter] ?? letter);
}

function long(text: string): string {
  return `${text} ${'one two three four five six seven eight nine ten eleven twelve '.repeat(4).slice(0, Math.ceil(text.length * LONGER))}`.trimEnd();
}
