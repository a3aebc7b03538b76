/** Who a process is: a pid alone may belong to somebody else by now. */
import { readBootId, readStat } from './proc.ts';

/** A process, told apart from every other that ever had its pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the kernel's ticks since the machine started: field 22 of `/proc/<pid>/stat`. */
  readonly startTime: number;
  /** Of the machine's start, as pids and ticks begin anew with it. */
  readonly bootId: string;
}

/** Who has this pid now; undefined when nobody does, or only a zombie, or the system does not tell. */
export function identify(pid: number): ProcessIdentity | undefined {
  return readStat(pid)?.zombie === false ? identifyChild(pid) : undefined;
}

/** The same of a child of ours that was not reaped yet: it may have ended already, and its pid is still its own. */
export function identifyChild(pid: number): ProcessIdentity | undefined {
  const startTime = readStat(pid)?.startTime;
  const bootId = readBootId();
  return bootId === undefined || startTime === undefined ? undefined : { pid, startTime, bootId };
}

/** True when that very process still runs. False as well when it cannot be told: who is not verified is not signalled. */
export function isRunning({ pid, startTime, bootId }: ProcessIdentity): boolean {
  const now = identify(pid);
  return now !== undefined && now.startTime === startTime && now.bootId === bootId;
}

/** For journals and people; never parsed. */
export function describeIdentity({ pid, startTime, bootId }: ProcessIdentity): string {
  return `pid:${pid}:start:${startTime}:boot:${bootId}`;
}
