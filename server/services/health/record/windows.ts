/** Maintenance windows: when failures are expected, and of what. */
import { randomUUID } from 'node:crypto';
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { MaintenanceWindow } from '../../../../src/protocol/index.ts';
import type { FileWindow, NewMaintenance } from '../../../../src/protocol/health.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Database } from '../../../ports/database.ts';
import { Serial } from '../../../serial.ts';
import type { Maintenance } from './record.ts';
import { saveWindow } from './rows.ts';
import { PlannedWindow } from './planned-window.ts';

/** What windows need. */
export interface WindowsDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly maxWindows: number;
  /** How long one stays in the list after its end, ms. */
  readonly keepMs: number;
}

/** Which windows stand open, until one begins or ends. */
interface Standing {
  readonly from: number;
  readonly until: number;
  readonly open: readonly { readonly planned: PlannedWindow; readonly endsAt: number }[];
}

/** The windows of the file and of the API. */
export class Windows {
  readonly #deps: WindowsDeps;
  readonly #serial = new Serial();
  readonly #api = new Map<string, PlannedWindow>();
  #file = new Map<string, PlannedWindow>();
  #standing: Standing | undefined;

  constructor(deps: WindowsDeps) {
    this.#deps = deps;
  }

  async load(onError: (error: unknown, what: string) => void): Promise<void> {
    const sql = 'SELECT id, content FROM health_window ORDER BY created_at, rowid';
    for (const row of await this.#deps.database.read({ sql })) {
      const id = String(row['id']);
      try {
        this.#api.set(id, new PlannedWindow(JSON.parse(String(row['content'])) as MaintenanceWindow));
      } catch (error) {
        // A later release knew more. It is left as it is.
        onError(error, `maintenance window ${id} is not understood`);
      }
    }
    this.#standing = undefined;
  }

  list(): readonly MaintenanceWindow[] {
    const lately = this.#deps.clock.now() - this.#deps.keepMs;
    return this.#all()
      .filter((planned) => planned.endsAt > lately)
      .map(({ window }) => window);
  }

  /** Replaces those of the file. @throws WaooawError `bad_request`; then nothing has changed. */
  setFile(windows: readonly FileWindow[]): void {
    const now = this.#deps.clock.now();
    this.#file = new Map(
      windows.map(({ id, ...asked }) => {
        const before = this.#file.get(id)?.window;
        const made = { createdBy: 'file', createdAt: before?.createdAt ?? now };
        // One without a beginning began when it was first read.
        const startsAt = asked.startsAt ?? before?.startsAt ?? now;
        return [id, plan({ ...asked, startsAt }, { id, ...made, source: 'file' })];
      }),
    );
    this.#standing = undefined;
  }

  add(asked: NewMaintenance, by: string): Promise<MaintenanceWindow> {
    return this.#serial.run(async () => {
      const { clock, maxWindows } = this.#deps;
      const now = clock.now();
      const made = { id: randomUUID(), createdBy: by, createdAt: now, source: 'api' as const };
      const planned = plan({ ...asked, startsAt: asked.startsAt ?? now }, made);
      if (planned.endsAt <= now)
        throw new WaooawError('bad_request', `/endsAt: that is over; it is ${now} now`);
      if (this.#all().filter((one) => one.endsAt > now).length >= maxWindows)
        throw new WaooawError('window_limit', `There are ${maxWindows} maintenance windows already`);
      return this.#save(planned);
    });
  }

  end(id: string): Promise<MaintenanceWindow> {
    return this.#serial.run(async () => {
      if (this.#file.has(id)) throw new WaooawError('read_only', `Window "${id}" comes from the file`);
      const planned = this.#api.get(id);
      if (!planned) throw new WaooawError('not_found', `There is no maintenance window "${id}"`);
      const now = this.#deps.clock.now();
      if (planned.endsAt <= now) return planned.window;
      // One that has not begun never will.
      return this.#save(
        new PlannedWindow({ ...planned.window, endsAt: Math.max(now, planned.window.startsAt) }),
      );
    });
  }

  /** The window that a check is in; of several, the one that ends last. */
  of(check: string, tags: Readonly<Record<string, string>>, now: number): Maintenance | undefined {
    let found: Maintenance | undefined;
    for (const { planned, endsAt } of this.#stand(now).open) {
      if (!planned.names(check, tags) || (found && found.endsAt >= endsAt)) continue;
      const { id, reason } = planned.window;
      found = { id, endsAt, reason };
    }
    return found;
  }

  /** When one begins or ends next, ms since 1970. */
  nextChangeAt(now: number): number | undefined {
    const { until } = this.#stand(now);
    return until === Infinity ? undefined : until;
  }

  /** Forgets those that ended before. @returns their ids. */
  prune(before: number): readonly string[] {
    const ids = [...this.#api].filter(([, planned]) => planned.endsAt <= before).map(([id]) => id);
    for (const id of ids) this.#api.delete(id);
    return ids;
  }

  #all(): readonly PlannedWindow[] {
    return [...this.#file.values(), ...this.#api.values()];
  }

  async #save(planned: PlannedWindow): Promise<MaintenanceWindow> {
    await this.#deps.database.transaction([saveWindow(planned.window)]);
    this.#api.set(planned.window.id, planned);
    this.#standing = undefined;
    return planned.window;
  }

  /** Runs ask a thousand times a second; windows change a few times a day. */
  #stand(now: number): Standing {
    if (this.#standing && this.#standing.from <= now && now < this.#standing.until) return this.#standing;
    const times = this.#all().map((planned) => ({ planned, ...planned.at(now) }));
    const open = times.flatMap(({ planned, occurrence }) =>
      occurrence && occurrence.from <= now ? [{ planned, endsAt: occurrence.to }] : [],
    );
    const until = times.reduce((soonest, { changesAt }) => Math.min(soonest, changesAt), Infinity);
    return (this.#standing = { from: now, until, open });
  }
}

type Made = Pick<MaintenanceWindow, 'id' | 'createdBy' | 'createdAt' | 'source'>;

function plan(asked: Omit<NewMaintenance, 'startsAt'> & { startsAt: number }, made: Made): PlannedWindow {
  const { reason, checks, tags, startsAt, endsAt, recurs } = asked;
  return new PlannedWindow({
    id: made.id,
    reason,
    checks,
    tags,
    startsAt,
    ...(endsAt !== undefined && { endsAt }),
    ...(recurs && { recurs }),
    createdBy: made.createdBy,
    createdAt: made.createdAt,
    source: made.source,
  });
}
