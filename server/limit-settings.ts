/** The limits of the services as settings: the defaults are theirs, and each gets its range and its meaning here. */
import { DEFAULT_LIMITS } from './services/broadcaster/limits.ts';
import { DEFAULT_CONTEXTS_LIMITS } from './services/contexts/limits.ts';
import { DEFAULT_METRICS_LIMITS } from './services/metrics/limits.ts';
import { integer } from './setting.ts';
import type { Setting } from './setting.ts';

const limit = (meaning: string, max = 1_000_000_000): ((fallback: number) => Setting<number>) => {
  return (fallback) => integer(1, max, fallback, meaning);
};

/** The settings of the broadcaster. */
export const BROADCASTER_SETTINGS = withDefaults(DEFAULT_LIMITS, {
  maxConnections: limit('Open connections.'),
  maxConnectionsPerIdentity: limit('Open connections of one identity.'),
  maxChannels: limit('Channels with readers, or kept for readers who may come back.'),
  maxSubscriptions: limit('Subscriptions of one connection.'),
  maxChannelLength: limit('Length of a channel name, characters.', 65_536),
  maxFrameBytes: limit('Largest frame from a client, bytes.'),
  maxPublicationBytes: limit('Largest publication by a client or over HTTP, as JSON, bytes.'),
  // From what a subscribe with a position needs, to what every parser and every stack takes.
  maxDepth: (fallback) =>
    integer(
      8,
      1_000,
      fallback,
      'Levels of arrays and objects in a message from a client, a request body or a publication.',
    ),
  messagesPerSecond: limit('Messages from one client, a second, sustained.'),
  messageBurst: limit('Messages from one client at once, before the sustained rate counts.'),
  subscribesPerSecond: limit('Subscribes by one client, a second, sustained; those of a connect count too.'),
  subscribeBurst: limit('Subscribes by one client at once, before the sustained rate counts.'),
  maxRefused: limit('Refused messages in a row until a connection is closed.'),
  maxPendingBytes: limit(
    'Bytes that may wait for one reader; over this it is sent no more until it has read them.',
  ),
  maxPendingFrames: limit('Frames that may wait for one reader; over this likewise.'),
  slowAfterMs: limit('How long a reader may stay over these two until it is closed, ms.', 600_000),
  maxBufferedBytes: limit(
    'Bytes that may wait for one reader, answers to its own commands included; over this it is closed at once.',
  ),
  appHistorySize: limit('Publications that one of the host’s own channels keeps.', 1_000_000),
  appHistoryAgeMs: limit('How long they are kept, ms.', 86_400_000),
  connectTimeoutMs: limit('From the upgrade to the connect message, ms.'),
  pingMs: limit('Between two pings, ms.'),
  pongTimeoutMs: limit('From a ping to its pong, ms.'),
  drainWindowMs: limit('The longest that clients are spread over when the server goes down, ms.', 600_000),
  drainPerSecond: limit(
    'Clients asked to leave in a second, when they are few enough for less than the whole window.',
  ),
});

/** The settings of the metrics service. */
export const METRICS_SETTINGS = withDefaults(DEFAULT_METRICS_LIMITS, {
  stepMs: limit('Length of a bucket, ms.', 3_600_000),
  windowMs: limit('How far back buckets are kept, ms.', 86_400_000),
  maxSeries: limit('Series kept at once.'),
  maxBatch: limit('Samples of one batch.'),
  maxNameLength: limit('Length of a metric name, characters.', 65_536),
  maxSeriesLength: limit('Length of a series, name and tags as written in its channel, characters.', 65_536),
  maxTags: limit('Tags of one sample.', 1_000),
  maxTagLength: limit('Length of a tag name or value, characters.', 65_536),
  maxFutureMs: limit('How far a sample may be ahead of the server’s clock, ms.', 3_600_000),
  publishIntervalMs: limit(
    'Between two publications of one series, ms; a change after a longer pause is published at once.',
    60_000,
  ),
});

/** The settings of the contexts service. */
export const CONTEXTS_SETTINGS = withDefaults(DEFAULT_CONTEXTS_LIMITS, {
  contextIntervalMs: limit(
    'Between two looks at the agents, services and environments in use, and so between two publications of them, ms.',
    60_000,
  ),
  contextPageItems: limit(
    'Agents, services or environments of a page, where the caller does not say.',
    100_000,
  ),
  maxContextPageItems: limit('The same, at most; of a publication too.', 100_000),
  maxContextQueryLength: limit('Length of a search for them, characters.', 8_192),
});

function withDefaults<T extends object>(
  defaults: T,
  limits: { readonly [K in keyof T]: (fallback: number) => Setting<number> },
): { readonly [K in keyof T]: Setting<number> } {
  const settings = Object.entries<(fallback: number) => Setting<number>>(limits).map(([key, make]) => [
    key,
    make(defaults[key as keyof T] as number),
  ]);
  return Object.fromEntries(settings) as { readonly [K in keyof T]: Setting<number> };
}
