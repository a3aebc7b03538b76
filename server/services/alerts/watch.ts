/** Takes observations to records: what a rule's evaluation, a signal or the end of a rule means for its alerts. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AlertRule } from '../../../src/protocol/alerts.schema.ts';
import type { AlertSignal } from '../../ports/alert-sink.ts';
import { observe } from './evaluation.ts';
import type { Found } from './evaluation.ts';
import type { Ledger } from './ledger.ts';
import type { AlertsLimits } from './limits.ts';
import { differs, inactive, step } from './machine.ts';
import type { Observation, Timing } from './machine.ts';
import { fingerprint, recordOf, shapeOf, signalRecord } from './record.ts';
import type { AlertRecord, Labels } from './record.ts';
import type { Tells } from './tells.ts';

/** What it needs. */
export interface WatchDeps {
  readonly ledger: Ledger;
  readonly tells: Tells;
  readonly limits: AlertsLimits;
  /** When this server began to look, ms since 1970. */
  readonly startedAt: number;
}

/** Signals know their own mind: they wait for nothing, and no data is told to nobody. */
const SIGNAL_TIMING: Timing = { forMs: 0, keepFiringForMs: 0, noData: 'ok' };

/** Works out records and commits them. One at a time: see server/serial.ts. */
export class Watch {
  readonly #deps: WatchDeps;
  /** Groups and signals that found no room, since the start. */
  refused = 0;
  /** When a rule was looked at last, and since when without a break, ms since 1970. */
  readonly #looked = new WeakMap<AlertRule, { readonly last: number; readonly since: number }>();

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /**
   * Takes a rule's answer.
   * @returns an error when there was no room for all of it (`alert_limit`); the rest is kept.
   * @throws WaooawError the database's own.
   */
  async evaluated(rule: AlertRule, found: readonly Found[], at: number): Promise<WaooawError | undefined> {
    const { ledger } = this.#deps;
    const since = this.#lookedSince(rule, at);
    const shape = shapeOf(rule);
    // What the rule said when it asked something else is over, and has nothing to do with this answer.
    const own = ledger.ofRule(rule.name).filter((record) => record.shape === shape);
    const known = new Map(own.map((record) => [record.id, record]));
    const empty = fingerprint('metrics', rule.name, rule.labels);
    const next: AlertRecord[] = [];
    const fresh: AlertRecord[] = [];
    /** Watched for no data no more. */
    const over = new Set<string>();
    const see = (id: string, tags: Labels, record: AlertRecord | undefined, group?: Found): void => {
      const seen = observe(rule, group, record, at, since);
      if (record && seen?.outcome === 'gone') over.add(record.id);
      const seenAt = group?.value === undefined ? undefined : group.endedAt;
      const after = this.#after(rule, id, tags, record, seen, at, seenAt);
      if (after) (record ? next : fresh).push(after);
    };
    for (const group of found) {
      see(group.id, group.tags, known.get(group.id), group);
      known.delete(group.id);
    }
    for (const record of known.values()) {
      // The record of "nothing at all" is over once there is something.
      if (record.id === empty && found.length > 0) {
        over.add(record.id);
        next.push(this.#over(record, at, 'there is data'));
      } else if (record.id === empty || !isGone(record)) see(record.id, record.tags, record);
    }
    // A rule that finds nothing, and knows of nothing that it could miss, misses everything.
    if (found.length === 0 && own.every(isGone)) see(empty, {}, known.get(empty));

    fresh.sort((one, other) => Number(isIdle(one)) - Number(isIdle(other)));
    const { ids, room } = this.#room(fresh);
    const idle = next.filter(
      (record) => (rule.noData !== 'alert' || over.has(record.id)) && this.#isForgettable(record),
    );
    const removed = [...ids, ...idle.map(({ id }) => id)];
    await ledger.commit([...next, ...fresh.slice(0, room)], { removed });
    const left = fresh.length - room;
    this.refused += left;
    return left > 0 ? tooMany(this.#deps.limits, left) : undefined;
  }

  /** @throws WaooawError `alert_limit` when there is no room for it; the database's own. */
  async signalled(signal: AlertSignal): Promise<void> {
    const { ledger, limits } = this.#deps;
    const record = ledger.get(fingerprint(signal.source, signal.key, signal.tags));
    const { outcome, summary } = signal;
    // A clock that was put back must not let an alert end before it began.
    const at = Math.max(signal.at, record?.updatedAt ?? 0);
    const before = record?.standing ?? inactive(at);
    const standing = step(
      before,
      { outcome, at, ...(outcome === 'gone' && { reason: summary }) },
      SIGNAL_TIMING,
      limits,
    );
    // Of what never fired nothing need be known.
    if (!record && standing.state === 'inactive') return;
    const words = record && outcome !== 'firing' ? record : undefined;
    const next: AlertRecord = {
      ...signalRecord({ ...signal, at }, standing),
      ...(words && { summary: words.summary, annotations: words.annotations }),
      updatedAt: record && !differs(before, standing) ? record.updatedAt : at,
    };
    const { ids, room } = this.#room(record ? [] : [next]);
    if (!record && room === 0) {
      this.refused += 1;
      throw tooMany(limits, 1);
    }
    await ledger.commit([next], { removed: ids });
  }

  /** The alerts of a rule that is no more, is off, or asks something else: over, for that reason. */
  over(name: string, at: number, reason: string, next?: AlertRule): readonly AlertRecord[] {
    const shape = next?.enabled ? shapeOf(next) : undefined;
    return this.#deps.ledger
      .ofRule(name)
      .filter((record) => record.shape !== shape)
      .map((record) => this.#over(record, at, reason));
  }

  /** Ids of what was resolved long ago, or was never anything, and that nobody waits for. */
  stale(before: number, rules: (name: string) => AlertRule | undefined): readonly string[] {
    const { ledger, tells } = this.#deps;
    const ids: string[] = [];
    for (const record of ledger.all()) {
      const { state, resolvedAt = 0, flapping } = record.standing;
      if (flapping || tells.owes(record.id)) continue;
      const isOld = state === 'resolved' && resolvedAt < before;
      const rule = record.source === 'metrics' ? rules(record.rule) : undefined;
      // What a rule watches for no data must be known to be missed.
      const watched = rule?.noData === 'alert' && rule.enabled && !isGone(record);
      if (!watched && (isOld || state === 'inactive')) ids.push(record.id);
    }
    return ids;
  }

  #after(
    rule: AlertRule,
    id: string,
    tags: Labels,
    record: AlertRecord | undefined,
    seen: Observation | undefined,
    at: number,
    seenAt = record?.seenAt ?? at,
  ): AlertRecord | undefined {
    const before = record?.standing ?? inactive(at);
    const standing = seen ? step(before, seen, rule, this.#deps.limits) : before;
    const next = { ...recordOf(rule, id, tags, standing, seenAt), updatedAt: at };
    // A group that is good need be known only where its absence would be an alert.
    if (!record) return isIdle(next) && rule.noData !== 'alert' ? undefined : next;
    const { annotations, summary, updatedAt } = record;
    const same = !differs(before, standing) && before.value === standing.value;
    // What is over keeps the words that it fired with.
    return { ...next, ...(isIdle(next) && { annotations, summary }), ...(same && { updatedAt }) };
  }

  /** Since when a rule is looked at without a break, ms since 1970: what came before proves nothing. */
  #lookedSince(rule: AlertRule, at: number): number {
    const { limits, startedAt } = this.#deps;
    const looked = this.#looked.get(rule) ?? { last: at, since: startedAt };
    const longest = 2 * rule.evaluateMs + limits.evaluationTimeoutMs;
    const broke = at < looked.last || at - looked.last > longest;
    const since = broke ? at : looked.since;
    this.#looked.set(rule, { last: at, since });
    return since;
  }

  /** Never was anything, and nobody waits for a word of it. */
  #isForgettable({ id, standing: { state, flapping } }: AlertRecord): boolean {
    return state === 'inactive' && !flapping && !this.#deps.tells.owes(id);
  }

  #over(record: AlertRecord, at: number, reason: string): AlertRecord {
    const { limits } = this.#deps;
    const standing = step(record.standing, { outcome: 'gone', at, reason }, SIGNAL_TIMING, limits);
    return { ...record, standing, updatedAt: differs(record.standing, standing) ? at : record.updatedAt };
  }

  /** How many new records find room, and which old ones make it: what is over, or was never anything, goes first. */
  #room(fresh: readonly AlertRecord[]): { readonly room: number; readonly ids: readonly string[] } {
    const { ledger, limits, tells } = this.#deps;
    const free = limits.maxAlerts - ledger.size;
    if (fresh.length <= free) return { room: fresh.length, ids: [] };
    const wanted = fresh.filter((record) => !isIdle(record)).length - free;
    const ids: string[] = [];
    for (const record of ledger.all()) {
      if (ids.length >= wanted) break;
      if (isIdle(record) && !tells.owes(record.id)) ids.push(record.id);
    }
    return { room: Math.max(0, free + ids.length), ids };
  }
}

function isIdle({ standing: { state } }: AlertRecord): boolean {
  return state === 'inactive' || state === 'resolved';
}

/** It ended because it is not there any more: it is not missed a second time. */
function isGone({ standing: { state, reason } }: AlertRecord): boolean {
  return state === 'resolved' && reason !== undefined;
}

function tooMany({ maxAlerts }: AlertsLimits, left: number): WaooawError {
  return new WaooawError('alert_limit', `There are ${maxAlerts} alerts (maxAlerts); ${left} found no room`);
}
