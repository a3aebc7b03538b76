/** Why a probe failed, in words for people: without a credential, a control character or the body of an answer. */
import { NoResult } from './probe.ts';

/** Longest reason that is made of foreign text, characters. */
const MAX_CHARACTERS = 200;

/** What these codes of the system and of the resolver mean. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused',
  ECONNRESET: 'The connection was closed by the other end',
  ECONNABORTED: 'The connection was closed by the other end',
  EPIPE: 'The connection was closed by the other end',
  EHOSTUNREACH: 'There is no way to the host',
  ENETUNREACH: 'There is no way to the network',
  ETIMEDOUT: 'The host did not answer',
  EACCES: 'The system does not allow it',
  EPERM: 'The system does not allow it',
  ENOTFOUND: 'The name does not exist',
  EAI_AGAIN: 'The name could not be looked up; the resolver did not answer',
  EAI_FAIL: 'The name could not be looked up; the resolver failed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'The other end does not speak TLS',
  HPE_HEADER_OVERFLOW: 'The headers of the answer are too large',
};

/** Ours: files, ports, processes or memory ran out, which says nothing of the target. */
const OURS = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL', 'EAGAIN', 'EAI_MEMORY']);

/** What a probe says itself: its message is the reason as it stands. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

/**
 * Puts an error into words.
 * @param signal the run's: where it is aborted, that is why.
 * @param phase what was being done, such as `connecting`.
 */
export function failureOf(error: unknown, signal: AbortSignal, phase: string): Error {
  if (signal.aborted) return new ProbeFailure(`${messageOf(signal.reason)}: ${phase}`, { cause: error });
  if (error instanceof ProbeFailure || error instanceof NoResult) return error;
  const code = codeOf(error);
  if (OURS.has(code)) return new NoResult(`${code} while ${phase}`, { cause: error });
  // The parser's own words say where it was, and may hold what it read.
  if (code.startsWith('HPE_') && !(code in WORDS))
    return new ProbeFailure(`The answer is not HTTP (${code})`, { cause: error });
  const words = WORDS[code] ?? (code.startsWith('ERR_SSL_') ? 'The handshake failed' : undefined);
  return new ProbeFailure(words === undefined ? messageOf(error) : `${words} (${code})`, { cause: error });
}

/** The error's code; of several at once, the first one's; '' where it has none. */
export function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Foreign text, safe to show: one line, no user information of an address, not too long. */
export function clean(text: string, max = MAX_CHARACTERS): string {
  const line = text
    .slice(0, 8 * max)
    .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@]*@/gi, '$1…@')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return clean(message);
}
