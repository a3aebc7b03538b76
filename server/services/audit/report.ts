/** Makes the compliance report, entry by entry, in a memory that does not grow with the period. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditActor, AuditRecord, AuditResource } from '../../../src/protocol/index.ts';
import type { AuditReport, ReportHours } from '../../../src/protocol/audit-report.ts';
import { VIA_TAG } from '../../../src/protocol/audit.schema.ts';
import type { Audit, AuditLimits } from './index.ts';
import { Pace } from './export-pages.ts';
import { RangeCheck } from './report-check.ts';
import { FewValues, Groups, Newest, noResults } from './report-groups.ts';
import { HoursClock } from './report-hours.ts';
import { FULL_VIEW } from './views.ts';

/** What is reported. */
export interface ReportPlan {
  /** µs since 1970, inclusive. */
  readonly from: number;
  /** µs since 1970, exclusive. */
  readonly to: number;
  readonly hours: ReportHours;
  readonly limits: Pick<AuditLimits, 'maxReportEntries' | 'maxReportItems'>;
  /** Ends it early, when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Addresses that are listed of a credential. */
const ADDRESSES = 5;

/**
 * Makes it.
 * @throws WaooawError `bad_request` for a period with more entries than are read; the signal's reason.
 */
export async function makeReport(audit: Audit, plan: ReportPlan): Promise<AuditReport> {
  const { log } = audit;
  const { from, to, limits, signal } = plan;
  const [oldest] = await log.range(1, 1, { from, to }, { signal });
  const [newest] = await log.find({ from, to }, { limit: 1, signal });
  const range = oldest && newest && { first: oldest.sequence, last: newest.sequence };
  if (range && range.last - range.first >= limits.maxReportEntries)
    throw new WaooawError(
      'bad_request',
      `The period has ${range.last - range.first + 1} entries; at most ${limits.maxReportEntries} are reported at once`,
    );
  const check = new RangeCheck(log, await audit.checkpoint(range?.last), range?.first);
  const pace = new Pace();
  const summary = new Summary(plan);
  for (let at = range?.first ?? 1; at <= (range?.last ?? 0);) {
    signal.throwIfAborted();
    const rows = await log.range(at, Math.min(pace.rows, range!.last - at + 1), {}, { signal });
    if (rows.length === 0) break;
    pace.took(rows);
    for (const row of rows) {
      if (row.sequence > range!.last) break;
      await check.add(row);
      if (row.facts.time >= from && row.facts.time < to) summary.add(FULL_VIEW.record(row));
      await pace.after();
    }
    at = rows.at(-1)!.sequence + 1;
  }
  return {
    origin: audit.origin,
    from,
    to,
    madeAt: audit.now(),
    ...(range && { range }),
    ...summary.result(),
    verification: await check.finish(range?.last),
  };
}

class Summary {
  readonly #hours: ReportHours;
  readonly #clock: HoursClock;
  readonly #results = noResults();
  readonly #actors: Groups<{ readonly actor?: AuditActor }>;
  readonly #deeds: Groups<{
    readonly actor?: AuditActor;
    readonly action: string;
    readonly resource?: AuditResource;
  }>;
  readonly #credentials: Groups<{ readonly credential: string; readonly addresses: FewValues }>;
  readonly #failures: Newest;
  readonly #outOfHours: Newest;
  #entries = 0;

  constructor({ hours, limits: { maxReportItems } }: ReportPlan) {
    this.#hours = hours;
    this.#clock = new HoursClock(hours);
    this.#actors = new Groups(maxReportItems);
    this.#deeds = new Groups(maxReportItems);
    this.#credentials = new Groups(maxReportItems);
    this.#failures = new Newest(maxReportItems);
    this.#outOfHours = new Newest(maxReportItems);
  }

  add(entry: AuditRecord): void {
    const { actor, action, resource, result, time, ip } = entry;
    const isPerson = actor?.kind === 'user' || actor?.kind === 'anonymous';
    const outside = isPerson && this.#clock.isOutside(time);
    this.#entries += 1;
    this.#results[result] += 1;
    if (result !== 'success') this.#failures.add(entry);
    if (outside) this.#outOfHours.add(entry);

    const who = actor && { actor };
    const actorKey = JSON.stringify([actor?.kind, actor?.id]);
    this.#actors.add(actorKey, entry, outside, () => ({ ...who }));
    const deedKey = JSON.stringify([actorKey, action, resource?.type, resource?.id]);
    this.#deeds.add(deedKey, entry, outside, () => ({ ...who, action, ...(resource && { resource }) }));
    const credential = credentialOf(entry);
    if (credential === undefined) return;
    const make = () => ({ credential, addresses: new FewValues(ADDRESSES) });
    const used = this.#credentials.add(credential, entry, outside, make);
    // Whoever records over the API names the address, and it need not be theirs.
    if (ip !== undefined && entry.tags?.[VIA_TAG] === undefined) used?.addresses.add(ip);
  }

  result(): Omit<AuditReport, 'origin' | 'from' | 'to' | 'madeAt' | 'range' | 'verification'> {
    return {
      hours: this.#hours,
      entries: this.#entries,
      results: this.#results,
      actors: this.#actors.list((value) => value),
      deeds: this.#deeds.list((value) => value),
      credentials: this.#credentials.list(({ credential, addresses }) => ({
        credential,
        addresses: addresses.list(),
      })),
      failures: this.#failures.list(),
      outOfHours: this.#outOfHours.list(),
    };
  }
}

/** What somebody showed to be let in: not what the system and agents do by themselves. */
function credentialOf({ actor, tags }: AuditRecord): string | undefined {
  const via = tags?.[VIA_TAG];
  if (via !== undefined) return via;
  return actor && actor.kind !== 'system' && actor.kind !== 'agent' ? actor.id : undefined;
}
