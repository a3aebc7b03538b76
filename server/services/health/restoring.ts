/** Puts together, at a start, what the file says now and what the API defined before. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Beginning, Checker } from './checker.ts';
import type { Definition } from './watched.ts';

/** What is to be put together. */
export interface Restoring {
  readonly file: readonly Definition[];
  /** In the order in which they were defined. */
  readonly api: readonly Definition[];
  readonly begin: (check: string) => Beginning;
}

/**
 * Watches them. What the API defined must not keep a server from starting: what the file makes impossible is left out.
 * @returns those that are, with why.
 * @throws WaooawError `bad_request` when the file alone cannot be.
 */
export function restore(
  checker: Checker,
  { file, api, begin }: Restoring,
): ReadonlyMap<Definition, WaooawError> {
  const ids = new Set(file.map(({ settings }) => settings.check));
  const left = new Map<Definition, WaooawError>();
  for (const definition of api) {
    const { check } = definition.settings;
    if (ids.has(check) || checker.has(check))
      left.set(definition, new WaooawError('conflict', `There is a check "${check}" already`));
  }
  const free = api.filter((definition) => !left.has(definition));
  try {
    checker.put([...file, ...free], [], begin);
    return left;
  } catch {
    // One of them is in the way. Which, is found by going through them.
  }
  checker.put(file, [], begin);
  for (let rest = free, before = Infinity; rest.length > 0 && rest.length < before;) {
    before = rest.length;
    rest = rest.filter((definition) => {
      const error = refusal(() => checker.put([definition], [], begin));
      if (error) left.set(definition, error);
      else left.delete(definition);
      return error !== undefined;
    });
  }
  return left;
}

function refusal(work: () => void): WaooawError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof WaooawError) return error;
    throw error;
  }
}
