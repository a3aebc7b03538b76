/** Checks a whole trail: every row against its leaf, and the tree against every checkpoint that was kept. */
import { ProofFailed, TreeBuilder, parseCheckpoint, verifyCheckpoint } from '../../../src/proof/index.ts';
import type { Checkpoint } from '../../../src/proof/index.ts';
import type { CheckpointRow } from '../../ports/audit-log.ts';
import { TrailFailed } from './row-leaf.ts';
import { platformHash } from './platform-hash.ts';

/** A trail, read from its beginning to its end. */
export interface StoredTrail {
  /** The first sequence that was not pruned. */
  readonly first: number;
  /** Leaf hashes of the entries below `first`, in order. */
  prunedLeaves(): Iterable<Uint8Array>;
  /** Leaf hashes of all the others, made of their rows, in order. Fails with TrailFailed at the first bad row. */
  leaves(): AsyncIterable<readonly Uint8Array[]>;
  /** In any order. */
  checkpoints(): readonly CheckpointRow[];
}

/** What a trail is checked against. */
export interface TrailCheck {
  /** Keys that its largest checkpoint must be signed by, as `<name>+<id>+<base64>`. Empty: signatures are not checked. */
  readonly verifiers: readonly string[];
  /** Checkpoints that were kept elsewhere, in any order. The largest of them must be signed too. */
  readonly kept: readonly string[];
}

/** A trail in which nothing is wrong. */
export interface VerifiedTrail {
  readonly size: number;
  /** The first entry that was there to be read: of those before it, which were pruned, only the hashes were. */
  readonly first: number;
  /** Entries that the largest checkpoint counts: nobody has signed those after it. */
  readonly signed: number;
  /** Checkpoints whose root the tree had at their size. */
  readonly checkpoints: number;
}

/** A checkpoint with what it was read from. */
interface ReadCheckpoint extends Checkpoint {
  readonly note: string;
}

/**
 * Goes through the trail once, in constant memory but for its checkpoints.
 * @throws TrailFailed at the first thing that is wrong.
 */
export async function verifyTrail(
  trail: StoredTrail,
  { verifiers, kept }: TrailCheck,
): Promise<VerifiedTrail> {
  const own = trail.checkpoints().map(({ text }, at) => read(text, `Checkpoint ${at + 1} of the trail`));
  const others = kept.map((text, at) => read(text, `Checkpoint ${at + 1} of those kept elsewhere`));
  if (verifiers.length > 0) for (const list of [own, others]) checkSignature(list, verifiers);

  const checkpoints = [...own, ...others].sort((one, other) => one.size - other.size);
  const largest = checkpoints.at(-1);
  const walk = new Walk(checkpoints);
  for (const leaf of trail.prunedLeaves()) walk.append(leaf);
  if (walk.size !== trail.first - 1) {
    const message = `The hashes of ${trail.first - 1} pruned entries are needed, and ${walk.size} are there`;
    throw new TrailFailed('inconsistent', message, walk.size + 1);
  }
  for await (const leaves of trail.leaves()) for (const leaf of leaves) walk.append(leaf);

  const { size } = walk;
  if (largest && largest.size > size) {
    const lost = `${largest.size} entries were signed, and the trail has ${size}`;
    const message = `${lost}: after entry ${walk.held} some were taken out, or its end was cut off`;
    throw new TrailFailed('inconsistent', message, walk.held + 1);
  }
  // Nor is an empty trail what a pinned key says: whoever emptied it took its checkpoints, too.
  if (!largest && (size > 0 || verifiers.length > 0)) {
    const what = size > 0 ? `none of the ${size} entries was ever signed` : 'nobody signed that it is empty';
    throw new TrailFailed('unknown_key', `There is no checkpoint: ${what}`);
  }
  return { size, first: trail.first, signed: largest?.size ?? 0, checkpoints: checkpoints.length };
}

/** The tree as it grows, held to the checkpoints that it grows past. */
class Walk {
  readonly #tree = new TreeBuilder(platformHash);
  readonly #checkpoints: readonly Checkpoint[];
  #next = 0;
  /** Entries of the last checkpoint that held. */
  held = 0;

  /** @param checkpoints by their size. */
  constructor(checkpoints: readonly Checkpoint[]) {
    this.#checkpoints = checkpoints;
    this.#compare();
  }

  get size(): number {
    return this.#tree.size;
  }

  append(leaf: Uint8Array): void {
    this.#tree.append(leaf);
    this.#compare();
  }

  #compare(): void {
    for (; this.#checkpoints[this.#next]?.size === this.size; this.#next++) {
      const next = this.#checkpoints[this.#next]!;
      if (Buffer.compare(next.root, this.#tree.root()) !== 0) throw this.#differs(next.size);
      this.held = next.size;
    }
  }

  /** Row and hash were changed together: which row it is, only the checkpoints on both sides of it tell. */
  #differs(size: number): TrailFailed {
    const from = Math.min(this.held + 1, size);
    const which = from === size ? `Entry ${size}` : `One of the entries ${from} to ${size}`;
    const what = `is not what was signed: the checkpoint of ${size} entries does not hold`;
    return new TrailFailed('inconsistent', `${which} ${what}`, from);
  }
}

function read(note: string, what: string): ReadCheckpoint {
  try {
    return { ...parseCheckpoint(note), note };
  } catch (error) {
    throw named(error, what);
  }
}

/** Only of the largest: those before it may be signed by keys that were replaced, and its root holds theirs. */
function checkSignature(checkpoints: readonly ReadCheckpoint[], verifiers: readonly string[]): void {
  let largest = checkpoints[0];
  for (const checkpoint of checkpoints) if (checkpoint.size >= largest!.size) largest = checkpoint;
  if (!largest) return;
  try {
    verifyCheckpoint(largest.note, verifiers);
  } catch (error) {
    throw named(error, `The checkpoint of ${largest.size} entries`);
  }
}

function named(error: unknown, what: string): unknown {
  return error instanceof ProofFailed ? new TrailFailed(error.fault, `${what}: ${error.message}`) : error;
}
