/** Hono: the edge that every request passes, each service's routes, errors → problems, and the browser's files. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { VERSION, WaooawError } from '../src/protocol/index.ts';
import type { Config } from './config.ts';
import { defaultAccess } from './http/access.ts';
import { allowList } from './http/allow-list.ts';
import { api } from './http/api.ts';
import { assets } from './http/assets.ts';
import type { AuditRecorder } from './http/audit-recorder.ts';
import { auditing, recordable } from './http/auditing.ts';
import { authenticated } from './http/authenticate.ts';
import { clientAddress } from './http/client-address.ts';
import type { AppEnv } from './http/env.ts';
import { unsupportedMediaType } from './http/media-type.ts';
import { answers } from './http/openapi.ts';
import type { ApiDocument } from './http/openapi-document.ts';
import { apiPageRoutes } from './http/openapi-page.ts';
import type { Authenticator } from './ports/identity.ts';

/** What the app is made of. */
export interface AppDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly authenticator: Authenticator;
  /** Hears of every request that changes something, and of every one that is refused. */
  readonly recorder: AuditRecorder;
  /** Each service's routes, mounted below `/api`: any role reads, operators and admins change. */
  readonly routes: readonly OpenAPIHono<AppEnv>[];
  /** Routes that name who may call each of them, mounted below `/api` with no other rule than that. */
  readonly ownAccess: readonly OpenAPIHono<AppEnv>[];
  /** Routes beside `/api`, which look after access themselves. */
  readonly rootRoutes: readonly OpenAPIHono<AppEnv>[];
  /** Paths below `config.basePath` whose bodies are not JSON, or larger than `maxBodyBytes`. */
  readonly bodies?: ReadonlyMap<string, BodyRule>;
  /** Folder of the built browser files. */
  readonly assetsFolder: string;
  /** True while requests are welcome. */
  ready(): boolean;
  /** Called once a request, before it is handled. */
  count(): void;
}

/** What one path takes. */
export interface BodyRule {
  readonly maxBytes: number;
  /** Media types beside JSON. */
  readonly mediaTypes: readonly string[];
}

/** The API's description, which anybody may read. */
const DOCUMENT = '/api/openapi.json';

/** What browsers call requests of the server's own pages, and of people who typed an address. */
const OWN_SITES = new Set(['same-origin', 'none']);

const MUTATIONS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const status = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

const livez = createRoute({
  method: 'get',
  path: '/livez',
  tags: ['server'],
  summary: 'The process answers',
  responses: answers(status, 'Alive'),
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['server'],
  summary: 'The server takes requests',
  responses: answers(status, 'Ready', 503),
});

/** Puts the app together below `config.basePath`. */
export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const { config } = deps;
  const app = api();
  const allowed = allowList(config);
  const addressOf = clientAddress(config.trustedProxies);

  app.use(requestId({ limitLength: 64 }));
  app.use(access(deps, addressOf));
  app.use(ownHeaders);
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      // Whether HTTPS is to stay is for whoever terminates TLS to say.
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
    }),
  );
  app.use(auditing(deps.recorder));
  app.use(
    createMiddleware<AppEnv>(async (c, next) => {
      const host = c.req.header('host');
      if (!allowed.host(host))
        throw new WaooawError('host_not_allowed', `Host "${host ?? ''}" is not allowed here`);
      await next();
    }),
  );
  app.use(
    '*',
    cors({
      origin: (origin, c) => (allowed.origin(origin, c.req.header('host')) ? origin : null),
      allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-request-id'],
      exposeHeaders: ['x-request-id', 'retry-after', 'etag', 'location'],
      maxAge: 600,
    }),
  );
  const ruleOf = (path: string): BodyRule | undefined => deps.bodies?.get(path.slice(config.basePath.length));
  app.use(
    `${config.basePath}/api/*`,
    readGuard((origin, host) => allowed.origin(origin, host)),
  );
  app.use(mutationGuard((origin, host) => allowed.origin(origin, host), ruleOf));
  // Behind CORS, so that a page can read its 401; before the body is taken in, so that only those who may send one.
  app.use(`${config.basePath}/api/*`, authenticated(deps.authenticator, [`${config.basePath}${DOCUMENT}`]));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('allow', methods.join(', '));
        throw new WaooawError('method_not_allowed', `${c.req.method} is not one of ${methods.join(', ')}`);
      },
    }),
  );
  const limited = (maxSize: number): MiddlewareHandler<AppEnv> =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw new WaooawError('body_too_large', `The body is larger than ${maxSize} bytes`);
      },
    });
  const usual = limited(config.maxBodyBytes);
  const larger = new Map([...(deps.bodies ?? [])].map(([path, { maxBytes }]) => [path, limited(maxBytes)]));
  app.use((c, next) => (larger.get(c.req.path.slice(config.basePath.length)) ?? usual)(c, next));
  app.use(recordable(deps.recorder));

  const mounted = config.basePath === '' ? app : api();
  mounted.openapi(livez, (c) => c.json({ status: 'ok' as const }, 200));
  mounted.openapi(readyz, (c) => {
    if (!deps.ready()) throw new WaooawError('unavailable');
    return c.json({ status: 'ok' as const }, 200);
  });
  mounted.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  const about = {
    openapi: '3.1.0',
    info: { title: 'waooaw', version: VERSION, license: { name: 'MIT' } },
    servers: [{ url: config.basePath === '' ? '/' : config.basePath }],
    // A token, or none on the server's own machine.
    security: [{ bearer: [] }, {}],
  };
  mounted.doc31(DOCUMENT, about);
  mounted.route(
    '/',
    apiPageRoutes(() => mounted.getOpenAPI31Document(about) as unknown as ApiDocument),
  );
  for (const routes of deps.rootRoutes) mounted.route('/', routes);
  // Middleware holds for what is mounted behind it.
  for (const routes of deps.ownAccess) mounted.route('/api', routes);
  mounted.use('/api/*', defaultAccess);
  for (const routes of deps.routes) mounted.route('/api', routes);
  if (mounted !== app) app.route(config.basePath, mounted);
  app.route('/', assets(deps.assetsFolder, config.basePath));
  return app;
}

/** Outside of the general security headers, so that a route's own ones win. */
const ownHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(c.var.ownHeaders ?? {})) c.res.headers.set(name, value);
});

/** Counts, times and logs each request, and gives it a logger that knows its id. */
function access(deps: AppDeps, addressOf: ReturnType<typeof clientAddress>) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const start = performance.now();
    deps.count();
    const peer = c.env?.incoming?.socket.remoteAddress;
    c.set('clientAddress', addressOf(peer, c.req.header('x-forwarded-for')));
    c.set('log', deps.log.child({ requestId: c.var.requestId }));
    c.set('maxDepth', deps.config.broadcaster.maxDepth);
    await next();
    const line = {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      tookMs: Math.round((performance.now() - start) * 10) / 10,
      client: c.var.clientAddress,
    };
    if (c.res.status >= 500) c.var.log.error(line, 'request');
    else c.var.log.debug(line, 'request');
  });
}

/**
 * Refuses reads that a foreign page makes: it could not see the answers, but a question can be work. Browsers say so by `Origin`, or by
 * `Sec-Fetch-Site` where they send no origin; a page of the same site is foreign, too: it may be another port's, or another name's.
 */
function readGuard(allowsOrigin: (origin: string | undefined, host: string | undefined) => boolean) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const origin = c.req.header('origin');
    const foreign = origin === undefined && !OWN_SITES.has(c.req.header('sec-fetch-site') ?? 'none');
    if (foreign || !allowsOrigin(origin, c.req.header('host')))
      throw new WaooawError(
        'origin_not_allowed',
        `Origin "${origin ?? 'of another site'}" is not allowed here`,
      );
    await next();
  });
}

/**
 * Demands JSON and an allowed origin of every mutation: a form or an image on a foreign page can send neither, so
 * no page that the user happens to visit acts here. Where other types are taken, it is the origin alone, which browsers send
 * with every POST.
 */
function mutationGuard(
  allowsOrigin: (origin: string | undefined, host: string | undefined) => boolean,
  ruleOf: (path: string) => BodyRule | undefined,
) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (MUTATIONS.has(c.req.method)) {
      const origin = c.req.header('origin');
      if (!allowsOrigin(origin, c.req.header('host'))) {
        throw new WaooawError('origin_not_allowed', `Origin "${String(origin)}" is not allowed here`);
      }
      const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
      const taken = new Set(['application/json', ...(ruleOf(c.req.path)?.mediaTypes ?? [])]);
      if (!taken.has(type ?? '')) throw unsupportedMediaType(type, taken);
    }
    await next();
  });
}
