/** Checks the whole audit trail of a running server: what it hands out, and that it continues what it signed before. */
import {
  ProofFailed,
  fromBase64,
  parseCheckpoint,
  verifyCheckpoint,
  verifyConsistency,
  verifyExport,
} from '../src/proof/index.ts';
import type { Checkpoint, VerifiedExport } from '../src/proof/index.ts';
import type { AuditConsistency } from '../src/protocol/index.ts';
import { ask, askStream } from './api.ts';
import type { Server } from './api.ts';
import type { Output } from './command.ts';
import { platformHash } from './platform-hash.ts';

/** Kept checkpoints that are each asked for a proof: the largest. */
const MAX_ASKED = 100;

/**
 * @param kept checkpoints of this server that were kept elsewhere.
 * @throws ProofFailed naming the first bad entry, or what was cut off; CommandFailed.
 */
export async function verifyServer(
  server: Server,
  verifiers: readonly string[],
  kept: readonly string[],
  output: Output,
): Promise<void> {
  const pieces = askStream(server, '/api/audit/export?format=ndjson', 'application/x-ndjson');
  const found = await verifyExport(pieces, 'ndjson', verifiers, { hash: platformHash });
  const first = checkWhole(found);
  const asked = await checkContinues(server, found.checkpoint, verifiers, kept);
  const { origin, size } = found.checkpoint;
  output.print(`Verified: entries ${first} to ${size} of ${origin}.`);
  if (first > 1) output.print(`Those before ${first} were archived and pruned: check their archives.`);
  if (asked > 0) output.print(`They continue ${asked} of the kept checkpoints, the largest ones.`);
}

/** Where each entry has its own path, one that was left out would not show. */
function checkWhole({ checkpoint, count, first = 1, last = 0, query }: VerifiedExport): number {
  if (Object.keys(query as object).length > 0) {
    throw new ProofFailed('inconsistent', 'The server has not handed out the whole trail, but a selection');
  }
  if (last === checkpoint.size && count === last - first + 1) return first;
  const message = `Of the entries ${first} to ${checkpoint.size} the server has handed out ${count}, up to ${last}`;
  throw new ProofFailed('inconsistent', message);
}

/** @returns how many checkpoints were asked for. */
async function checkContinues(
  server: Server,
  now: Checkpoint,
  verifiers: readonly string[],
  kept: readonly string[],
): Promise<number> {
  const known = kept.map((note) => ({ note, checkpoint: parseCheckpoint(note) }));
  known.sort((one, other) => other.checkpoint.size - one.checkpoint.size);
  const [largest] = known;
  if (!largest) return 0;
  // Those before it may be signed by keys that were replaced.
  verifyCheckpoint(largest.note, verifiers);
  if (largest.checkpoint.size > now.size) {
    throw new ProofFailed(
      'inconsistent',
      `The trail has ${now.size} entries, and ${largest.checkpoint.size} were signed: its end was cut off`,
    );
  }
  const asked = known.slice(0, MAX_ASKED);
  for (const { checkpoint } of asked) {
    const path = await consistencyOf(server, checkpoint.size, now.size);
    const { size: first, root: firstRoot } = checkpoint;
    const continues = verifyConsistency({ first, second: now.size, firstRoot, secondRoot: now.root, path });
    if (continues && checkpoint.origin === now.origin) continue;
    throw new ProofFailed(
      'inconsistent',
      `The trail does not continue the kept checkpoint of ${first} entries: one of entries 1 to ${first} is another now`,
    );
  }
  return asked.length;
}

async function consistencyOf(server: Server, first: number, second: number): Promise<readonly Uint8Array[]> {
  // Every tree continues the empty one, and itself.
  if (first === 0 || first === second) return [];
  const route = `/api/audit/consistency?first=${first}&second=${second}`;
  const { path } = await ask<AuditConsistency>(server, 'GET', route);
  return path.map(fromBase64);
}
