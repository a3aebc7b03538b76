/** Short forms for declaring what a route takes and answers. */
import type { z } from 'zod';
import { problem } from './problem.ts';

const REASONS = {
  400: 'Not valid',
  404: 'Not found',
  413: 'Too large',
  415: 'Not JSON',
  503: 'Not ready',
} as const;

/** A JSON body. */
export function json<T extends z.ZodType>(schema: T): { content: { 'application/json': { schema: T } } } {
  return { content: { 'application/json': { schema } } };
}

type Answers<T extends z.ZodType> = {
  200: { description: string; content: { 'application/json': { schema: T } } };
};

/** A 200 with its schema, and problems for the other statuses. */
export function answers<T extends z.ZodType>(
  schema: T,
  description: string,
  ...statuses: (keyof typeof REASONS)[]
): Answers<T> {
  const problems = Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: REASONS[status], content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
  return { ...problems, 200: { description, ...json(schema) } };
}
