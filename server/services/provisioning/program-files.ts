/** Files that decide what a version runs: whoever could change one could run what they like. */
import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join, sep } from 'node:path';
import { distrust } from './trust.ts';
import type { Trusted } from './trust.ts';

/** A file that an argument names, if it is there. */
export interface NamedFile {
  /** Of the argument. */
  readonly index: number;
  /** Absolute. */
  readonly path: string;
}

const FOLDER = '{folder}';
/** Programs whose first file is what they run; to others a file elsewhere is something to work on. */
const INTERPRETER =
  /^(node|bun|deno|python[\d.]*|pypy[\d.]*|ruby[\d.]*|perl[\d.]*|php[\d.]*|lua[\d.]*|java|[bdkz]?a?sh|Rscript)$/;

/**
 * Files that arguments name as something to run: what lies in the version's folder, and the first one elsewhere that an interpreter
 * is given.
 * @param command the program first.
 * @param folder where it works, `{folder}`.
 */
export async function namedFiles(
  [program = '', ...rest]: readonly string[],
  folder: string | undefined,
): Promise<readonly NamedFile[]> {
  const found: NamedFile[] = [];
  let mayRun = INTERPRETER.test(basename(program));
  for (const [at, argument] of rest.entries()) {
    for (const path of pathsIn(argument, folder)) {
      const inside = folder !== undefined && path.startsWith(folder + sep);
      if (!inside && !(mayRun && (await isFile(path)))) continue;
      found.push({ index: at + 1, path });
      if (!inside) mayRun = false;
    }
  }
  return found;
}

/**
 * Why a version cannot be trusted to be what local configuration means.
 * @returns undefined where it can be.
 */
export async function distrustOf(
  { command, workingFolder }: { readonly command: readonly string[]; readonly workingFolder?: string },
  trusted: Trusted,
): Promise<string | undefined> {
  const [program = ''] = command;
  const named = (await namedFiles(command, workingFolder)).map(({ path }) => path);
  // What runs the server is trusted already.
  const paths = [workingFolder, program === process.execPath ? undefined : program, ...named];
  for (const path of paths) {
    const why = path === undefined ? undefined : await distrust(path, trusted);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Absolute paths that an argument may mean: `--import=/opt/x.mjs` names one as well. */
function pathsIn(argument: string, folder: string | undefined): readonly string[] {
  const text = folder === undefined ? argument : argument.replaceAll(FOLDER, folder);
  const names = [text, text.slice(text.indexOf('=') + 1)].filter(
    (name) => name !== '' && !name.includes('\0'),
  );
  const paths = names.flatMap((name) => {
    if (isAbsolute(name)) return [join(name)];
    return folder === undefined ? [] : [join(folder, name)];
  });
  return [...new Set(paths)];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
