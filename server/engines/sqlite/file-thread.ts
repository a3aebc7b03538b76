/** A thread that owns a file: started with it, asked by number, and broken once for all who wait. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Transferable } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { WaooawError } from '../../../src/protocol/index.ts';

interface Pending<Response> {
  resolve(response: Response): void;
  reject(error: Error): void;
}

/** Asks the thread, and hands each answer to whoever asked. */
export class FileThread<
  Request extends { readonly id: number },
  Response extends { readonly id: number },
  Data extends { readonly path: string },
> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending<Response>>();
  #lastId = 0;
  #broken: WaooawError | undefined;

  /**
   * Makes the file's folder (readable by this user only) if need be.
   * @param program the thread's file.
   * @param data what the thread is told, with the path of its file.
   * @throws WaooawError `database_failed` when the folder cannot be made; a file that cannot be opened rejects the first call.
   */
  constructor(program: URL, data: Data) {
    const { path } = data;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new WaooawError('database_failed', `${dirname(path)} cannot be made: ${String(cause)}`, {
        cause,
      });
    }
    this.#worker = new Worker(program, { workerData: data });
    this.#worker.on('message', (response: Response) => {
      const waiting = this.#pending.get(response.id);
      this.#pending.delete(response.id);
      waiting?.resolve(response);
    });
    this.#worker.on('error', (cause) => {
      this.#fail(new WaooawError('database_failed', `${path}: ${String(cause)}`, { cause }));
    });
    this.#worker.on('exit', () => this.#fail(new WaooawError('database_closed')));
  }

  /** Nothing can be asked any more. */
  get broken(): boolean {
    return this.#broken !== undefined;
  }

  /** @param transfer memory that is moved to the thread and not copied. */
  ask(request: (id: number) => Request, transfer: readonly Transferable[] = []): Promise<Response> {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      // What cannot be sent rejects, and nobody waits for it.
      this.#worker.postMessage(request(id), transfer);
      this.#pending.set(id, { resolve, reject });
    });
  }

  /** Nobody waits for the answer to a question any more: its promise never settles. */
  forget(id: number): void {
    this.#pending.delete(id);
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: WaooawError): void {
    this.#broken ??= error;
    for (const waiting of this.#pending.values()) waiting.reject(this.#broken);
    this.#pending.clear();
  }
}
