/** Checkpoints that somebody kept: a file of signed notes, one after the other. */
import { readFile } from 'node:fs/promises';
import { CommandFailed } from './api.ts';
import type { Output } from './command.ts';

const SIGNATURE = '— ';

/**
 * @param path of the file. What the server put aside when it had grown too large, `<path>.1`, is read before it.
 * @returns their notes, as they have them. @throws CommandFailed where one cannot be read, or there is no note.
 */
export async function readCheckpoints(path: string, output: Output): Promise<readonly string[]> {
  const aside = await textOf(`${path}.1`, true);
  const text = await textOf(path, aside !== undefined);
  const found = [aside ?? '', text ?? ''].map(notesOf);
  const torn = found.reduce((sum, part) => sum + part.torn, 0);
  if (torn > 0)
    output.note(`${path} has ${torn} checkpoints that were torn, by a crash perhaps; they are passed over.`);
  const notes = found.flatMap((part) => part.notes);
  if (notes.length > 0) return notes;
  throw new CommandFailed(`${path} has no checkpoint`);
}

/** @param mayLack there need not be such a file: then it is undefined. */
async function textOf(path: string, mayLack: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (mayLack && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandFailed(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** A checkpoint has no empty line but the one before its signatures. */
function notesOf(text: string): { readonly notes: readonly string[]; readonly torn: number } {
  const blocks = text.split(/\n{2,}/).filter((block) => block.trim() !== '');
  const notes: string[] = [];
  let torn = 0;
  let open: string | undefined;
  for (const block of blocks) {
    const signed = block.startsWith(SIGNATURE);
    if (signed === (open === undefined)) torn++;
    if (signed && open !== undefined) notes.push(`${open.replace(/^\n/, '')}\n\n${block.trimEnd()}\n`);
    open = signed ? undefined : block;
  }
  return { notes, torn: torn + (open === undefined ? 0 : 1) };
}
