/** How long does it take to verify a whole audit trail? Every leaf hashed anew, and the tree over them. */
import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { newSeed, saltsOf } from '../server/services/audit/salts.ts';
import { verifyDatabase } from '../server/verify.ts';
import { formatCheckpoint, type Hash, leafOf, noteOf } from '../src/proof/index.ts';
import { fill, withLog } from './audit/with-log.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { round, show, showSpread, summarize } from './lib/stats.ts';

const ORIGIN = 'bench';
/** One signature takes no time: none is checked. */
const UNSIGNED = { name: ORIGIN, id: '00000000', signature: new Uint8Array(64) };
const platformHash: Hash = (bytes) => hash('sha256', bytes, 'buffer');

/** Runs the bench. */
export async function auditVerify({ quick }: RunOptions): Promise<Report> {
  const [count, times] = quick ? [100_000, 1] : [1_000_000, 3];
  return withLog(
    async (file, path) => {
      await fill(file, count, (facts) => {
        const seed = newSeed();
        return { facts, seed, leaf: leafOf(facts, saltsOf(seed), platformHash) };
      });
      const { size, root } = await file.auditLog.head();
      await file.auditLog.saveCheckpoint({
        size,
        text: noteOf(formatCheckpoint(ORIGIN, size, root), [UNSIGNED]),
        at: 0,
      });
      const bytesPerEntry = (await file.auditLog.bytes()) / count;
      const seconds: number[] = [];
      for (let i = 0; i < times; i += 1) {
        const started = performance.now();
        const { signed } = await verifyDatabase(path, { verifiers: [], kept: [] });
        seconds.push(round((performance.now() - started) / 1_000));
        if (signed !== count) throw new Error(`verified ${signed} of ${count} entries`);
      }
      const summary = summarize(seconds);
      return {
        tables: [
          {
            id: 'audit-verify',
            title: `The whole of ${count.toLocaleString('en')} entries of 300 B, ${availableParallelism()} processors`,
            head: ['Seconds', 'entries a second', 'bytes an entry, without an index'],
            rows: [[showSpread(summary), show(count / summary.median), show(bytesPerEntry)]],
          },
        ],
        raw: { count, seconds, bytesPerEntry: round(bytesPerEntry, 1) },
      };
    },
    { auditIndex: false },
  );
}
