/** What to do about an error, beyond what the server says of it, and its code to look it up by. */
import { ApiProblem } from './agents-api.ts';

/** By code of docs/errors.md. */
const ADVICE: Readonly<Record<string, string>> = {
  generation_conflict: 'Somebody has changed it meanwhile. Look at what it is now, and ask again.',
  agent_busy: 'Wait until its operation is done, or cancel that below.',
  agent_limit: 'Delete one first, or raise WAOOAW_MAX_AGENTS.',
  bad_transition: 'Its state has changed meanwhile. What may be asked of it now, stands in the buttons.',
  forbidden: 'It takes the role operator or admin.',
  unauthorized: 'Sign in again, or give the page another token.',
  rate_limited: 'Wait a moment, and ask again.',
};

/** An error for people. */
export function adviceOn(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof ApiProblem ? error.code : undefined;
  if (code === undefined) return text;
  return [text.replace(/\.?$/, '.'), ADVICE[code], `(${code})`].filter(Boolean).join(' ');
}
