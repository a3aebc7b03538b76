/** Door: what a page is about, for pages and hosts of any framework. */
export type * from './context.ts';
export { newContext, pageContext } from './page-context.ts';
export { DEFAULT_SELECTION_LIMITS, EVERYTHING, LISTS, chosen } from './selection.ts';
export type {
  ListName,
  Rule,
  Rules,
  Selection,
  SelectionLimits,
  SelectionPart,
  TimeRange,
} from './selection.ts';
export { resolveRule } from './rule.ts';
export type { RuleOption } from './rule.ts';
