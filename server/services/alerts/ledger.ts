/** Every alert there is: kept, published and handed to the outbox by one commit. */
import type { Alert, Json } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database, Row, Statement } from '../../ports/database.ts';
import type { Publisher } from '../../ports/publisher.ts';
import { differs } from './machine.ts';
import { alertOf, isShown, toldLabels } from './record.ts';
import type { AlertRecord } from './record.ts';
import type { KeptSilence, Silences } from './silences.ts';
import { tellStatements } from './tells.ts';
import type { Tells } from './tells.ts';

/** The channel of alerts. */
export const CHANNEL = 'alerts';

/** What the ledger needs. */
export interface LedgerDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly database: Database;
  readonly silences: Silences;
  readonly tells: Tells;
}

/** What goes with a commit. */
export interface CommitParts {
  /** Ids of records that are forgotten. */
  readonly removed?: readonly string[];
  /** Further rows of the same transaction. */
  readonly statements?: readonly Statement[];
  /** Receivers are told of what stands also where they were told before. */
  readonly again?: boolean;
}

/** Keeps records. Its commits are never run two at once: see server/serial.ts. */
export class Ledger {
  readonly #deps: LedgerDeps;
  readonly #records = new Map<string, AlertRecord>();
  readonly #byRule = new Map<string, Set<string>>();
  readonly #silencedBy = new Map<string, readonly string[]>();

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
  }

  load(rows: readonly Row[]): void {
    for (const row of rows) this.#put(JSON.parse(String(row['record'])) as AlertRecord);
    for (const record of this.#records.values()) this.#judgeSilences(record);
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): AlertRecord | undefined {
    return this.#records.get(id);
  }

  all(): Iterable<AlertRecord> {
    return this.#records.values();
  }

  /** Those of a rule's groups; signals are nobody's rule. */
  ofRule(rule: string): readonly AlertRecord[] {
    return [...(this.#byRule.get(rule) ?? [])].map((id) => this.#records.get(id)!);
  }

  isSilenced(id: string): boolean {
    return (this.#silencedBy.get(id)?.length ?? 0) > 0;
  }

  /** Everything that stands, and what was resolved since `since`, ms since 1970. */
  shown(since: number): readonly Alert[] {
    return [...this.#records.values()]
      .filter((record) => isShown(record) && (record.standing.resolvedAt ?? Infinity) >= since)
      .map((record) => this.#alertOf(record));
  }

  /**
   * Keeps records as they are now: rows, what receivers are to be told, and whatever goes with it, in one transaction.
   * What a restart may forget (a value, a moment when something was seen) costs none. Rejects, and nothing changed,
   * when the database refuses.
   */
  async commit(records: readonly AlertRecord[], parts: CommitParts = {}): Promise<void> {
    const { removed = [], statements = [], again = false } = parts;
    const now = this.#deps.clock.now();
    const changed = records.filter((record) => again || isNews(this.#records.get(record.id), record));
    const tells = changed.flatMap((record) => this.#deps.tells.plan(record, now, again));
    const all = [
      ...changed.map(keepRecord),
      ...removed.map((id): Statement => ({ sql: 'DELETE FROM alerts WHERE id = ?', params: [id] })),
      ...tellStatements(tells),
      ...statements,
    ];
    if (all.length > 0) await this.#deps.database.transaction(all);

    this.#deps.tells.apply(tells);
    for (const record of records) this.#replace(record);
    for (const id of removed) this.#remove(id);
  }

  /** Takes note of silences that began and ended, and tells readers of the alerts that are meant. */
  silence(began: readonly KeptSilence[], ended: ReadonlySet<string>): void {
    for (const record of this.#records.values()) {
      const before = this.#silencedBy.get(record.id) ?? [];
      const labels = toldLabels(record);
      const begun = began.filter(({ silence: { id }, matches }) => !before.includes(id) && matches(labels));
      const after = [...before.filter((id) => !ended.has(id)), ...begun.map(({ silence: { id } }) => id)];
      if (begun.length === 0 && after.length === before.length) continue;
      this.#silencedBy.set(record.id, after);
      if (isShown(record)) this.#publish(record);
    }
  }

  #replace(record: AlertRecord): void {
    const before = this.#records.get(record.id);
    this.#put(record);
    if (before?.severity !== record.severity) this.#judgeSilences(record);
    if (!isShown(record) && !(before && isShown(before))) return;
    const { state, value } = record.standing;
    // What the value of an alert does once it is over is nobody's business.
    const moved = state !== 'resolved' && before?.standing.value !== value;
    if (isNews(before, record) || moved) this.#publish(record);
  }

  #put(record: AlertRecord): void {
    this.#records.set(record.id, record);
    if (record.source !== 'metrics') return;
    let ids = this.#byRule.get(record.rule);
    if (!ids) this.#byRule.set(record.rule, (ids = new Set()));
    ids.add(record.id);
  }

  #remove(id: string): void {
    const record = this.#records.get(id);
    if (!record) return;
    this.#records.delete(id);
    this.#silencedBy.delete(id);
    const ids = this.#byRule.get(record.rule);
    ids?.delete(id);
    if (ids?.size === 0) this.#byRule.delete(record.rule);
  }

  #judgeSilences(record: AlertRecord): void {
    const { silences, clock } = this.#deps;
    const ids = silences.of(toldLabels(record), clock.now());
    if (ids.length > 0) this.#silencedBy.set(record.id, ids);
    else this.#silencedBy.delete(record.id);
  }

  #alertOf(record: AlertRecord): Alert {
    return alertOf(record, this.#silencedBy.get(record.id) ?? []);
  }

  #publish(record: AlertRecord): void {
    this.#deps.publisher.publish(CHANNEL, this.#alertOf(record) as unknown as Json);
  }
}

/** True for what a restart must not forget. */
function isNews(before: AlertRecord | undefined, after: AlertRecord): boolean {
  if (!before || differs(before.standing, after.standing)) return true;
  const { severity, shape, tellsNoData } = before;
  return severity !== after.severity || shape !== after.shape || tellsNoData !== after.tellsNoData;
}

function keepRecord(record: AlertRecord): Statement {
  return {
    sql: 'INSERT OR REPLACE INTO alerts (id, state, record) VALUES (?, ?, ?)',
    params: [record.id, record.standing.state, JSON.stringify(record)],
  };
}
