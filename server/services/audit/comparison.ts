/** Compares the tree with everything that was ever signed of it and kept. */
import { parseCheckpoint, verifyCheckpoint } from '../../../src/proof/index.ts';
import type { Checkpoint } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditLog, CheckpointRow } from '../../ports/audit-log.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { KeyRing } from './keys.ts';
import { Sample } from './sample.ts';

/** Bytes of an Ed25519 signature: a shorter one was torn. */
const SIGNATURE_BYTES = 64;

/** What it needs. */
export interface ComparisonDeps {
  readonly log: AuditLog;
  readonly keys: KeyRing;
  readonly file: CheckpointFile;
  readonly origin: string;
}

/** What was found. */
export interface Compared {
  /** Entries in the tree; of a tree that is not whole the sequence of its last row. */
  readonly size: number;
  /** The newest checkpoint of the database that the tree continues. */
  readonly newest?: CheckpointRow;
  /** How the tree contradicts what was signed. */
  readonly contradiction?: string;
  /** Why the tree cannot be gone on with: rows of it are lost. */
  readonly broken?: string;
  /** Why the file could not be compared. */
  readonly unread?: string;
  /** The database knows of checkpoints, and the file has none. */
  readonly emptied?: boolean;
}

/** Compares. @throws WaooawError the log's own, but for a tree that is not whole. */
export async function compared(deps: ComparisonDeps): Promise<Compared> {
  const { log, file } = deps;
  const [newest] = await log.checkpoints(1);
  let size: number;
  try {
    ({ size } = await log.head());
  } catch (error) {
    const broken = lossOf(error);
    const [last] = await log.find({}, { limit: 1 });
    return { size: last?.sequence ?? 0, broken, ...(newest && { newest }) };
  }
  const inDatabase = newest && (await againstNote(deps, newest.text, size, 'signed'));
  let inFile: Awaited<ReturnType<typeof againstKept>> & { readonly unread?: string };
  try {
    inFile = await againstKept(deps, file.notes(), size);
  } catch (error) {
    if (error instanceof WaooawError) throw error;
    inFile = { notes: 0, unread: `The checkpoint file cannot be read: ${(error as Error).message}` };
  }
  const { notes, unread } = inFile;
  // What only the database knows is kept in the file too: the next checkpoint there would bury it.
  if (newest && inDatabase !== undefined && inFile.against === undefined && unread === undefined)
    await file.append(newest.text).catch((error: unknown) => {
      inFile = { ...inFile, unread: `The checkpoint file cannot be written: ${(error as Error).message}` };
    });
  const contradiction = inDatabase ?? inFile.against;
  return {
    size,
    ...(newest && inDatabase === undefined && { newest }),
    ...(contradiction !== undefined && { contradiction }),
    ...(unread !== undefined && { unread }),
    ...(newest && notes === 0 && unread === undefined && { emptied: true }),
  };
}

/** How the tree contradicts notes that were kept. All are read, and as many compared as tell a tree that was cut off or exchanged. */
export async function againstKept(
  deps: Pick<ComparisonDeps, 'log' | 'keys' | 'origin'>,
  kept: AsyncIterable<string>,
  size: number,
): Promise<{ readonly notes: number; readonly against?: string }> {
  const sample = new Sample();
  let notes = 0;
  for await (const note of kept) {
    const claimed = sizeOf(note);
    if (claimed === undefined) continue;
    notes += 1;
    sample.take(claimed, note);
  }
  for (const note of sample.notes()) {
    const against = await againstNote(deps, note, size, 'kept');
    if (against !== undefined) return { notes, against };
  }
  return { notes };
}

/** @param how it came to us: signed by the database’s account, or kept in the file. */
async function againstNote(
  { log, keys, origin }: Pick<ComparisonDeps, 'log' | 'keys' | 'origin'>,
  note: string,
  has: number,
  how: 'signed' | 'kept',
): Promise<string | undefined> {
  const where = how === 'kept' ? 'of the file' : 'of the database';
  const checkpoint = verified(note, keys, origin);
  if (checkpoint === 'torn') return undefined;
  if (checkpoint === 'foreign') return `a checkpoint ${where} was signed by no key of ours`;
  const { size, root } = checkpoint;
  if (size > has)
    return `a checkpoint of ${size} entries was ${how}, and the trail has ${has}: its end was cut off`;
  try {
    if (Buffer.compare(await log.root(size), root) === 0) return undefined;
  } catch (error) {
    return lossOf(error);
  }
  return `the first ${size} entries are not those that a checkpoint was ${how} of`;
}

/** A note that breaks off within a signature is as little worth as one that breaks off before it, and no worse. */
function verified(note: string, keys: KeyRing, origin: string): Checkpoint | 'torn' | 'foreign' {
  let read: Checkpoint;
  try {
    read = parseCheckpoint(note);
  } catch {
    return 'torn';
  }
  if (read.signatures.some(({ name, signature }) => name === origin && signature.length !== SIGNATURE_BYTES))
    return 'torn';
  if (read.origin !== origin) return 'foreign';
  try {
    return verifyCheckpoint(
      note,
      keys.list().map(({ verifier }) => verifier),
    );
  } catch {
    return 'foreign';
  }
}

/** What it says of itself, not believed yet; undefined for what is no checkpoint. */
function sizeOf(note: string): number | undefined {
  const [, size = ''] = note.split('\n', 2);
  return /^\d{1,16}$/.test(size) ? Number(size) : undefined;
}

/** @throws what is no loss of rows. */
function lossOf(error: unknown): string {
  if (error instanceof WaooawError && error.code === 'database_failed') return error.message;
  throw error;
}
