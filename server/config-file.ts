/** A file of configuration, YAML or JSON: checked whole, each mistake named by its line and field. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LineCounter, isMap, isSeq, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import { WaooawError } from '../src/protocol/index.ts';

/** Larger files are refused, bytes. */
const MAX_BYTES = 4_194_304;
/** Mistakes that are named at once. */
const MAX_SHOWN = 10;

/** Where something stands in the file: `['rules', 0, 'name']`. */
export type Place = readonly PropertyKey[];

/** A mistake, and where it is. */
export interface Mistake {
  readonly place: Place;
  readonly message: string;
}

/** A file that was read. */
export interface ConfigFile {
  /** As it was named, for messages. */
  readonly path: string;
  /** What it holds; null when that is nothing. */
  readonly value: unknown;
  /**
   * Holds what it says to a schema.
   * @throws WaooawError `bad_config` with `file:line: field: message` for each mistake, a line each.
   */
  check<T extends z.ZodType>(schema: T): z.output<T>;
  /** A `bad_config` of these mistakes; `cause` is why. */
  error(mistakes: readonly Mistake[], cause?: unknown): WaooawError;
  /** Where a file that this one names is: beside it, unless its path is absolute. */
  beside(name: string): string;
  /**
   * Reads a secret from a file that a field names, without the white space around it.
   * @throws WaooawError `bad_config` naming that field, and never what the file holds.
   */
  secret(place: Place, name: string): Promise<string>;
}

/**
 * Reads a file.
 * @throws WaooawError `bad_config` where it cannot be read, is larger than 4 MiB, or is neither YAML nor JSON.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  return parseConfigFile(path, await textOf(path, path));
}

/**
 * Takes a file's text apart.
 * @param path for messages, and for the files that it names.
 * @throws WaooawError `bad_config` for what is neither YAML nor JSON.
 */
export function parseConfigFile(path: string, text: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken) throw bad([`${path}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`]);
  const where = (place: Place): string =>
    `${path}:${lines.linePos(offsetOf(document, place)).line}: ${fieldOf(place)}`;
  const error: ConfigFile['error'] = (mistakes, cause) =>
    bad(
      mistakes.map(({ place, message }) => `${where(place)}: ${message}`),
      cause,
    );
  const value = plain(document, path);
  const beside = (name: string): string => resolve(dirname(path), name);
  return {
    path,
    value,
    check(schema) {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      throw error(result.error.issues.flatMap(mistakesOf));
    },
    error,
    beside,
    async secret(place, name) {
      const secret = (await textOf(beside(name), where(place))).trim();
      if (secret === '') throw error([{ place, message: 'the file is empty' }]);
      return secret;
    },
  };
}

/** A mistake for each whose name another one has already. @param placeOf where its name stands. */
export function repeated(names: readonly string[], placeOf: (index: number) => Place): Mistake[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (seen.has(name)) return [{ place: placeOf(index), message: 'used twice' }];
    seen.add(name);
    return [];
  });
}

function mistakesOf({ path, message, ...issue }: z.core.$ZodIssue): Mistake[] {
  if (issue.code !== 'unrecognized_keys') return [{ place: path, message }];
  // An unknown field is found at its own line, not at that of what holds it.
  return issue.keys.map((key) => ({ place: [...path, key], message: 'is no setting of this' }));
}

function plain(document: Document, path: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch (cause) {
    // Aliases of aliases, which would grow without bound.
    throw bad([`${path}:1: ${messageOf(cause)}`], cause);
  }
}

async function textOf(path: string, where: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes`);
    return bytes.toString('utf8');
  } catch (cause) {
    throw bad([`${where}: ${messageOf(cause)}`], cause);
  }
}

function bad(mistakes: readonly string[], cause?: unknown): WaooawError {
  const more = mistakes.length - MAX_SHOWN;
  const shown = [...mistakes.slice(0, MAX_SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])];
  return new WaooawError('bad_config', shown.join('\n'), { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where a field begins, or the nearest thing around it that is there. */
function offsetOf(document: Document, place: Place): number {
  let node: unknown = document.contents;
  let at = document.contents?.range?.[0] ?? 0;
  for (const part of place) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(part));
      if (!pair) break;
      at = pair.key.range?.[0] ?? at;
      node = pair.value;
    } else if (isSeq<Node>(node) && typeof part === 'number') {
      node = node.items[part];
      at = (node as Node | undefined)?.range?.[0] ?? at;
    } else break;
  }
  return at;
}

/** `rules[0].condition.op`. */
function fieldOf(place: Place): string {
  if (place.length === 0) return 'the file';
  return place
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
}
