/** `GET /audit/export`: the trail for an auditor who trusts nobody. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ErrorCode, Json } from '../../../src/protocol/index.ts';
import { parseCheckpoint } from '../../../src/proof/index.ts';
import { EXPORT_FORMATS } from '../../../src/proof/export-format.ts';
import type { ExportFormat, ExportHeader } from '../../../src/proof/export-format.ts';
import { requireRole } from '../../http/access.ts';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { problems } from '../../http/openapi.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { actorOf } from './actor.ts';
import { exportPieces } from './export.ts';
import { exportStream } from './export-stream.ts';
import { MEDIA_TYPES } from './export-writers.ts';
import { filterOf, filterParameters } from './filter.ts';
import type { Audit, AuditLimits } from './index.ts';
import { originOf } from './reading.ts';

/** Up to so many matching entries are counted for the entry that the export itself leaves. */
const COUNTED = 10_000;
/** Newest checkpoints among which one of a given size is looked for. */
const LOOKED_FOR = 10_000;

const text = { schema: z.string() };

type ExportAsked = z.output<ReturnType<typeof exportQuery>>;

function exportQuery(limits: AuditLimits) {
  return z.object({
    ...filterParameters(limits),
    format: z.enum(EXPORT_FORMATS).default('ndjson'),
    from_sequence: z.coerce.number().int().min(1).optional().describe('No entry of a lower sequence'),
    checkpoint_size: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'Entries in the checkpoint that it is checked against: that of the export which it goes on with',
      ),
    proof: z
      .enum(['tree', 'paths'])
      .optional()
      .describe('`tree`, where nothing is left out: entries prove each other. `paths`: each for itself'),
  });
}

/** `/audit/export`, for auditors and administrators. */
export function exportRoutes(audit: Audit): OpenAPIHono<AppEnv> {
  const route = createRoute({
    method: 'get',
    path: '/audit/export',
    tags: ['audit'],
    summary: 'The trail, or part of it, with what it takes to check it',
    description:
      'Streams as fast as it is read. One that was cut off goes on with `from_sequence` and `checkpoint_size`. The export itself is ' +
      'recorded, and so is that it was broken off.',
    middleware: requireRole('auditor', 'admin'),
    request: {
      query: exportQuery(audit.limits),
    },
    responses: {
      200: {
        description: 'The export; docs/audit-exports.md says what is in it',
        content: {
          'application/x-ndjson': text,
          'text/csv': text,
          'application/json': { schema: z.looseObject({}) },
        },
      },
      ...problems(400, 401, 403, 429, 503),
    },
  });

  const app = api();
  app.openapi(route, async (c) => {
    // Whoever asks for no more than the headers gets nothing of the trail.
    if (c.req.method === 'HEAD') return c.body(null, 200, headersOf(c.req.valid('query').format));
    const end = audit.searches.begin(c.var.identity.id);
    try {
      return await begun(audit, c, c.req.valid('query'), end);
    } catch (error) {
      end();
      throw c.req.raw.signal.aborted ? new WaooawError('aborted', undefined, { cause: error }) : error;
    }
  });
  return app;
}

/** An export under way. @param end to be told once it is over. */
async function begun(audit: Audit, c: Context<AppEnv>, asked: ExportAsked, end: () => void) {
  const { format, from_sequence, checkpoint_size, proof: wanted, ...parameters } = asked;
  const view = audit.view(c.var.identity);
  const filter = view.filter(filterOf(parameters, audit.now(), audit.limits));
  const whole = Object.keys(filter).length === 0;
  const first = await firstOf(audit, from_sequence);
  const proof = wanted ?? (whole && first === 1 ? 'tree' : 'paths');
  if (proof === 'tree') await checkWhole(audit, whole);

  const query = filter as Json;
  const event: Omit<AuditEvent, 'result'> = {
    actor: actorOf(c.var.identity),
    action: 'access',
    level: 'info',
    resource: { type: 'audit', id: 'export' },
    ...originOf(c),
  };
  const kept = checkpoint_size === undefined ? undefined : await checkpointOf(audit, checkpoint_size);
  const entries = await audit.log.count(filter, COUNTED, { signal: c.req.raw.signal });
  const details = { format, query, first, entries, ...(entries >= COUNTED && { orMore: true }) };
  const recorded = await audit.record({ ...event, result: 'success', details });

  const checkpoint = kept ?? (await audit.checkpoint(recorded?.sequence));
  const { size } = parseCheckpoint(checkpoint);
  const header: ExportHeader = {
    waooaw: 'audit-export',
    version: 1,
    checkpoint,
    keys: audit.keys(),
    proof,
    query,
    first,
  };
  const left = new AbortController();
  const pieces = exportPieces(audit.log, {
    format,
    header,
    filter,
    view,
    size,
    last: size,
    signal: left.signal,
  });
  const broken = (error: ErrorCode, written: number): void => {
    end();
    audit
      .record({ ...event, result: 'failure', error, details: { format, query, first, written } })
      .catch((err: unknown) => c.var.log.error({ err }, 'a broken export was not recorded'));
  };
  const body = exportStream(pieces, {
    done: end,
    gone(written) {
      left.abort();
      broken('aborted', written);
    },
    failed(written, err) {
      c.var.log.error({ err }, 'an export failed');
      broken(err instanceof WaooawError ? err.code : 'internal', written);
    },
  });
  return c.body(body, 200, {
    ...headersOf(format),
    'content-disposition': `attachment; filename="${nameOf(audit.now(), first, size)}.${format}"`,
  });
}

function headersOf(format: ExportFormat): Record<string, string> {
  return { 'content-type': MEDIA_TYPES[format], 'cache-control': 'no-store' };
}

async function firstOf({ log }: Audit, wanted: number | undefined): Promise<number> {
  const first = await log.first();
  const { size } = await log.head();
  if (wanted === undefined) return first;
  if (wanted < first)
    throw new WaooawError('pruned', `Entries below ${first} were archived; from_sequence was ${wanted}`);
  if (wanted > size + 1)
    throw new WaooawError('bad_request', `from_sequence: the trail has ${size} entries, was ${wanted}`);
  return wanted;
}

async function checkWhole({ log }: Audit, whole: boolean): Promise<void> {
  if (!whole)
    throw new WaooawError('bad_request', 'proof: tree takes a whole trail, and there are conditions');
  const first = await log.first();
  if (first > 1)
    throw new WaooawError(
      'pruned',
      `proof: tree takes a whole trail, and entries below ${first} were archived`,
    );
}

async function checkpointOf({ log }: Audit, wanted: number): Promise<string> {
  const found = (await log.checkpoints(LOOKED_FOR)).find(({ size }) => size === wanted);
  if (found) return found.text;
  throw new WaooawError(
    'bad_request',
    `checkpoint_size: none of the newest ${LOOKED_FOR} checkpoints has ${wanted} entries`,
  );
}

function nameOf(now: number, first: number, last: number): string {
  return `audit-${new Date(now).toISOString().slice(0, 10)}-${first}-${last}`;
}
