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

/** How keys of secrets end, without case and separators, in the plural too: `dbPassword`, `X-Api-Key`, `aws_secret_access_keys`. */
const SECRETS = [
  'password',
  'passwordhash',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'token',
  'tokenvalue',
  'jwt',
  'authorization',
  'cookie',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'credential',
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
    const branch = value as Branch;
    let count = this.#namesValue(branch);
    for (const key of Object.keys(branch)) {
      const inner = branch[key];
      if (!Array.isArray(value) && this.#isSecret(key, inner)) count += replace(branch, key);
      else if (typeof inner === 'string') count += mask(branch, key, inner);
      else count += this.#inside(inner);
    }
    return count;
  }

  /** `{ name: 'DB_PASSWORD', value: … }` and `['authorization', …]`, as settings and headers are often listed. */
  #namesValue(branch: Branch): number {
    const [name, at] = Array.isArray(branch)
      ? [branch.length === 2 ? (branch as readonly unknown[])[0] : undefined, '1']
      : [branch['name'] ?? branch['key'], 'value'];
    if (typeof name !== 'string' || !Object.hasOwn(branch, at)) return 0;
    return this.#isSecret(name, branch[at]) ? replace(branch, at) : 0;
  }

  #isSecret(key: string, value: unknown): boolean {
    if (plain(key).endsWith(COUNTABLE)) return typeof value !== 'number';
    let secret = this.#known.get(key);
    if (secret === undefined) {
      const name = plain(key);
      secret = this.#endings.some((ending) => name.endsWith(ending) || name.endsWith(`${ending}s`));
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      this.#known.set(key, secret);
    }
    return secret;
  }
}

/** The password of an address, and what stands behind `Bearer` or `Basic`. */
const MASKS = [
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/]{0,256}:)[^\s@/]{1,1024}@/gi, `$1${REDACTED}@`],
  [/\b(Bearer|Basic)\s{1,8}[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
] as const;

function mask(branch: Branch, key: string, text: string): number {
  const masked = MASKS.reduce((so, [found, instead]) => so.replace(found, instead), text);
  if (masked === text) return 0;
  Object.defineProperty(branch, key, { value: masked, enumerable: true, configurable: true, writable: true });
  return 1;
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
