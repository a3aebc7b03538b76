/** What `verify.ts` and its threads say to each other. */
import type { TrailFailed } from './services/audit/row-leaf.ts';

/** What a thread is told when it starts. */
export interface VerifyData {
  readonly path: string;
}

/** Rows that are to be hashed, by their sequence. */
export interface Portion {
  readonly from: number;
  readonly below: number;
}

/** Their leaf hashes, 32 bytes each, one after the other; or why there are none. */
export type Hashed =
  { readonly leaves: Uint8Array } | { readonly failed: Pick<TrailFailed, 'fault' | 'message' | 'sequence'> };
