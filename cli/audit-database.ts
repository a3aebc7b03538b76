/** Checks the audit trail of a database file. */
import { ProofFailed } from '../src/proof/index.ts';
import { WaooawError } from '../src/protocol/index.ts';
import { CommandFailed } from './api.ts';
import type { Output } from './command.ts';

/** What a file is checked against. */
export interface FileCheck {
  /** Pinned keys. */
  readonly verifiers: readonly string[];
  /** Checkpoints that were kept elsewhere. */
  readonly kept: readonly string[];
  /** Entries after the newest checkpoint are nobody's word, and no failure. */
  readonly allowUnsigned: boolean;
}

/** @throws ProofFailed naming the first bad or unsigned entry; CommandFailed where the file cannot be read. */
export async function verifyFile(
  path: string,
  { verifiers, kept, allowUnsigned }: FileCheck,
  output: Output,
): Promise<void> {
  const { verifyDatabase } = await engine();
  if (verifiers.length === 0) {
    output.note(
      'No --key is given: no signature is checked, and whoever can write the file could have made all of it.',
    );
  }
  const { size, first, signed, checkpoints } = await reading(() => verifyDatabase(path, { verifiers, kept }));
  const pruned = first > 1 ? `, of the ${first - 1} before them, which were pruned, their hashes` : '';
  const unsigned =
    signed < size ? `Entries ${signed + 1} to ${size} are in no checkpoint: nobody signed them` : undefined;
  if (unsigned !== undefined && !allowUnsigned) {
    const hint = 'those of a running server’s last second may be new: try again, or add --allow-unsigned';
    throw new ProofFailed('unknown_key', `${unsigned} (${hint})`);
  }
  output.print(
    signed < first
      ? `Verified: there is no signed entry${pruned}.`
      : `Verified: entries ${first} to ${signed}${pruned}, against ${checkpoints} checkpoints.`,
  );
  if (unsigned !== undefined) output.note(`${unsigned}.`);
}

/** @returns the newest checkpoint of the file. @throws CommandFailed where there is none. */
export async function newestOf(path: string): Promise<string> {
  const { newestCheckpoint } = await engine();
  const note = await reading(() => newestCheckpoint(path));
  if (note !== undefined) return note;
  throw new CommandFailed(`${path} has no checkpoint`);
}

/** The server's code is loaded by the command that needs it, so that the others answer at once. */
const engine = () => import('../server/verify.ts');

async function reading<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof WaooawError ? new CommandFailed(error.message) : error;
  }
}
