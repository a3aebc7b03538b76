/** What the health service is remembered by: across restarts, and for whoever asks about the past. */
import type {
  CheckHistory,
  CheckStatus,
  Incident,
  MaintenanceWindow,
} from '../../../../src/protocol/index.ts';
import type { CheckInput, FileWindow, NewMaintenance } from '../../../../src/protocol/health.schema.ts';
import type { IncidentQuery } from '../health.ts';

/** Who looks no more at a check, and since when (ms since 1970). */
export type Pause = NonNullable<CheckStatus['paused']>;

/** The window that a check is in. */
export type Maintenance = NonNullable<CheckStatus['maintenance']>;

/** The first of the results in a row that led to a state. */
export interface Began {
  /** ms since 1970. */
  readonly at: number;
  readonly reason?: string | undefined;
}

/** What a start goes on from. */
export interface Kept {
  /** What the API defined, in the order in which it was. */
  readonly definitions: readonly CheckInput[];
  /** What was known of a check, by check: as it was handed to `judged`, through JSON. */
  readonly judged: ReadonlyMap<string, unknown>;
  readonly paused: ReadonlyMap<string, Pause>;
  /** Incidents that are open, by check; also of checks that are no more. */
  readonly incidents: ReadonlyMap<string, Incident>;
}

/**
 * Keeps what must outlive the process. What is told by `judged`, `observed` and `forget` is written behind, never in the
 * way of a run: a word or an incident that changed at the end of the turn, all else within `healthPersistIntervalMs`.
 * While the database refuses, it waits and is told again, which is said once. All that returns a promise is durable when
 * it resolves; when it rejects, nothing has changed.
 */
export interface HealthRecord {
  /**
   * Reads what was kept. Once, before all else. The time since the last sign of life is unknown in every history, up to
   * the first result that a check has in this run. @throws the database's own.
   */
  load(): Promise<Kept>;
  /** What is known of a check now: plain data, that does not change any more. Before `observed`. */
  judged(check: string, value: object): void;
  /**
   * A check as it is shown now. To be told after each result and each other change: the record compares by itself, and
   * once too often costs nothing. Opens the check's incident when its word is degraded or down of its own (not
   * `causedBy` another), worsens it, and ends it when its state is up. Maintenance, a pause, and a parent that is down
   * leave an open one open.
   * @param began what the state of its own probe began with; absent: `since` and `reason` of the status.
   * @returns the incident that is open.
   */
  observed(status: CheckStatus, began?: Began): Incident | undefined;
  /** The check is no more: its incident ends, what was known of it goes, and its history from now on is unknown. */
  forget(check: string): void;
  openIncident(check: string): Incident | undefined;
  /** Newest first. */
  incidents(query: IncidentQuery): Promise<readonly Incident[]>;
  /** @throws WaooawError `not_found`, `conflict` when it has ended. */
  acknowledge(incident: string, by: string, note?: string): Promise<Incident>;
  /** @throws WaooawError `not_found`, `note_limit`. */
  addNote(incident: string, by: string, text: string): Promise<Incident>;
  /**
   * @param days 1 to 90, one segment of 24 hours each, counted back from now.
   * @param now ms since 1970.
   */
  history(check: string, days: number, now: number): Promise<CheckHistory>;
  pause(check: string, by: string): Promise<Pause>;
  resume(check: string): Promise<void>;
  saveDefinition(check: CheckInput, by: string): Promise<void>;
  deleteDefinition(check: string): Promise<void>;
  /** Those that are not over, and those that ended lately: the file's first, then in the order in which they were made. */
  windows(): readonly MaintenanceWindow[];
  /** Replaces the windows of the file. @throws WaooawError `bad_request`; then nothing has changed. */
  setFileWindows(windows: readonly FileWindow[]): void;
  /** @throws WaooawError `bad_request`, `window_limit`. */
  addWindow(window: NewMaintenance, by: string): Promise<MaintenanceWindow>;
  /** Ends a window now, and its recurrences. @throws WaooawError `not_found`, `read_only`. */
  endWindow(id: string): Promise<MaintenanceWindow>;
  /** The window that a check is in; of several, the one that ends last. Its end is that of this recurrence. */
  windowOf(check: string, tags: Readonly<Record<string, string>>, now: number): Maintenance | undefined;
  /** When a window begins or ends next, ms since 1970. */
  nextChangeAt(now: number): number | undefined;
  /** Resolves when all that was told is durable. Rejects with the database's own error. */
  flush(): Promise<void>;
  /** Writes what waits, and the last sign of life. */
  close(): Promise<void>;
}
