/** Signed notes (c2sp.org/signed-note): a text, and who signed it. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64, concatBytes, fromBase64, quoted } from './bytes.ts';
import { verifySignature } from './ed25519.ts';
import { ProofFailed } from './failed.ts';
import { ID_BYTES, hexOf, isKeyName, parseVerifier } from './verifier.ts';

/** One signature of a note. */
export interface NoteSignature {
  /** Name of the key. */
  readonly name: string;
  /** The key's id, 8 hex digits. */
  readonly id: string;
  /** 64 bytes for Ed25519; other algorithms have their own lengths. */
  readonly signature: Uint8Array;
}

/** A note, read and not yet believed. */
export interface Note {
  /** What was signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Most characters of a note that is read: room for 16 of the longest signatures there are. */
export const MAX_NOTE_LENGTH = 262_144;
/** Most signatures of a note that is read; the specification wants 16 at least. */
export const MAX_NOTE_SIGNATURES = 64;

/** Control characters but the newline, and what UTF-8 cannot write. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\p{Surrogate}]/u;
const SIGNATURE = /^— (\S+) (\S+)$/u;

/**
 * Puts text and signatures together.
 * @param text what was signed, ending with a newline.
 * @param signatures each with its key's name and id, as `parseVerifier` gives them.
 * @throws ProofFailed `malformed` where a reader would refuse it.
 */
export function noteOf(text: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ name, id, signature }) => {
    const idBytes = Uint8Array.from(id.match(/../g) ?? [], (byte) => parseInt(byte, 16));
    return `— ${name} ${base64(concatBytes(idBytes, signature))}\n`;
  });
  const note = `${text}\n${lines.join('')}`;
  parseNote(note);
  return note;
}

/** Reads a note without believing it. @throws ProofFailed `malformed` naming what is wrong. */
export function parseNote(note: string): Note {
  if (typeof note !== 'string') throw malformed('A note is text');
  if (note.length > MAX_NOTE_LENGTH) throw malformed(`A note of ${note.length} characters is too long`);
  if (FORBIDDEN.test(note)) throw malformed('A note holds no control characters and no lone surrogates');
  if (!note.endsWith('\n')) throw malformed('A note ends with a newline');
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw malformed('A note has an empty line before its signatures');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) {
    throw malformed(`A note has at most ${MAX_NOTE_SIGNATURES} signatures, not ${lines.length}`);
  }
  return {
    text: note.slice(0, split + 1),
    signatures: lines.map((line, at) => parseSignature(line, at + 1)),
  };
}

/**
 * Reads a note and believes it: at least one of the keys signed it, and none of them is claimed falsely. Signatures of
 * other keys are passed over.
 * @param verifiers the keys that are trusted, as `<name>+<id>+<base64>`.
 * @returns the note, with the signatures that were verified.
 * @throws ProofFailed `malformed`, `unknown_key`, `bad_signature`.
 */
export function verifyNote(note: string, verifiers: readonly string[]): Note {
  const trusted = verifiers.map(parseVerifier);
  const { text, signatures } = parseNote(note);
  const message = utf8ToBytes(text);
  const verified = signatures.filter(({ name, id, signature }) => {
    const keys = trusted.filter((key) => key.name === name && key.id === id);
    if (keys.length === 0) return false;
    if (keys.some(({ publicKey }) => verifySignature(signature, message, publicKey))) return true;
    throw new ProofFailed('bad_signature', `The key ${name}+${id} did not sign this text`);
  });
  if (verified.length === 0) {
    const names = signatures.map(({ name, id }) => `${name}+${id}`).join(', ');
    throw new ProofFailed('unknown_key', `None of the given keys signed it, but ${names.slice(0, 200)}`);
  }
  return { text, signatures: verified };
}

function parseSignature(line: string, number: number): NoteSignature {
  const [, name = '', encoded = ''] = SIGNATURE.exec(line) ?? [];
  if (!isKeyName(name)) {
    throw malformed(`Signature ${number} of a note is ${quoted(line)}; expected — <name> <base64>`);
  }
  const bytes = fromBase64(encoded);
  if (bytes.length <= ID_BYTES) throw malformed(`Signature ${number} of a note is too short`);
  return { name, id: hexOf(bytes.subarray(0, ID_BYTES)), signature: bytes.subarray(ID_BYTES) };
}

function malformed(message: string): ProofFailed {
  return new ProofFailed('malformed', message);
}
