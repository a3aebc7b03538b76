/** Checks the audit trail of a database file. */
import { WaooawError } from '../src/protocol/index.ts';
import { CommandFailed } from './api.ts';
import type { Output } from './command.ts';

/** @throws ProofFailed naming the first bad entry; CommandFailed where the file cannot be read. */
export async function verifyFile(
  path: string,
  verifiers: readonly string[],
  kept: readonly string[],
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
  output.print(
    size < first
      ? `Verified: there is no entry${pruned}.`
      : `Verified: entries ${first} to ${size}${pruned}, against ${checkpoints} checkpoints.`,
  );
  if (signed < size) output.note(`The last ${size - signed} of them are in no checkpoint yet.`);
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
