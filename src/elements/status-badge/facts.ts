/** What is known of a check beside its state, each with its name: what a tooltip and a panel say. */
import { countText, formatText } from '../../i18n/format.ts';
import { intl } from '../../i18n/intl.ts';
import { formatList, formatTime } from '../../i18n/times.ts';
import { findState } from '../../protocol/states.ts';
import type { BadgeDetailsMessages } from './details-words.ts';
import type { BadgeStatus } from './host.ts';
import type { Wording } from './wording.ts';

/** One of them. */
export type Fact = readonly [name: string, value: string];

/** How they are worded. */
export interface FactTerms {
  readonly words: BadgeDetailsMessages;
  readonly wording: Wording;
  /** The times in words, as far as somebody looks. */
  readonly since: string | undefined;
  readonly at: string | undefined;
  /** The server's clock, ms since 1970. */
  readonly now: number;
}

const DAY_MS = 86_400_000;

/** In the order in which they matter. */
export function factsOf(status: BadgeStatus, terms: FactTerms): readonly Fact[] {
  const { words, wording } = terms;
  const exact = (ms: number): string => formatTime(ms, wording.locale, wording.timeZone);
  const time = (ms: number, relative: string | undefined): string =>
    words.at(relative ?? exact(ms), exact(ms));
  const { since, at, tookMs, soft, paused, maintenance, incident, certificateExpiresAt } = status;
  const facts: readonly (readonly [keyof BadgeDetailsMessages, string | undefined])[] = [
    ['reason', status.reason],
    ['causedBy', status.causedBy],
    ['behind', status.unreachableBy],
    ['since', since === undefined ? undefined : time(since, terms.since)],
    ['lastCheck', at === undefined ? undefined : time(at, terms.at)],
    ['took', tookMs === undefined ? undefined : duration(tookMs, wording)],
    ['timings', timingsOf(status, terms)],
    ['certificate', certificateExpiresAt === undefined ? undefined : expiry(certificateExpiresAt, terms)],
    [
      'soft',
      soft &&
        words.softOf(
          countText(soft.runs, wording.locale),
          countText(soft.needed, wording.locale),
          labelOf(soft.state, wording),
        ),
    ],
    ['unstable', wording.flapping(status)],
    [
      'maintenanceUntil',
      maintenance && words.because(exact(maintenance.endsAt), maintenance.reason || maintenance.id),
    ],
    ['pausedBy', paused && words.at(paused.by, exact(paused.at))],
    [
      'incident',
      incident &&
        [exact(incident.startedAt), incident.acknowledgedBy && words.acknowledgedBy(incident.acknowledgedBy)]
          .filter(Boolean)
          .join(', '),
    ],
  ];
  return facts.flatMap(([name, value]) => (value ? [[words[name] as string, value] as const] : []));
}

/** A word's label in the page's language. */
export function labelOf(word: string, wording: Wording): string {
  return wording.named(findState(word) ?? { ...findState('unknown')!, word, label: word }).label;
}

/** "12 ms", "1.5 s". */
function duration(ms: number, { locale }: Wording): string {
  return formatText(ms / 1000, 'seconds', locale);
}

function timingsOf({ timings }: BadgeStatus, { words, wording }: FactTerms): string | undefined {
  if (!timings) return undefined;
  const { dnsMs, connectMs, tlsMs, firstByteMs } = timings;
  const parts = [
    dnsMs !== undefined && words.dns(duration(dnsMs, wording)),
    connectMs !== undefined && words.connect(duration(connectMs, wording)),
    tlsMs !== undefined && words.tls(duration(tlsMs, wording)),
    firstByteMs !== undefined && words.firstByte(duration(firstByteMs, wording)),
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : formatList(parts, wording.locale);
}

/** "in 12 days (4 Nov 2026 …)". */
function expiry(at: number, { words, wording, now }: FactTerms): string {
  const days = Math.floor((at - now) / DAY_MS);
  const relative = intl(Intl.RelativeTimeFormat, wording.locale, { numeric: 'auto' }).format(days, 'day');
  return words.at(relative, formatTime(at, wording.locale, wording.timeZone, false));
}
