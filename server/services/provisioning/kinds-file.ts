/** The file of kinds: YAML or JSON; every error names the file, the line and the field. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { kindsFile } from '../../../src/protocol/kinds-file.schema.ts';
import type { WrittenKind, WrittenVersion } from '../../../src/protocol/kinds-file.schema.ts';
import { readConfigFile, repeated } from '../../config-file.ts';
import type { ConfigFile, Mistake, Place } from '../../config-file.ts';
import type { WatchedFile } from '../../config-file-watch.ts';
import { stampOf } from '../../file-stamps.ts';
import type { AgentKind, KindProbe, KindVersion } from './kinds.ts';
import { compileParameters } from './parameters-schema.ts';
import type { Parameters } from './parameters-schema.ts';
import { askingOf } from './placeholders.ts';
import { namedFiles } from './program-files.ts';
import { distrust, trustedHere } from './trust.ts';
import type { Trusted } from './trust.ts';

/** What the file says. */
export interface KindsFile extends WatchedFile {
  readonly kinds: ReadonlyMap<string, { readonly kind: AgentKind; readonly parameters: Parameters }>;
}

/** What reading takes from its surroundings. */
export interface ReadKindsOptions {
  /** The server's environment: programs that are named without a path are sought in its `PATH`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose files may be run; by default the server's own user, root, and whoever owns the server's program. */
  readonly trusted?: Trusted | undefined;
}

/** The Node.js that runs the server. */
const NODE = 'node';
const FOLDER = '{folder}';

/**
 * Reads the file. Paths are relative to its folder.
 * @throws WaooawError `bad_config` naming file, line and field of each mistake, and what others could change.
 */
export async function readKindsFile(path: string, options: ReadKindsOptions): Promise<KindsFile> {
  const files = new Map([[resolve(path), await stampOf(path)]]);
  const file = await readConfigFile(path);
  const trusted = options.trusted ?? (await trustedHere());
  const why = trusted && (await distrust(resolve(path), trusted));
  if (why !== undefined) throw file.error([{ place: [], message: why }]);
  const { kinds: written } = file.check(kindsFile);
  const mistakes: Mistake[] = repeated(
    written.map(({ kind }) => kind),
    (index) => ['kinds', index, 'kind'],
  );
  const kinds = new Map<string, { kind: AgentKind; parameters: Parameters }>();
  for (const [index, one] of written.entries()) {
    const reading = new KindReading(file, ['kinds', index], one, { ...options, trusted });
    const read = await reading.read();
    mistakes.push(...reading.mistakes);
    if (read) kinds.set(one.kind, read);
  }
  if (mistakes.length > 0) throw file.error(mistakes);
  return { kinds, path, files };
}

/** Reads one kind. */
class KindReading {
  readonly mistakes: Mistake[] = [];
  readonly #file: ConfigFile;
  readonly #place: Place;
  readonly #written: WrittenKind;
  readonly #options: ReadKindsOptions;

  constructor(file: ConfigFile, place: Place, written: WrittenKind, options: ReadKindsOptions) {
    this.#file = file;
    this.#place = place;
    this.#written = written;
    this.#options = options;
  }

  /** @returns undefined where its parameters are no schema. */
  async read(): Promise<{ kind: AgentKind; parameters: Parameters } | undefined> {
    const { versions, secrets, parameters: schema } = this.#written;
    const compiled = compileParameters(schema);
    if ('mistakes' in compiled) {
      for (const { place, message } of compiled.mistakes) this.#refuse(['parameters', ...place], message);
      return undefined;
    }
    const { parameters } = compiled;
    const twice = [
      ...repeated(
        versions.map(({ version }) => version),
        (index) => ['versions', index, 'version'],
      ),
      ...repeated(
        secrets.map(({ name }) => name),
        (index) => ['secrets', index, 'name'],
      ),
    ];
    for (const { place, message } of twice) this.#refuse(place, message);
    const read: KindVersion[] = [];
    for (const [index, version] of versions.entries())
      read.push(await this.#version(version, ['versions', index], parameters));
    return { kind: kindOf(this.#written, read, parameters), parameters };
  }

  async #version(written: WrittenVersion, place: Place, parameters: Parameters): Promise<KindVersion> {
    const { version, env } = written;
    const ofKind = this.#written;
    const folder = written.folder ?? ofKind.folder;
    const at = (field: 'folder' | 'command'): Place =>
      written[field] === undefined ? [field] : [...place, field];
    const workingFolder = folder === undefined ? undefined : this.#file.beside(folder);
    if (workingFolder !== undefined) await this.#held(at('folder'), workingFolder);
    const command = written.command ?? ofKind.command;
    if (command === undefined) this.#refuse([...place, 'command'], 'expected a command, here or of the kind');
    return {
      version,
      command: command ? await this.#command(command, at('command'), workingFolder, parameters) : [],
      ...(workingFolder !== undefined && { workingFolder }),
      env: { ...ofKind.env, ...env },
    };
  }

  async #command(
    [program = '', ...rest]: readonly string[],
    place: Place,
    folder: string | undefined,
    parameters: Parameters,
  ): Promise<readonly string[]> {
    for (const [index, argument] of [program, ...rest].entries()) {
      for (const problem of this.#problems(argument, index, folder, parameters))
        this.#refuse([...place, index], problem);
    }
    const path = await this.#program(program, [...place, 0], folder);
    // What the program is told to run is looked at like the program.
    for (const named of await namedFiles([path, ...rest], folder))
      await this.#held([...place, named.index], named.path, false);
    return [path, ...rest];
  }

  #problems(argument: string, index: number, folder: string | undefined, parameters: Parameters): string[] {
    const asking = askingOf(argument);
    const problems = asking.unknown.map((text) => `${text} is no placeholder`);
    if (asking.folder && folder === undefined) problems.push(`expected a folder for ${FOLDER}`);
    if (asking.port && this.#written.port === false) problems.push('expected port: true for {port}');
    if (index === 0 && /\{(param|port|storage|config)/.test(argument))
      problems.push('expected a program that nobody chooses');
    for (const name of asking.parameters)
      if (parameters.scalar(name) === undefined)
        problems.push(
          `expected ${name} to be a text, a number, or true or false, and to be required or to have a default`,
        );
    return problems;
  }

  /** The program's own path: the command is the same whatever `PATH` says later. */
  async #program(program: string, place: Place, folder: string | undefined): Promise<string> {
    // What runs the server is trusted already.
    if (program === NODE) return process.execPath;
    const path = await this.#sought(program, folder);
    if (path === undefined) this.#refuse(place, `there is no program ${program} in PATH`);
    else await this.#held(place, path);
    return path ?? program;
  }

  async #sought(program: string, folder: string | undefined): Promise<string | undefined> {
    if (program.startsWith(`${FOLDER}/`)) return join(folder ?? '/', program.slice(FOLDER.length));
    if (program.includes('/')) return this.#file.beside(program);
    const folders = (this.#options.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
    for (const path of folders.map((one) => join(one, program))) if (await isProgram(path)) return path;
    return undefined;
  }

  /** Refuses what is not there, and what others could change. */
  async #held(place: Place, path: string, needed = true): Promise<void> {
    const { trusted } = this.#options;
    const missing = await access(path).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    if (missing !== undefined) {
      if (needed) this.#refuse(place, missing);
      return;
    }
    const why = trusted && (await distrust(path, trusted));
    if (why !== undefined) this.#refuse(place, why);
  }

  #refuse(place: Place, message: string): void {
    this.mistakes.push({ place: [...this.#place, ...place], message });
  }
}

function kindOf(written: WrittenKind, versions: readonly KindVersion[], { schema }: Parameters): AgentKind {
  const { kind, title = kind, description, port, ready, tokenRole, resources, ...rest } = written;
  const { secrets, passEnv, maxReplicas, storage, queue, restart, upgrade, stop, logs } = rest;
  return {
    kind,
    title,
    ...(description !== undefined && { description }),
    versions,
    parameters: schema,
    secrets,
    passEnv,
    hasPort: port !== false,
    ...(typeof port === 'object' && { ports: port }),
    maxReplicas,
    resources: defined(resources),
    storage,
    queue,
    ready: readyOf(ready, port !== false),
    restart,
    upgrade,
    stop,
    logs,
    ...(tokenRole && { tokenRole }),
  };
}

/** What is shown by a port is asked there; what has none runs, or does not. */
function readyOf(written: WrittenKind['ready'], hasPort: boolean): KindProbe {
  const usual = { intervalMs: 1_000, timeoutMs: 2_000, failureThreshold: 3 };
  return written ?? { kind: hasPort ? 'tcp' : 'process', ...usual };
}

function defined<T extends object>(of: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
