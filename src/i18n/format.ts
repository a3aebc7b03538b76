/** Numbers with units for people, through `Intl`. */
import { intl } from './intl.ts';

/** A formatted number, apart from its unit so that they can be set apart. */
export interface FormattedValue {
  readonly number: string;
  /** With its own leading space where the language wants one; empty for plain counts. */
  readonly unit: string;
}

interface Scale {
  readonly factor: number;
  readonly options: Intl.NumberFormatOptions;
  /** Written behind the number where Intl knows no such unit. */
  readonly suffix?: string;
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'];

/**
 * Formats a value in its unit, to three significant digits.
 * @param value a number in base units.
 * @param unit `ratio`, `bytes`, `seconds`, `bytes_per_second`, `per_second`, `per_minute`, `count`, or a word of the host's own.
 * @param locale BCP 47; an unknown one falls back to English.
 * @param most digits behind the decimal sign at most, 0 to 20, in place of significant ones.
 */
export function formatValue(value: number, unit: string, locale: string, most?: number): FormattedValue {
  const { factor, options, suffix } = scaleOf(Math.abs(value), unit);
  const parts = formatOf(
    locale,
    most === undefined
      ? options
      : { ...options, maximumSignificantDigits: undefined, maximumFractionDigits: most },
  ).formatToParts(value * factor);
  const isUnit = (type: string): boolean => type === 'unit' || type === 'percentSign';
  // Where the language writes the unit first, it stays with the number.
  const digits = parts.findIndex(({ type }) => type === 'integer');
  const first = parts.findIndex(({ type }, i) => i > digits && isUnit(type));
  const cut = first < 0 ? parts.length : parts[first - 1]?.type === 'literal' ? first - 1 : first;
  const text = (list: Intl.NumberFormatPart[]): string => list.map((part) => part.value).join('');
  return { number: text(parts.slice(0, cut)), unit: text(parts.slice(cut)) + (suffix ?? '') };
}

/** The two together. */
export function formatText(value: number, unit: string, locale: string, most?: number): string {
  const { number, unit: mark } = formatValue(value, unit, locale, most);
  return number + mark;
}

/** A count as the language writes it, whole. @param locale BCP 47; one that is none falls back to English. */
export function countText(count: number, locale: string): string {
  return intl(Intl.NumberFormat, locale, {}).format(count);
}

/** The language of the page. */
export function pageLocale(): string {
  return document.documentElement.lang || navigator.language;
}

function scaleOf(exact: number, unit: string): Scale {
  // As it will be shown, so that 999,999 bytes are 1 MB and never 1,000 kB.
  const size = Number(exact.toPrecision(3));
  switch (unit) {
    case 'ratio':
      return { factor: 1, options: { style: 'percent', maximumFractionDigits: exact < 0.1 ? 1 : 0 } };
    case 'bytes':
    case 'bytes_per_second': {
      const step = size < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(size) / 3));
      const name = (BYTE_UNITS[step] ?? 'byte') + (unit === 'bytes' ? '' : '-per-second');
      return { factor: 1000 ** -step, options: { style: 'unit', unit: name, maximumSignificantDigits: 3 } };
    }
    case 'seconds': {
      const [factor, name] =
        size >= 1 ? [1, 'second'] : size >= 0.001 || size === 0 ? [1e3, 'millisecond'] : [1e6, 'microsecond'];
      return { factor, options: { style: 'unit', unit: name, maximumSignificantDigits: 3 } };
    }
    case 'per_second':
    case 'per_minute':
      return { factor: 1, options: compact(exact), suffix: unit === 'per_second' ? '/s' : '/min' };
    case 'count':
    case '':
      return { factor: 1, options: compact(exact) };
    default:
      return { factor: 1, options: compact(exact), suffix: ` ${unit}` };
  }
}

function compact(exact: number): Intl.NumberFormatOptions {
  const size = Number(exact.toPrecision(4));
  return {
    notation: size >= 1e15 ? 'scientific' : size >= 10_000 ? 'compact' : 'standard',
    maximumSignificantDigits: size >= 1000 ? 4 : 3,
  };
}

function formatOf(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  // Below the last digit shown there is no sign: nobody has seen -0 %.
  return intl(Intl.NumberFormat, locale, { signDisplay: 'negative', ...options });
}
