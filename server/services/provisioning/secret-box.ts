/** Seals secrets with AES-256-GCM (NIST SP 800-38D), under a key in a file that only this user can read. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { WaooawError } from '../../../src/protocol/index.ts';

const CIPHER = 'aes-256-gcm';
/** Of what is sealed: its form, the key's mark, the nonce; the text follows, and then the tag. */
const [FORM, FORM_BYTES, MARK_BYTES, NONCE_BYTES, TAG_BYTES, KEY_BYTES] = [1, 1, 8, 12, 16, 32];
const HEAD_BYTES = FORM_BYTES + MARK_BYTES + NONCE_BYTES;
/** Bits of a mode that let others in. */
const OTHERS = 0o077;

interface Key {
  readonly bytes: Buffer;
  /** Tells keys apart without telling of them. */
  readonly mark: Buffer;
}

/** Seals and opens. The key is read, or made, by the first that needs it; it is 32 bytes, once a process. */
export class SecretBox {
  readonly #file: string;
  #key: Key | undefined;

  /** @param file the key's; made with its folder when something is sealed and it is not there. */
  constructor(file: string) {
    this.#file = file;
  }

  /**
   * @param place what the secret is for: it opens nowhere else.
   * @throws WaooawError `secret_unreadable` for a key file that is none, or that others can read.
   */
  seal(text: string, place: string): Uint8Array {
    this.#key ??= readKey(this.#file) ?? newKey(this.#file);
    const { bytes, mark } = this.#key;
    const nonce = randomBytes(NONCE_BYTES);
    const head = Buffer.concat([Buffer.of(FORM), mark, nonce]);
    const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
    return new Uint8Array(
      Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]),
    );
  }

  /** @throws WaooawError `secret_unreadable`, without a word of what is sealed. */
  open(sealed: Uint8Array, place: string): string {
    this.#key ??= readKey(this.#file);
    if (!this.#key) throw unreadable(`the key ${this.#file} is not there any more`);
    const all = Buffer.from(sealed);
    if (all.length < HEAD_BYTES + TAG_BYTES || all[0] !== FORM) throw unreadable('it is of an unknown form');
    const { bytes, mark } = this.#key;
    if (!all.subarray(FORM_BYTES, FORM_BYTES + MARK_BYTES).equals(mark))
      throw unreadable(`it was sealed with another key than that of ${this.#file}`);
    const nonce = all.subarray(HEAD_BYTES - NONCE_BYTES, HEAD_BYTES);
    const decipher = createDecipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.concat([all.subarray(0, HEAD_BYTES), Buffer.from(place)]));
    decipher.setAuthTag(all.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(all.subarray(HEAD_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw unreadable('what is kept of it was changed');
    }
  }
}

function readKey(file: string): Key | undefined {
  let opened: number;
  try {
    opened = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unreadable(message);
  }
  try {
    const held = fstatSync(opened);
    if (process.geteuid && (held.mode & OTHERS) !== 0)
      throw unreadable(`others can read the key ${file} (chmod 600)`);
    const bytes = Buffer.alloc(KEY_BYTES + 1);
    if (!held.isFile() || readSync(opened, bytes, 0, bytes.length, 0) !== KEY_BYTES)
      throw unreadable(`${file} does not hold a key of ${KEY_BYTES} bytes`);
    return keyOf(bytes.subarray(0, KEY_BYTES));
  } finally {
    closeSync(opened);
  }
}

function newKey(file: string): Key {
  try {
    makeKey(file);
  } catch (cause) {
    throw unreadable(`the key ${file} cannot be made: ${(cause as Error).message}`, cause);
  }
  return readKey(file)!;
}

function makeKey(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const opened = openSync(draft, 'wx', 0o600);
  try {
    writeSync(opened, randomBytes(KEY_BYTES));
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  try {
    // Whole or not at all; of two processes the first one's key is the key of both.
    linkSync(draft, file);
    syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What is sealed is of no use without the key: its name must outlast a power cut too. */
function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function keyOf(bytes: Buffer): Key {
  const mark = createHash('sha256')
    .update('waooaw secrets key')
    .update(bytes)
    .digest()
    .subarray(0, MARK_BYTES);
  return { bytes, mark };
}

function unreadable(why: string, cause?: unknown): WaooawError {
  return new WaooawError('secret_unreadable', `A secret cannot be read or sealed: ${why}`, { cause });
}
