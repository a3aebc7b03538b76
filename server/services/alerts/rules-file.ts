/** The file of rules and receivers: YAML or JSON; every error names the file, the line and the field. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LineCounter, isMap, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { WaooawError } from '../../../src/protocol/index.ts';
import { alertsFile } from '../../../src/protocol/alerts.schema.ts';
import type { AlertRule, alertReceiver } from '../../../src/protocol/alerts.schema.ts';

/** Larger files are refused, bytes. */
const MAX_BYTES = 4_194_304;

/** Where notices go. */
export interface Receiver extends Omit<z.output<typeof alertReceiver>, 'secretFile'> {
  /** What its requests are signed with; absent: they are not. */
  readonly secret?: string;
}

/** What the file says. */
export interface AlertsFile {
  readonly rules: readonly AlertRule[];
  readonly receivers: readonly Receiver[];
}

/**
 * Reads the file and the secrets that it names; their paths are relative to its folder.
 * @throws WaooawError `bad_config` naming file, line and field.
 */
export async function readAlertsFile(path: string): Promise<AlertsFile> {
  const text = await read(path, path);
  const { value, lineOf } = parse(path, text);
  const result = alertsFile.safeParse(value ?? {});
  if (!result.success) {
    const [issue] = result.error.issues;
    // An unknown field is found at its own line, not at that of what holds it.
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const place = [...(issue?.path ?? []), ...unknown];
    throw bad(path, lineOf(place), place, issue?.message ?? 'not valid');
  }
  const { rules, receivers } = result.data;
  onceEach(rules, (index) =>
    bad(path, lineOf(['rules', index, 'name']), ['rules', index, 'name'], 'used twice'),
  );
  onceEach(receivers, (index) =>
    bad(path, lineOf(['receivers', index, 'name']), ['receivers', index, 'name'], 'used twice'),
  );
  const whole = receivers.map(async ({ secretFile, ...receiver }, index): Promise<Receiver> => {
    if (secretFile === undefined) return receiver;
    const place = ['receivers', index, 'secretFile'];
    const where = `${path}:${lineOf(place)}: ${fieldOf(place)}`;
    const secret = (await read(resolve(dirname(path), secretFile), where)).trim();
    if (secret === '') throw bad(path, lineOf(place), place, 'the file is empty');
    return { ...receiver, secret };
  });
  return { rules, receivers: await Promise.all(whole) };
}

interface Parsed {
  readonly value: unknown;
  /** From 1. */
  readonly lineOf: (place: readonly PropertyKey[]) => number;
}

function parse(path: string, text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw bad(path, lines.linePos(error.pos[0]).line, [], error.message);
  const lineOf = (place: readonly PropertyKey[]): number => lines.linePos(offsetOf(document, place)).line;
  try {
    return { value: document.toJS(), lineOf };
  } catch (cause) {
    // Aliases that unfold without end.
    throw bad(path, 1, [], cause instanceof Error ? cause.message : String(cause));
  }
}

/** Where a place begins; of a field that is not there, what should have held it. */
function offsetOf(document: Document, place: readonly PropertyKey[]): number {
  for (let length = place.length; length > 0; length--) {
    const holder: unknown = document.getIn(place.slice(0, length - 1), true);
    const key = place[length - 1];
    const pair = isMap(holder) ? holder.items.find((item) => String(item.key) === String(key)) : undefined;
    const node: unknown = pair ? pair.key : document.getIn(place.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

async function read(path: string, where: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes`);
    return bytes.toString('utf8');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new WaooawError('bad_config', `${where}: ${message}`, { cause });
  }
}

function onceEach(named: readonly { readonly name: string }[], error: (index: number) => WaooawError): void {
  const seen = new Set<string>();
  named.forEach(({ name }, index) => {
    if (seen.has(name)) throw error(index);
    seen.add(name);
  });
}

function bad(path: string, line: number, place: readonly PropertyKey[], message: string): WaooawError {
  const field = place.length === 0 ? '' : `${fieldOf(place)}: `;
  return new WaooawError('bad_config', `${path}:${line}: ${field}${message}`);
}

/** `rules[0].condition.op`. */
function fieldOf(place: readonly PropertyKey[]): string {
  return place
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
