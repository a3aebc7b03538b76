import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { VERSION } from '../../src/protocol/index.ts';
import { createApp } from '../app.ts';
import { createAuditing } from '../auditing.ts';
import { createAuth } from '../auth/index.ts';
import { authRoutes } from '../auth/routes.ts';
import { createConfig } from '../config.ts';
import { createMemoryBus } from '../engines/memory/bus.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import { createAlerts } from '../services/alerts/index.ts';
import { alertsRoutes } from '../services/alerts/routes.ts';
import { createBroadcaster } from '../services/broadcaster/index.ts';
import { broadcasterRoutes, publishRoutes } from '../services/broadcaster/routes.ts';
import { createContexts } from '../services/contexts/index.ts';
import { contextsRoutes } from '../services/contexts/routes.ts';
import { createHealth } from '../services/health/index.ts';
import { healthRoutes } from '../services/health/routes.ts';
import { createMetrics } from '../services/metrics/index.ts';
import { BodyBudget } from './raw-body.ts';
import { provisioningRoutes } from '../services/provisioning/routes.ts';
import type { Provisioning } from '../services/provisioning/provisioning.ts';
import { jsonFormat } from '../services/metrics/formats/json.ts';
import { ingestRoutes } from '../services/metrics/ingest-routes.ts';
import { otlpRoutes } from '../services/metrics/otlp-routes.ts';
import { metricsRoutes, queryRoutes } from '../services/metrics/routes.ts';
import { request, startServer } from '../testing/harness.ts';
import { FakeIdentities } from '../testing/identities.ts';
import { selfRoutes } from '../self.ts';
import { sseRoutes } from '../services/broadcaster/sse.ts';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly responses: Readonly<
    Record<string, { description: string; content?: Record<string, { schema: unknown }> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** The document itself, which no document needs to describe. */
const ITSELF = 'get /api/openapi.json';

function operations(document: Document): [name: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );
}

/** Every object in a JSON value. */
function* objects(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const part of Object.values(value)) yield* objects(part);
}

/** What is not JSON. */
const GOOD_TYPES: Readonly<Record<string, string>> = {
  'get /api/health': 'application/health+json',
  'get /metrics': 'text/plain',
  'get /api/audit/checkpoint': 'text/plain',
  'get /api/audit/export': 'application/x-ndjson',
  'post /sse': 'text/event-stream',
};

describe('openapi.json', () => {
  it('lists every route below /api with livez and readyz, and no other', async () => {
    const clock = createManualClock();
    const authenticator = new FakeIdentities();
    const broadcaster = createBroadcaster({ bus: createMemoryBus(clock), clock, authenticator });
    const metrics = createMetrics({ clock, publisher: broadcaster });
    const alerts = createAlerts({ clock, publisher: broadcaster, reader: metrics, onError: () => undefined });
    const config = createConfig();
    const log = pino({ level: 'silent' });
    const auditing = createAuditing({ config, clock, log, publisher: () => broadcaster });
    const app = createApp({
      config,
      log,
      routes: [
        metricsRoutes(metrics),
        ingestRoutes(metrics, [jsonFormat(1)], new BodyBudget(1e6)),
        otlpRoutes(metrics, new BodyBudget(1e6)),
        alertsRoutes(alerts),
        healthRoutes(
          createHealth({ clock, publisher: broadcaster, reader: metrics, onError: () => undefined }),
        ),
        contextsRoutes(createContexts({ clock, publisher: broadcaster, sources: [] })),
        broadcasterRoutes(broadcaster),
        // Its routes are listed, and never called.
        provisioningRoutes({} as Provisioning, ''),
        ...auditing.routes,
      ],
      authenticator,
      recorder: auditing.recorder,
      ownAccess: [
        queryRoutes(metrics),
        publishRoutes(broadcaster),
        authRoutes(createAuth({ config: createConfig(), clock })),
      ],
      rootRoutes: [sseRoutes(broadcaster, authenticator), selfRoutes(authenticator, () => [])],
      assetsFolder: import.meta.dirname,
      ready: () => true,
      count: () => undefined,
    });
    const served = app.routes
      .filter(
        ({ method, path }) =>
          METHODS.includes(method.toLowerCase()) && /^\/(api\/|livez|readyz|metrics|sse)/.test(path),
      )
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`)
      .filter((route) => route !== ITSELF);
    assert.ok(served.length >= 8);
    const response = await app.request('/api/openapi.json', { headers: { host: 'localhost' } });
    const listed = operations((await response.json()) as Document).map(([name]) => name);
    assert.deepEqual(listed.sort(), [...new Set(served)].sort());
  });

  it('is OpenAPI 3.1 of this version', async (t) => {
    const { url } = await startServer(t);
    const document = (await request(`${url}/api/openapi.json`)).json<Document>();
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual([document.info.title, document.info.version], ['waooaw', VERSION]);
    assert.deepEqual(document.servers, [{ url: '/' }]);
  });

  it('resolves each of its references, and uses each schema that it names', async (t) => {
    const { url } = await startServer(t);
    const document = (await request(`${url}/api/openapi.json`)).json<Document>();
    const used = new Set<string>();
    for (const { $ref } of objects(document)) {
      if (typeof $ref !== 'string') continue;
      const [, name = ''] = /^#\/components\/schemas\/([^/]+)$/.exec($ref) ?? [];
      assert.ok(name in document.components.schemas, `${$ref} leads nowhere`);
      used.add(name);
    }
    assert.deepEqual([...used].sort(), Object.keys(document.components.schemas).sort());
  });

  it('says of every operation what it is for, how it answers, and that errors are problems', async (t) => {
    const { url } = await startServer(t);
    for (const [name, { summary, tags, responses }] of operations(
      (await request(`${url}/api/openapi.json`)).json<Document>(),
    )) {
      assert.ok(summary && tags?.length === 1, `${name} lacks a summary or its one tag`);
      assert.ok('200' in responses || '204' in responses, `${name} lacks a 200 or 204`);
      for (const [status, { description, content = {} }] of Object.entries(responses)) {
        assert.ok(description, `${name} ${status} lacks a description`);
        const [type = ''] = Object.keys(content);
        const good = GOOD_TYPES[name] ?? 'application/json';
        const isDone = ['200', '201', '202'].includes(status);
        const expected = status === '204' ? '' : isDone ? good : 'application/problem+json';
        // The health summary answers 503 in its own type, as its draft asks, and OTLP says errors in its own.
        const own = name === 'get /api/health' ? status === '503' : name === 'post /api/otlp/v1/metrics';
        assert.equal(type, own ? good : expected, `${name} ${status}`);
      }
    }
  });

  it('requires of every answer what is always there, and nothing else', async (t) => {
    const { url } = await startServer(t);
    const { schemas } = (await request(`${url}/api/openapi.json`)).json<Document>().components;
    const optional = (name: string): string[] => {
      const { properties, required } = schemas[name] as { properties: object; required: string[] };
      return Object.keys(properties).filter((key) => !required.includes(key));
    };
    assert.deepEqual(optional('Problem'), ['errors']);
    const mayBeAbsent = [
      'at',
      'reason',
      'tookMs',
      'timings',
      'certificateExpiresAt',
      'tags',
      'soft',
      'flapping',
      'unreachableBy',
      'causedBy',
      'maintenance',
      'paused',
      'incident',
    ];
    assert.deepEqual(optional('CheckStatus'), mayBeAbsent);
    assert.deepEqual(optional('HealthEntry'), [...mayBeAbsent, 'time']);
    assert.deepEqual(optional('Incident'), ['endedAt', 'tags', 'acknowledged']);
    assert.deepEqual(optional('MaintenanceWindow'), ['endsAt', 'recurs']);
    assert.deepEqual(optional('NewMaintenance'), ['checks', 'tags', 'recurs', 'startsAt', 'endsAt']);
    assert.deepEqual(
      ['check', 'probe'].filter((field) => optional('CheckInput').includes(field)),
      [],
    );
    for (const name of ['CheckHistory', 'Uptime', 'CheckList', 'IncidentList', 'MaintenanceList']) {
      assert.deepEqual(optional(name), [], name);
    }
    assert.deepEqual(optional('ContextItem'), ['state', 'environments', 'group']);
    assert.deepEqual(optional('ContextPage'), ['next']);
    assert.deepEqual(optional('Sample'), ['kind', 'tags', 'time', 'unit', 'help']);
    assert.deepEqual(optional('SeriesInfo'), ['unit', 'help']);
    assert.deepEqual(optional('WindowResult'), ['unit', 'help']);
    assert.deepEqual(optional('Me'), ['role', 'expiresAt']);
    for (const name of ['ApiKey', 'CreatedApiKey']) {
      assert.deepEqual(optional(name), ['role', 'expiresAt', 'revokedAt', 'agent'], name);
    }
    assert.deepEqual(optional('NewApiKey'), ['role', 'grants', 'expiresAt']);
    for (const name of ['Grant', 'ApiKeyList', 'NewRevocation', 'Revocation']) {
      assert.deepEqual(optional(name), [], name);
    }
    assert.deepEqual(optional('AgentStatus'), ['previousVersion', 'reason', 'address', 'operation']);
    assert.deepEqual(optional('AgentInstance'), ['pid', 'exit']);
    assert.deepEqual(optional('AgentKind'), ['description']);
    assert.deepEqual(optional('OperationStatus'), [
      'agent',
      'startedAt',
      'endedAt',
      'generation',
      'error',
      'result',
      'action',
      'queuePlace',
      'url',
    ]);
    assert.deepEqual(
      ['agent', 'kind'].filter((field) => optional('NewAgent').includes(field)),
      [],
    );
    assert.deepEqual(optional('NewOperation'), ['agent', 'tags', 'url']);
    for (const name of ['AgentList', 'AgentKindList', 'OperationList', 'BulkOutcomes', 'LogPage'])
      assert.deepEqual(optional(name), [], name);
    for (const name of ['Alive', 'IngestResult', 'SeriesList', 'Health', 'BroadcasterStats']) {
      assert.deepEqual(optional(name), [], name);
    }
  });

  it('documents the parameters and bodies that routes take', async (t) => {
    const { url } = await startServer(t);
    const { paths } = (await request(`${url}/api/openapi.json`)).json<{
      paths: Record<
        string,
        Record<string, { parameters?: { name: string; in: string }[]; requestBody?: unknown }>
      >;
    }>();
    const named = (path: string): string[] =>
      (paths[path]?.['get']?.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
    assert.deepEqual(named('/api/metrics/query'), [
      'query metric',
      'query windowMs',
      'query from',
      'query to',
      'query stepMs',
      'query aggregation',
      'query across',
      'query by',
    ]);
    assert.deepEqual(named('/api/health'), ['query tag']);
    assert.deepEqual(named('/api/health/{check}'), ['path check']);
    assert.deepEqual(named('/api/health/{check}/history'), ['path check', 'query days']);
    assert.deepEqual(named('/api/health/incidents'), [
      'query check',
      'query open',
      'query before',
      'query limit',
    ]);
    assert.deepEqual(named('/api/operations'), [
      'query agent',
      'query state',
      'query type',
      'query source',
      'query before',
      'query limit',
    ]);
    assert.deepEqual(named('/api/agents/{agent}/logs'), [
      'path agent',
      'query after',
      'query before',
      'query limit',
    ]);
    for (const method of ['post', 'put']) {
      const body = paths[`/api/health/checks${method === 'put' ? '/{check}' : ''}`]?.[method]?.requestBody;
      assert.match(JSON.stringify(body), /"#\/components\/schemas\/CheckInput"/, method);
    }
    assert.match(
      JSON.stringify(paths['/api/metrics']?.['post']?.requestBody),
      /"#\/components\/schemas\/Sample"/,
    );
  });

  it('says that a token is needed, or none', async (t) => {
    const { url } = await startServer(t);
    const { security, components } = (await request(`${url}/api/openapi.json`)).json<{
      security: unknown;
      components: { securitySchemes: unknown };
    }>();
    assert.deepEqual(security, [{ bearer: [] }, {}]);
    assert.deepEqual(components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } });
  });

  it('names the base path as its server, with the paths as they are below it', async (t) => {
    const { url } = await startServer(t, { basePath: '/ops' });
    const document = (await request(`${url}/api/openapi.json`)).json<Document>();
    assert.deepEqual(document.servers, [{ url: '/ops' }]);
    assert.ok('/api/metrics' in document.paths && '/livez' in document.paths);
  });
});
