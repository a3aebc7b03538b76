/** Middleware: every request that changes something, and every one that is refused, tells the audit trail. */
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { METHOD_NAME_ALL } from 'hono/router';
import { findTargetHandler } from 'hono/utils/handler';
import { WaooawError } from '../../src/protocol/index.ts';
import type { AuditLevel, AuditResource, AuditResult, Json } from '../../src/protocol/index.ts';
import { networkOf } from '../auth/failures.ts';
import type { AuditEvent, Commit } from '../ports/audit-sink.ts';
import type { Identity } from '../ports/identity.ts';
import { decoded, plain } from './audit-text.ts';
import type { FoldKind } from './audit-folds.ts';
import type { AuditRecorder } from './audit-recorder.ts';
import type { AppEnv, AuditNote } from './env.ts';

/** What a route says of itself. */
interface Declared {
  /**
   * `control`: an entry a call, before the answer. `data`: folded. `itself`: only what is refused or fails. `reads`: only what is refused.
   */
  readonly plane: 'control' | 'data' | 'itself' | 'reads';
  readonly action: string;
  readonly type: string;
  /** The path parameter that names what is acted on. */
  readonly param?: string;
  readonly level?: AuditLevel;
}

const ACTIONS: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
};
/** Refused: whoever asked may not. 421: on a Host that is not answered. */
const REFUSED = new Set([401, 403, 421]);
/** What is acted on where no name is known. */
const ANY = '*';

const declarations = new WeakMap<object, Declared>();

/**
 * Declares a route that changes something: each call is an entry of its own, durable before the answer. Belongs into the route's
 * `middleware`; it is found there also when the call is refused before it comes to it.
 */
export function recorded(
  action: string,
  type: string,
  more: { readonly param?: string; readonly level?: AuditLevel } = {},
): MiddlewareHandler<AppEnv> {
  return declared({ plane: 'control', action, type, ...more });
}

/** Declares a route that is called all the time: its entries are folded by caller and result. */
export function folded(action: string, type: string): MiddlewareHandler<AppEnv> {
  return declared({ plane: 'data', action, type });
}

/** Declares a route that only reads, though its method could change something. */
export function readsOnly(): MiddlewareHandler<AppEnv> {
  return declared({ plane: 'reads', action: 'access', type: 'route' });
}

/** Declares a route whose work is recorded where it is done. What is refused or fails before is recorded as everywhere. */
export function recordsItself(
  action: string,
  type: string,
  more: { readonly param?: string } = {},
): MiddlewareHandler<AppEnv> {
  return declared({ plane: 'itself', action, type, ...more });
}

/** Adds to the entry of a request. */
export function note(c: Context<AppEnv>, more: AuditNote): void {
  c.set('auditNote', { ...c.var.auditNote, ...more });
}

/**
 * How a handler's rows and the request's entry commit together: no crash leaves one without the other.
 * @param noteOf what the entry says of the change.
 * @returns undefined where nothing is recorded.
 */
export function committing<T>(c: Context<AppEnv>, noteOf: (what: T) => AuditNote): Commit<T> | undefined {
  const { recordWith } = c.var;
  if (!recordWith) return undefined;
  return async (statements, what) => {
    note(c, noteOf(what));
    await recordWith(statements);
    c.set('recorded', true);
  };
}

/** Outermost: sees what became of the request, and answers once that is recorded. */
export function auditing(recorder: AuditRecorder) {
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const asked = new Asked(c);
    if (asked.result === 'success') await asked.succeeded(recorder);
    else await asked.failed(recorder);
  });
}

/** Behind authentication: turns an action away that could not be recorded, and lets one be recorded with what it does. */
export function recordable(recorder: AuditRecorder) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const asked = new Asked(c);
    if (asked.mutates && asked.declared.plane === 'control') await recorder.demand(asked.event('success'));
    c.set('recordWith', (statements) => recorder.record(new Asked(c).event('success'), statements));
    await next();
  });
}

/** Who acts, as an entry says it. A key is a program's, a JWT a person's. */
export function actorOf({ id, kind, name }: Identity): AuditEvent['actor'] {
  const kinds = { key: 'service', jwt: 'user', anonymous: 'anonymous' } as const;
  return { id: plain(id), kind: kinds[kind], ...(name !== id && { name: plain(name) }) };
}

function declared(of: Declared): MiddlewareHandler<AppEnv> {
  const carrier = createMiddleware<AppEnv>((_, next) => next());
  declarations.set(carrier, of);
  return carrier;
}

/** One request, as an entry sees it. */
class Asked {
  readonly mutates: boolean;
  readonly declared: Declared;
  readonly #c: Context<AppEnv>;
  /** The pattern that the path matched, where there is such a route. */
  readonly #route: string | undefined;

  constructor(c: Context<AppEnv>) {
    this.#c = c;
    const { method } = c.req;
    const could = method in ACTIONS;
    const failed = c.finalized && c.res.status >= 400;
    const routes = could || failed ? matchedRoutes(c) : [];
    // What is mounted for all methods is middleware, and answers nothing.
    this.#route = routes.findLast((route) => route.method !== METHOD_NAME_ALL)?.path;
    let found: Declared | undefined;
    for (const { handler } of routes) found ??= declarations.get(findTargetHandler(handler));
    this.declared = found ?? { plane: 'control', action: ACTIONS[method] ?? 'access', type: 'route' };
    this.mutates = could && this.declared.plane !== 'reads';
  }

  get result(): AuditResult {
    const { status } = this.#c.res;
    return status < 400 ? 'success' : REFUSED.has(status) ? 'refused' : 'failure';
  }

  async succeeded(recorder: AuditRecorder): Promise<void> {
    const { plane } = this.declared;
    if (!this.mutates || plane === 'itself' || this.#c.var.recorded) return;
    const event = (): AuditEvent => this.event('success');
    if (plane === 'data') return recorder.fold(this.#kind('success'), event);
    try {
      await recorder.record(event());
    } catch (cause) {
      throw new WaooawError('audit_unavailable', 'It was done, but the audit trail could not be told of it', {
        cause,
      });
    }
  }

  async failed(recorder: AuditRecorder): Promise<void> {
    const { identity, failure } = this.#c.var;
    const { result } = this;
    // Whoever was turned away for the trail's sake is counted where that was decided.
    if (failure === 'audit_unavailable') return;
    if (!this.mutates && result !== 'refused') return;
    // Without an identity it is the credential that was refused, which is recorded where credentials are looked at.
    if (!identity && (this.#c.res.status === 401 || failure === 'rate_limited')) return;
    const event = (): AuditEvent => this.event(result);
    // One entry a call only from those who could as well act; others could flood the trail.
    const single = this.#acts && result === 'failure' && this.#route !== undefined;
    if (single && this.declared.plane !== 'data') await recorder.try(event());
    else recorder.fold(this.#kind(result), event);
  }

  event(result: AuditResult): AuditEvent {
    const { identity, auditNote = {}, clientAddress, requestId, failure } = this.#c.var;
    const { action, level = 'info' } = this.declared;
    const { resource = this.#resource(), reason, before, after, details } = auditNote;
    const { method } = this.#c.req;
    const status = this.#c.finalized ? this.#c.res.status : undefined;
    const grave = status !== undefined && status >= 500 ? 'error' : level;
    return {
      actor: identity ? actorOf(identity) : { id: 'anonymous', kind: 'anonymous' },
      action,
      level: result === 'refused' ? 'warning' : grave,
      resource: fit(resource),
      result,
      ...(result !== 'success' && { error: failure ?? `HTTP ${status}` }),
      ...(clientAddress !== '' && { ip: clientAddress }),
      requestId,
      ...(reason !== undefined && { reason }),
      ...(before && { before: before as Json }),
      ...(after && { after: after as Json }),
      details: {
        method,
        ...(this.#route === undefined ? { path: decoded(this.#c.req.path) } : { route: this.#route }),
        ...(status !== undefined && { status }),
        ...details,
      },
    };
  }

  /** What is the same for two requests that are folded into one entry. */
  #kind(result: AuditResult): FoldKind {
    const { identity, clientAddress, failure, auditNote } = this.#c.var;
    if (!identity) {
      const owner = networkOf(clientAddress);
      const summaryOf = common('access', { type: 'route', id: ANY });
      return { pool: 'strangers', owner, key: JSON.stringify([failure]), summaryOf };
    }
    const { plane, action } = this.declared;
    const { type, id } = auditNote?.resource ?? this.#resource();
    // Whoever may not act may still choose names: these make no entries of their own.
    const named = plane !== 'data' && this.#acts;
    const what = named ? [action, type, id] : [action, this.#route ?? ANY];
    const key = JSON.stringify([what, result, failure]);
    const kind = { pool: 'callers', owner: identity.id, key } as const;
    if (plane === 'data' || named) return kind;
    const route = this.declared.type === 'route' ? this.#resource() : { type: this.declared.type, id: ANY };
    const details =
      this.#route === undefined ? undefined : { method: this.#c.req.method, route: this.#route };
    return { ...kind, summaryOf: common(action, route, details) };
  }

  /** The caller is one who may change things. */
  get #acts(): boolean {
    const role = this.#c.var.identity?.role;
    return role === 'operator' || role === 'admin';
  }

  #resource(): AuditResource {
    const { type, param } = this.declared;
    if (type === 'route') return { type, id: this.#route ?? ANY };
    return { type, id: param === undefined ? ANY : (this.#named(param) ?? ANY) };
  }

  /** A parameter of the path. The framework tells it only to handlers, and not every request comes that far. */
  #named(param: string): string | undefined {
    const place = this.#route?.split('/').indexOf(`:${param}`) ?? -1;
    const text = place < 0 ? undefined : this.#c.req.path.split('/')[place];
    return text === undefined || text === '' ? undefined : decoded(text);
  }
}

/** What calls have in common that are folded whatever they name. */
function common(action: string, resource: AuditResource, details?: Json) {
  return ({ details: _, ...first }: AuditEvent): AuditEvent => ({
    ...first,
    action,
    resource,
    ...(details !== undefined && { details }),
  });
}

function fit({ type, id, name }: AuditResource): AuditResource {
  return { type, id: plain(id), ...(name !== undefined && { name: plain(name) }) };
}
