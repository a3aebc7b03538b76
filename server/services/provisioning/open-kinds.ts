/** The kinds that are there now: those of the file, read anew as it changes. */
import { WaooawError } from '../../../src/protocol/index.ts';
import { watchConfigFile } from '../../config-file-watch.ts';
import type { FileWatch } from '../../config-file-watch.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AgentKind, Kinds } from './kinds.ts';
import { readKindsFile } from './kinds-file.ts';
import type { KindsFile } from './kinds-file.ts';
import type { Parameters, Wrong } from './parameters-schema.ts';
import { problemsOf } from './placeholders.ts';
import type { Trusted } from './trust.ts';

/** What it takes. */
export interface OpenKindsOptions {
  /** Path of the file; '' for none: then there are no kinds. */
  readonly path: string;
  readonly clock: Clock;
  /** Between two looks at the file where its folder does not tell, ms; default 5,000. */
  readonly pollMs?: number;
  /** Largest parameters of an agent, as JSON, bytes; default 65,536. */
  readonly maxParameterBytes?: number;
  /** The server's environment; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whose files may be run; for tests. */
  readonly trusted?: Trusted;
  /** Hears of a change of the file that is not valid; what stood stands. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Kinds that follow their file. */
export interface OpenKinds extends Kinds {
  /**
   * Reads the file, and watches it. There are no kinds before.
   * @throws WaooawError `bad_config` naming file, line and field.
   */
  start(): Promise<void>;
  /** Watches no more. */
  close(): Promise<void>;
}

/** Mistakes that are named at once. */
const MAX_SHOWN = 20;

/** Opens nothing before `start`. */
export function createKinds(options: OpenKindsOptions): OpenKinds {
  const { path, clock, pollMs, onError, env = process.env, trusted } = options;
  const read = (from: string): Promise<KindsFile> => readKindsFile(from, { env, trusted });
  const kinds = new KindsBook(options.maxParameterBytes ?? 65_536);
  let watching: FileWatch | undefined;
  return Object.assign(kinds, {
    async start() {
      if (path === '') return;
      const file = await read(path);
      kinds.take(file);
      watching = watchConfigFile(file, {
        clock,
        ...(pollMs !== undefined && { pollMs }),
        read,
        changed: (next) => kinds.take(next),
        onError: (error) => onError(error, 'the agents file is not valid, and what it said before counts'),
      });
    },
    async close() {
      await watching?.close();
    },
  });
}

/** Opens them and starts. */
export async function openKinds(options: OpenKindsOptions): Promise<OpenKinds> {
  const kinds = createKinds(options);
  await kinds.start();
  return kinds;
}

/** What the file said last. */
class KindsBook implements Kinds {
  readonly #maxBytes: number;
  readonly #listeners = new Set<() => void>();
  /** Of kinds that are no more, too: whoever holds one may go on with it. */
  readonly #parameters = new WeakMap<AgentKind, Parameters>();
  #kinds: ReadonlyMap<string, AgentKind> = new Map();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take({ kinds }: KindsFile): void {
    for (const { kind, parameters } of kinds.values()) this.#parameters.set(kind, parameters);
    this.#kinds = new Map([...kinds].map(([name, { kind }]) => [name, kind]));
    for (const listener of this.#listeners) listener();
  }

  list: Kinds['list'] = () => [...this.#kinds.values()];

  get: Kinds['get'] = (name) => {
    const kind = this.#kinds.get(name);
    if (kind) return kind;
    const names = [...this.#kinds.keys()].join(', ');
    throw new WaooawError(
      'unknown_kind',
      `There is no kind "${name}"; there ${names === '' ? 'is none' : `are ${names}`}`,
    );
  };

  info: Kinds['info'] = ({
    kind,
    title,
    description,
    versions,
    parameters,
    secrets,
    hasPort,
    maxReplicas,
  }) => ({
    kind,
    title,
    ...(description !== undefined && { description }),
    versions: versions.map(({ version }) => version),
    parameters,
    secrets,
    hasPort,
    maxReplicas,
  });

  version: Kinds['version'] = (kind, name) => {
    const found =
      name === undefined ? kind.versions.at(-1) : kind.versions.find(({ version }) => version === name);
    if (found) return found;
    const names = kind.versions.map(({ version }) => version).join(', ');
    throw new WaooawError('unknown_version', `${kind.kind} has no version "${name}"; it has ${names}`);
  };

  parameters: Kinds['parameters'] = (kind, given) => {
    const size = Buffer.byteLength(JSON.stringify(given));
    if (size > this.#maxBytes)
      throw bad('parameters', [{ pointer: '', message: `expected at most ${this.#maxBytes} bytes as JSON` }]);
    const parsed = this.#parameters.get(kind)!.parse(given);
    if ('wrong' in parsed) throw bad('parameters', parsed.wrong);
    // Of all versions: what is taken now must not fail the next upgrade.
    const unfit = new Map(kind.versions.flatMap(({ command }) => problemsOf(command, parsed.values)));
    if (unfit.size > 0)
      throw bad(
        'parameters',
        [...unfit].map(([name, message]) => ({ pointer: `/${name}`, message })),
      );
    return parsed.values;
  };

  checkSecrets: Kinds['checkSecrets'] = ({ kind, secrets }, names) => {
    const given = new Set(names);
    const missing = secrets.filter(({ name, required }) => required && !given.has(name));
    for (const { name } of secrets) given.delete(name);
    const wrong = [
      ...missing.map(({ name }) => ({ pointer: `/${name}`, message: 'is missing' })),
      ...[...given].map((name) => ({ pointer: `/${name}`, message: `is no secret of ${kind}` })),
    ];
    if (wrong.length > 0) throw bad('secrets', wrong);
  };

  onChange: Kinds['onChange'] = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

function bad(of: 'parameters' | 'secrets', wrong: readonly Wrong[]): WaooawError {
  const details = wrong.slice(0, MAX_SHOWN).map(({ pointer, message }) => ({
    pointer: `/${of}${pointer}`,
    code: 'bad_parameters' as const,
    message,
  }));
  const more = wrong.length - details.length;
  const shown = details.map(({ pointer, message }) => `${pointer}: ${message}`);
  return new WaooawError(
    'bad_parameters',
    [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('; '),
    { details },
  );
}
