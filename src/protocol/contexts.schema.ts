/** The contexts API's answers, for OpenAPI. `optional` and not `exactOptional`, which its generator takes for required. */
import { z } from 'zod';
import type { ContextItem, ContextPage } from './contexts.ts';

/** A value in use. */
export const contextItem = z
  .object({
    id: z.string().describe("The tag's value"),
    label: z.string(),
    state: z.enum(['unknown', 'up', 'degraded', 'down']).optional().describe('The worst of its checks'),
    environments: z.array(z.string()).readonly().optional(),
    group: z.string().optional().describe('Its environment, where it is in just one'),
  })
  .meta({ id: 'ContextItem' }) satisfies z.ZodType<Pick<ContextItem, 'id' | 'label'>>;

/** `GET /api/contexts/{kind}`. */
export const contextPage = z
  .object({
    items: z.array(contextItem).readonly(),
    total: z.int().describe('How many match in all'),
    next: z.string().optional().describe('Where the next page begins; absent on the last one'),
  })
  .meta({ id: 'ContextPage' }) satisfies z.ZodType<Pick<ContextPage, 'total'>>;
