/** What each receiver is still to be told of each alert, and was told last: the outbox's first half. */
import type { Row, Statement } from '../../ports/database.ts';
import { toldLabels } from './record.ts';
import type { AlertRecord, Labels } from './record.ts';
import type { Receiver } from './rules-file.ts';

/** What there is to say of an alert. `flapping` stands for all of its changes until it is steady. */
export type Topic = 'firing' | 'no-data' | 'flapping' | 'resolved';

/** One receiver and one alert. */
export interface Tell {
  readonly receiver: string;
  readonly alert: string;
  readonly group: string;
  /** Not told yet. */
  readonly wanted?: Topic;
  /** When `wanted` may be told, ms since 1970. */
  readonly dueAt: number;
  /** What the last notice said, delivered or on its way. */
  readonly told?: Topic;
  readonly toldAt: number;
}

/** A change of what is to be told, and of the rows that keep it. */
export interface TellChange {
  readonly tell: Tell;
  /** Nothing is left to be said. */
  readonly done: boolean;
}

/** The tells of one group, by alert. */
export type TellGroup = ReadonlyMap<string, Tell>;

/** Every tell there is. */
export class Tells {
  readonly #receivers: readonly Receiver[];
  readonly #groups = new Map<string, Map<string, Map<string, Tell>>>();
  readonly #byAlert = new Map<string, Map<string, Tell>>();
  /** Counts changes. */
  version = 0;

  constructor(receivers: readonly Receiver[]) {
    this.#receivers = receivers;
  }

  load(rows: readonly Row[]): void {
    for (const row of rows) this.apply([{ tell: tellOf(row), done: false }]);
  }

  /**
   * What follows from a record for its receivers. Changes nothing yet.
   * @param again says what stands also where it was said before.
   */
  plan(record: AlertRecord, now: number, again = false): readonly TellChange[] {
    const topic = topicOf(record);
    if (topic === undefined) return [];
    const changes: TellChange[] = [];
    for (const receiver of this.#receivers) {
      const known = this.#byAlert.get(record.id)?.get(receiver.name);
      if (!known && (topic === 'resolved' || !concerns(receiver, record))) continue;
      const tell = known ?? fresh(receiver, record, now);
      const change = planOne(tell, topic, receiver, now, again);
      if (change) changes.push(change);
    }
    return changes;
  }

  /** Makes planned changes, once they are kept. */
  apply(changes: readonly TellChange[]): void {
    this.version += changes.length;
    for (const { tell, done } of changes) {
      const { receiver, group, alert } = tell;
      const groups = emptyOr(this.#groups, receiver);
      const tells = emptyOr(groups, group);
      const receivers = emptyOr(this.#byAlert, alert);
      if (done) {
        tells.delete(alert);
        receivers.delete(receiver);
      } else {
        tells.set(alert, tell);
        receivers.set(receiver, tell);
      }
      if (tells.size === 0) groups.delete(group);
      if (receivers.size === 0) this.#byAlert.delete(alert);
    }
  }

  /** True while a receiver waits for a word of it, or for the word that it is over. */
  owes(alert: string): boolean {
    return this.#byAlert.has(alert);
  }

  /** A receiver's groups. */
  groups(receiver: string): ReadonlyMap<string, TellGroup> {
    return this.#groups.get(receiver) ?? new Map<string, TellGroup>();
  }

  /** Tells of a receiver that are in no notice yet. */
  due(receiver: string): number {
    let count = 0;
    for (const tells of this.groups(receiver).values()) {
      for (const { wanted } of tells.values()) if (wanted) count += 1;
    }
    return count;
  }
}

/** The rows of changes. */
export function tellStatements(changes: readonly TellChange[]): readonly Statement[] {
  return changes.map(({ tell, done }): Statement => {
    const { receiver, alert, group, wanted, dueAt, told, toldAt } = tell;
    if (done)
      return { sql: 'DELETE FROM alert_tells WHERE receiver = ? AND alert = ?', params: [receiver, alert] };
    return {
      sql: 'INSERT OR REPLACE INTO alert_tells (receiver, alert, group_key, wanted, due_at, told, told_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      params: [receiver, alert, group, wanted ?? null, dueAt, told ?? null, toldAt],
    };
  });
}

/** What is to be said of an alert as it stands; undefined: nothing new. */
export function topicOf({ standing: { state, flapping }, tellsNoData }: AlertRecord): Topic | undefined {
  if (flapping) return 'flapping';
  switch (state) {
    case 'firing':
      return 'firing';
    case 'no-data':
      return tellsNoData ? 'no-data' : undefined;
    case 'resolved':
    case 'inactive':
      return 'resolved';
    case 'pending':
      return undefined;
  }
}

/** A receiver's labels that put an alert into a group, and the group's name, written as Alertmanager does. */
export function groupOf(
  { groupBy }: Receiver,
  labels: Labels,
): { readonly key: string; readonly labels: Labels } {
  const names = [...groupBy].sort().filter((name) => Object.hasOwn(labels, name));
  const pairs = names.map((name) => [name, labels[name] ?? ''] as const);
  return {
    key: `{}:{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`,
    labels: Object.fromEntries(pairs),
  };
}

function planOne(
  tell: Tell,
  topic: Topic,
  receiver: Receiver,
  now: number,
  again: boolean,
): TellChange | undefined {
  const { wanted, ...rest } = tell;
  // Whoever was told of nothing, or wants no resolves, has nothing to hear when it is over.
  if (topic === 'resolved' && (tell.told === undefined || !receiver.sendResolved))
    return { tell: rest, done: true };
  if (wanted === topic) return undefined;
  if (tell.told === topic && !again) return wanted ? { tell: rest, done: false } : undefined;
  const dueAt = wanted ? tell.dueAt : now + receiver.groupWaitMs;
  return { tell: { ...rest, wanted: topic, dueAt }, done: false };
}

function concerns({ minSeverity }: Receiver, { severity }: AlertRecord): boolean {
  return minSeverity === 'degraded' || severity === 'critical';
}

function fresh(receiver: Receiver, record: AlertRecord, now: number): Tell {
  const group = groupOf(receiver, toldLabels(record)).key;
  return { receiver: receiver.name, alert: record.id, group, dueAt: now, toldAt: 0 };
}

function tellOf(row: Row): Tell {
  return {
    receiver: String(row['receiver']),
    alert: String(row['alert']),
    group: String(row['group_key']),
    ...(row['wanted'] !== null && { wanted: row['wanted'] as Topic }),
    dueAt: Number(row['due_at']),
    ...(row['told'] !== null && { told: row['told'] as Topic }),
    toldAt: Number(row['told_at']),
  };
}

function emptyOr<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let inner = map.get(key);
  if (!inner) map.set(key, (inner = new Map<string, V>()));
  return inner;
}
