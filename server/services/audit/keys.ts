/** The keys that checkpoints are signed with, in a file that only this user can read. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { noteOf, parseVerifier, verifierOf } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditKey } from '../../../src/protocol/index.ts';
import { syncFolder } from './sync-folder.ts';

const base64 = z.base64();
const time = z.int().min(0);

const storedKey = z.strictObject({
  publicKey: base64,
  /** Absent: it signs no more. */
  privateKey: base64.optional(),
  since: time,
  until: time.optional(),
});

const storedRing = z.strictObject({
  version: z.literal(1),
  /** What the keys are called. */
  origin: z.string().min(1),
  /** What page marks are made with. */
  cursorSecret: base64,
  keys: z.array(storedKey).min(1),
});

type StoredKey = z.infer<typeof storedKey>;
type StoredRing = z.infer<typeof storedRing>;

/** Before the bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Of a private key, and of a public one. */
const KEY_BYTES = 32;
/** Bits of a mode that let others read or write. */
const OTHERS = 0o077;

/** Signs. */
export class KeyRing {
  readonly #file: string;
  #ring: StoredRing;

  private constructor(file: string, ring: StoredRing) {
    this.#file = file;
    this.#ring = ring;
  }

  /**
   * Reads the file, or makes it with a new key.
   * @param now ms since 1970.
   * @throws WaooawError `bad_config` for a file that others can read, that is none of ours, or of another origin, and for
   *   an origin that a checkpoint cannot have.
   */
  static async open(file: string, origin: string, now: number): Promise<KeyRing> {
    checkOrigin(origin);
    let ring = await readRing(file);
    if (!ring) {
      const cursorSecret = randomBytes(32).toString('base64');
      await createRing(file, { version: 1, origin, cursorSecret, keys: [newKey(now)] });
      // Of two processes that begin at once the first one's key is the key of both.
      ring = (await readRing(file))!;
    }
    if (ring.origin !== origin)
      throw badFile(
        file,
        `is of the origin "${ring.origin}", and "${origin}" was set: keep the one or the other`,
      );
    return new KeyRing(file, ring);
  }

  get cursorSecret(): Uint8Array {
    return Buffer.from(this.#ring.cursorSecret, 'base64');
  }

  /** Oldest first; the last one signs now. */
  list(): readonly AuditKey[] {
    const { origin, keys } = this.#ring;
    return keys.map(({ publicKey, since, until }) => ({
      verifier: verifierOf(origin, Buffer.from(publicKey, 'base64')),
      since,
      ...(until !== undefined && { until }),
    }));
  }

  /** Former keys that the next checkpoint is to be signed by too. */
  get cosigning(): boolean {
    return this.#ring.keys.filter(({ privateKey }) => privateKey !== undefined).length > 1;
  }

  /** Signs a checkpoint's text by the key in use and by those that are being replaced. */
  sign(text: string): string {
    const { origin, keys } = this.#ring;
    const signing = keys.filter(({ privateKey }) => privateKey !== undefined).reverse();
    const signatures = signing.map(({ publicKey, privateKey }) => ({
      ...parseVerifier(verifierOf(origin, Buffer.from(publicKey, 'base64'))),
      signature: sign(null, Buffer.from(text), privateKeyOf(privateKey!)),
    }));
    return noteOf(text, signatures);
  }

  /** Makes another key. @returns it, and what puts it in the place of the current one, which signs once more beside it. */
  prepare(now: number): { readonly key: AuditKey; commit(): Promise<void> } {
    const next = newKey(now);
    const publicKey = Buffer.from(next.publicKey, 'base64');
    return {
      key: { verifier: verifierOf(this.#ring.origin, publicKey), since: now },
      commit: () => {
        const former = this.#ring.keys.map((key): StoredKey => ({ ...key, until: key.until ?? now }));
        return this.#replace([...former, next]);
      },
    };
  }

  /** Forgets what former keys sign with: their last checkpoint is kept. */
  async retire(): Promise<void> {
    const former = this.#ring.keys.slice(0, -1).map(({ publicKey, since, until }): StoredKey => ({
      publicKey,
      since,
      until,
    }));
    await this.#replace([...former, this.#ring.keys.at(-1)!]);
  }

  async #replace(keys: StoredKey[]): Promise<void> {
    const ring = { ...this.#ring, keys };
    await rename(await writeBeside(this.#file, ring), this.#file);
    await syncFolder(this.#file);
    this.#ring = ring;
  }
}

function newKey(now: number): StoredKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-KEY_BYTES);
  const x = publicKey.export({ format: 'jwk' }).x!;
  return {
    publicKey: Buffer.from(x, 'base64url').toString('base64'),
    privateKey: bytes.toString('base64'),
    since: now,
  };
}

function privateKeyOf(text: string): KeyObject {
  const key = Buffer.concat([PKCS8, Buffer.from(text, 'base64')]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

async function readRing(file: string): Promise<StoredRing | undefined> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if ((mode & OTHERS) !== 0 && process.platform !== 'win32') {
      const octal = (mode & 0o777).toString(8);
      throw badFile(
        file,
        `can be read by others (mode ${octal}): run chmod 600, and rotate the key if others did`,
      );
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = storedRing.safeParse(parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badFile(file, `is no key file: /${issue?.path.join('/')}: ${issue?.message}`);
  }
  checkKeys(file, parsed.data);
  return parsed.data;
}

/** The keys are called like the log. */
function checkOrigin(origin: string): void {
  try {
    verifierOf(origin, new Uint8Array(KEY_BYTES));
  } catch (cause) {
    throw new WaooawError('bad_config', `The audit origin cannot be used: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** A private key that is another key's would sign what nobody can verify. */
function checkKeys(file: string, { keys }: StoredRing): void {
  if (keys.at(-1)?.privateKey === undefined) throw badFile(file, 'has no key to sign with');
  keys.forEach(({ publicKey, privateKey }, i) => {
    const right = [publicKey, privateKey ?? publicKey].every(
      (key) => Buffer.from(key, 'base64').length === KEY_BYTES,
    );
    if (!right) throw badFile(file, `has in /keys/${i} something that is no Ed25519 key`);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Makes the file, unless it came to be meanwhile. */
async function createRing(file: string, ring: StoredRing): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const written = await writeBeside(file, ring);
  try {
    await link(written, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(written, { force: true });
  }
  await syncFolder(file);
}

async function writeBeside(file: string, ring: StoredRing): Promise<string> {
  const beside = `${file}.${randomBytes(8).toString('hex')}.new`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(ring, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return beside;
}

function badFile(file: string, what: string): WaooawError {
  return new WaooawError('bad_config', `${file} ${what}`);
}
