/** What the event loop's side and the thread that reads the audit trail say to each other. */
import type { AuditFilter, CheckpointRow, FacetField } from '../../ports/audit-log.ts';
import type { RawRow } from './audit-reader.ts';
import type { ScanLimits } from './audit-scans.ts';

/** How the thread is told which file it reads. */
export interface ReaderData {
  readonly path: string;
  readonly scans: ScanLimits;
}

/** Every question, and what it is answered with. */
export interface ReadCalls {
  find: { ask: { filter: AuditFilter; before: number; limit: number }; answer: readonly RawRow[] };
  range: {
    ask: { from: number; limit: number; filter: AuditFilter | undefined };
    answer: readonly RawRow[];
  };
  get: { ask: number; answer: RawRow | null };
  count: { ask: { filter: AuditFilter; atMost: number }; answer: number };
  facet: {
    ask: { field: FacetField; filter: AuditFilter; limit: number; tag: string | undefined };
    answer: readonly { readonly value: string; readonly count: number }[];
  };
  inclusion: { ask: { index: number; size: number }; answer: readonly Uint8Array[] };
  consistency: { ask: { first: number; second: number }; answer: readonly Uint8Array[] };
  /** Undefined: of all. */
  root: { ask: number | undefined; answer: { readonly size: number; readonly root: Uint8Array } };
  checkpoints: { ask: number; answer: readonly CheckpointRow[] };
  first: { ask: null; answer: number };
}

/** Whatever is answered. */
export type ReadAnswer = ReadCalls[keyof ReadCalls]['answer'];

/** A question. */
export type Asked<K extends keyof ReadCalls> = {
  [Call in K]: { readonly id: number; readonly call: Call; readonly ask: ReadCalls[Call]['ask'] };
}[K];

/** A question that takes as long as there is to look through. */
export type ScanRequest = Asked<'find' | 'range' | 'count' | 'facet'>;

/** One question, or the end of one: whoever asked has given up. */
export type ReadRequest = Asked<keyof ReadCalls> | { readonly id: number; readonly cancel: number };

/** What became of a question. */
export type ReadResponse =
  | { readonly id: number; readonly ok: ReadAnswer | null }
  | {
      readonly id: number;
      readonly failed: {
        readonly code: 'bad_request' | 'query_limit' | 'database_failed';
        readonly message: string;
      };
    };
