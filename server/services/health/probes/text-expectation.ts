/** What must be in a text that comes from a target: some other text, a pattern, or both. */
import type { RE2JS } from 're2js';
import { compilePattern } from '../../../pattern.ts';

/** Most of a text that a pattern is sought in, characters. */
const MAX_MATCHED = 64 * 1024;
/**
 * RE2 takes time for each of a pattern's instructions at each character. Their product is what one look may cost: more than
 * 100 ms of the event loop for the worst of patterns, a few for any that people write.
 */
const MAX_STEPS = 4 * 1024 * 1024;

/** As the settings have it. */
export interface ExpectedText {
  readonly contains?: string | undefined;
  readonly matches?: string | undefined;
}

/** Compiles a pattern. @throws RangeError saying what is wrong with it. */
export function compiled(matches: string | undefined): RE2JS | undefined {
  return matches === undefined ? undefined : compilePattern(matches);
}

/** How much of a text the pattern is sought in, characters. */
export function reachOf(pattern: RE2JS): number {
  return Math.min(MAX_MATCHED, Math.floor(MAX_STEPS / pattern.programSize()));
}

/** True where the pattern matches somewhere in what it is sought in, the beginning of the text. */
export function matchesSomewhere(pattern: RE2JS, text: string | Buffer): boolean {
  const reach = reachOf(pattern);
  return pattern
    .matcher(typeof text === 'string' ? text.slice(0, reach) : text.toString('utf8', 0, reach))
    .find();
}
