/** The health service's statistics as metric families. */
import { familyMaker, one } from '../../http/exposition.ts';
import type { ExposedFamily, ExposedSample } from '../../http/exposition.ts';
import type { HealthStats } from './health.ts';

const { gauge, counter } = familyMaker('waooaw_health_');
const WORDS = ['unknown', 'up', 'degraded', 'down', 'paused', 'maintenance', 'unreachable'] as const;

/** For `/metrics`. */
export function healthFamilies(stats: HealthStats): readonly ExposedFamily[] {
  const by = (label: string, counts: Readonly<Record<string, number>>): readonly ExposedSample[] =>
    Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
  const words = Object.fromEntries(WORDS.map((word) => [word, stats.words[word] ?? 0]));
  return [
    gauge('checks', 'Checks, by what they are shown as.', by('word', words)),
    gauge('flapping', 'Checks that flap.', one(stats.flapping)),
    gauge('running', 'Looks under way.', one(stats.running)),
    gauge('waiting', 'Looks that are due and wait for a slot.', one(stats.waiting)),
    gauge('stuck', 'Looks whose time is over and that still hold their slot.', one(stats.stuck)),
    gauge(
      'skew_p99_seconds',
      'How late looks began against their grid in the last minute, 99th percentile.',
      one(stats.skewP99Ms / 1_000),
    ),
    counter('runs', 'Looks that ended, by what they found.', by('found', stats.runs)),
    counter('overruns', 'Looks left out because the one before was not over.', one(stats.overruns)),
    counter('remediations', 'Attempts to mend something.', one(stats.remediations)),
    counter('failed_remediations', 'Attempts that failed.', one(stats.failedRemediations)),
    counter('held_remediations', 'Attempts put off because of too many others.', one(stats.heldRemediations)),
  ];
}
