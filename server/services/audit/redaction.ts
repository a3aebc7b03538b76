/** Takes secrets out of entries before they are stored: what was never written cannot leak. */
import { WaooawError } from '../../../src/protocol/index.ts';

/** What is taken out beside the usual names. */
export interface RedactionOptions {
  /** Names of keys, or how they end, at any depth; case and separators do not matter. */
  readonly keys?: readonly string[];
  /** Places, such as `details.config.db.url`; `*` stands for any one key or index. */
  readonly paths?: readonly string[];
}

/** What stands in a secret's place. */
export const REDACTED = '[redacted]';

/** Fields with values of the host's own making. */
const FREE_FIELDS = ['before', 'after', 'details', 'tags'] as const;

/** How keys of secrets end, without case and separators: `dbPassword`, `X-Api-Key`, `aws_secret_access_key`. */
const SECRETS = [
  'password',
  'passwords',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'secrets',
  'token',
  'authorization',
  'cookie',
  'cookies',
  'apikey',
  'apikeys',
  'accesskey',
  'secretkey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'credential',
  'credentials',
  'connectionstring',
];
/** These mostly count something where they hold a number: what a model used, for example. */
const COUNTABLE = 'tokens';
/** Keys whose spelling is remembered. */
const MAX_REMEMBERED = 10_000;

type Branch = Record<string, unknown>;

/** Finds and replaces. */
export class Redaction {
  readonly #endings: readonly string[];
  readonly #paths: readonly (readonly string[])[];
  readonly #known = new Map<string, boolean>();

  /** @throws WaooawError `bad_config` for a path that begins nowhere. */
  constructor({ keys = [], paths = [] }: RedactionOptions = {}) {
    this.#endings = [...SECRETS, ...keys.map(plain).filter((key) => key !== '')];
    this.#paths = paths.map(segmentsOf);
  }

  /**
   * Replaces secrets in place.
   * @param event a copy that is nobody else's, without cycles.
   * @returns how many values were replaced. What is null stays: that there was nothing is no secret.
   */
  apply(event: Branch): number {
    let count = 0;
    for (const field of FREE_FIELDS) count += this.#inside(event[field]);
    for (const path of this.#paths) count += replaceAt(event, path);
    return count;
  }

  #inside(value: unknown): number {
    if (typeof value !== 'object' || value === null) return 0;
    let count = 0;
    if (Array.isArray(value)) for (const item of value) count += this.#inside(item);
    else {
      const branch = value as Branch;
      for (const key of Object.keys(branch)) {
        if (this.#isSecret(key, branch[key])) count += replace(branch, key);
        else count += this.#inside(branch[key]);
      }
    }
    return count;
  }

  #isSecret(key: string, value: unknown): boolean {
    if (typeof value !== 'number' && plain(key).endsWith(COUNTABLE)) return true;
    let secret = this.#known.get(key);
    if (secret === undefined) {
      const name = plain(key);
      secret = this.#endings.some((ending) => name.endsWith(ending));
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      this.#known.set(key, secret);
    }
    return secret;
  }
}

function replaceAt(branch: unknown, [key, ...rest]: readonly string[]): number {
  if (typeof branch !== 'object' || branch === null || key === undefined) return 0;
  const keys = key === '*' ? Object.keys(branch) : Object.hasOwn(branch, key) ? [key] : [];
  let count = 0;
  for (const one of keys)
    count += rest.length === 0 ? replace(branch as Branch, one) : replaceAt((branch as Branch)[one], rest);
  return count;
}

function replace(branch: Branch, key: string): number {
  if (branch[key] === null || branch[key] === REDACTED) return 0;
  // Not by assignment: a key may be named `__proto__`.
  Object.defineProperty(branch, key, {
    value: REDACTED,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return 1;
}

function segmentsOf(path: string): readonly string[] {
  const segments = path.split('.');
  if (segments.length >= 2 && FREE_FIELDS.some((field) => field === segments[0]) && !segments.includes(''))
    return segments;
  throw new WaooawError(
    'bad_config',
    `A path to redact was "${path}"; expected ${FREE_FIELDS.join(', ')}, then keys, with dots between them`,
  );
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
