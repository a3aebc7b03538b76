/** What changed between two JSON values. */
import type { Json } from '../../protocol/frames.ts';

/** Names and places from the outermost value to the one that changed. */
export type Path = readonly (string | number)[];

/** One change. Places in a list: of `removed` in the old one, of the others in the new one. */
export interface Change {
  readonly path: Path;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Absent where something was added. */
  readonly before?: Json;
  /** Absent where something was removed. */
  readonly after?: Json;
}

/** The changes, and how many more there are than are listed. */
export interface Changes {
  readonly changes: readonly Change[];
  readonly more: number;
}

/** How far a comparison goes. */
export interface DifferenceLimits {
  /** Changes that are listed; the others are counted. Default 100. */
  readonly most?: number;
  /** Levels that are compared member by member; what lies deeper is told as one change. Default 8. */
  readonly depth?: number;
}

type Members = Readonly<Record<string, Json | undefined>>;

const MOST = 100;
const DEPTH = 8;

/**
 * Compares two values. Members of objects are compared by name, elements of lists by place, apart from what both lists
 * begin and end with. Made in their order, the changes turn `before` into `after`, where `more` is 0 and elements are
 * taken out of a list from its end.
 * @param before undefined: there was nothing.
 * @param after undefined: there is nothing any more.
 */
export function changesBetween(
  before: Json | undefined,
  after: Json | undefined,
  { most = MOST, depth = DEPTH }: DifferenceLimits = {},
): Changes {
  const changes: Change[] = [];
  let count = 0;

  const tell = (path: Path, old: Json | undefined, now: Json | undefined): void => {
    count += 1;
    if (changes.length >= most) return;
    if (old === undefined) changes.push({ path, kind: 'added', after: now! });
    else if (now === undefined) changes.push({ path, kind: 'removed', before: old });
    else changes.push({ path, kind: 'changed', before: old, after: now });
  };

  const compare = (path: Path, old: Json | undefined, now: Json | undefined): void => {
    if (old === now) return;
    if (path.length >= depth) {
      if (!sameJson(old, now)) tell(path, old, now);
    } else if (isList(old) && isList(now)) compareLists(path, old, now);
    else if (isMembers(old) && isMembers(now)) compareMembers(path, old, now);
    else tell(path, old, now);
  };

  const compareMembers = (path: Path, old: Members, now: Members): void => {
    for (const name of Object.keys(old)) compare([...path, name], old[name], own(now, name));
    for (const name of Object.keys(now)) {
      if (own(old, name) === undefined) compare([...path, name], undefined, now[name]);
    }
  };

  const compareLists = (path: Path, old: readonly Json[], now: readonly Json[]): void => {
    const shorter = Math.min(old.length, now.length);
    let start = 0;
    while (start < shorter && sameJson(old[start], now[start])) start += 1;
    let end = 0;
    while (end < shorter - start && sameJson(old.at(-1 - end), now.at(-1 - end))) end += 1;
    const pairs = shorter - end;
    for (let i = start; i < pairs; i += 1) compare([...path, i], old[i], now[i]);
    for (let i = pairs; i < old.length - end; i += 1) tell([...path, i], old[i], undefined);
    for (let i = pairs; i < now.length - end; i += 1) tell([...path, i], undefined, now[i]);
  };

  compare([], before, after);
  return { changes, more: count - changes.length };
}

/** Whether two values are the same. However deep they are: what comes from outside must not end the stack. */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  const pairs: [Json | undefined, Json | undefined][] = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (isList(a) && isList(b)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i += 1) pairs.push([a[i], b[i]]);
    } else if (isMembers(a) && isMembers(b)) {
      const names = namesOf(a);
      if (names.length !== namesOf(b).length) return false;
      for (const name of names) pairs.push([a[name], own(b, name)]);
    } else return false;
  }
  return true;
}

/** What a member that is undefined holds, nothing: JSON would leave it out. */
function namesOf(value: Members): string[] {
  return Object.keys(value).filter((name) => value[name] !== undefined);
}

function own(value: Members, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
