/** The health API's answers, for OpenAPI. `optional` and not `exactOptional`, which its generator takes for required. */
import { z } from 'zod';
import type { CheckStatus } from './health.ts';

const state = z.enum(['unknown', 'up', 'degraded', 'down']);

/** A check and its last result. */
export const checkStatus = z
  .object({
    check: z.string(),
    title: z.string(),
    state,
    since: z.number().describe('When this state began, ms since 1970'),
    at: z.number().optional().describe('When the last result came in, ms since 1970'),
    reason: z.string().optional(),
    tookMs: z.number().optional(),
    tags: z.record(z.string(), z.string()).optional().describe('What it is about'),
    intervalMs: z.number(),
  })
  .meta({ id: 'CheckStatus' }) satisfies z.ZodType<Omit<CheckStatus, 'at' | 'reason' | 'tookMs' | 'tags'>>;
