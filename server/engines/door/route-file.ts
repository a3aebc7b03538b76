/** Routes on disk, so that a door that died comes back as it was. */
import { readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { DoorCounts, DoorRoute } from '../../ports/agent-door.ts';

/** A route, as it is kept. */
export interface KeptRoute extends DoorRoute {
  readonly port: number;
  readonly counts: DoorCounts;
}

/** The file. */
export class RouteFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was kept; none when there is no file. @throws when it cannot be read. */
  read(): readonly KeptRoute[] {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return (JSON.parse(text) as { routes: KeptRoute[] }).routes;
  }

  /** Gives an unreadable one another name. */
  putAside(): void {
    renameSync(this.#path, `${this.#path}.unreadable`);
  }

  /**
   * Keeps them, whole or not at all. One call at a time. Nothing waits for the disk but whoever calls.
   * @param durable waits for the disk; without, a crash of the machine may lose it.
   * @throws WaooawError `storage_full`, `storage_failed`.
   */
  async write(routes: readonly KeptRoute[], durable: boolean): Promise<void> {
    const next = `${this.#path}.next`;
    try {
      const file = await open(next, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify({ version: 1, routes }));
        if (durable) await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, this.#path);
      if (durable) await syncFolder(dirname(this.#path));
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'storage_full' : 'storage_failed';
      throw new WaooawError(code, `${this.#path} cannot be written: ${String(cause)}`, { cause });
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
