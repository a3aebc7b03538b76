/** What the health service offers to routes, hosts and the composition root. */
import type {
  CheckHistory,
  CheckStatus,
  CheckWord,
  HealthSummary,
  Incident,
  MaintenanceWindow,
} from '../../../src/protocol/index.ts';
import type { CheckInput, NewMaintenance } from '../../../src/protocol/health.schema.ts';
import type { Database } from '../../ports/database.ts';
import type { HealthGate } from '../../ports/health-gate.ts';
import type { Namespace } from '../../ports/publisher.ts';
import type { TagSource } from '../../ports/tag-source.ts';

/** Which incidents are asked for. */
export interface IncidentQuery {
  readonly check?: string;
  /** Open, or ended; both by default. */
  readonly open?: boolean;
  /** Those that began before, ms since 1970. */
  readonly before?: number;
  /** 1 to 1,000, default 100. */
  readonly limit?: number;
}

/** The checker's account of itself. */
export interface HealthStats {
  readonly checks: number;
  /** Checks by what they are shown as; a word that none has is absent. */
  readonly words: Readonly<Partial<Record<CheckWord, number>>>;
  readonly flapping: number;
  readonly running: number;
  readonly waiting: number;
  /** Runs that ended, by what they found. */
  readonly runs: Readonly<Record<'up' | 'degraded' | 'down' | 'none', number>>;
  /** Runs left out because the one before was not over. */
  readonly overruns: number;
  /** Runs whose time was over before the probe let go: it still holds its slot. */
  readonly stuck: number;
  /** How late runs began against their grid in the last minute, ms, 99th percentile. */
  readonly skewP99Ms: number;
  /** Attempts to mend something since the start: begun, failed, and put off because of too many others. */
  readonly remediations: number;
  readonly failedRemediations: number;
  readonly heldRemediations: number;
}

/** The service. All that changes something rejects with `unavailable` before `start`. */
export interface Health extends HealthGate {
  /** The `health` and `health/<check>` channels, for the broadcaster. */
  readonly namespace: Namespace;
  /** The `health/tag/<tag>=<value>` channels, likewise: they are there while somebody follows them. */
  readonly tagNamespace: Namespace;
  /** The checks' tags, with the state of each check. */
  readonly tagSource: TagSource;
  /** The worst state of the critical checks, and every check; with `tags`, of those that carry them. */
  summary(tags?: Readonly<Record<string, string>>): HealthSummary;
  /** @throws WaooawError `not_found`. */
  check(id: string): CheckStatus;
  /** Its past. @param days 1 to 90, one segment each. @throws WaooawError `not_found`. */
  history(id: string, days: number): Promise<CheckHistory>;
  /** Newest first. */
  incidents(query: IncidentQuery): Promise<readonly Incident[]>;
  /** @throws WaooawError `not_found`, `conflict` when it has ended. */
  acknowledge(incident: string, by: string, note?: string): Promise<Incident>;
  /** @throws WaooawError `not_found`, `note_limit`. */
  addNote(incident: string, by: string, text: string): Promise<Incident>;
  /** What the API defined. Secrets are left out. */
  definitions(): readonly CheckInput[];
  /** @throws WaooawError `conflict` for an id in use, `check_limit`, `bad_request` for a cycle or an unknown dependency. */
  create(check: CheckInput, by: string): Promise<CheckStatus>;
  /** Its past and what its last results say go on. @throws WaooawError `not_found`, `read_only`, `bad_request`. */
  replace(check: CheckInput, by: string): Promise<CheckStatus>;
  /** @throws WaooawError `not_found`, `read_only`, `conflict` while another check depends on it. */
  remove(id: string): Promise<void>;
  /** Looks no more until it is resumed. @throws WaooawError `not_found`. */
  pause(id: string, by: string): Promise<CheckStatus>;
  resume(id: string): Promise<CheckStatus>;
  /** Looks once now, beside the grid, and answers with what became of it. @throws WaooawError `not_found`, `conflict` while it runs or is paused. */
  run(id: string): Promise<CheckStatus>;
  /** A heartbeat came in. @throws WaooawError `not_found`. */
  beat(id: string): void;
  /** Those that are not over, and those that ended lately. */
  windows(): readonly MaintenanceWindow[];
  /** @throws WaooawError `bad_request`, `window_limit`. */
  addWindow(window: NewMaintenance, by: string): Promise<MaintenanceWindow>;
  /** Ends a window now, and its recurrences. @throws WaooawError `not_found`, `read_only`. */
  endWindow(id: string): Promise<MaintenanceWindow>;
  stats(): HealthStats;
  /** Reads the file and what was kept, and begins to look. @throws WaooawError `bad_config`; the database's own. */
  start(database: Database): Promise<void>;
  /** Stops looking; resolves once nothing runs and nothing is written any more. */
  close(): Promise<void>;
}
