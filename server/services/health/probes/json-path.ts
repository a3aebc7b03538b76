/**
 * What must hold of a JSON body. A small part of JSONPath (RFC 9535) and one comparison:
 *
 *     $.status == "up"      $.queues[0].depth < 100      $['content-type'] != null      $.version
 *
 * A path is `$`, then `.name`, `['any name']` and `[0]`; the last one above holds where there is something. What it is compared
 * with is a number, a text in double quotes, true, false or null; `<`, `<=`, `>` and `>=` compare numbers. What is not there is
 * neither equal nor unequal to anything: the expectation fails.
 */

/** Says what is wrong with a document; undefined where nothing is. */
export type JsonExpectation = (document: unknown) => string | undefined;

type Scalar = number | string | boolean | null;
type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

const SEGMENT = /\.([A-Za-z_][\w-]*)|\[(0|[1-9]\d{0,8})\]|\['([^'\\]*)'\]|\["([^"\\]*)"\]/y;
const COMPARISON = /^\s*(==|!=|<=|>=|<|>)\s*(\S.*?)\s*$/s;

/** Reads an expectation. @throws RangeError saying what is wrong with it. */
export function compileJsonExpectation(text: string): JsonExpectation {
  const expression = text.trim();
  if (!expression.startsWith('$')) throw new RangeError('expected a path that begins with $');
  const { segments, end } = segmentsOf(expression);
  const path = expression.slice(0, end);
  const rest = expression.slice(end);
  if (rest.trim() === '') {
    return (document) =>
      find(document, segments) === undefined ? `${path} is not in the answer` : undefined;
  }
  const comparison = COMPARISON.exec(rest);
  if (!comparison)
    throw new RangeError(`expected .name, ['name'], [0] or a comparison at character ${end + 1}`);
  const operator = comparison[1] as Operator;
  const expected = scalarOf(comparison[2]!);
  if (operator !== '==' && operator !== '!=' && typeof expected !== 'number')
    throw new RangeError(`expected a number after ${operator}`);

  return (document) => {
    const value = find(document, segments);
    if (value === undefined) return `${path} is not in the answer`;
    if (holds(value, operator, expected)) return undefined;
    return `${path} is ${shown(value)}, expected ${operator} ${JSON.stringify(expected)}`;
  };
}

function segmentsOf(expression: string): { segments: readonly (string | number)[]; end: number } {
  const segments: (string | number)[] = [];
  let end = 1;
  SEGMENT.lastIndex = end;
  for (let found = SEGMENT.exec(expression); found; found = SEGMENT.exec(expression)) {
    const [, name, index, single, double] = found;
    segments.push(index === undefined ? (name ?? single ?? double)! : Number(index));
    end = SEGMENT.lastIndex;
  }
  return { segments, end };
}

function scalarOf(text: string): Scalar {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return value as Scalar;
  throw new RangeError(
    'expected a number, a text in double quotes, true, false or null after the comparison',
  );
}

/** Own properties alone: an answer has no `constructor` unless it says so. */
function find(document: unknown, segments: readonly (string | number)[]): unknown {
  let value = document;
  for (const segment of segments) {
    const holder = value;
    const fits = typeof segment === 'number' ? Array.isArray(holder) : isObject(holder);
    if (!fits || !Object.hasOwn(holder as object, segment)) return undefined;
    value = (holder as Record<string | number, unknown>)[segment];
  }
  return value;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holds(value: unknown, operator: Operator, expected: Scalar): boolean {
  if (operator === '==') return value === expected;
  if (operator === '!=') return value !== expected;
  if (typeof value !== 'number' || typeof expected !== 'number') return false;
  switch (operator) {
    case '<':
      return value < expected;
    case '<=':
      return value <= expected;
    case '>':
      return value > expected;
    case '>=':
      return value >= expected;
  }
}

/** A figure as it is; of a text only that it is one, as it is a part of the answer. */
function shown(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return 'another text';
  return Array.isArray(value) ? 'a list' : 'an object';
}
