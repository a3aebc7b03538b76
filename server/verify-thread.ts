/** A thread of `verify.ts`: hashes the rows that it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { openAuditTrail } from './engines/sqlite/audit-trail.ts';
import { TrailFailed, checkedLeaves } from './services/audit/row-leaf.ts';
import type { Hashed, Portion, VerifyData } from './verify-messages.ts';

const { path } = workerData as VerifyData;
const trail = openAuditTrail(path);

parentPort!.on('message', (portion: Portion) => parentPort!.postMessage(hashed(portion)));

function hashed({ from, below }: Portion): Hashed {
  try {
    return { leaves: Buffer.concat(checkedLeaves(trail.rows(from), from, below)) };
  } catch (error) {
    if (!(error instanceof TrailFailed)) throw error;
    const { fault, message, sequence } = error;
    return { failed: { fault, message, sequence } };
  }
}
