/** Annotations with figures in them: plain substitution, no code. */
import { PLACEHOLDER } from '../../../src/protocol/alerts.schema.ts';

/** Longer results are cut, characters. */
const MAX_LENGTH = 8_192;

/** What may stand between the braces. */
export interface TemplateValues {
  readonly value?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Fills `{{value}}` and `{{label.x}}` in. What is filled in is not looked at again, so that a label that holds braces
 * stays as it is; a label that is not there is empty, a value that is not there `?`.
 */
export function fillIn(text: string, { value, labels }: TemplateValues): string {
  const filled = text.replace(PLACEHOLDER, (_, isValue: string | undefined, label: string) => {
    if (isValue !== undefined) return value === undefined ? '?' : figure(value);
    return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  });
  return filled.slice(0, MAX_LENGTH);
}

/** A figure for people: six digits that count. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
}
