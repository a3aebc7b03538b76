/** What is kept of an instance on disk, in a file that only its shim writes while that lives. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { InstanceExit, InstanceState } from '../../../src/protocol/index.ts';
import type { Instance, InstanceSpec } from '../../ports/agent-runtime.ts';
import type { ProcessIdentity } from './identity.ts';
import { describeIdentity } from './identity.ts';

/** A run of an instance: from one start to its end. */
export interface RunRecord {
  /** Of this record's form. */
  readonly form: 1;
  readonly name: string;
  /** Counts starts of this name. */
  readonly run: number;
  /** Value of the mark that all its processes carry. */
  readonly mark: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: InstanceState;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly shim: ProcessIdentity;
  /** Absent until it is started, and where the system does not tell who it is. */
  readonly process?: ProcessIdentity;
  readonly pid?: number;
  readonly port?: number;
  readonly stop: InstanceSpec['stop'];
  readonly exit?: InstanceExit;
}

const STATES: readonly unknown[] = [
  'starting',
  'running',
  'suspended',
  'exited',
  'lost',
] satisfies InstanceState[];
const FILE = /^run-(\d{1,9})\.json$/;

/** It has ended, or nothing of it is there. */
export function isOver({ state }: Pick<RunRecord, 'state'>): boolean {
  return state === 'exited' || state === 'lost';
}

/** As others see it. */
export function toInstance({
  name,
  labels,
  state,
  process,
  pid,
  startedAt,
  port,
  exit,
}: RunRecord): Instance {
  return {
    name,
    labels,
    state,
    externalId: process ? describeIdentity(process) : pid === undefined ? '' : `pid:${pid}`,
    startedAt,
    ...(pid !== undefined && !isOver({ state }) && { pid }),
    ...(port !== undefined && { port }),
    ...(exit && { exit }),
  };
}

/**
 * Claims a run: of all who try, one succeeds, whatever process they are in.
 * @returns false when somebody else has it.
 * @throws what the disk answers.
 */
export function claimRun(folder: string, record: RunRecord): boolean {
  const path = runPath(folder, record.run);
  // A name that is there has the whole record in it: whoever looks in between must not take it for a broken one.
  const draft = `${path}.${process.pid}`;
  writeWhole(draft, record);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes a claim back. */
export function releaseRun(folder: string, run: number): void {
  rmSync(runPath(folder, run), { force: true });
}

/** Replaces what is kept of a run, whole or not at all. @throws what the disk answers. */
export function writeRun(folder: string, record: RunRecord): void {
  const path = runPath(folder, record.run);
  writeWhole(`${path}.new`, record);
  renameSync(`${path}.new`, path);
}

/** Forgets what is kept of earlier runs. */
export function forgetRunsBefore(folder: string, run: number): void {
  for (const earlier of runsIn(folder)) if (earlier < run) releaseRun(folder, earlier);
}

/** Number of the last run; 0 when there was none. */
export function lastRun(folder: string): number {
  return Math.max(0, ...runsIn(folder));
}

/** False when its record was taken away; a disk that fails says nothing. */
export function hasRun(folder: string, run: number): boolean {
  try {
    return statSync(runPath(folder, run), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** Undefined when it is not there, or cannot be understood. */
export function readRun(folder: string, run: number): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(runPath(folder, run), 'utf8'));
    return isRunRecord(value) && value.run === run ? value : undefined;
  } catch {
    return undefined;
  }
}

/** That a value has the form of a record: what stands on a disk is believed no further. */
export function isRunRecord(value: unknown): value is RunRecord {
  if (!isObject(value)) return false;
  const { form, name, run, mark, labels, state, startedAt, shim, process, pid, port, stop, exit } = value;
  return (
    form === 1 &&
    typeof name === 'string' &&
    isCount(run) &&
    typeof mark === 'string' &&
    mark.length >= 32 &&
    isObject(labels) &&
    Object.values(labels).every((label) => typeof label === 'string') &&
    STATES.includes(state) &&
    isCount(startedAt) &&
    isIdentity(shim) &&
    (process === undefined || isIdentity(process)) &&
    (pid === undefined || isCount(pid)) &&
    (port === undefined || isCount(port)) &&
    isObject(stop) &&
    (exit === undefined || (isObject(exit) && isCount(exit['at'])))
  );
}

/** A pid below 2 is never ours, and as a negative one it would be everybody's. */
function isIdentity(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { pid, startTime, bootId } = value;
  return isCount(pid) && pid > 1 && isCount(startTime) && typeof bootId === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function runsIn(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const digits = FILE.exec(name)?.[1];
      return digits === undefined ? [] : [Number(digits)];
    });
  } catch {
    return [];
  }
}

function writeWhole(path: string, record: RunRecord): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    writeFileSync(fd, JSON.stringify(record));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function runPath(folder: string, run: number): string {
  return join(folder, `run-${run}.json`);
}
