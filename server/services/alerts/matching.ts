/** Matchers of silences: which alerts are meant. Regular expressions are RE2, in linear time. */
import type { RE2JS } from 're2js';
import { WaooawError } from '../../../src/protocol/index.ts';
import { compilePattern } from '../../pattern.ts';
import type { AlertMatcher } from '../../../src/protocol/alerts.schema.ts';

/** Whether an alert with these labels is meant. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * Compiles matchers, all of which must match.
 * @throws WaooawError `bad_request` naming the matcher whose regular expression is none.
 */
export function compileMatchers(matchers: readonly AlertMatcher[]): LabelTest {
  const tests = matchers.map(compileOne);
  return (labels) => tests.every((test) => test(labels));
}

function compileOne({ label, operator, value }: AlertMatcher, index: number): LabelTest {
  const valueOf = (labels: Readonly<Record<string, string>>): string =>
    Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  if (operator === '=') return (labels) => valueOf(labels) === value;
  if (operator === '!=') return (labels) => valueOf(labels) !== value;
  const pattern = patternOf(value, index);
  const wanted = operator === '=~';
  return (labels) => pattern.matcher(valueOf(labels)).matches() === wanted;
}

function patternOf(value: string, index: number): RE2JS {
  try {
    return compilePattern(value);
  } catch (cause) {
    throw new WaooawError('bad_request', `/matchers/${index}/value: ${(cause as RangeError).message}`, {
      cause,
    });
  }
}
