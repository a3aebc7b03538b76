/** The body of a notice: the webhook payload of Alertmanager, version 4. */
import type { AlertRecord, Labels } from './record.ts';
import { toldLabels } from './record.ts';
import type { Receiver } from './rules-file.ts';
import { groupOf } from './tells.ts';
import type { Topic } from './tells.ts';

/** One alert of a notice. */
export interface ToldAlert {
  readonly record: AlertRecord;
  readonly topic: Topic;
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface WebhookPayload {
  readonly version: '4';
  readonly groupKey: string;
  /** Alerts of the group that found no place in this notice. */
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly alerts: readonly WebhookAlert[];
}

/** One of its alerts. Times are RFC 3339; `endsAt` is the year 1 while it fires. */
export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** What Alertmanager writes for "not yet". */
const NEVER = '0001-01-01T00:00:00Z';

/**
 * Writes a notice.
 * @param told at least one alert, all of one group.
 * @param truncated how many of the group were left out.
 * @param externalUrl where people find this server, without a slash at its end; may be empty.
 */
export function payloadOf(
  receiver: Receiver,
  told: readonly ToldAlert[],
  truncated: number,
  externalUrl: string,
): WebhookPayload {
  const alerts = told.map((one) => webhookAlert(one, externalUrl));
  const group = groupOf(receiver, alerts[0]?.labels ?? {});
  return {
    version: '4',
    groupKey: group.key,
    truncatedAlerts: truncated,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver: receiver.name,
    groupLabels: group.labels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    alerts,
  };
}

function webhookAlert({ record, topic }: ToldAlert, externalUrl: string): WebhookAlert {
  const { standing, annotations, summary, updatedAt, rule, id } = record;
  const { firedAt = standing.activeAt, resolvedAt = updatedAt, reason } = standing;
  const resolved = topic === 'resolved';
  return {
    status: resolved ? 'resolved' : 'firing',
    labels: toldLabels(record),
    annotations: {
      ...annotations,
      summary,
      // The payload knows two states only: the others are said beside them.
      ...(topic === 'no-data' && { no_data: 'true' }),
      ...(topic === 'flapping' && { flapping: 'true' }),
      ...(reason !== undefined && { reason }),
    },
    startsAt: new Date(firedAt).toISOString(),
    endsAt: resolved ? new Date(resolvedAt).toISOString() : NEVER,
    generatorURL: externalUrl && `${externalUrl}/api/alerts?rule=${encodeURIComponent(rule)}`,
    fingerprint: id,
  };
}

/** What all of them say alike. */
function common([first = {}, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      others.every((one) => Object.hasOwn(one, name) && one[name] === value),
    ),
  );
}
