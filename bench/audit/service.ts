/** The audit service over a log, as a log: what a service's own `record` takes, with its checks, redaction, salts and leaf. */
import { join } from 'node:path';
import { createSystemClock } from '../../server/engines/system/clock.ts';
import type { SqliteFile } from '../../server/engines/sqlite/database.ts';
import type { Appended, AuditLog } from '../../server/ports/audit-log.ts';
import { createAudit } from '../../server/services/audit/index.ts';

const NOBODY = { wants: () => false, publish: () => undefined };

/** Runs work with the service in the place of the log: each row is recorded anew as an event. */
export async function withService<T>(
  { auditLog }: SqliteFile,
  folder: string,
  work: (log: Pick<AuditLog, 'append'>) => Promise<T>,
): Promise<T> {
  const audit = createAudit({
    clock: createSystemClock(),
    publisher: NOBODY,
    origin: 'bench/audit',
    keyFile: join(folder, 'audit-key.json'),
    checkpointFile: join(folder, 'audit-checkpoints.txt'),
    onError: (error, what) => console.error(what, error),
  });
  await audit.start(auditLog);
  try {
    return await work({
      async append(rows) {
        for (const { facts } of rows) {
          const { time: _, ...event } = facts;
          await audit.record(event);
        }
        return undefined as unknown as Appended;
      },
    });
  } finally {
    await audit.close();
  }
}
