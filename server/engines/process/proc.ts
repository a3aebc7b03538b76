/** What the kernel tells of processes under `/proc`. Elsewhere than on Linux it tells nothing, and nothing is assumed. */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';

/** Ticks of the kernel's clock in a second: the same on every Linux that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** A process, as `/proc/<pid>/stat` shows it. */
export interface ProcessStat {
  readonly pid: number;
  /** It has ended, and only its parent has not looked yet. */
  readonly zombie: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** In the kernel's ticks since the machine started. */
  readonly startTime: number;
  /** Of itself, and of those children that ended and were looked at, s. */
  readonly cpuSeconds: number;
}

/** The machine's start; undefined where the system does not tell. */
export function readBootId(): string | undefined {
  return readProc('/proc/sys/kernel/random/boot_id')?.trim();
}

/** Undefined when nobody has this pid, or the system does not tell. */
export function readStat(pid: number): ProcessStat | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is a name that may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (place: number) => Number(fields[place - 3]);
  return {
    pid,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    parent: field(4),
    group: field(5),
    session: field(6),
    startTime: field(22),
    cpuSeconds: (field(14) + field(15) + field(16) + field(17)) / TICKS_PER_SECOND,
  };
}

/** Every pid that is in use. */
export function listPids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Its children, of whichever of its threads. */
export function childrenOf(pid: number): readonly number[] {
  const children: number[] = [];
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readProc(`/proc/${pid}/task/${thread}/children`) ?? '';
      children.push(...text.split(' ').filter(Boolean).map(Number));
    }
  } catch {
    // It ended in between.
  }
  return children;
}

/** True when it was started with this variable, and belongs to the user that asks. */
export function hasVariable(pid: number, name: string, value: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return false;
  } catch {
    return false;
  }
  return `\0${readProc(`/proc/${pid}/environ`) ?? ''}\0`.includes(`\0${name}=${value}\0`);
}

/** Where it works; undefined when it may not be seen. */
export function workingFolderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Resident memory, bytes; 0 when it has none any more. */
export function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s*(\d+) kB$/m.exec(readProc(`/proc/${pid}/status`) ?? '') ?? [];
  return Number(kilobytes) * 1_024;
}

/** Undefined when it is not there, may not be read, or ended in between. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
