/** Routes for whoever trusts nobody: checkpoints, proofs and keys. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { base64, parseCheckpoint } from '../../../src/proof/index.ts';
import {
  auditCheckpoints,
  auditConsistency,
  auditKey,
  auditKeys,
  auditProof,
} from '../../../src/protocol/audit.schema.ts';
import { requireRole } from '../../http/access.ts';
import { api } from '../../http/api.ts';
import { recordsItself } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, problems } from '../../http/openapi.ts';
import { actorOf } from './actor.ts';
import type { Audit } from './index.ts';
import { originOf, readQuery, sequenceParameter, shownRow } from './reading.ts';

const TAGS = ['audit'];
/** Checkpoints of one answer. */
const MAX_CHECKPOINTS = 1_000;

const size = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const proof = createRoute({
  method: 'get',
  path: '/audit/entries/{sequence}/proof',
  tags: TAGS,
  summary: 'What it takes to check that an entry stands in the trail',
  request: { params: sequenceParameter },
  responses: answers(auditProof, 'The proof', 400, 401, 403, 404, 503),
});

const checkpoint = createRoute({
  method: 'get',
  path: '/audit/checkpoint',
  tags: TAGS,
  summary: 'A signed checkpoint (C2SP tlog-checkpoint)',
  request: {
    query: z.strictObject({ atLeast: size.optional().describe('Entries; the newest one when absent') }),
  },
  responses: {
    200: { description: 'A signed note', content: { 'text/plain': { schema: z.string() } } },
    ...problems(400, 401, 403, 503),
  },
});

const checkpoints = createRoute({
  method: 'get',
  path: '/audit/checkpoints',
  tags: TAGS,
  summary: 'Checkpoints that were signed, newest first',
  request: {
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(MAX_CHECKPOINTS).default(100) }),
  },
  responses: answers(auditCheckpoints, 'Checkpoints', 400, 401, 403, 503),
});

const consistency = createRoute({
  method: 'get',
  path: '/audit/consistency',
  tags: TAGS,
  summary: 'A proof that the tree of `first` entries is the beginning of that of `second`',
  request: { query: z.strictObject({ first: size, second: size }) },
  responses: answers(auditConsistency, 'The proof', 400, 401, 403, 503),
});

const keys = createRoute({
  method: 'get',
  path: '/audit/keys',
  tags: TAGS,
  summary: 'Keys that checkpoints were signed with',
  responses: answers(auditKeys, 'Keys', 401, 403, 503),
});

const rotate = createRoute({
  method: 'post',
  path: '/audit/keys/rotate',
  tags: TAGS,
  summary: 'Put another key in the place of the one that signs',
  description: 'It is recorded, and the next checkpoint is signed by both.',
  middleware: [recordsItself('rotate_key', 'audit-key'), requireRole('admin')] as const,
  responses: answers(auditKey, 'The new key', 401, 403, 415, 503),
});

/** `/audit/checkpoint`, `/audit/checkpoints`, `/audit/consistency`, `/audit/keys` and the proof of an entry. */
export function proofRoutes(audit: Audit): OpenAPIHono<AppEnv> {
  const app = api();

  app.openapi(proof, async (c) => {
    const { sequence } = c.req.valid('param');
    const view = audit.view(c.var.identity);
    const row = await shownRow(audit, view, sequence);
    const note = await audit.checkpoint(sequence);
    const path = await audit.log.inclusion(sequence - 1, parseCheckpoint(note).size);
    await readQuery(audit, c, { sequence });
    const body = {
      entry: view.record(row),
      salts: view.salts(row),
      path: path.map(base64),
      checkpoint: note,
    };
    return c.json(body as z.input<typeof auditProof>, 200);
  });

  app.openapi(checkpoint, async (c) => c.text(await audit.checkpoint(c.req.valid('query').atLeast), 200));

  app.openapi(checkpoints, async (c) => {
    const kept = await audit.log.checkpoints(c.req.valid('query').limit);
    return c.json({ checkpoints: kept.map(({ size, text, at }) => ({ size, text, at })) }, 200);
  });

  app.openapi(consistency, async (c) => {
    const { first, second } = c.req.valid('query');
    const path = await audit.log.consistency(first, second);
    return c.json({ first, second, path: path.map(base64) }, 200);
  });

  app.openapi(keys, (c) => c.json({ keys: audit.keys().map((key) => ({ ...key })) }, 200));

  app.openapi(rotate, async (c) => {
    const { identity } = c.var;
    const key = await audit.rotateKey(actorOf(identity), originOf(c));
    c.var.log.info({ key: key.verifier, by: identity.id }, 'audit key rotated');
    return c.json({ ...key }, 200);
  });

  return app;
}
