/** Makes a file's name as durable as its content. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Syncs the folder of a file that was made or renamed: its name is to outlast a power cut as well as its content does. */
export async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
