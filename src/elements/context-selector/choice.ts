/** What is chosen: ids in the order of choosing, or a rule and what it takes now. */
import { resolveRule } from '../../context/rule.ts';
import { cleanRule, DEFAULT_SELECTION_LIMITS } from '../../context/selection.ts';
import type { Rule } from '../../context/selection.ts';
import type { Option } from './option.ts';

/** A choice. Never changed: each change makes another. */
export interface Choice {
  readonly ids: readonly string[];
  readonly rule?: Rule;
}

/** Nothing. */
export const NO_CHOICE: Choice = { ids: [] };

/** These ids, each once, without empty ones. */
export function chooseIds(ids: readonly unknown[]): Choice {
  return { ids: [...new Set(ids)].filter((id) => typeof id === 'string' && id !== '') as string[] };
}

/** What a rule takes of these options, at most so many; what is disabled is never taken. */
export function chooseRule(rule: Rule, all: readonly Option[], most = Infinity): Choice {
  const enabled = all.filter(({ disabled }) => !disabled);
  return { ids: resolveRule(rule, enabled, { maxValues: most }), rule };
}

/** Reads what may be a rule. One that takes everything is one as well: it goes on taking what is new. */
export function readRule(value: unknown): Rule | undefined {
  const rule = cleanRule(value, DEFAULT_SELECTION_LIMITS);
  if (rule) return rule;
  const all = typeof value === 'object' && value !== null && (value as Partial<Rule>).all === true;
  return all ? { all, except: [] } : undefined;
}

/** The same ids, whatever their order, by the same rule. */
export function sameChoice(a: Choice, b: Choice): boolean {
  if (a.ids.length !== b.ids.length || JSON.stringify(a.rule) !== JSON.stringify(b.rule)) return false;
  const set = new Set(a.ids);
  return b.ids.every((id) => set.has(id));
}
