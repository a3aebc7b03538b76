/** Which agents a bulk command is for. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Selection } from './provisioning.ts';
import type { AgentRecord } from './record/record.ts';

/**
 * Ids in the order in which they were named, or of those that carry all the tags; both given: of those named that carry them.
 * @throws WaooawError `bad_request` for a selection of nothing, or of too many.
 */
export function selected(
  { agents, tags }: Selection,
  known: readonly AgentRecord[],
  max: number,
): readonly string[] {
  const wanted = Object.entries(tags ?? {});
  if (!agents && wanted.length === 0)
    throw new WaooawError('bad_request', 'The selection names neither agents nor tags');
  const carrying = known.filter(
    ({ state, tags: own }) =>
      state !== 'revoked' && wanted.every(([name, value]) => Object.hasOwn(own, name) && own[name] === value),
  );
  const ids = carrying.map(({ agent }) => agent);
  const chosen = agents ? [...new Set(agents)].filter((id) => wanted.length === 0 || ids.includes(id)) : ids;
  if (chosen.length === 0) throw new WaooawError('bad_request', 'The selection selects no agent');
  if (chosen.length > max)
    throw new WaooawError(
      'bad_request',
      `The selection selects ${chosen.length} agents; expected at most ${max}`,
    );
  return chosen;
}
