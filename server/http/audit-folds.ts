/** What happens again and again as few entries: the first of its kind at once, then one a window with the count. */
import type { AuditEvent } from '../ports/audit-sink.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Json } from '../../src/protocol/index.ts';

/** What folds are made of. */
export interface AuditFoldsDeps {
  readonly clock: Clock;
  /** How long repetitions are gathered, ms. */
  readonly summaryMs: number;
  /** Kinds of a pool that are told apart at once; what comes on top shares one an action and result. */
  readonly maxFolds: number;
  /** Those of one owner; what comes on top shares one an action and result, which names the owner. Default 100. */
  readonly maxOwnFolds?: number;
  /** @returns false when it could not be written: then it counts for the next summary. Never rejects. */
  write(event: AuditEvent): Promise<boolean>;
}

/** Of whom nothing is told. */
const ANYBODY = '';

/** Which repetitions are counted together, and against whose share. */
export interface FoldKind {
  /** What makes two of them the same, within the pool. */
  readonly key: string;
  /** Whom they come from, an identity or a network: nobody uses up what is there for all. */
  readonly owner: string;
  /** Pools do not take from each other: whoever shows bad credentials from everywhere leaves room for those who act. */
  readonly pool: 'credentials' | 'strangers' | 'callers';
  /** What a summary says: what all of the kind have in common, where that is less than the whole first entry. */
  readonly summaryOf?: (first: AuditEvent) => AuditEvent;
}

interface Fold {
  readonly kind: FoldKind;
  /** What a summary says, beside the count. */
  readonly summary: AuditEvent;
  dueAt: number;
  /** Repetitions that no entry tells of yet, and when the first and the last of them were, ms since 1970. */
  count: number;
  /** Entries that are being written: what they tell of counts again if that fails. */
  writing: number;
  from: number;
  to: number;
}

/** Gathers repetitions, so that neither an attacker nor a stream of samples floods the trail. */
export class AuditFolds {
  readonly #deps: AuditFoldsDeps;
  /** How many are open, by pool and by owner. */
  readonly #shares = new Map<string, number>();
  /** In the order in which they are due. */
  readonly #open = new Map<string, Fold>();
  readonly #writing = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(deps: AuditFoldsDeps) {
    this.#deps = deps;
  }

  /** @param make called only where there is something to write. */
  add(kind: FoldKind, make: () => AuditEvent): void {
    if (this.#closed) return;
    const { pool, owner } = kind;
    const known = this.#open.get(idOf(kind));
    if (known) return this.#count(known);
    const { maxFolds, maxOwnFolds = 100 } = this.#deps;
    if ((this.#shares.get(pool) ?? 0) >= maxFolds) this.#overflow({ ...kind, owner: ANYBODY }, make());
    else if ((this.#shares.get(ownerOf(pool, owner)) ?? 0) >= maxOwnFolds) this.#overflow(kind, make());
    else this.#begin(kind, make());
  }

  /** Writes what is gathered, and gathers no more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    for (const fold of this.#open.values()) if (fold.count > 0) this.#summarise(fold);
    this.#open.clear();
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  #overflow({ pool, owner }: FoldKind, event: AuditEvent): void {
    const { actor, action, level, resource, result, error } = event;
    const kind: FoldKind = { key: `more ${action} ${result}`, owner, pool };
    const known = this.#open.get(idOf(kind));
    if (known) return this.#count(known);
    this.#begin(kind, {
      actor: owner === ANYBODY ? { id: '*', kind: 'anonymous' } : actor,
      action,
      level,
      resource: { type: resource.type, id: '*' },
      result,
      ...(error !== undefined && { error }),
      reason: 'Of more kinds than are told apart',
    });
  }

  #begin(kind: FoldKind, event: AuditEvent): void {
    const { summaryOf = (first: AuditEvent) => first } = kind;
    const now = this.#deps.clock.now();
    const dueAt = this.#deps.clock.monotonicMs() + this.#deps.summaryMs;
    const { requestId: _, ...summary } = summaryOf(event);
    const fold: Fold = { kind, summary, dueAt, count: 0, writing: 0, from: now, to: now };
    this.#open.set(idOf(kind), fold);
    this.#share(kind, 1);
    this.#arm();
    this.#write(fold, event, { count: 1, from: now, to: now });
  }

  #share({ pool, owner }: FoldKind, change: 1 | -1): void {
    for (const share of [pool, ownerOf(pool, owner)]) {
      const count = (this.#shares.get(share) ?? 0) + change;
      if (count > 0) this.#shares.set(share, count);
      else this.#shares.delete(share);
    }
  }

  #count(fold: Fold): void {
    fold.to = this.#deps.clock.now();
    if (fold.count === 0) fold.from = fold.to;
    fold.count += 1;
  }

  /** One timer for all of them: the first is the one that is due first. */
  #arm(): void {
    const [first] = this.#open.values();
    if (this.#timer || !first) return;
    const delayMs = Math.max(0, first.dueAt - this.#deps.clock.monotonicMs());
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#sweep();
      this.#arm();
    });
  }

  #sweep(): void {
    const now = this.#deps.clock.monotonicMs();
    for (const [key, fold] of this.#open) {
      if (fold.dueAt > now) return;
      this.#open.delete(key);
      if (fold.count === 0 && fold.writing === 0) {
        this.#share(fold.kind, -1);
        continue;
      }
      // Goes on: the next repetition is not the first of its kind.
      fold.dueAt = now + this.#deps.summaryMs;
      this.#open.set(key, fold);
      if (fold.count > 0) this.#summarise(fold);
    }
  }

  #summarise(fold: Fold): void {
    const { summary, count, from, to } = fold;
    const details = { ...(summary.details as Readonly<Record<string, Json>> | undefined), count, from, to };
    fold.count = 0;
    this.#write(fold, { ...summary, details }, { count, from, to });
  }

  /** @param told what the entry tells of. */
  #write(fold: Fold, event: AuditEvent, told: Pick<Fold, 'count' | 'from' | 'to'>): void {
    fold.writing += 1;
    const writing = this.#deps.write(event).then((written) => {
      this.#writing.delete(writing);
      fold.writing -= 1;
      if (written) return;
      fold.from = fold.count === 0 ? told.from : Math.min(told.from, fold.from);
      fold.to = fold.count === 0 ? told.to : Math.max(told.to, fold.to);
      fold.count += told.count;
    });
    this.#writing.add(writing);
  }
}

function idOf({ key, owner, pool }: FoldKind): string {
  return JSON.stringify([pool, owner, key]);
}

function ownerOf(pool: string, owner: string): string {
  return JSON.stringify([pool, owner]);
}
