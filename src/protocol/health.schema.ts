/** The health API's answers, for OpenAPI. */
import { z } from 'zod';
import type { CheckStatus, HealthSummary } from './health.ts';

const state = z.enum(['unknown', 'up', 'degraded', 'down']);

/** A check and its last result. */
export const checkStatus = z
  .object({
    check: z.string(),
    title: z.string(),
    state,
    since: z.number().describe('When this state began, ms since 1970'),
    at: z.number().exactOptional().describe('When the last result came in, ms since 1970'),
    reason: z.string().exactOptional(),
    tookMs: z.number().exactOptional(),
    intervalMs: z.number(),
  })
  .meta({ id: 'CheckStatus' }) satisfies z.ZodType<CheckStatus>;

/** The whole. */
export const healthSummary = z
  .object({ state, checks: z.array(checkStatus) })
  .meta({ id: 'HealthSummary' }) satisfies z.ZodType<HealthSummary>;
