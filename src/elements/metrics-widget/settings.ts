/** What a widget's attributes ask for, read with patience: what makes no sense is left out, and named once. */
import { ACROSS, AGGREGATIONS } from '../../protocol/queries.ts';
import type { Across, Aggregation } from '../../protocol/queries.ts';
import type { ChartThreshold } from './chart-options.ts';
import { PRESETS } from './presets.ts';
import type { Preset } from './presets.ts';

/** The attributes, as a page may have set them: of any type. */
export type Given = Readonly<
  Record<
    | 'preset'
    | 'unit'
    | 'aggregation'
    | 'across'
    | 'step'
    | 'digits'
    | 'compare'
    | 'trend'
    | 'good'
    | 'thresholds'
    | 'direction'
    | 'target'
    | 'lines'
    | 'min'
    | 'max'
    | 'refresh'
    | 'events'
    | 'size',
    unknown
  >
>;

/** Names of reference lines. */
const LINES = ['min', 'max', 'avg'] as const;
export type LineName = (typeof LINES)[number];

/** What they come to, with the preset's below the widget's own. */
export interface Settings {
  readonly preset: Preset | undefined;
  readonly unit: string;
  readonly aggregation: Aggregation | undefined;
  readonly across: Across | undefined;
  readonly stepMs: number | undefined;
  readonly digits: number | undefined;
  /** How long ago, ms; or the window before. */
  readonly compare: number | 'previous-window' | undefined;
  readonly trend: boolean;
  readonly good: 'up' | 'down' | undefined;
  readonly thresholds: readonly ChartThreshold[];
  readonly direction: 'above' | 'below';
  readonly target: number | undefined;
  readonly lines: readonly LineName[];
  /** Real bounds: both, or neither. */
  readonly bounds: readonly [min: number, max: number] | undefined;
  readonly everyMs: number;
  readonly events: string;
}

/** A second to two years, s. */
const SPAN = [1, 63_072_000] as const;

const warned = new Set<string>();

/** Reads. Never throws. */
export function readSettings(given: Given): Settings {
  const name = oneOf('preset', given.preset, Object.keys(PRESETS));
  const preset = name === undefined ? undefined : PRESETS[name];
  const own = (key: keyof Given & keyof Preset): unknown => (isSet(given[key]) ? given[key] : preset?.[key]);
  const step = number('step', own('step'), ...SPAN);
  const good = oneOf('good', own('good'), ['up', 'down'] as const);
  return {
    preset,
    unit: text(own('unit')),
    aggregation: oneOf('aggregation', own('aggregation'), AGGREGATIONS),
    across: oneOf('across', own('across'), ACROSS),
    stepMs: step === undefined ? undefined : step * 1000,
    digits: number('digits', given.digits, 0, 20),
    compare: compareOf(given.compare),
    trend: given.trend === true || good !== undefined,
    good,
    thresholds: thresholdsOf(own('thresholds')),
    direction: oneOf('direction', own('direction'), ['above', 'below'] as const) ?? 'above',
    target: number('target', given.target),
    lines: linesOf(given.lines),
    bounds: boundsOf(number('min', own('min')), number('max', own('max'))),
    everyMs: (number('refresh', given.refresh, 0, 86_400) ?? 0) * 1000,
    events: text(given.events),
  };
}

function compareOf(given: unknown): Settings['compare'] {
  if (given === 'previous-window') return given;
  const seconds = number('compare', given, ...SPAN);
  return seconds === undefined ? undefined : seconds * 1000;
}

function thresholdsOf(given: unknown): readonly ChartThreshold[] {
  if (!isSet(given)) return [];
  const list = typeof given === 'string' ? parse(given) : given;
  if (!Array.isArray(list)) return unfit('thresholds', given, 'a list of { value, severity }') ?? [];
  const good = (list as unknown[]).filter((one): one is ChartThreshold => {
    const { value, severity } = Object(one) as Partial<Record<keyof ChartThreshold, unknown>>;
    const fits = Number.isFinite(value) && (severity === 'degraded' || severity === 'critical');
    if (!fits) unfit('thresholds', one, '{ value, severity } with "degraded" or "critical"');
    return fits;
  });
  return good.sort((a, b) => a.value - b.value);
}

function linesOf(given: unknown): readonly LineName[] {
  const names = text(given)
    .split(/[\s,]+/)
    .filter(Boolean);
  for (const name of names) oneOf('lines', name, LINES);
  return LINES.filter((name) => names.includes(name));
}

function boundsOf(min: number | undefined, max: number | undefined): Settings['bounds'] {
  if (min === undefined || max === undefined) return undefined;
  return min < max ? [min, max] : unfit('max', max, `more than ${min}`);
}

function number(name: string, given: unknown, least = -Infinity, most = Infinity): number | undefined {
  if (!isSet(given)) return undefined;
  const value = typeof given === 'string' ? Number(given) : given;
  if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most) return value;
  const range = least === -Infinity ? '' : ` from ${least} to ${most}`;
  return unfit(name, given, `a number${range}`);
}

function oneOf<Word extends string>(name: string, given: unknown, words: readonly Word[]): Word | undefined {
  if (!isSet(given)) return undefined;
  return words.find((word) => word === given) ?? unfit(name, given, words.join(', '));
}

function text(given: unknown): string {
  return typeof given === 'string' ? given.trim() : '';
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isSet(given: unknown): boolean {
  return given !== undefined && given !== null && given !== '';
}

/** An element never throws on bad data: it goes without, and says so once. */
function unfit(name: string, given: unknown, expected: string): undefined {
  const said = `<waooaw-metrics-widget> ${name}: expected ${expected}, not ${shown(given)}`;
  if (!warned.has(said)) console.warn(said);
  warned.add(said);
  return undefined;
}

function shown(given: unknown): string {
  if (typeof given === 'number') return String(given);
  try {
    return (typeof given === 'string' ? given : (JSON.stringify(given) ?? typeof given)).slice(0, 80);
  } catch {
    return typeof given;
  }
}
