/** Regular expressions that come from outside: RE2, whose time is the pattern's instructions times the text's length. */
import { RE2JS } from 're2js';

/** Instructions of a compiled pattern: a short one may hold a great many. */
const MAX_PROGRAM = 500;

/** @throws RangeError saying what is wrong with it, for whoever knows the place. */
export function compilePattern(text: string): RE2JS {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(text);
  } catch (cause) {
    throw new RangeError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (pattern.programSize() > MAX_PROGRAM) throw new RangeError('too large, as its repetitions multiply');
  return pattern;
}
