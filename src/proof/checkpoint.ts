/** Checkpoints (c2sp.org/tlog-checkpoint): the size and root of a log's tree, signed. */
import { base64, fromBase64, quoted } from './bytes.ts';
import { ProofFailed } from './failed.ts';
import { parseNote, verifyNote } from './note.ts';
import type { Note } from './note.ts';

/** What a checkpoint says. */
export interface Checkpoint extends Note {
  /** Which log it is about. */
  readonly origin: string;
  /** Entries in the tree, at most 2^53 - 1. */
  readonly size: number;
  /** RFC 6962, 32 bytes. */
  readonly root: Uint8Array;
}

const SIZE = /^(0|[1-9]\d{0,18})$/;

/**
 * The text of a checkpoint: what is signed.
 * @param origin one line, not empty.
 * @param size whole, from 0.
 * @param root 32 bytes.
 * @throws ProofFailed `malformed` where it could not be read back.
 */
export function formatCheckpoint(origin: string, size: number, root: Uint8Array): string {
  const text = `${origin}\n${size}\n${base64(root)}\n`;
  parseText(text);
  return text;
}

/** Reads a checkpoint without believing it. @throws ProofFailed `malformed`. */
export function parseCheckpoint(note: string): Checkpoint {
  return checkpointOf(parseNote(note));
}

/**
 * Reads a checkpoint and believes it: a given key whose name is its origin signed it, and none of the given keys is
 * claimed falsely. A key of another name proves nothing about this log.
 * @param verifiers the keys that are trusted, as `<name>+<id>+<base64>`.
 * @returns it, with the signatures that were verified.
 * @throws ProofFailed `malformed`, `unknown_key`, `bad_signature`.
 */
export function verifyCheckpoint(note: string, verifiers: readonly string[]): Checkpoint {
  const checkpoint = checkpointOf(verifyNote(note, verifiers));
  const { origin, signatures } = checkpoint;
  if (signatures.some(({ name }) => name === origin)) return checkpoint;
  throw new ProofFailed(
    'unknown_key',
    `It is of the log ${quoted(origin)}, and no given key of that name signed it`,
  );
}

function checkpointOf(note: Note): Checkpoint {
  return { ...parseText(note.text), ...note };
}

function parseText(text: string): Omit<Checkpoint, keyof Note> {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  if (origin === '') throw malformed('its first line, the origin, is empty');
  if (!SIZE.test(size)) throw malformed(`its second line is ${quoted(size)}; expected a size`);
  // A rounded size would be another tree's.
  if (!Number.isSafeInteger(Number(size)))
    throw malformed(`its size ${size} is over 2^53 - 1, the most that is counted here`);
  const bytes = fromBase64(root);
  if (bytes.length !== 32) throw malformed('its third line is no hash of 32 bytes');
  if (rest.pop() !== '' || rest.includes('')) throw malformed('it has an empty line in its text');
  return { origin, size: Number(size), root: bytes };
}

function malformed(what: string): ProofFailed {
  return new ProofFailed('malformed', `A checkpoint cannot be read: ${what}`);
}
