/** How deeply JSON is nested. JSON.parse takes any depth; whoever walks what it gave by recursion, JSON.stringify too, does not. */
import { WaooawError } from '../src/protocol/index.ts';

/**
 * Refuses what is nested too deeply.
 * @param value as JSON.parse gives it, without a cycle.
 * @param maxDepth levels of arrays and objects, the outermost one included.
 * @throws WaooawError `bad_request`.
 */
export function checkDepth(value: unknown, maxDepth: number): void {
  if (isDeeper(value, maxDepth))
    throw new WaooawError('bad_request', `Nested more than ${maxDepth} levels deep`);
}

/** The values rather than the text: a tenth of what JSON.parse took, and a string's brackets are nobody's. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
