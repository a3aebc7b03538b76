/** What is left of an instance whose shim is gone: verified, and ended, as nobody holds its output and its exit any more. */
import { realpathSync } from 'node:fs';
import { Family } from './family.ts';
import { isRunning } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';
import { workingFolderOf } from './proc.ts';
import { writeRun } from './record.ts';
import type { RunRecord } from './record.ts';

/**
 * Ends what is verified to be of this run, and nothing else.
 * @returns the record of its end: `exited` when it was this that ended it, `lost` when nobody saw how it ended.
 */
export async function endRemains(
  folder: string,
  record: RunRecord,
  now: number,
  onError: (error: unknown) => void,
): Promise<RunRecord> {
  // A shim that was killed while it started its program had no time to say who that is; the mark does.
  const family = new Family(record.process ?? record.shim, record.mark, false);
  const wasRunning = family.members().some(({ pid }) => pid === record.process?.pid);
  for (const { pid } of await family.kill()) {
    onError(new Error(`Process ${pid} is left, and cannot be ended from here`));
  }
  const over: RunRecord = {
    ...record,
    state: wasRunning ? 'exited' : 'lost',
    exit: { at: now, ...(wasRunning && { signal: 'SIGKILL' }) },
  };
  try {
    writeRun(folder, over);
  } catch (error) {
    onError(error);
  }
  return over;
}

/** True when that process is the shim of the instance in this folder, and nobody else who has its pid. */
export function isShimOf(folder: string, shim: ProcessIdentity): boolean {
  try {
    return isRunning(shim) && workingFolderOf(shim.pid) === realpathSync(folder);
  } catch {
    // The folder is not there any more: nobody works in it.
    return false;
  }
}
