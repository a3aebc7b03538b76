/** Engine: buckets in one SQLite file (`node:sqlite`), owned by a thread of its own. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { BucketBlock, MetricStore } from '../../ports/metric-store.ts';
import type {
  MetricStoreOptions,
  PackedBlock,
  StoreCalls,
  StoreResponse,
  StoreThreadData,
} from './metric-store-messages.ts';
import { packSketches, unpackSketches } from './metric-store-slab.ts';

/** Sources run as TypeScript, the published package as JavaScript: the thread's file has this file's ending. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './metric-store-thread.ts' : './metric-store-thread.js',
  import.meta.url,
);

interface Pending {
  resolve(response: StoreResponse): void;
  reject(error: Error): void;
}

/**
 * Opens the file, and makes it and its folder (readable by this user only) if need be. The starts of buckets are multiples
 * of their tier. `prune` forgets whole spans: of the tier of 1 min hours, of 5 min six hours, of 1 h three days, of 1 d
 * 32 days. A bucket counts twice in `size`
 * while its span is being sealed, and when it was written again after that until it is sealed again.
 * @throws WaooawError `database_failed` when the folder cannot be made; a file that cannot be opened rejects `open`.
 */
export function openMetricStore(path: string, options: MetricStoreOptions = {}): MetricStore {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new WaooawError('database_failed', `${dirname(path)} cannot be made: ${String(cause)}`, { cause });
  }
  const worker = new Worker(THREAD, { workerData: { path, options } satisfies StoreThreadData });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let closing: Promise<void> | undefined;
  let broken: WaooawError | undefined;

  const fail = (error: WaooawError): void => {
    broken ??= error;
    for (const waiting of pending.values()) waiting.reject(broken);
    pending.clear();
  };
  worker.on('message', (response: StoreResponse) => {
    const waiting = pending.get(response.id);
    pending.delete(response.id);
    waiting?.resolve(response);
  });
  worker.on('error', (cause) => {
    fail(new WaooawError('database_failed', `${path}: ${String(cause)}`, { cause }));
  });
  worker.on('exit', () => fail(new WaooawError('database_closed')));

  const send = async <K extends keyof StoreCalls>(
    call: K,
    ask: StoreCalls[K]['ask'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<StoreCalls[K]['answer']> => {
    if (broken) throw broken;
    const id = ++lastId;
    const response = await new Promise<StoreResponse>((resolve, reject) => {
      worker.postMessage({ id, call, ask }, transfer);
      pending.set(id, { resolve, reject });
    });
    if ('failed' in response) throw new WaooawError(response.failed.code, response.failed.message);
    return response.ok;
  };
  const ask: typeof send = (call, what, transfer) =>
    closing ? Promise.reject(new WaooawError('database_closed')) : send(call, what, transfer);

  return {
    open: () => ask('open', null),

    async write({ series, blocks }) {
      const packed = blocks.filter(({ rows }) => rows.length > 0).map(pack);
      if (series.length === 0 && packed.length === 0 && !closing) return;
      await ask('write', { series, blocks: packed }, buffersOf(packed));
    },

    async read(tier, series, fromMs, toMs) {
      const { rows, sketches } = await ask('read', { tier, series, fromMs, toMs });
      return { tier, rows, sketches: unpackSketches(sketches) };
    },

    newest: async (tier) => (await ask('newest', tier)) ?? undefined,

    async prune(tier, beforeMs) {
      await ask('prune', { tier, beforeMs });
    },

    sweep: (keep) => ask('sweep', keep),
    size: () => ask('size', null),

    close() {
      closing ??= (async () => {
        try {
          if (!broken) await send('close', null);
        } finally {
          await worker.terminate();
        }
      })();
      return closing;
    },
  };
}

/** A block whose arrays can be moved to the thread: each has its memory to itself. */
function pack({ tier, rows, sketches }: BucketBlock): PackedBlock {
  const own = rows.length * rows.BYTES_PER_ELEMENT === rows.buffer.byteLength ? rows : rows.slice();
  return { tier, rows: own, sketches: packSketches(sketches) };
}

function buffersOf(blocks: readonly PackedBlock[]): ArrayBuffer[] {
  const buffers = blocks.flatMap(({ rows, sketches }) => [
    rows.buffer,
    ...(sketches ? [sketches.buffer] : []),
  ]);
  return buffers as ArrayBuffer[];
}
