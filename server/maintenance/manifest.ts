/** What a backup says of itself: its files with their hashes, in `manifest.json`, which is written last. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WaooawError } from '../../src/protocol/index.ts';
import { ROWS, isBackedUp } from './layout.ts';

/** The manifest's file. */
export const MANIFEST = 'manifest.json';

/** Below the folder and nowhere else: no part is empty, `.` or `..`, and nothing is absolute. */
const NAME = /^(?!\/)(?!.*\/$)(?!.*\/\/)(?!(.*\/)?\.{1,2}(\/|$))[^\0\\]+$/;

const file = z.strictObject({
  name: z.string().max(4_096).regex(NAME).refine(isBackedUp, 'no backup holds a file of this name'),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifest = z.strictObject({
  waooaw: z.literal('backup'),
  version: z.literal(1),
  release: z.string(),
  createdAt: z.iso.datetime(),
  schemas: z.record(z.string(), z.int().min(0)),
  storage: z.boolean(),
  files: z.array(file).min(1),
});

/** One file of a backup. */
export type BackupFile = z.infer<typeof file>;

/** What a backup says of itself. */
export type Manifest = z.infer<typeof manifest>;

/** @throws WaooawError `bad_backup` where the folder is no backup, or one that was not finished. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? `it has no ${MANIFEST}` : cause.message;
    throw new WaooawError('bad_backup', `${folder} is no backup: ${why}`, { cause });
  });
  const parsed = manifest.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new WaooawError(
      'bad_backup',
      `${join(folder, MANIFEST)} is no manifest: /${issue?.path.join('/')}: ${issue?.message}`,
    );
  }
  const names = parsed.data.files.map(({ name }) => name);
  if (new Set(names).size < names.length || names.includes(MANIFEST) || !names.includes(ROWS)) {
    throw new WaooawError('bad_backup', `${join(folder, MANIFEST)} does not name ${ROWS}, or a file twice`);
  }
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
