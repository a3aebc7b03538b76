/** Silences: who is not to be told of what, from when until when, and why. */
import { randomUUID } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { NewSilence, Silence } from '../../../src/protocol/alerts.schema.ts';
import type { Row, Statement } from '../../ports/database.ts';
import { compileMatchers } from './matching.ts';
import type { LabelTest } from './matching.ts';
import type { Labels } from './record.ts';

/** One that is kept. */
export interface KeptSilence {
  readonly silence: Silence;
  readonly matches: LabelTest;
  /** What it withheld was looked at again after its end. */
  readonly settled: boolean;
}

/** Where a silence stands. */
export type SilenceState = 'pending' | 'active' | 'ended';

/** Makes a silence of what was asked for. @throws WaooawError `bad_request` naming the field. */
export function makeSilence(asked: NewSilence, createdBy: string, now: number): KeptSilence {
  const { startsAt = now, endsAt, matchers, comment } = asked;
  if (endsAt <= now) throw new WaooawError('bad_request', `/endsAt: ${endsAt} is over; it is ${now} now`);
  if (endsAt <= startsAt) throw new WaooawError('bad_request', '/endsAt: expected a time after startsAt');
  const matches = compileMatchers(matchers);
  // A slip of the hand must not silence everything.
  if (matches({}))
    throw new WaooawError(
      'bad_request',
      '/matchers: expected at least one that an alert without labels fails',
    );
  const silence = { id: randomUUID(), matchers, startsAt, endsAt, createdAt: now, createdBy, comment };
  return { silence, matches, settled: false };
}

/** Where it stands at a time. */
export function stateOf({ startsAt, endsAt }: Silence, now: number): SilenceState {
  if (now >= endsAt) return 'ended';
  return now >= startsAt ? 'active' : 'pending';
}

/** Every silence. */
export class Silences {
  readonly #all = new Map<string, KeptSilence>();

  load(rows: readonly Row[]): void {
    for (const row of rows) {
      const silence = JSON.parse(String(row['silence'])) as Silence;
      this.put({ silence, matches: compileMatchers(silence.matchers), settled: row['settled'] === 1 });
    }
  }

  get size(): number {
    return this.#all.size;
  }

  /** @throws WaooawError `not_found`. */
  get(id: string): KeptSilence {
    const kept = this.#all.get(id);
    if (!kept) throw new WaooawError('not_found', `There is no silence "${id}"`);
    return kept;
  }

  put(kept: KeptSilence): void {
    this.#all.set(kept.silence.id, kept);
  }

  remove(id: string): void {
    this.#all.delete(id);
  }

  /** In the order in which they were made. */
  list(): readonly KeptSilence[] {
    return [...this.#all.values()];
  }

  /** How many are not over. */
  open(now: number): number {
    return this.list().filter(({ silence }) => stateOf(silence, now) !== 'ended').length;
  }

  /** Ids of those that keep an alert with these labels from being told now. */
  of(labels: Labels, now: number): readonly string[] {
    return this.list()
      .filter(({ silence, matches }) => stateOf(silence, now) === 'active' && matches(labels))
      .map(({ silence }) => silence.id);
  }

  /** The next time that one begins or ends, ms since 1970; Infinity when none does. */
  nextAt(now: number): number {
    const times = this.list().flatMap(({ silence }) => [silence.startsAt, silence.endsAt]);
    return times.filter((at) => at > now).reduce((one, other) => Math.min(one, other), Infinity);
  }
}

/** Keeps it as it is. */
export function keepSilence({ silence, settled }: KeptSilence): Statement {
  return {
    sql: 'INSERT OR REPLACE INTO alert_silences (id, silence, ends_at, settled) VALUES (?, ?, ?, ?)',
    params: [silence.id, JSON.stringify(silence), silence.endsAt, settled ? 1 : 0],
  };
}

/** Forgets it. */
export function dropSilence(id: string): Statement {
  return { sql: 'DELETE FROM alert_silences WHERE id = ?', params: [id] };
}
