/** What can be chosen: the host's options, read with care, in the order in which they are shown. */

/** One thing to choose, as hosts give it. */
export interface SelectorOption {
  /** What is chosen: goes into `value`, into forms and into the page's context. Default: the label. */
  readonly id: string;
  /** What is read. Default: the id. Always text, never HTML. */
  readonly label: string;
  /** Up to four characters, or an SVG path on a 16 × 16 grid such as `M2 2h12v12H2z`. */
  readonly icon?: string;
  /** Options of one group stand together under its name. */
  readonly group?: string;
  /** The environments that it is in, for rules such as "all in prod". Default: its group. */
  readonly environments?: readonly string[];
  /** A word of the vocabulary of states, such as `up`: shown as figure and text. */
  readonly state?: string;
  /** Shown, and cannot be chosen. */
  readonly disabled?: boolean;
}

/** One thing to choose, as the selector keeps it. */
export interface Option {
  readonly id: string;
  /** Cut to what can be read. */
  readonly label: string;
  /** All of a label that was cut, up to what a page can hold; else empty. */
  readonly full: string;
  readonly icon: string;
  readonly group: string;
  readonly environments: readonly string[];
  readonly state: string;
  readonly disabled: boolean;
  /** As the host gave it. */
  readonly given: SelectorOption;
}

/** Longer labels are cut, in view and for searching, in UTF-16 units. */
export const LABEL_LENGTH = 500;
/** Of a label that is cut, so much can be had where it is pointed at, in UTF-16 units. */
export const FULL_LENGTH = 5_000;
/** Of an icon that is text, so many characters. */
const ICON_LENGTH = 4;
/** More points than any icon of 16 pixels has. */
const PATH_LENGTH = 4_000;

/** What was found wrong with a list. */
export interface Faults {
  /** Ids that stand in it more than once: the first counts. */
  readonly duplicates: readonly string[];
  /** How many had neither id nor label, or were no objects. */
  readonly nameless: number;
}

/** A list that was read. */
export interface Options {
  /** In the order of view: by group where there are groups, else as given. */
  readonly all: readonly Option[];
  readonly byId: ReadonlyMap<string, Option>;
  /** Some have icons. */
  readonly icons: boolean;
  readonly faults: Faults;
}

/** No options. */
export const NO_OPTIONS: Options = {
  all: [],
  byId: new Map(),
  icons: false,
  faults: { duplicates: [], nameless: 0 },
};

/** Reads a list of whatever a host gives. Never throws. */
export function readOptions(given: unknown): Options {
  const byId = new Map<string, Option>();
  const duplicates = new Set<string>();
  let nameless = 0;
  const list = Array.isArray(given) ? (given as unknown[]) : isIterable(given) ? [...given] : [];
  for (const one of list) {
    const option = readOption(one);
    if (!option) nameless += 1;
    else if (byId.has(option.id)) duplicates.add(option.id);
    else byId.set(option.id, option);
  }
  const all = arrange(byId);
  const icons = all.some(({ icon }) => icon !== '');
  return { all, byId, icons, faults: { duplicates: [...duplicates], nameless } };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function readOption(one: unknown): Option | undefined {
  if (typeof one === 'string') return readOption({ id: one });
  if (typeof one !== 'object' || one === null) return undefined;
  const given = one as Partial<Record<keyof SelectorOption, unknown>>;
  const id = textOf(given.id) || textOf(given.label);
  if (!id) return undefined;
  const environments = Array.isArray(given.environments) ? given.environments.filter(isText) : undefined;
  const label = textOf(given.label) || id;
  const group = cutText(textOf(given.group) || (environments?.join(', ') ?? ''), LABEL_LENGTH);
  return {
    id,
    label: cutText(label, LABEL_LENGTH),
    full: label.length > LABEL_LENGTH ? cutText(label, FULL_LENGTH) : '',
    icon: textOf(given.icon),
    group,
    environments: environments ?? (group ? [group] : []),
    state: textOf(given.state),
    disabled: given.disabled === true,
    given: one as SelectorOption,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Groups in the order in which they first appear; those without one come first. */
function arrange(byId: ReadonlyMap<string, Option>): readonly Option[] {
  const groups = new Map<string, Option[]>([['', []]]);
  for (const option of byId.values()) {
    const group = groups.get(option.group);
    if (group) group.push(option);
    else groups.set(option.group, [option]);
  }
  return groups.size === 1 ? (groups.get('') ?? []) : [...groups.values()].flat();
}

/** Cuts a text, never through the middle of a character. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = text.charCodeAt(length - 2);
  return `${text.slice(0, end >= 0xd800 && end < 0xdc00 ? length - 2 : length - 1)}…`;
}

/** An icon is a path, or a few characters, and never markup. */
export function readIcon(icon: string): { readonly path: string } | { readonly text: string } {
  if (
    icon.length <= PATH_LENGTH &&
    /^m\s*-?[\d.][-\d\s,.e+]*[mlhvcsqtaz][-\d\s,.e+mlhvcsqtaz]*$/i.test(icon)
  ) {
    return { path: icon };
  }
  return { text: [...icon.slice(0, 4 * ICON_LENGTH)].slice(0, ICON_LENGTH).join('') };
}
