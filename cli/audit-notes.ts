/** Checkpoints that somebody kept: a file of signed notes, one after the other. */
import { readFile } from 'node:fs/promises';
import { CommandFailed } from './api.ts';
import type { Output } from './command.ts';

const SIGNATURE = '— ';

/** @returns the notes of the file, as it has them. @throws CommandFailed where it cannot be read, or has none. */
export async function readCheckpoints(path: string, output: Output): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${path} cannot be read: ${(error as Error).message}`);
  }
  const { notes, torn } = notesOf(text);
  if (torn > 0)
    output.note(`${path} has ${torn} checkpoints that were torn, by a crash perhaps; they are passed over.`);
  if (notes.length > 0) return notes;
  throw new CommandFailed(`${path} has no checkpoint`);
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
