/** How publications on the `alerts` channel stand in for earlier ones. */
import type { Json } from '../../../src/protocol/index.ts';

/** The last word on each alert, in the order of their last words. */
export function latestOfEach(updates: readonly Json[]): readonly Json[] {
  const latest = new Map<string, Json>();
  for (const update of updates) {
    const { alert } = update as { readonly alert: string };
    latest.delete(alert);
    latest.set(alert, update);
  }
  return [...latest.values()];
}
