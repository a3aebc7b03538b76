/** Short forms for declaring what a route takes and answers. */
import type { z } from 'zod';
import { problem } from './problem.ts';

const REASONS = {
  400: 'Not valid',
  401: 'The token is missing or not valid',
  403: 'Not allowed',
  404: 'Not found',
  409: 'It contradicts what is there',
  412: 'It was changed since it was read',
  413: 'Too large',
  415: 'Not JSON',
  422: 'Not to be done as asked',
  429: 'Too many',
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
  return { ...problems(...statuses), 200: { description, ...json(schema) } };
}

type Accepts<T extends z.ZodType> = Answers<T> & {
  202: { description: string; content: { 'application/json': { schema: T } } };
};

/** A 202 with its schema, a 200 with the same where the request was made before, and problems for the other statuses. */
export function accepts<T extends z.ZodType>(
  schema: T,
  description: string,
  ...statuses: (keyof typeof REASONS)[]
): Accepts<T> {
  return {
    ...answers(schema, `${description}, as the idempotency key named it before`, ...statuses),
    202: { description: `${description}: journaled, its work follows`, ...json(schema) },
  };
}

type Creates<T extends z.ZodType> = Answers<T> & {
  201: { description: string; content: { 'application/json': { schema: T } } };
};

/** A 201 with its schema, a 200 with the same where the request was made before, and problems for the other statuses. */
export function creates<T extends z.ZodType>(
  schema: T,
  description: string,
  ...statuses: (keyof typeof REASONS)[]
): Creates<T> {
  return {
    ...answers(schema, `${description}, as the idempotency key named it before`, ...statuses),
    201: { description, ...json(schema) },
  };
}

type Problems = Record<
  number,
  { description: string; content: { 'application/problem+json': { schema: typeof problem } } }
>;

/** Problems for the statuses. */
export function problems(...statuses: (keyof typeof REASONS)[]): Problems {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: REASONS[status], content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
}
