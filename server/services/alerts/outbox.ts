/** The outbox: makes notices of what is to be told, and delivers them, one at a time a receiver. */
import type { NoticeList } from '../../../src/protocol/alerts.schema.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Database, Statement } from '../../ports/database.ts';
import type { Serial } from '../../serial.ts';
import type { AlertsLimits } from './limits.ts';
import {
  SELECT_NOTICES,
  deleteNotice,
  insertNotice,
  newNotice,
  noticeInfo,
  noticeOf,
  updateNotice,
} from './notices.ts';
import type { Notice } from './notices.ts';
import { payloadOf } from './payload.ts';
import type { ToldAlert } from './payload.ts';
import type { AlertRecord } from './record.ts';
import type { Receiver } from './rules-file.ts';
import { tellStatements, topicOf } from './tells.ts';
import type { Tell, TellChange, TellGroup, Tells } from './tells.ts';
import { attempt } from './webhook.ts';
import type { Attempt, Send } from './webhook.ts';

/** Longer waits are cut in parts: timers hold 31 bits of milliseconds. */
const MAX_WAIT_MS = 86_400_000;
/** Notices that one transaction makes. */
const BATCH = 100;

/** What the outbox needs. */
export interface OutboxDeps {
  readonly clock: Clock;
  readonly database: Database;
  /** Nothing that is kept changes beside it. */
  readonly serial: Serial;
  readonly tells: Tells;
  readonly receivers: readonly Receiver[];
  readonly limits: AlertsLimits;
  readonly send: Send;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly externalUrl: string;
  readonly onError: (error: unknown, what: string) => void;
  readonly record: (alert: string) => AlertRecord | undefined;
  readonly isSilenced: (alert: string) => boolean;
}

/** One receiver's part. */
interface Line {
  readonly receiver: Receiver;
  /** Notices by group: a group has one at a time, so that what is told of it stays in order. */
  readonly waiting: Map<string, Notice>;
  busy: boolean;
  timer: Timer | undefined;
  delivered: number;
  failed: number;
}

/** Tells receivers. */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #lines = new Map<string, Line>();
  readonly #closed = new AbortController();
  #dead: Notice[] = [];

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    for (const receiver of deps.receivers) {
      const counts = { busy: false, timer: undefined, delivered: 0, failed: 0 };
      this.#lines.set(receiver.name, { receiver, waiting: new Map(), ...counts });
    }
  }

  /** Reads the notices of before a restart; those of receivers that are no more are forgotten, and counted. */
  async load(): Promise<number> {
    const { database } = this.#deps;
    const rows = await database.read(SELECT_NOTICES);
    const orphans: Statement[] = [];
    for (const notice of rows.map(noticeOf)) {
      const line = this.#lines.get(notice.receiver);
      if (notice.deadAt !== undefined) this.#dead.push(notice);
      else if (line) line.waiting.set(notice.group, notice);
      else orphans.push(deleteNotice(notice.id));
    }
    if (orphans.length > 0) await database.transaction(orphans);
    return orphans.length;
  }

  /** Looks what is due, for every receiver. Call it whenever something is wanted, or a silence began or ended. */
  wake(): void {
    for (const line of this.#lines.values()) this.#arm(line, 0);
  }

  list(): NoticeList {
    const lines = [...this.#lines.values()];
    return {
      receivers: lines.map(({ receiver: { name }, delivered, failed }) => ({
        receiver: name,
        due: this.#deps.tells.due(name),
        delivered,
        failed,
      })),
      waiting: lines.flatMap(({ waiting }) => [...waiting.values()].map(noticeInfo)),
      dead: this.#dead.map(noticeInfo),
    };
  }

  /** Ends the attempts under way; what they wanted to tell is told after the next start. */
  close(): void {
    this.#closed.abort(new Error('The server is going down'));
    for (const line of this.#lines.values()) line.timer?.cancel();
  }

  #arm(line: Line, waitMs: number): void {
    line.timer?.cancel();
    if (this.#closed.signal.aborted) return;
    line.timer = this.#deps.clock.after(Math.min(Math.max(waitMs, 0), MAX_WAIT_MS), () => {
      this.#look(line).catch((error: unknown) => {
        this.#deps.onError(error, `notices to ${line.receiver.name} cannot be kept`);
        this.#arm(line, this.#deps.limits.noticeRetryMaxMs);
      });
    });
  }

  /** Makes the notices that are due, sends the first that may go, and comes back when the next thing is due. */
  async #look(line: Line): Promise<void> {
    await this.#deps.serial.run(() => this.#make(line));
    const now = this.#deps.clock.now();
    if (!line.busy) void this.#deliver(line);
    const groups = [...this.#deps.tells.groups(line.receiver.name)].filter(([key]) => !line.waiting.has(key));
    const times = [
      // While one is under way its end is when to look again.
      ...(line.busy ? [] : [...line.waiting.values()].map((notice) => this.#nextAt(notice, now))),
      ...groups.map(([, tells]) => this.#dueAt(line, tells, now)),
    ];
    const next = times.reduce((one, other) => Math.min(one, other), Infinity);
    if (next < Infinity) this.#arm(line, next - now);
  }

  async #make(line: Line): Promise<void> {
    const { clock, tells, database } = this.#deps;
    const now = clock.now();
    const made: { readonly notice: Notice; readonly changes: readonly TellChange[] }[] = [];
    for (const [group, members] of tells.groups(line.receiver.name)) {
      if (line.waiting.has(group) || this.#dueAt(line, members, now) > now) continue;
      made.push(this.#noticeOf(line.receiver, group, members, now));
      if (made.length === BATCH) break;
    }
    if (made.length === 0) return;
    const changes = made.flatMap((one) => one.changes);
    // A notice is kept before its first attempt: a restart repeats it with the same id, and so with the same key.
    await database.transaction([
      ...made.map(({ notice }) => insertNotice(notice)),
      ...tellStatements(changes),
    ]);
    tells.apply(changes);
    for (const { notice } of made) line.waiting.set(notice.group, notice);
  }

  /** When there is something to tell of a group: what is wanted, or what still fires once more. */
  #dueAt({ receiver: { groupWaitMs, repeatMs } }: Line, members: TellGroup, now: number): number {
    let due = Infinity;
    for (const tell of members.values()) {
      if (this.#deps.isSilenced(tell.alert)) continue;
      if (tell.wanted) due = Math.min(due, soonest(tell.dueAt, now, groupWaitMs));
      else if (this.#stands(tell)) due = Math.min(due, soonest(tell.toldAt + repeatMs, now, repeatMs));
    }
    return due;
  }

  /** True for what was told and is not over. */
  #stands({ alert }: Tell): boolean {
    const record = this.#deps.record(alert);
    const topic = record && topicOf(record);
    return topic !== undefined && topic !== 'resolved';
  }

  #noticeOf(receiver: Receiver, group: string, members: TellGroup, now: number) {
    const { limits, record, isSilenced, externalUrl } = this.#deps;
    const sayable = [...members.values()]
      .filter((tell) => !isSilenced(tell.alert) && (tell.wanted !== undefined || this.#stands(tell)))
      // News first, then who was told longest ago: in a group that is too large each gets its turn.
      .sort((one, other) => Number(!one.wanted) - Number(!other.wanted) || one.toldAt - other.toldAt);
    const said = sayable.slice(0, limits.maxNoticeAlerts);
    const told: ToldAlert[] = [];
    const changes = said.map((tell): TellChange => {
      const { wanted, ...rest } = tell;
      const topic = wanted ?? tell.told ?? 'firing';
      const known = record(tell.alert);
      if (known) told.push({ record: known, topic });
      return { tell: { ...rest, told: topic, toldAt: now }, done: topic === 'resolved' || !known };
    });
    const payload = payloadOf(receiver, told, sayable.length - said.length, externalUrl);
    const resolves = told.some(({ topic }) => topic === 'resolved');
    const content = { receiver: receiver.name, group, body: JSON.stringify(payload), resolves };
    return { notice: newNotice(content, now), changes };
  }

  /** Sends what may go, one after another. */
  async #deliver(line: Line): Promise<void> {
    const { clock, send, limits, onError } = this.#deps;
    const { signal } = this.#closed;
    const ready = (): Notice | undefined => {
      const now = clock.now();
      for (const notice of line.waiting.values()) if (this.#nextAt(notice, now) <= now) return notice;
      return undefined;
    };
    let notice = ready();
    if (!notice) return;
    line.busy = true;
    for (; notice; notice = ready()) {
      const deps = { clock, send, timeoutMs: limits.noticeTimeoutMs, signal };
      const result = await attempt(line.receiver, notice, deps);
      if (signal.aborted) return;
      const settled = result.outcome === 'delivered' ? undefined : this.#afterFailure(notice, result);
      if (settled) line.failed += 1;
      else line.delivered += 1;
      if (settled && settled.deadAt === undefined) line.waiting.set(notice.group, settled);
      else line.waiting.delete(notice.group);
      // Not kept: it is told once more after a restart, which its receiver sees by the id.
      await this.#keep(notice, settled).catch((error: unknown) =>
        onError(error, `what became of a notice to ${line.receiver.name} cannot be kept`),
      );
    }
    line.busy = false;
    this.#arm(line, 0);
  }

  #nextAt({ nextAt }: Notice, now: number): number {
    return soonest(nextAt, now, this.#deps.limits.noticeRetryAfterMaxMs);
  }

  #keep(notice: Notice, settled: Notice | undefined): Promise<unknown> {
    const { database, limits, onError } = this.#deps;
    if (!settled) return database.transaction([deleteNotice(notice.id)]);
    if (settled.deadAt === undefined) return database.transaction([updateNotice(settled)]);
    onError(new Error(settled.lastError), `notice ${settled.id} to ${settled.receiver} was given up`);
    this.#dead.push(settled);
    const dropped = this.#dead.splice(0, Math.max(0, this.#dead.length - limits.maxDeadNotices));
    return database.transaction([updateNotice(settled), ...dropped.map(({ id }) => deleteNotice(id))]);
  }

  #afterFailure(notice: Notice, result: Exclude<Attempt, { outcome: 'delivered' }>): Notice {
    const { clock, limits, random } = this.#deps;
    const now = clock.now();
    const attempts = notice.attempts + 1;
    const refusals = notice.refusals + (result.outcome === 'refused' ? 1 : 0);
    const most = Math.min(limits.noticeRetryMaxMs, limits.noticeRetryMinMs * 2 ** Math.min(attempts - 1, 30));
    // Half of the pause is chance: receivers that went down together do not come back to a storm.
    const pause = (most * (1 + random())) / 2;
    const asked = Math.min(result.afterMs ?? 0, limits.noticeRetryAfterMaxMs);
    const nextAt = now + Math.ceil(Math.max(pause, asked));
    const dead = !notice.resolves && refusals >= limits.maxNoticeRefusals;
    const changed = { attempts, refusals, nextAt, lastError: result.error.slice(0, 512) };
    return { ...notice, ...changed, ...(dead && { deadAt: now }) };
  }
}

/** A time that is kept, unless it is farther away than it can be: then the wall clock was put back, and it is now. */
function soonest(at: number, now: number, mostMs: number): number {
  return at - now > mostMs ? now : at;
}
