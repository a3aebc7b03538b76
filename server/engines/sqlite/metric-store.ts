/** Engine: buckets in one SQLite file (`node:sqlite`), owned by a thread of its own. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { BucketBlock, MetricStore } from '../../ports/metric-store.ts';
import { FileThread } from './file-thread.ts';
import type {
  MetricStoreOptions,
  PackedBlock,
  StoreCalls,
  StoreRequest,
  StoreResponse,
  StoreThreadData,
} from './metric-store-messages.ts';
import { packSketches, unpackSketches } from './metric-store-slab.ts';

/** Sources run as TypeScript, the published package as JavaScript: the thread's file has this file's ending. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './metric-store-thread.ts' : './metric-store-thread.js',
  import.meta.url,
);

/**
 * Opens the file, and makes it and its folder (readable by this user only) if need be. The starts of buckets are multiples
 * of their tier. `prune` forgets whole spans: of the tier of 1 min hours, of 5 min six hours, of 1 h three days, of 1 d
 * 32 days. A bucket counts twice in `size`
 * while its span is being sealed, and when it was written again after that until it is sealed again.
 * @throws WaooawError `database_failed` when the folder cannot be made; a file that cannot be opened rejects `open`.
 */
export function openMetricStore(path: string, options: MetricStoreOptions = {}): MetricStore {
  const thread = new FileThread<StoreRequest, StoreResponse, StoreThreadData>(THREAD, { path, options });
  let closing: Promise<void> | undefined;

  const send = async <K extends keyof StoreCalls>(
    call: K,
    ask: StoreCalls[K]['ask'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<StoreCalls[K]['answer']> => {
    const response = await thread.ask((id) => ({ id, call, ask }) as StoreRequest, transfer);
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
          if (!thread.broken) await send('close', null);
        } finally {
          await thread.end();
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
