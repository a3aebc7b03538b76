/** What the event loop's side and the writer thread say to each other. */
import type { Row, Statement, WriteResult } from '../../ports/database.ts';

/** How a thread is told which file is its own. */
export interface WriterData {
  readonly path: string;
}

/** Work for the writer. `write` carries every transaction handed in during one turn of the event loop. */
export type Request =
  | { readonly id: number; readonly write: readonly (readonly Statement[])[] }
  | { readonly id: number; readonly read: Statement }
  | { readonly id: number; readonly close: true };

/** Why the writer refused. */
export interface Failure {
  readonly full: boolean;
  readonly message: string;
}

/** What became of one transaction. */
export type Outcome = { readonly ok: readonly WriteResult[] } | { readonly failed: Failure };

/** The writer's answer. */
export type Response =
  | { readonly id: number; readonly outcomes: readonly Outcome[] }
  | { readonly id: number; readonly rows: readonly Row[] }
  | { readonly id: number; readonly failed: Failure }
  | { readonly id: number; readonly closed: true };
