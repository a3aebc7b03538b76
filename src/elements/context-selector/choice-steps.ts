/** From one choice to the next, as somebody makes it in the list. */
import type { Rule } from '../../context/selection.ts';
import { chooseIds, chooseRule, NO_CHOICE } from './choice.ts';
import type { Choice } from './choice.ts';
import type { Option } from './option.ts';

/** One id more, or one less. A rule stays a rule as long as it can say so. */
export function toggle(choice: Choice, id: string, all: readonly Option[]): Choice {
  const { ids, rule } = choice;
  const chosen = ids.includes(id);
  if (rule && (chosen || rule.except.includes(id))) {
    const except = chosen ? [...rule.except, id] : rule.except.filter((other) => other !== id);
    return chooseRule({ ...rule, except }, all);
  }
  return { ids: chosen ? ids.filter((other) => other !== id) : [...ids, id] };
}

/** Whether a rule takes a whole place: an environment, or everything (`''`); exceptions apart. */
export function takes(rule: Rule | undefined, place: string): boolean {
  if (!rule) return false;
  return place ? rule.where?.environments.includes(place) === true : !rule.where;
}

/** All of a place more, or less. */
export function togglePlace(choice: Choice, place: string, all: readonly Option[]): Choice {
  const { rule } = choice;
  if (!place) return takes(rule, '') ? NO_CHOICE : chooseRule({ all: true, except: [] }, all);
  const before = rule?.where?.environments ?? [];
  const places = before.includes(place) ? before.filter((other) => other !== place) : [...before, place];
  if (places.length === 0) return NO_CHOICE;
  const except = rule?.where ? rule.except : [];
  return chooseRule({ all: true, where: { environments: places }, except }, all);
}

/** All of these as well; what is disabled stays as it is. */
export function addAll(choice: Choice, found: readonly Option[]): Choice {
  const more = found.filter(({ disabled }) => !disabled).map(({ id }) => id);
  return chooseIds([...choice.ids, ...more]);
}
