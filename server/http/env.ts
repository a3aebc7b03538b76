/** What every request carries. */
import type { HttpBindings } from '@hono/node-server';
import type { Logger } from 'pino';
import type { AuditResource, ErrorCode, Json } from '../../src/protocol/index.ts';
import type { Statement } from '../ports/database.ts';
import type { Identity } from '../ports/identity.ts';

/** What a handler adds to its request’s entry in the audit trail. */
export interface AuditNote {
  readonly resource?: AuditResource;
  readonly reason?: string;
  readonly before?: object;
  readonly after?: object;
  /** Beside the method, the route and the status. */
  readonly details?: Readonly<Record<string, Json>>;
}

/** Hono's environment for this app. `Bindings` are absent when a test calls `app.request()` without them. */
export interface AppEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** On every log line and in every error answer. */
    requestId: string;
    /** The client, seen through trusted proxies. */
    clientAddress: string;
    /** Who is asking. Below `<base>/api` only, where `authenticated` has let them in. */
    identity: Identity;
    log: Logger;
    /** Levels of arrays and objects that a body may have. */
    maxDepth: number;
    /** Headers that a route wants instead of the general security headers. */
    ownHeaders?: Readonly<Record<string, string>>;
    /** What the handler adds to the request's entry in the audit trail. */
    auditNote?: AuditNote;
    /** Records the request's entry in one transaction with statements. Absent where nothing is recorded. */
    recordWith?: (statements: readonly Statement[]) => Promise<void>;
    /** The entry was written together with what it tells of. */
    recorded?: true;
    /** Why the request is answered with an error. */
    failure?: ErrorCode;
  };
}
