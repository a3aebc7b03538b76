/** A line of a log as it may be looked at. */
import { safeText } from '../timeline/safe-text.ts';

/** Colours and movements that a program meant for a terminal (ECMA-48, CSI and OSC sequences). */
// eslint-disable-next-line no-control-regex
const TERMINAL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g;
/** Of a line, so much is shown, characters. */
const LONGEST = 4_000;

/** Without what was meant for a terminal; what else would act is made visible. */
export function logText(text: string): string {
  return safeText(text.replace(TERMINAL, ''), LONGEST);
}
