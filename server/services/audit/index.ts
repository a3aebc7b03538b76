/** The audit service: records what was done so that nobody can change it unseen, and shows it to whom it may concern. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditActor, AuditKey, AuditResource } from '../../../src/protocol/index.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { AuditEvent, AuditSink } from '../../ports/audit-sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProbeResult } from '../../ports/health-gate.ts';
import type { Identity } from '../../ports/identity.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import { Serial } from '../../serial.ts';
import { SYSTEM } from './actor.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { CheckpointPost } from './checkpoint-post.ts';
import { Checkpoints } from './checkpoints.ts';
import { compared } from './comparison.ts';
import { createCursors } from './cursor.ts';
import type { Cursors } from './cursor.ts';
import { checkEvent } from './entry.ts';
import { KeyRing } from './keys.ts';
import { DEFAULT_AUDIT_LIMITS } from './limits.ts';
import type { AuditLimits } from './limits.ts';
import { Live } from './live.ts';
import type { Origin } from './origin.ts';
import { ReadRecorder } from './read-recorder.ts';
import { Redaction } from './redaction.ts';
import type { RedactionOptions } from './redaction.ts';
import { Searches } from './searches.ts';
import type { AuditStats } from './stats.ts';
import { Trail } from './trail.ts';
import type { Idempotency } from './trail.ts';
import { viewFor } from './views.ts';
import type { AuditView } from './views.ts';

export { DEFAULT_AUDIT_LIMITS } from './limits.ts';
export type { Origin } from './origin.ts';
export type { AuditLimits, OnFailure } from './limits.ts';
export type { RedactionOptions } from './redaction.ts';
export { auditFamilies } from './families.ts';
export type { AuditStats } from './stats.ts';
export type { AuditView } from './views.ts';

/** The action of the entry that says that the trail was changed. */
export const MISMATCH_ACTION = 'audit_mismatch';

/** What the service needs. */
export interface AuditDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly limits?: Partial<AuditLimits>;
  /** The log's name in its checkpoints, as a URL without its scheme. It is the keys' name too. */
  readonly origin: string;
  /** Path of the file with the signing key; made at the first start, for this user only. */
  readonly keyFile: string;
  /** Path of the second place that checkpoints are kept in. */
  readonly checkpointFile: string;
  /** Where checkpoints are posted to; nowhere when absent. */
  readonly checkpointUrl?: string;
  /** What is taken out of entries beside the usual names of secrets. */
  readonly redact?: RedactionOptions;
  /** Told of what goes wrong beside requests. */
  readonly onError: (error: unknown, what: string) => void;
}

/** How entries are recorded together. */
export interface RecordOptions {
  /** A key, scoped to its caller, and the hash of what was asked with it. */
  readonly idempotency?: Idempotency;
  /** Where an entry stands in what was sent; default `/entries/<i>`. */
  readonly pointer?: (index: number) => string;
}

/** Entries that are recorded together. */
export interface Recorded {
  /** Of each, in the order they were handed in. */
  readonly sequences: readonly number[];
  /** The idempotency key had been used before with the same content: these are the sequences of that time. */
  readonly replayed: boolean;
}

/** The service. What needs the log rejects with `unavailable` before `start`; `record` with `audit_unavailable`. */
export interface Audit extends AuditSink {
  readonly limits: AuditLimits;
  /** The log's name in its checkpoints. */
  readonly origin: string;
  /** The `audit` and `audit/all` channels, for the broadcaster. */
  readonly namespaces: readonly Namespace[];
  /** The rows. @throws WaooawError `unavailable` before the start. */
  readonly log: AuditLog;
  /** Searches for callers that are under way, and how many may be. */
  readonly searches: Searches;
  /** Page marks that belong to a query. @throws WaooawError `unavailable` before the start. */
  readonly cursors: Cursors;
  /**
   * Records all or none, as `record` does; it never leaves a gap.
   * @throws WaooawError `bad_entry`, `entry_too_large`, `idempotency_conflict`, `audit_unavailable`.
   */
  recordAll(events: readonly AuditEvent[], options?: RecordOptions): Promise<Recorded>;
  /** Records that somebody reads the trail, once a query; see `readFoldMs`. What cannot be recorded is counted as missing. */
  recordRead(reader: Identity, query: string, from?: Origin): Promise<void>;
  /** What somebody may see. */
  view(identity: Identity): AuditView;
  /** A signed checkpoint of at least so many entries; of what there is last when absent. @throws WaooawError `bad_request` beyond the trail. */
  checkpoint(atLeast?: number): Promise<string>;
  /** Keys that checkpoints were signed with, oldest first; the last one signs now. */
  keys(): readonly AuditKey[];
  /** Puts another key in the current one's place. Recorded, and the next checkpoint is signed by both. */
  rotateKey(by: AuditActor, from?: Origin): Promise<AuditKey>;
  /** False from a failure to write until something was written again, and while the trail is not open. */
  readonly writable: boolean;
  /** The wall clock, ms since 1970. */
  now(): number;
  stats(): AuditStats;
  /** For the health check `audit-log`. */
  state(): ProbeResult;
  /**
   * Reads the keys, compares the tree with the checkpoints that were kept elsewhere, and begins.
   * @throws WaooawError `bad_config` for a key file that is none, or that others can read; the log's own.
   */
  start(log: AuditLog): Promise<void>;
  /** Signs what there is, and lets go. The log is its owner's to close, after it. */
  close(): Promise<void>;
}

const TRAIL: AuditResource = { type: 'audit', id: 'trail' };

/** What there is once the log is open. */
interface Opened {
  readonly log: AuditLog;
  readonly keys: KeyRing;
  readonly cursors: Cursors;
  readonly checkpoints: Checkpoints;
  readonly post: CheckpointPost | undefined;
}

/** Puts the service together. @throws WaooawError `bad_config` for a path to redact that begins nowhere. */
export function createAudit(deps: AuditDeps): Audit {
  const { clock, publisher, origin, onError } = deps;
  const limits = { ...DEFAULT_AUDIT_LIMITS, ...deps.limits };
  const redaction = new Redaction(deps.redact);
  const live = new Live({ publisher, limits });
  const rotations = new Serial();
  const searches = new Searches(limits);
  let opened: Opened | undefined;
  /** What the start found; only another start takes it back. */
  let fault: string | undefined;
  let size = 0;

  const trail = new Trail({
    clock,
    limits,
    redaction,
    onError,
    appended: (rows, now) => {
      size = Math.max(size, now);
      live.saw(rows, () => trail.inFlight);
      opened?.checkpoints.saw(now);
    },
  });

  const reads = new ReadRecorder({ clock, limits, onError, record: (event) => trail.recordOrCount(event) });

  const open = (): Opened => {
    if (!opened) throw new WaooawError('unavailable', 'The audit trail is not open yet');
    return opened;
  };

  /** Tells everybody who could be told: the log, the health check, and the trail itself. */
  const contradicted = async (what: string): Promise<void> => {
    fault = what;
    onError(new Error(what), 'the audit trail does not continue what was signed');
    const event = { actor: SYSTEM, action: MISMATCH_ACTION, level: 'critical', resource: TRAIL } as const;
    await trail
      .record({ ...event, result: 'failure', error: what })
      .catch((error: unknown) => onError(error, 'the trail cannot say that it was changed'));
  };

  const rotate = async (by: AuditActor, from: Origin): Promise<AuditKey> => {
    const { keys, checkpoints } = open();
    const next = keys.prepare(clock.now());
    await trail.record({
      actor: by,
      action: 'rotate_key',
      level: 'warning',
      resource: { type: 'audit', id: 'key' },
      result: 'success',
      before: { verifier: keys.list().at(-1)!.verifier },
      after: { verifier: next.key.verifier },
      ...from,
    });
    await next.commit();
    await checkpoints.renew();
    return next.key;
  };

  return {
    limits,
    origin,
    searches,
    namespaces: live.namespaces,
    get log() {
      return open().log;
    },
    get cursors() {
      return open().cursors;
    },
    get writable() {
      return opened !== undefined && trail.writable;
    },

    record: (event, alongside) => trail.record(event, alongside),

    async recordAll(events, { idempotency, pointer = entryPointer } = {}) {
      const checked = events.map((event, i) => checkEvent(event, limits, redaction, pointer(i)));
      const entries = checked.map(({ event }) => event);
      const { sequences, replayed } = await trail.recordAll(entries, idempotency);
      trail.redacted += checked.reduce((sum, { redacted }) => sum + redacted, 0);
      return { sequences, replayed };
    },

    async recordRead(reader, query, from = {}) {
      open();
      await reads.record(reader, query, from);
    },

    view: ({ role }) => viewFor(role),
    checkpoint: async (atLeast) => open().checkpoints.atLeast(atLeast),
    keys: () => open().keys.list(),
    rotateKey: (by, from = {}) => rotations.run(() => rotate(by, from)),

    now: () => clock.now(),

    stats: () => ({
      size,
      checkpointSize: opened?.checkpoints.size ?? 0,
      entries: trail.entries,
      replayed: trail.replayed,
      blocked: trail.blocked,
      missing: trail.gaps.total,
      pendingGap: trail.gaps.pending,
      redacted: trail.redacted,
      checkpoints: opened?.checkpoints.made ?? 0,
      checkpointFailures: opened?.checkpoints.failures ?? 0,
      delivered: opened?.post?.delivered ?? 0,
      failedAttempts: opened?.post?.failedAttempts ?? 0,
      searches: searches.count,
      refusedSearches: searches.refused,
    }),

    state() {
      if (!opened) return { state: 'down', reason: 'The audit trail is not open' };
      if (fault !== undefined) return { state: 'down', reason: fault };
      if (trail.fault) return { state: 'down', reason: trail.fault.message };
      const { pending } = trail.gaps;
      if (pending > 0) return { state: 'degraded', reason: `${pending} entries are missing` };
      const { unmade, fault: unkept } = opened.checkpoints;
      if (unmade !== undefined) return { state: 'degraded', reason: `Checkpoints cannot be made: ${unmade}` };
      if (unkept !== undefined) return { state: 'degraded', reason: unkept };
      return { state: 'up', reason: `${size} entries` };
    },

    async start(log) {
      const keys = await KeyRing.open(deps.keyFile, origin, clock.now());
      const file = new CheckpointFile(deps.checkpointFile, limits.maxCheckpointFileBytes);
      const url = deps.checkpointUrl;
      const post = url === undefined ? undefined : new CheckpointPost({ clock, url, limits, onError });
      const checkpoints = new Checkpoints({
        clock,
        log,
        keys,
        file,
        post,
        origin,
        limits,
        onError,
        contradicted,
      });
      const {
        newest,
        contradiction: found,
        broken,
        unread,
        emptied,
        ...tree
      } = await compared({
        log,
        keys,
        file,
        origin,
      });
      ({ size } = tree);
      fault = found ?? broken ?? unread;
      if (found !== undefined) file.divert(clock.now());
      await live.load(log, size);
      checkpoints.begin(newest);
      opened = { log, keys, cursors: createCursors(keys.cursorSecret), checkpoints, post };
      trail.open(log, broken);
      checkpoints.repeat();
      if (broken === undefined) checkpoints.saw(size);
      for (const what of [broken, unread])
        if (what !== undefined) onError(new Error(what), 'the audit trail');
      if (emptied)
        onError(
          new Error(`${deps.checkpointFile} has no checkpoint, and the database has: was it moved away?`),
          'the audit trail',
        );
      if (found !== undefined) await contradicted(found);
    },

    async close() {
      await reads.close();
      await trail.close();
      live.close();
      await opened?.checkpoints.close();
      opened = undefined;
    },
  };
}

function entryPointer(index: number): string {
  return `/entries/${index}`;
}
