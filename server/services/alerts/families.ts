/** The alerts service's statistics as metric families. */
import { familyMaker, one } from '../../http/exposition.ts';
import type { ExposedFamily, ExposedSample } from '../../http/exposition.ts';
import type { AlertsStats } from './stats.ts';

const { gauge, counter } = familyMaker('waooaw_alerts_');

/** For `/metrics`. */
export function alertsFamilies(stats: AlertsStats): readonly ExposedFamily[] {
  const { notices } = stats;
  const each = (valueOf: (of: AlertsStats['notices'][number]) => number): readonly ExposedSample[] =>
    notices.map((of) => ({ labels: { receiver: of.receiver }, value: valueOf(of) }));
  return [
    gauge('rules', 'Rules.', one(stats.rules)),
    gauge(
      'alerts',
      'Alerts and watched groups, by state.',
      Object.entries(stats.alerts).map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge('flapping', 'Alerts that flap.', one(stats.flapping)),
    gauge('silences', 'Silences that are kept.', one(stats.silences)),
    gauge('dead_notices', 'Notices that were given up and are kept.', one(stats.dead)),
    gauge(
      'waiting_notices',
      'Notices under way or to be tried again.',
      each(({ waiting }) => waiting),
    ),
    counter('evaluations', 'Evaluations of rules with a result.', one(stats.evaluations)),
    counter('evaluation_failures', 'Evaluations without a result.', one(stats.failures)),
    counter('overruns', 'Evaluations left out because the one before was not done.', one(stats.overruns)),
    counter('refused', 'Groups and signals that found no room (maxAlerts).', one(stats.refused)),
    counter(
      'delivered_notices',
      'Notices delivered.',
      each(({ delivered }) => delivered),
    ),
    counter(
      'failed_attempts',
      'Attempts to deliver a notice that failed.',
      each(({ failed }) => failed),
    ),
  ];
}
