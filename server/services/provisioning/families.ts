/** The provisioning service's statistics as metric families. */
import { familyMaker, one } from '../../http/exposition.ts';
import type { ExposedFamily, ExposedSample } from '../../http/exposition.ts';
import type { ProvisioningStats } from './provisioning.ts';

const { gauge, counter } = familyMaker('waooaw_provisioning_');

/** For `/metrics`. */
export function provisioningFamilies(stats: ProvisioningStats): readonly ExposedFamily[] {
  const by = (label: string, counts: Readonly<Record<string, number>>): readonly ExposedSample[] =>
    Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
  return [
    gauge('agents', 'Agents, by state.', by('state', stats.agents)),
    gauge('queued_operations', 'Operations that wait for room.', one(stats.operations.queued)),
    gauge('active_operations', 'Operations under way.', one(stats.operations.active)),
    counter('operations', 'Operations that ended, by how.', by('state', stats.ended)),
    counter('restarts', 'Instances started anew after they ended by themselves.', one(stats.restarts)),
    counter('adopted', 'Instances found running at the start.', one(stats.adopted)),
  ];
}
