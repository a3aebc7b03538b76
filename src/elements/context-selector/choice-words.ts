/** A choice in words: in the closed selector, and aloud. */
import { intl } from '../../i18n/intl.ts';
import { formatList } from '../../i18n/times.ts';
import type { Choice } from './choice.ts';
import type { SelectorMessages } from './words.ts';

/** So many names are said; the others are counted. */
const NAMES = 2;

/** What words need. */
export interface Wording {
  readonly texts: SelectorMessages;
  readonly locale: string;
  readonly labelOf: (id: string) => string;
}

/** A count as the language writes it: 10,000 or 10.000. */
export function countText(count: number, locale: string): string {
  return intl(Intl.NumberFormat, locale, {}).format(count);
}

/** Several in words: "Payments, Orders" and how many more, or a rule. Empty for nothing. */
export function summaryOf(
  choice: Choice,
  wording: Wording,
): { readonly summary: string; readonly more: number } {
  if (choice.rule) return { summary: ruleWords(choice, wording), more: 0 };
  const names = choice.ids.slice(0, NAMES).map((id) => wording.labelOf(id));
  return { summary: names.join(', '), more: choice.ids.length - names.length };
}

/** "All in prod except canary"; empty without a rule. */
export function ruleWords({ rule }: Choice, { texts, locale, labelOf }: Wording): string {
  if (!rule) return '';
  const { except, where } = rule;
  const exceptions =
    except.length > NAMES
      ? texts.exceptCount(except.length)
      : formatList(
          except.map((id) => labelOf(id)),
          locale,
        );
  return texts.rule(formatList(where?.environments ?? [], locale), exceptions);
}
