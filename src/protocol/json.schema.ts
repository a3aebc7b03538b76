/** Any JSON, as a part of other schemas. */
import { z } from 'zod';
import type { Json } from './frames.ts';

/** Whatever JSON.parse gave: walking through it again would only find how deep it can be nested. */
export const json = z.unknown() as z.ZodType<Json>;
