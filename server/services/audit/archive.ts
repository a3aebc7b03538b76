/** Retention: whole segments that are old enough go into an archive that proves itself, and only then out of the database. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { VIA_TAG } from '../../../src/protocol/audit.schema.ts';
import type { Json } from '../../../src/protocol/index.ts';
import { SEGMENT_ROWS } from '../../ports/audit-log.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Serial } from '../../serial.ts';
import { SYSTEM } from './actor.ts';
import { ArchiveFolder, fileHash, segmentName } from './archive-file.ts';
import type { Segment } from './archive-file.ts';
import type { Audit } from './index.ts';

/** How often is looked for what is old enough, ms. */
const LOOK_EVERY_MS = 3_600_000;
/** Newest entries among which that of a segment is looked for: behind more than these it is said again. */
const LOOKED_AT = 100;

/** What retention needs. */
export interface ArchiveDeps {
  readonly audit: Audit;
  readonly clock: Clock;
  /** Made when it is first needed, for this user only. */
  readonly folder: string;
  /** How long entries stay in the database at least, ms. 0: for ever. */
  readonly keepMs: number;
  /** Told of what goes wrong; it is tried again an hour later. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Retention. */
export interface Archive {
  /** Looks at once, and every hour. Begins nothing where entries are kept for ever. The trail must be open. */
  start(): void;
  /**
   * Archives and prunes what is old enough now.
   * @returns segments that were pruned.
   * @throws whatever stood in the way; what was not pruned is in the database as before.
   */
  run(): Promise<number>;
  /** Breaks off what is under way: it is done again at the next start. */
  close(): Promise<void>;
}

/**
 * Puts retention together. A segment is written, synced, read back and verified, recorded in the trail, and pruned, in this order: after
 * a crash at any of these steps the next run takes up there, and at no time are entries in neither place.
 */
export function createArchive({ audit, clock, folder, keepMs, onError }: ArchiveDeps): Archive {
  const files = new ArchiveFolder(audit, folder);
  const runs = new Serial();
  const closing = new AbortController();
  let timer: Timer | undefined;

  /** The oldest segment, where all of it is old enough and something newer stays. */
  const due = async (): Promise<Segment | undefined> => {
    const first = await audit.log.first();
    const last = first - 1 + SEGMENT_ROWS;
    const { size } = await audit.log.head();
    if (size <= last) return undefined;
    const keptFrom = (clock.now() - keepMs) * 1_000;
    const final = await audit.log.get(last);
    if (!final || final.facts.time >= keptFrom) return undefined;
    // Where the clock was set back, the last entry is not the newest.
    const [newer] = await audit.log.find({ from: keptFrom }, { before: last + 1, limit: 1 });
    return newer && newer.sequence >= first ? undefined : { first, last };
  };

  const archive = async (segment: Segment): Promise<void> => {
    await files.keep(segment, closing.signal);
    await recordOnce(audit, segment, files.pathOf(segment));
    closing.signal.throwIfAborted();
    await audit.log.prune(segment.last + 1);
  };

  const runOnce = async (): Promise<number> => {
    if (keepMs === 0) return 0;
    for (let count = 0; ; count += 1) {
      const segment = await due();
      if (!segment) return count;
      await archive(segment);
    }
  };

  const look = (): void => {
    runs.run(runOnce).catch((error: unknown) => {
      if (!closing.signal.aborted) onError(error, 'a segment of the audit trail was not archived');
    });
  };

  return {
    start() {
      if (keepMs === 0 || timer) return;
      timer = clock.every(LOOK_EVERY_MS, look);
      look();
    },
    run: () => runs.run(runOnce),
    async close() {
      timer?.cancel();
      closing.abort();
      await runs.run(() => Promise.resolve());
    },
  };
}

/**
 * Says where the entries went, before they go: once, also after a crash between the two. What others say of it, over the API, or of
 * another file, does not count.
 */
async function recordOnce(audit: Audit, segment: Segment, path: string): Promise<void> {
  const resource = { type: 'audit', id: segmentName(segment) };
  const sha256 = await fileHash(path);
  const said = await audit.log.find(
    { action: ['archive'], resourceType: ['audit'], resourceId: [resource.id] },
    { limit: LOOKED_AT },
  );
  if (said.some(({ facts }) => facts.tags?.[VIA_TAG] === undefined && sha256Of(facts.details) === sha256))
    return;
  const { size } = await stat(path);
  await audit.record({
    actor: SYSTEM,
    action: 'archive',
    level: 'info',
    resource,
    result: 'success',
    details: { ...segment, file: basename(path), bytes: size, sha256 },
  });
}

function sha256Of(details: Json | undefined): Json | undefined {
  return typeof details === 'object' && details && 'sha256' in details ? details['sha256'] : undefined;
}
