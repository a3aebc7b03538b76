/** The thread that owns a metric store's file. What can wait is done in slices, while nobody asks for anything. */
import { parentPort, workerData } from 'node:worker_threads';
import { WaooawError } from '../../../src/protocol/index.ts';
import { MetricStoreFile } from './metric-store-file.ts';
import type { StoreFailure, StoreRequest, StoreResponse, StoreThreadData } from './metric-store-messages.ts';

/** SQLITE_FULL, https://sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

/** A call that is done in slices. */
interface Job {
  readonly id: number;
  readonly slices: Iterator<undefined, number | null>;
}

const port = parentPort;
if (!port) throw new Error('The thread of a metric store runs as a worker thread only');
const { path, options } = workerData as StoreThreadData;
const jobs: Job[] = [];
let file: MetricStoreFile | undefined;
let resting = true;

port.on('message', (request: StoreRequest) => {
  try {
    take(request);
  } catch (error) {
    answer({ id: request.id, failed: failureOf(error) });
  }
  // One turn later, so that what has arrived by then is answered first.
  if (resting && file) {
    resting = false;
    setImmediate(slice);
  }
});

function take(request: StoreRequest): void {
  const { id } = request;
  switch (request.call) {
    case 'open':
      file ??= new MetricStoreFile(path, options);
      answer({ id, ok: file.series() });
      break;
    case 'write':
      opened().write(request.ask);
      answer({ id, ok: null });
      break;
    case 'read': {
      const block = opened().read(request.ask);
      answer({ id, ok: block }, [block.rows.buffer, ...(block.sketches ? [block.sketches.buffer] : [])]);
      break;
    }
    case 'newest':
      answer({ id, ok: opened().newest(request.ask) ?? null });
      break;
    case 'prune':
      jobs.push({ id, slices: opened().prune(request.ask) });
      break;
    case 'sweep':
      jobs.push({ id, slices: opened().sweep(request.ask) });
      break;
    case 'size':
      answer({ id, ok: opened().size() });
      break;
    case 'close':
      while (jobs.length > 0) advance();
      file?.close();
      file = undefined;
      answer({ id, ok: null });
      port?.close();
  }
}

function slice(): void {
  try {
    resting = !file || (jobs.length > 0 ? !advance() : !file.tidy());
  } catch {
    // A full disk or a damaged file: whoever asks next hears of it himself, and then this is tried again.
    resting = true;
  }
  if (!resting) setImmediate(slice);
}

/** @returns true: there may be more to do. */
function advance(): boolean {
  const [{ id, slices }] = jobs as [Job];
  try {
    const { done, value } = slices.next();
    if (!done) return true;
    answer({ id, ok: value });
  } catch (error) {
    answer({ id, failed: failureOf(error) });
  }
  jobs.shift();
  return true;
}

function opened(): MetricStoreFile {
  if (!file) throw new WaooawError('database_failed', `${path} is not open`);
  return file;
}

function answer(response: StoreResponse, transfer: readonly ArrayBufferLike[] = []): void {
  port?.postMessage(response, transfer as ArrayBuffer[]);
}

function failureOf(error: unknown): StoreFailure {
  const { message, errcode, code } = error as Error & { errcode?: number; code?: string };
  if (errcode === SQLITE_FULL) return { code: 'storage_full', message };
  return { code: code === 'database_newer' ? code : 'database_failed', message };
}
