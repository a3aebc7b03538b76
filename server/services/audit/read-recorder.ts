/** Records who reads the trail: never at the price of the reading, and never more than the disk can bear. */
import { hash } from 'node:crypto';
import type { AuditActor } from '../../../src/protocol/index.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Identity } from '../../ports/identity.ts';
import { SYSTEM, actorOf } from './actor.ts';
import type { AuditLimits } from './limits.ts';
import type { Origin } from './origin.ts';
import { Reads } from './reads.ts';

/** What it needs. */
export interface ReadRecorderDeps {
  readonly clock: Clock;
  readonly limits: AuditLimits;
  /** Resolves with undefined where the entry is counted as missing. */
  readonly record: (event: AuditEvent) => Promise<{ readonly sequence: number } | undefined>;
  readonly onError: (error: unknown, what: string) => void;
}

/** Whom queries are counted under once too many readers ask too much. */
const OTHERS = '';

/** Queries of one reader, or of all others, that are counted only. */
interface More {
  readonly actor: AuditActor;
  readonly timer: Timer;
  count: number;
}

/** Records reads. */
export class ReadRecorder {
  readonly #deps: ReadRecorderDeps;
  readonly #reads: Reads;
  readonly #more = new Map<string, More>();

  constructor(deps: ReadRecorderDeps) {
    this.#deps = deps;
    this.#reads = new Reads(deps.limits);
  }

  /** Records a query, or counts it. */
  async record(reader: Identity, query: string, from: Origin): Promise<void> {
    const verdict = this.#reads.judge(reader.id, query, this.#deps.clock.monotonicMs());
    if (verdict === 'more') this.#count(reader);
    if (verdict !== 'news') return;
    const details = shortened(query, this.#deps.limits.maxReadQueryBytes);
    const recorded = await this.#deps.record({ ...eventOf(actorOf(reader)), details, ...from });
    if (!recorded) this.#reads.forget(reader.id, query);
  }

  /** Tells what was only counted. */
  async close(): Promise<void> {
    await Promise.all([...this.#more.keys()].map((id) => this.#tell(id)));
  }

  #count(reader: Identity): void {
    const { clock, limits } = this.#deps;
    // Whoever has identities to spare must not fill the memory with them, nor the trail.
    const known = this.#more.has(reader.id) || this.#more.size < limits.maxCountedReaders;
    const id = known ? reader.id : OTHERS;
    const more = this.#more.get(id);
    if (more) {
      more.count += 1;
      return;
    }
    const timer = clock.after(limits.readWindowMs, () => void this.#tell(id));
    this.#more.set(id, { actor: known ? actorOf(reader) : SYSTEM, timer, count: 1 });
  }

  async #tell(id: string): Promise<void> {
    const more = this.#more.get(id);
    if (!more) return;
    more.timer.cancel();
    this.#more.delete(id);
    const whose = id === OTHERS ? ' by other readers' : '';
    const details = { queries: more.count, query: `${more.count} more queries${whose}` };
    await this.#deps
      .record({ ...eventOf(more.actor), details })
      .catch((error: unknown) => this.#deps.onError(error, 'reads of the trail cannot be recorded'));
  }
}

function eventOf(actor: AuditActor): AuditEvent {
  const resource = { type: 'audit', id: 'trail' };
  return { actor, action: 'access', level: 'info', resource, result: 'success' };
}

function shortened(query: string, maxBytes: number): { query: string; sha256?: string } {
  const bytes = Buffer.from(query);
  if (bytes.length <= maxBytes) return { query };
  const start = bytes
    .subarray(0, maxBytes)
    .toString()
    .replace(/\ufffd$/, '');
  return { query: start, sha256: hash('sha256', bytes) };
}
