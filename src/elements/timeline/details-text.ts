/** Values as text for people: bounded, unambiguous, and safe to look at. */
import type { Json } from '../../protocol/frames.ts';
import { safeText } from './safe-text.ts';

/** Texts that would be taken for another kind of value stand in quotes. */
const AMBIGUOUS = /^(?:$|\s|["[{]|(?:-?[\d.]+(?:e[+-]?\d+)?|true|false|null)$)/i;
/** What lies deeper is left out of a line of JSON. */
const MOST_LEVELS = 64;

/** The first so many characters, never a part of one, and `…` where it is cut. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.charCodeAt(most - 1);
  return `${text.slice(0, end >= 0xd800 && end <= 0xdbff ? most - 1 : most)}…`;
}

/**
 * A value on a few lines: texts as they are, the rest as JSON.
 * @param most characters. What comes behind is not even looked at, however large or deep the value is.
 * @param quotes whether texts that look like another kind of value stand in quotes. Default true.
 */
export function valueText(value: Json, most: number, quotes = true): string {
  const text = typeof value === 'string' && !(quotes && isAmbiguous(value)) ? value : compact(value, most);
  return safeText(cut(text, most), Infinity);
}

function isAmbiguous(text: string): boolean {
  return AMBIGUOUS.test(text.slice(0, 100)) || /\s/.test(text.slice(-1));
}

/** JSON in one line, up to a little over `most` characters. */
export function compact(value: Json, most: number): string {
  let text = '';
  const write = (one: Json, level: number): void => {
    if (typeof one === 'string') text += JSON.stringify(one.slice(0, Math.max(0, most - text.length + 1)));
    else if (typeof one !== 'object' || one === null) text += String(one);
    else if (level > MOST_LEVELS) text += '…';
    else if (isList(one)) {
      text += '[';
      for (let i = 0; i < one.length && text.length <= most; i += 1) {
        if (i > 0) text += ', ';
        write(one[i]!, level + 1);
      }
      text += ']';
    } else {
      text += '{';
      let separator = '';
      for (const name in one) {
        if (text.length > most) break;
        const member = one[name];
        if (member === undefined || !Object.hasOwn(one, name)) continue;
        text += `${separator}${JSON.stringify(name.slice(0, most))}: `;
        separator = ', ';
        write(member, level + 1);
      }
      text += '}';
    }
  };
  write(value, 0);
  return text;
}

/** `Array.isArray`, for lists that are only read. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A time exactly, to the µs where it has them: `2026-11-23T09:10:55.123456Z`. @param ms since 1970. */
export function isoTime(ms: number): string {
  const iso = new Date(Math.floor(ms)).toISOString();
  const micros = Math.round((ms - Math.floor(ms)) * 1000);
  return micros > 0 && micros < 1000 ? iso.replace('Z', `${String(micros).padStart(3, '0')}Z`) : iso;
}

/** An address that a link may have: of the web, or relative to the page. Anything else is text. */
export function linkOf(href: string): string | undefined {
  try {
    return /^https?:$/.test(new URL(href, document.baseURI).protocol) ? href : undefined;
  } catch {
    return undefined;
  }
}
