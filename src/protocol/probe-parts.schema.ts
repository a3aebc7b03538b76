/** What several probes have in common: expectations of a text, a certificate's days, authorities. */
import { z } from 'zod';

/** 10 years: no certificate of today lives longer than that. */
const MAX_DAYS = 3_650;
/** Read at most by any probe, bytes: many may hold as much at once, and a JSON body of this size is parsed in one go. */
export const MAX_READ_BYTES = 4 * 1024 * 1024;

const days = () => z.int().min(0).max(MAX_DAYS);

/** RE2, compiled and bounded by the server, which knows the library. */
export const pattern = () => z.string().min(1).max(1_024);

/** Authorities. */
export const ca = z
  .string()
  .max(65_536)
  .refine((text) => text.includes('-----BEGIN CERTIFICATE-----'), 'expected certificates as PEM')
  .optional()
  .describe('Authorities to believe in the place of the usual ones, PEM');

/** How long a certificate must live on. */
export const certificateDays = {
  degradedDays: days().default(14).describe('Fewer days left than this is degraded. Default 14'),
  downDays: days()
    .default(0)
    .describe('Fewer days left than this is down. Default 0: only a certificate that has expired is'),
};

/** A certificate is degraded before it is down. */
export const daysInOrder = ({
  degradedDays,
  downDays,
}: {
  degradedDays: number;
  downDays: number;
}): boolean => downDays <= degradedDays;
/** What is said where it is not. */
export const daysIssue = { path: ['downDays'], message: 'expected at most degradedDays' };

/** What must be in a text. */
export const expectedText = {
  contains: z.string().min(1).max(4_096).optional().describe('A text that must be in it'),
  matches: pattern().optional().describe('A pattern (RE2) that must match somewhere in it'),
};
