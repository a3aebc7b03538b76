/** Puts the metrics service together with its formats, its store and its scraper. */
import { readFile } from 'node:fs/promises';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createRoute, z } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { WaooawError } from '../src/protocol/index.ts';
import type { BodyRule } from './app.ts';
import type { Config } from './config.ts';
import { api } from './http/api.ts';
import type { AppEnv } from './http/env.ts';
import type { ExposedFamily } from './http/exposition.ts';
import { answers } from './http/openapi.ts';
import { BodyBudget } from './http/raw-body.ts';
import type { Clock } from './ports/clock.ts';
import type { MetricStore } from './ports/metric-store.ts';
import type { Publisher } from './ports/publisher.ts';
import { jsonFormat } from './services/metrics/formats/json.ts';
import { openMetrics } from './services/metrics/formats/openmetrics.ts';
import { prometheusText } from './services/metrics/formats/prometheus-text.ts';
import { metricsFamilies } from './services/metrics/families.ts';
import { createMetrics } from './services/metrics/index.ts';
import type { Metrics } from './services/metrics/index.ts';
import { INGEST_PATH, ingestRoutes } from './services/metrics/ingest-routes.ts';
import { OTLP_PATH, otlpRoutes } from './services/metrics/otlp-routes.ts';
import { metricsRoutes } from './services/metrics/routes.ts';
import { createScraper, readScrapeFile } from './services/metrics/scrape/index.ts';
import type { Scraper } from './services/metrics/scrape/index.ts';

/** What it takes. */
export interface MeteringDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly log: Logger;
  /** Opens what buckets are kept in. */
  readonly openStore: () => MetricStore;
}

/** The metrics service with all that feeds it from outside. */
export interface Metering {
  readonly metrics: Metrics;
  readonly routes: readonly OpenAPIHono<AppEnv>[];
  /** What is posted to where, if it is not JSON or larger than usual. */
  readonly bodies: ReadonlyMap<string, BodyRule>;
  families(): readonly ExposedFamily[];
  /**
   * Opens the store, and begins to scrape.
   * @throws WaooawError `bad_config` for a file of targets that is not valid, or as the store does.
   */
  start(): Promise<void>;
  close(): Promise<void>;
}

const targetList = z
  .object({
    targets: z
      .array(
        z.object({
          job: z.string(),
          target: z.string(),
          instance: z.string(),
          up: z.boolean().optional(),
          lastAt: z.number().optional(),
          tookMs: z.number().optional(),
          samples: z.int(),
          rejected: z.int(),
          skipped: z.int(),
          failure: z.string().optional(),
          error: z.string().optional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'TargetList' });

const targets = createRoute({
  method: 'get',
  path: '/metrics/targets',
  tags: ['metrics'],
  summary: 'Targets that are scraped, and how it goes',
  responses: answers(targetList, 'In the order of the file'),
});

/** Puts it together; nothing is opened before `start`. */
export function createMetering({ config, clock, publisher, log, openStore }: MeteringDeps): Metering {
  const limits = config.metrics;
  const metrics = createMetrics({
    clock,
    publisher,
    limits,
    onError: (error, what) => log.error({ err: error }, what),
  });
  const pushed = [jsonFormat(limits.maxBatch), prometheusText, openMetrics];
  const budget = new BodyBudget(limits.maxBodiesBytes);
  let scraper: Scraper | undefined;

  const status = api();
  status.openapi(targets, (c) => c.json({ targets: [...(scraper?.status() ?? [])] }, 200));

  const scrape = async (file: string): Promise<void> => {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new WaooawError('bad_config', `WAOOAW_SCRAPE_FILE: ${String(cause)}`, { cause });
    });
    scraper = createScraper({
      clock,
      ingest: metrics,
      jobs: readScrapeFile(text, file),
      formats: [openMetrics, prometheusText],
      ended: (_source, series) => metrics.end(series),
      changed: ({ job, target, up, error }) =>
        up
          ? log.info({ job, target }, 'the target is up')
          : log.warn({ job, target, error }, 'the target is down'),
      onError: (error) => log.error({ err: error }, 'scraping'),
    });
  };

  return {
    metrics,
    routes: [
      ingestRoutes(metrics, pushed, budget),
      otlpRoutes(metrics, budget),
      metricsRoutes(metrics),
      status,
    ],
    bodies: new Map([
      [
        `/api${INGEST_PATH}`,
        rule(
          limits.maxIngestBytes,
          pushed.flatMap(({ mediaTypes }) => mediaTypes),
        ),
      ],
      [`/api${OTLP_PATH}`, rule(limits.maxIngestBytes, ['application/x-protobuf'])],
    ]),
    families: () => metricsFamilies(metrics.stats(), scraper?.status() ?? []),

    async start() {
      await metrics.start(openStore());
      const { series, silent } = metrics.stats();
      if (series + silent > 0) {
        log.info(
          { series, silent, mayMissMs: limits.persistIntervalMs },
          'metrics are back; after a crash the last of them are missing',
        );
      }
      if (config.scrapeFile !== '') await scrape(config.scrapeFile);
    },

    async close() {
      await scraper?.close();
      await metrics.close();
    },
  };
}

function rule(maxBytes: number, mediaTypes: readonly string[]): BodyRule {
  return { maxBytes, mediaTypes };
}
