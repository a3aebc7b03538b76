/** The checker: every check there is, looked at on its grid, judged, shown, and told to whoever must know. */
import { isDeepStrictEqual } from 'node:util';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CheckStatus, Incident } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Publisher } from '../../ports/publisher.ts';
import type { Alerting } from './alerting.ts';
import { publishRemoval, publishStatus } from './channels.ts';
import { affectedBy, checkGraph, effective } from './graph.ts';
import type { Effective, GraphNode } from './graph.ts';
import type { IncidentTrail } from './incident-trail.ts';
import { beginning, judge } from './judge.ts';
import type { HealthLimits } from './limits.ts';
import type { Found } from './look.ts';
import type { HealthRecord } from './record/record.ts';
import type { Remediator } from './remediation.ts';
import { Runs } from './runs.ts';
import type { RunStats } from './runs.ts';
import type { CheckSettings } from './settings.ts';
import { incidentPart, keptOf, statusOf, watch } from './watched.ts';
import type { Definition, KeptCheck, Watched } from './watched.ts';

/** What it takes. */
export interface CheckerDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly limits: HealthLimits;
  readonly alerting: Alerting;
  readonly remediator: Remediator;
  readonly trail: IncidentTrail;
  readonly onError: (error: unknown, what: string) => void;
}

/** What a check that is put begins with. */
export interface Beginning {
  readonly kept?: KeptCheck | undefined;
  readonly paused?: CheckStatus['paused'];
}

/** What goes with a showing. */
interface Showing {
  /** It comes with a result: that is told also where nothing changed, for freshness is news. */
  readonly fresh?: boolean;
  /** When the own hard state began, where it changed right now. */
  readonly hardSince?: number | undefined;
}

/** Watches checks. */
export class Checker {
  readonly #deps: CheckerDeps;
  readonly #watched = new Map<string, Watched>();
  readonly #effective = new Map<string, Effective>();
  readonly #runs: Runs;
  #order: readonly GraphNode[] = [];
  #record: HealthRecord | undefined;
  /** Counts checks that came, went or are shown otherwise. */
  version = 0;
  /** Called whenever something may be shown otherwise. */
  changed: () => void = () => undefined;

  constructor(deps: CheckerDeps) {
    this.#deps = deps;
    const { clock, limits, onError } = deps;
    this.#runs = new Runs({ clock, limits, onError, ended: (watched, found) => this.#ended(watched, found) });
  }

  /** From now on everything is kept. @param incidents that were open before. */
  keepIn(record: HealthRecord, incidents: Iterable<Incident>): void {
    this.#record = record;
    this.#deps.trail.begin(incidents);
    this.showAll();
  }

  has(check: string): boolean {
    return this.#watched.has(check);
  }

  find(check: string): Watched | undefined {
    return this.#watched.get(check);
  }

  /** @throws WaooawError `not_found`. */
  get(check: string): Watched {
    const watched = this.#watched.get(check);
    if (!watched) throw new WaooawError('not_found', `There is no check "${check}"`);
    return watched;
  }

  all(): Iterable<Watched> {
    return this.#watched.values();
  }

  statuses(): readonly CheckStatus[] {
    return [...this.#watched.values()].map(({ status }) => status);
  }

  stats(): RunStats {
    return this.#runs.stats();
  }

  /** @throws WaooawError `bad_request` when the checks would stand on what is not there, or in a circle. */
  verify(definitions: readonly Definition[], removed: readonly string[] = []): void {
    this.#orderWith(definitions, removed);
  }

  /**
   * Watches checks, in the place of those of their ids, and others no more. All or nothing.
   * @throws WaooawError as `verify`.
   */
  put(
    definitions: readonly Definition[],
    removed: readonly string[] = [],
    begin: (check: string) => Beginning = () => ({}),
  ): readonly Watched[] {
    this.#order = this.#orderWith(definitions, removed);
    for (const check of removed) this.#forget(check);
    const taken = definitions.map((definition) => this.#take(definition, begin(definition.settings.check)));
    this.#settle(effective(this.#order, this.#judgedOf));
    for (const watched of taken) this.#show(watched);
    for (const watched of taken) if (!watched.paused) this.#runs.set(watched);
    return taken;
  }

  /** Watches a check no more. What stands on it goes on without it. */
  remove(check: string): void {
    this.put([], [check]);
  }

  /** Looks no more, or again: then from the beginning. */
  setPaused(check: string, paused: CheckStatus['paused']): CheckStatus {
    const watched = this.get(check);
    const { paused: before } = watched;
    const now = this.#deps.clock.now();
    if (paused) {
      watched.paused = paused;
      this.#runs.remove(watched);
    } else if (before) {
      delete watched.paused;
      watched.startedAt = now;
      watched.judged = beginning(now);
      delete watched.run;
    }
    this.#spread(watched);
    if (!paused && before) this.#runs.set(watched);
    return watched.status;
  }

  /** Looks once, beside the grid. @throws WaooawError `conflict`. */
  async run(check: string): Promise<CheckStatus> {
    const watched = this.get(check);
    if (watched.paused) throw new WaooawError('conflict', `Check "${check}" is paused`);
    await this.#runs.now(watched);
    return this.get(check).status;
  }

  /** A heartbeat came in: it counts now, and not when the next look is due. @throws WaooawError `not_found`, `conflict`. */
  beat(check: string): void {
    const watched = this.get(check);
    if (!watched.probe.beat) throw new WaooawError('conflict', `Check "${check}" is no heartbeat`);
    watched.probe.beat();
    if (watched.paused) return;
    // A look that is under way or about to begin sees it too.
    this.#runs.now(watched).catch(() => undefined);
  }

  /** What was said of a check is over. */
  forgetAlert(check: string, { alerted, tags }: KeptCheck, why: string): void {
    if (alerted) this.#deps.alerting.gone(check, tags, this.#deps.clock.now(), why);
  }

  /** Something outside of the results changed: a window, an incident. */
  show(check: string): CheckStatus {
    const watched = this.get(check);
    this.#show(watched);
    return watched.status;
  }

  /** The same, of whichever check. */
  showAll(): void {
    for (const watched of this.#watched.values()) this.#show(watched);
  }

  /** Stops looking; what stands, stands. Resolves once nothing runs. */
  async close(): Promise<void> {
    const closed = this.#runs.close();
    for (const watched of this.#watched.values()) this.#runs.retire(watched);
    await closed;
  }

  #take(definition: Definition, { kept, paused }: Beginning): Watched {
    const now = this.#deps.clock.now();
    const { settings } = definition;
    const before = this.#watched.get(settings.check);
    const known = kept ?? (before && keptOf(before));
    const watched = watch(definition, now, known);
    if (paused) watched.paused = paused;
    if (before) {
      this.#runs.retire(before);
      watched.status = before.status;
      watched.told = before.told;
      if (before.paused) watched.paused = before.paused;
    } else this.version += 1;
    // The same alert has the same tags.
    if (known && (!settings.alert || !isDeepStrictEqual(known.tags, settings.tags))) {
      this.forgetAlert(settings.check, known, 'The check was changed');
      delete watched.alerted;
    }
    this.#watched.set(settings.check, watched);
    return watched;
  }

  #forget(check: string): void {
    const watched = this.get(check);
    this.#watched.delete(check);
    this.#effective.delete(check);
    this.#runs.retire(watched);
    this.version += 1;
    this.forgetAlert(check, keptOf(watched), 'The check was removed');
    this.#record?.forget(check);
    this.#deps.trail.forgotten(watched.status);
    if (watched.told) publishRemoval(this.#deps.publisher, watched.status);
    this.changed();
  }

  #ended(watched: Watched, found: Found): void {
    const { clock, remediator } = this.#deps;
    const { settings, judged: before } = watched;
    if (!found.result) return;
    const { result, tookMs } = found;
    const { timings, certificateExpiresAt } = result;
    const seen = { ...result, at: clock.now(), tookMs: timings?.totalMs ?? tookMs };
    watched.judged = judge(before, seen, settings, watched.startedAt);
    watched.run = {
      tookMs,
      ...(timings && { timings }),
      ...(certificateExpiresAt !== undefined && { certificateExpiresAt }),
    };
    const { hard, since } = watched.judged;
    if (hard === before.hard) this.#show(watched, { fresh: true });
    else this.#spread(watched, { fresh: true, hardSince: since });
    const mended = remediator.consider(settings, watched.status, watched.mended);
    if (isDeepStrictEqual(mended, watched.mended)) return;
    if (mended) watched.mended = mended;
    else delete watched.mended;
    this.#record?.judged(settings.check, keptOf(watched));
  }

  /** Shows a check whose own state changed, and after it what stands on it. */
  #spread(watched: Watched, showing: Showing = {}): void {
    const { check } = watched.settings;
    const affected = effective(affectedBy(this.#order, check), this.#judgedOf, this.#effective);
    const own = affected.get(check);
    if (own) this.#effective.set(check, own);
    this.#show(watched, showing);
    affected.delete(check);
    this.#settle(affected);
  }

  /** Takes what checks are now, and shows those that are something else than before. */
  #settle(now: ReadonlyMap<string, Effective>): void {
    for (const [check, after] of now) {
      const before = this.#effective.get(check);
      this.#effective.set(check, after);
      if (before && !isSame(before, after)) this.#show(this.get(check));
    }
  }

  #show(watched: Watched, { fresh = false, hardSince }: Showing = {}): void {
    const { clock, publisher, alerting, trail } = this.#deps;
    const { settings, judged, status: before } = watched;
    const { check, tags } = settings;
    const now = clock.now();
    const maintenance = this.#record?.windowOf(check, tags, now);
    const around = {
      effective: this.#effective.get(check) ?? { state: judged.hard },
      maintenance,
      hardSince,
    };
    const shown = statusOf(watched, now, around);
    const moved = isOtherWord(before, shown);
    if (fresh || moved) {
      const alerted = alerting.observe(settings, shown, now, watched.alerted);
      if (alerted) watched.alerted = alerted;
      this.#record?.judged(check, keptOf(watched));
    }
    const began = { at: judged.since, reason: judged.cause };
    const incident = this.#record?.observed(shown, began);
    const status = { ...shown, ...incidentPart(incident) };
    watched.status = status;
    if (this.#record) trail.observed(status, incident);
    if (moved) this.version += 1;
    if (fresh || !isDeepStrictEqual(before, status)) {
      watched.told = true;
      publishStatus(publisher, status);
      this.changed();
    }
  }

  /** Nothing is known of a check that is paused. */
  readonly #judgedOf = (check: string): Pick<Watched['judged'], 'hard'> | undefined => {
    const watched = this.#watched.get(check);
    return watched && !watched.paused ? watched.judged : undefined;
  };

  /** What is asked for now stands on what is there; what stands already goes on without what is there no more. */
  #orderWith(definitions: readonly Definition[], removed: readonly string[]): readonly GraphNode[] {
    const all = new Map<string, CheckSettings>(
      [...this.#watched].map(([check, { settings }]) => [check, settings]),
    );
    for (const check of removed) all.delete(check);
    for (const { settings } of definitions) all.set(settings.check, settings);
    const asked = new Set(definitions.map(({ settings }) => settings.check));
    return checkGraph(
      [...all.values()].map((settings) => (asked.has(settings.check) ? settings : without(settings, all))),
    );
  }
}

function without({ check, dependsOn, parent }: CheckSettings, all: ReadonlyMap<string, unknown>): GraphNode {
  return {
    check,
    dependsOn: dependsOn.filter((one) => all.has(one.check)),
    ...(parent !== undefined && all.has(parent) && { parent }),
  };
}

function isSame(one: Effective, other: Effective): boolean {
  const { state, causedBy, unreachableBy } = one;
  return state === other.state && causedBy === other.causedBy && unreachableBy === other.unreachableBy;
}

function isOtherWord(one: CheckStatus, other: CheckStatus): boolean {
  const keys = ['state', 'word', 'causedBy', 'unreachableBy'] as const;
  return keys.some((key) => one[key] !== other[key]);
}
