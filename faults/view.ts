/** The judge: holds what one listener is told against the log, and finds every way of telling something untrue. */
import type { Json, LostReason } from '../src/protocol/index.ts';
import type { PublicationInfo } from '../src/client/index.ts';
import { advance, pathBetween } from './log.ts';
import type { Entry, ModelSnapshot, Payload, PublishedLog } from './log.ts';

/**
 * What a lie is.
 * - `gap`: publications are missing, and nothing said so; `past`: what follows does not follow from what was told.
 * - `duplicate`, `disorder`: told twice; told after something later.
 * - `invented`: told what was never published, or not like this.
 * - `unannounced`: a publication before the snapshot that it builds on.
 * - `reason`: a loss for a reason that is not so.
 * - `after-stop`: told to somebody who had left.
 * - `stuck`: everything is quiet, and the view is not the log's state. - `crash`: something threw that nobody caught.
 */
export type LieKind =
  | 'gap'
  | 'past'
  | 'duplicate'
  | 'disorder'
  | 'invented'
  | 'unannounced'
  | 'reason'
  | 'after-stop'
  | 'stuck'
  | 'crash';

/** Something untrue that a listener was told. */
export interface Lie {
  readonly kind: LieKind;
  readonly who: string;
  readonly detail: string;
}

/**
 * What a channel's publications are.
 * - `all`: every one counts. - `latest`: each is the whole state. - `merge`: several may come as one.
 */
export type Fidelity = 'all' | 'latest' | 'merge';

/** How a view is judged. */
export interface ViewOptions {
  readonly who: string;
  readonly fidelity: Fidelity;
  /** The engine tells late: a snapshot may be ahead of the stream, whose next publications it then holds already. */
  readonly lagging?: boolean;
  readonly lie: (lie: Lie) => void;
  readonly trace?: (what: string) => void;
}

/** One listener of one channel, as a `ChannelListener`. */
export class View {
  readonly channel: string;
  /** What was heard, by kind. */
  readonly heard = { snapshots: 0, publications: 0, conflated: 0, lost: 0, errors: 0 };
  /** Losses by reason. */
  readonly losses: Partial<Record<LostReason, number>> = {};
  readonly #log: PublishedLog;
  readonly #options: ViewOptions;
  /** Where the view stands; undefined before its first snapshot and after a loss. */
  #at: Entry | undefined;
  #before: Entry | undefined;
  #why: LostReason | undefined;
  #state = 0;
  /** Publications up to here may come again: the snapshot held them already. */
  #overlap: Entry | undefined;
  /** A state channel whose state nobody keeps any more: the next publication is as good as a snapshot. */
  #blank = false;
  /** Nothing was told since the snapshot. */
  #fresh = false;
  #stopped = false;

  constructor(log: PublishedLog, channel: string, options: ViewOptions) {
    this.#log = log;
    this.channel = channel;
    this.#options = options;
  }

  get who(): string {
    return this.#options.who;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** The listener leaves: nothing may be told from now on. */
  stop(): void {
    this.#stopped = true;
  }

  snapshot(data: Json): void {
    this.heard.snapshots += 1;
    if (this.#refuse('a snapshot')) return;
    if (data === null && this.#options.fidelity === 'latest') return this.#blanked();
    const entry = this.#entryOf(data);
    this.#options.trace?.(`${this.who} snapshot at ${name(entry)}`);
    if (!entry) return this.#lie('invented', `a snapshot that is none: ${JSON.stringify(data)}`);
    const before = this.#at ?? this.#before;
    if (before && before.era > entry.era)
      this.#lie('disorder', `back in an earlier epoch: ${name(entry)} after ${name(before)}`);
    else if (
      before &&
      !before.undone &&
      before !== entry &&
      pathBetween(entry, before) &&
      !this.#options.lagging
    )
      this.#lie('disorder', `a snapshot of before: ${name(entry)} after ${name(before)}`);
    if (this.#at && this.#at !== entry)
      this.#lie('gap', `from ${name(this.#at)} to a snapshot at ${name(entry)}, and no loss was told`);
    if (this.#why === 'epoch' && before && this.#isStill(before, entry))
      this.#lie('reason', `lost by "epoch", and ${name(entry)} is of the same epoch as ${name(before)}`);
    this.#at = entry;
    this.#overlap = this.#options.lagging ? entry : undefined;
    this.#state = entry.state;
    this.#why = undefined;
    this.#blank = false;
    this.#fresh = true;
  }

  /** @param offset where the publication stands. @param info how many others it stands for. */
  publication(data: Json, offset: number, info?: PublicationInfo): void {
    this.heard.publications += 1;
    if (this.#refuse(`publication ${offset}`)) return;
    this.#options.trace?.(`${this.who} publication ${offset} ${idsOf(data).join(',')}`);
    const there = this.#log.at(this.channel, offset).filter((entry) => this.#holds(entry, data));
    if (this.#blank) return this.#begin(there.at(-1), offset);
    const at = this.#at;
    if (!at) return this.#lie('unannounced', `publication ${offset} before any snapshot`);
    if (this.#overlap && there.some((entry) => entry === at || pathBetween(entry, at))) return;
    const next = there.find((entry) => this.#leadsTo(at, entry, data, info?.conflated ?? 0));
    if (!next) return this.#lie(...this.#explain(at, there, data, offset));
    this.heard.conflated += info?.conflated ?? 0;
    this.#overlap = undefined;
    this.#fresh = false;
    // The state is advanced by what was told, and must come out as the log's.
    const told = idsOf(data).slice(-(pathBetween(at, next)?.length ?? 0));
    this.#state = this.#options.fidelity === 'latest' ? next.state : advance(this.#state, told);
    this.#at = next;
  }

  lost(why: LostReason): void {
    this.heard.lost += 1;
    this.losses[why] = (this.losses[why] ?? 0) + 1;
    if (this.#refuse('a loss')) return;
    this.#options.trace?.(`${this.who} lost by ${why}`);
    this.#before = this.#at ?? this.#before;
    this.#at = undefined;
    this.#blank = false;
    this.#why = why;
  }

  error(error: { readonly code: string }): void {
    this.heard.errors += 1;
    this.#options.trace?.(`${this.who} error ${error.code}`);
  }

  /** True when the view is the log's state. */
  get caughtUp(): boolean {
    const head = this.#log.head(this.channel);
    return this.#blank ? head.offset === 0 : this.#at === head && this.#state === head.state;
  }

  /** Where the view stands, for people. */
  get standing(): string {
    const head = this.#log.head(this.channel);
    return `${this.who} stands at ${name(this.#at)}, state ${this.#state}; the log at ${name(head)}, state ${head.state}`;
  }

  /** Nobody keeps the state any more, and says so. */
  #blanked(): void {
    this.#options.trace?.(`${this.who} empty snapshot`);
    if (this.#at) this.#lie('gap', `from ${name(this.#at)} to nothing, and no loss was told`);
    this.#why = undefined;
    this.#blank = true;
  }

  #begin(entry: Entry | undefined, offset: number): void {
    const before = this.#before;
    if (!entry) return this.#lie('invented', `publication ${offset}: there is no such publication`);
    if (before && (before.era > entry.era || pathBetween(entry, before)))
      this.#lie('disorder', `${name(entry)} after ${name(before)}`);
    this.#blank = false;
    this.#at = entry;
    this.#state = entry.state;
  }

  #refuse(what: string): boolean {
    if (this.#stopped) this.#lie('after-stop', what);
    return this.#stopped;
  }

  #entryOf(data: Json): Entry | undefined {
    if (isModelSnapshot(data)) {
      const { at, state } = data as unknown as ModelSnapshot;
      const entry = this.#log.entry(at);
      return entry?.channel === this.channel && entry.state === state ? entry : undefined;
    }
    // Of a state channel, the stream's last publication stands for its state.
    return data === null ? undefined : this.#log.holding(this.channel, idsOf(data)[0] ?? -1).at(-1);
  }

  /** True when the epoch is the same, and is the engine's too: a server may learn later than its engine of a new one. */
  #isStill(before: Entry, entry: Entry): boolean {
    // At its beginning a stream's snapshot is that of any other.
    if (before.offset === 0 || this.#options.lagging) return false;
    return before.epoch === entry.epoch && this.#log.head(this.channel).epoch === entry.epoch;
  }

  /** True when the publication is what the log has there. */
  #holds(entry: Entry, data: Json): boolean {
    if (this.#options.fidelity === 'merge' && idsOf(data).length > 1)
      return String(idsOf(data).slice(-entry.ids.length)) === String(entry.ids);
    return JSON.stringify(data) === entry.data;
  }

  #leadsTo(at: Entry, entry: Entry, data: Json, conflated: number): boolean {
    const { fidelity } = this.#options;
    const path = pathBetween(at, entry);
    if (!path || path.length === 0 || (fidelity === 'all' && conflated > 0)) return false;
    // Nothing may be left out that is not said to be. What stands for many may begin before a newcomer's snapshot.
    const more = conflated + 1 - path.length;
    if (more < 0 || (more > 0 && !this.#fresh)) return false;
    if (fidelity !== 'merge') return true;
    return String(path.flatMap(({ ids }) => ids)) === String(idsOf(data).slice(more));
  }

  #explain(at: Entry, there: readonly Entry[], data: Json, offset: number): [LieKind, string] {
    const told = `${offset} (${idsOf(data).join(',') || JSON.stringify(data)}) after ${name(at)}`;
    const entry = there.find(({ epoch }) => epoch === at.epoch) ?? there.at(-1);
    if (!entry) return ['invented', `${told}: there is no such publication`];
    if (entry === at || pathBetween(entry, at)) {
      return entry === at || this.#options.fidelity !== 'all' || offset === at.offset
        ? ['duplicate', `${told}: it was told before`]
        : ['disorder', `${told}: it is of before`];
    }
    if (pathBetween(at, entry)) return ['gap', `${told}: what is between was not told`];
    return ['past', `${told}: ${name(entry)} does not follow from it`];
  }

  #lie(kind: LieKind, detail: string): void {
    const lie: Lie = { kind, who: this.who, detail };
    this.#options.trace?.(`LIE ${kind}: ${this.who}: ${detail}`);
    this.#options.lie(lie);
  }
}

function isModelSnapshot(data: Json): boolean {
  return typeof data === 'object' && data !== null && 'at' in data && 'state' in data;
}

function idsOf(data: Json): readonly number[] {
  const ids = (data as Partial<Payload> | null)?.ids;
  return Array.isArray(ids) ? (ids as readonly number[]) : [];
}

function name(entry: Entry | undefined): string {
  if (!entry) return 'nothing';
  return `${entry.channel}@${entry.epoch.slice(0, 4)}#${entry.offset}${entry.undone ? ' (undone)' : ''}`;
}
