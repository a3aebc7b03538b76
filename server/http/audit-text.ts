/** What comes from outside, such that an audit entry takes it: no entry is missed for what somebody wrote into an address. */

/** Longest text that is taken over, characters. */
const MAX_TEXT = 256;
/** Control characters would garble a terminal, half of a surrogate pair has no spelling in UTF-8. */
const UNFIT = /[\p{Cc}\p{Surrogate}]/gu;
const INSTEAD = '\u{fffd}';

/** A name, an id or a path: without control characters, and not too long. */
export function plain(text: string): string {
  return text.slice(0, MAX_TEXT).replace(UNFIT, INSTEAD);
}

/** A part of an address, decoded where it can be. */
export function decoded(text: string): string {
  try {
    return plain(decodeURIComponent(text));
  } catch {
    return plain(text);
  }
}
