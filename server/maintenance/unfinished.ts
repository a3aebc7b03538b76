/** A data folder into which a backup was being restored when that was broken off. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WaooawError } from '../../src/protocol/index.ts';
import { RESTORING } from './layout.ts';

/** @throws WaooawError `restore_unfinished`: a server that began there would go on with part of what there was. */
export function refuseUnfinished(dataDir: string): void {
  if (!existsSync(join(dataDir, RESTORING))) return;
  throw new WaooawError(
    'restore_unfinished',
    `A restore into ${dataDir} was broken off. Empty the folder, and restore the backup again.`,
  );
}
