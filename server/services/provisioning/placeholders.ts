/** Placeholders in a kind's command: what local configuration leaves to be filled in. Each argument stays one argument. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json } from '../../../src/protocol/index.ts';

/** What looks like one. */
const LIKE = /\{([a-z]+)(?::([^{}]*))?\}/g;
/** What the runtime fills in. */
const PORT = '{port}';

/** What stands for what. */
export interface Filling {
  /** The version's; absent where it has none. */
  readonly folder?: string | undefined;
  readonly storage: string;
  /** Path of the configuration file. */
  readonly config: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** What an argument asks for. */
export interface Asking {
  /** Parameters that stand in it. */
  readonly parameters: readonly string[];
  /** Placeholders that are none. */
  readonly unknown: readonly string[];
  readonly folder: boolean;
  readonly port: boolean;
}

/** What stands in an argument. */
export function askingOf(argument: string): Asking {
  const parameters: string[] = [];
  const unknown: string[] = [];
  const plain = new Set<string>();
  for (const [text, name, of] of argument.matchAll(LIKE)) {
    if (name === 'param' && of !== undefined && of !== '') parameters.push(of);
    else if (of === undefined && ['port', 'folder', 'storage', 'config'].includes(name!)) plain.add(name!);
    else unknown.push(text);
  }
  return { parameters, unknown, folder: plain.has('folder'), port: plain.has('port') };
}

/**
 * Fills a command in; `{port}` is left for the runtime.
 * @throws WaooawError `bad_parameters` for a value that would not be what it looks like to the program.
 */
export function fill(command: readonly string[], filling: Filling): readonly string[] {
  const [problem] = problemsOf(command, filling.parameters);
  if (problem) throw new WaooawError('bad_parameters', `/${problem[0]}: ${problem[1]}`);
  return command.map((argument) =>
    // In one go: what a value says is never looked at for placeholders.
    argument.replace(LIKE, (text, name: string, of?: string) => {
      if (name === 'param') return textOf(filling.parameters[of ?? '']) ?? text;
      if (name === 'folder') return filling.folder ?? text;
      if (name === 'storage') return filling.storage;
      return name === 'config' ? filling.config : text;
    }),
  );
}

/**
 * What is wrong with values that a command takes.
 * @returns by the parameter's name.
 */
export function problemsOf(
  command: readonly string[],
  parameters: Readonly<Record<string, Json>>,
): readonly (readonly [name: string, message: string])[] {
  return command.flatMap((argument) => {
    const { parameters: names } = askingOf(argument);
    const [first] = names;
    if (first === undefined) return [];
    const bad = names.flatMap((name) => {
      const problem = problemOf(parameters[name]);
      return problem === undefined ? [] : [[name, problem] as const];
    });
    if (bad.length > 0) return bad;
    const filled = argument.replace(LIKE, (text, name: string, of?: string) =>
      name === 'param' ? (textOf(parameters[of ?? '']) ?? text) : text,
    );
    // To most programs an option.
    if (filled.startsWith('-') && !argument.startsWith('-'))
      return [[first, 'expected no dash at its beginning, as an argument begins with it'] as const];
    // The runtime would put its port there.
    if (filled.split(PORT).length > argument.split(PORT).length)
      return [[first, `expected no ${PORT}, as it stands in an argument`] as const];
    return [];
  });
}

function problemOf(value: Json | undefined): string | undefined {
  const text = textOf(value);
  if (text === undefined) return 'expected a text, a number, true or false, as it stands in an argument';
  return text.includes('\0') ? 'expected no zero byte' : undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
