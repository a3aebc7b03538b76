/** What silences do: they begin, end, and what they withheld is told then. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { NewSilence, Silence } from '../../../src/protocol/alerts.schema.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import type { Ledger } from './ledger.ts';
import type { AlertsLimits } from './limits.ts';
import { toldLabels } from './record.ts';
import type { AlertRecord } from './record.ts';
import { dropSilence, keepSilence, makeSilence, stateOf } from './silences.ts';
import type { KeptSilence, SilenceState, Silences } from './silences.ts';
import { topicOf } from './tells.ts';

/** Longer waits are cut in parts: timers hold 31 bits of milliseconds. */
const MAX_WAIT_MS = 86_400_000;

/** What it needs. */
export interface SilencingDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly ledger: Ledger;
  readonly silences: Silences;
  readonly limits: AlertsLimits;
  /** Called when a silence begins or ends: `judge` is due. */
  readonly due: () => void;
}

/** Makes silences and sees to their ends. Its calls are never run two at once: see server/serial.ts. */
export class Silencing {
  readonly #deps: SilencingDeps;
  /** Those that held at the last look. */
  #active: ReadonlySet<string> = new Set();
  #timer: Timer | undefined;
  #closed = false;

  constructor(deps: SilencingDeps) {
    this.#deps = deps;
  }

  list(): readonly (Silence & { readonly state: SilenceState })[] {
    const { silences, clock } = this.#deps;
    const now = clock.now();
    return silences.list().map(({ silence }) => ({ ...silence, state: stateOf(silence, now) }));
  }

  /** @throws WaooawError `bad_request`, `silence_limit` at `maxSilences`. */
  async add(asked: NewSilence, by: string): Promise<Silence> {
    const { clock, limits, silences } = this.#deps;
    const kept = makeSilence(asked, by, clock.now());
    if (silences.open(clock.now()) >= limits.maxSilences)
      throw new WaooawError(
        'silence_limit',
        `There are ${limits.maxSilences} silences (maxSilences) already`,
      );
    await this.#keep(kept);
    return kept.silence;
  }

  /** Ends one now. @throws WaooawError `not_found`. */
  async expire(id: string): Promise<void> {
    const { clock, silences } = this.#deps;
    const now = clock.now();
    const kept = silences.get(id);
    if (stateOf(kept.silence, now) === 'ended') return;
    const startsAt = Math.min(kept.silence.startsAt, now);
    await this.#keep({ ...kept, silence: { ...kept.silence, startsAt, endsAt: now } });
  }

  /** Sees which silences hold now; what one that ended has withheld is told, once, also after a restart. */
  async judge(): Promise<void> {
    const { clock, ledger, silences } = this.#deps;
    const now = clock.now();
    const active = silences.list().filter(({ silence }) => stateOf(silence, now) === 'active');
    const ids = new Set(active.map(({ silence }) => silence.id));
    const began = active.filter(({ silence }) => !this.#active.has(silence.id));
    ledger.silence(began, new Set([...this.#active].filter((id) => !ids.has(id))));
    this.#active = ids;
    for (const kept of silences.list()) {
      if (kept.settled || stateOf(kept.silence, now) !== 'ended') continue;
      const settled = { ...kept, settled: true };
      const withheld = [...ledger.all()].filter((record) => isWithheld(record, kept));
      await ledger.commit(withheld, { again: true, statements: [keepSilence(settled)] });
      silences.put(settled);
    }
    this.#timer?.cancel();
    const nextAt = silences.nextAt(now);
    if (nextAt === Infinity || this.#closed) return;
    this.#timer = clock.after(Math.min(nextAt - now, MAX_WAIT_MS), this.#deps.due);
  }

  /** Forgets those that ended before a time, ms since 1970. */
  async sweep(before: number): Promise<void> {
    const { silences, database } = this.#deps;
    const ended = silences.list().filter(({ silence, settled }) => settled && silence.endsAt < before);
    if (ended.length === 0) return;
    await database.transaction(ended.map(({ silence }) => dropSilence(silence.id)));
    for (const { silence } of ended) silences.remove(silence.id);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #keep(kept: KeptSilence): Promise<void> {
    await this.#deps.database.transaction([keepSilence(kept)]);
    this.#deps.silences.put(kept);
    await this.judge();
  }
}

/** Still there to be told of once a silence is over. One that ended before it began withheld nothing. */
function isWithheld(record: AlertRecord, { silence, matches }: KeptSilence): boolean {
  const topic = topicOf(record);
  const tells = topic !== undefined && topic !== 'resolved';
  return tells && silence.startsAt < silence.endsAt && matches(toldLabels(record));
}
