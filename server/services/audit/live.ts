/** The live channels: the newest entries, and each as it comes. */
import type { AuditSnapshot, Json } from '../../../src/protocol/index.ts';
import type { AuditLog, AuditRow } from '../../ports/audit-log.ts';
import type { Role } from '../../../src/protocol/index.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import type { AuditLimits } from './limits.ts';
import { FULL_VIEW, NARROW_VIEW } from './views.ts';
import type { AuditView } from './views.ts';

/** Kept for readers whose connection broke. */
const HISTORY = { size: 256, ageMs: 600_000 };

const EVERYBODY: readonly Role[] = ['viewer', 'operator', 'auditor', 'admin'];

/** What it needs. */
export interface LiveDeps {
  readonly publisher: Publisher;
  readonly limits: AuditLimits;
}

/** One channel. */
interface Channel {
  readonly name: string;
  readonly view: AuditView;
  readonly subscribe: readonly Role[];
  /** Oldest first. */
  newest: AuditRow[];
}

/** Shows entries as they come. */
export class Live {
  readonly #deps: LiveDeps;
  readonly #channels: readonly Channel[] = [
    { name: 'audit', view: NARROW_VIEW, subscribe: EVERYBODY, newest: [] },
    { name: 'audit/all', view: FULL_VIEW, subscribe: ['auditor', 'admin'], newest: [] },
  ];
  readonly namespaces: readonly Namespace[];
  #waiting = new Map<number, AuditRow>();
  #flush: NodeJS.Immediate | undefined;
  /** The sequence that is told next. */
  #next = 1;
  #size = 0;

  constructor(deps: LiveDeps) {
    this.#deps = deps;
    this.namespaces = this.#channels.map((channel) => ({
      name: channel.name,
      history: HISTORY,
      onDemand: true,
      access: { subscribe: channel.subscribe, publish: [] },
      resolve: (name) => (name === channel.name ? name : undefined),
      snapshot: () => this.#snapshot(channel) as unknown as Json,
    }));
  }

  /** Reads the newest entries. @param size of the trail. */
  async load(log: AuditLog, size: number): Promise<void> {
    this.#size = size;
    this.#next = size + 1;
    const page = { before: size + 1, limit: this.#deps.limits.auditSnapshotItems };
    for (const channel of this.#channels)
      channel.newest = [...(await log.find(channel.view.filter({}), page))].reverse();
  }

  /**
   * Tells of entries that are durable, in the order of their sequence, at the end of the turn.
   * @param inFlight appends that are still under way: one of them may have a sequence in between.
   */
  saw(rows: readonly AuditRow[], inFlight: () => number): void {
    for (const row of rows) if (row.sequence >= this.#next) this.#waiting.set(row.sequence, row);
    if (this.#waiting.size > 0) this.#flush ??= setImmediate(() => this.#tell(inFlight()));
  }

  /** Tells what waits. */
  close(): void {
    if (this.#flush) clearImmediate(this.#flush);
    this.#tell(0);
  }

  #tell(inFlight: number): void {
    this.#flush = undefined;
    const rows: AuditRow[] = [];
    for (let row = this.#waiting.get(this.#next); row; row = this.#waiting.get(this.#next)) {
      rows.push(row);
      this.#waiting.delete(this.#next);
      this.#next += 1;
    }
    // Nobody brings the missing ones any more: whoever appended them was not told how it ended.
    if (inFlight === 0 && this.#waiting.size > 0) {
      const rest = [...this.#waiting.values()].sort((one, other) => one.sequence - other.sequence);
      rows.push(...rest);
      this.#waiting.clear();
      this.#next = rest.at(-1)!.sequence + 1;
    }
    this.#size = this.#next - 1;
    for (const channel of this.#channels)
      this.#tellOn(
        channel,
        rows.filter((row) => channel.view.shows(row)),
      );
  }

  #tellOn(channel: Channel, rows: readonly AuditRow[]): void {
    const { publisher, limits } = this.#deps;
    channel.newest.push(...rows);
    channel.newest.splice(0, Math.max(0, channel.newest.length - limits.auditSnapshotItems));
    if (rows.length === 0 || !publisher.wants(channel.name)) return;
    let items: Json[] = [];
    let bytes = 0;
    for (const row of rows) {
      const item = channel.view.record(row) as unknown as Json;
      const size = JSON.stringify(item).length;
      if (items.length > 0 && bytes + size > limits.maxAuditPublicationBytes) {
        publisher.publish(channel.name, { items });
        items = [];
        bytes = 0;
      }
      items.push(item);
      bytes += size;
    }
    publisher.publish(channel.name, { items });
  }

  /** Newest first, as many as there is room for. */
  #snapshot({ newest, view }: Channel): AuditSnapshot {
    const items = [];
    let bytes = 0;
    for (const row of newest.toReversed()) {
      const item = view.record(row);
      bytes += JSON.stringify(item).length;
      if (items.length > 0 && bytes > this.#deps.limits.maxAuditPublicationBytes) break;
      items.push(item);
    }
    return { items, size: this.#size };
  }
}
