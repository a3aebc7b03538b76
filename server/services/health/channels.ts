/** The channels of health: all checks, one check, and all that carry a tag. */
import { TAG_NAME } from '../../../src/protocol/index.ts';
import type { CheckStatus, HealthSummary, Json } from '../../../src/protocol/index.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';

/** Kept for readers whose connection broke. */
const HISTORY = { size: 64, ageMs: 600_000 };
const ALL = 'health';
const ONE = 'health/';
const TAGGED = 'health/tag/';

/** Tags by name. */
export type Tags = Readonly<Record<string, string>>;

/** What channels are read from. */
export interface ChannelSource {
  has(check: string): boolean;
  /** @throws WaooawError `not_found`. */
  check(check: string): CheckStatus;
  summary(tags?: Tags): HealthSummary;
}

/** `health`, `health/<check>`, and `health/tag/<tag>=<value>`, which is there only while somebody follows it. */
export function healthNamespaces(source: ChannelSource): readonly [Namespace, Namespace] {
  const resolve = (channel: string): string | undefined =>
    channel === ALL || tagOf(channel) || source.has(channel.slice(ONE.length)) ? channel : undefined;
  const snapshot = (channel: string): Json => {
    const tags = tagOf(channel);
    return toJson(channel === ALL || tags ? source.summary(tags) : source.check(channel.slice(ONE.length)));
  };
  const common = { history: HISTORY, access: READ_ONLY, conflate: latestOfEach, resolve, snapshot };
  return [
    { ...common, name: 'health', onDemand: false },
    { ...common, name: 'health/tag', onDemand: true },
  ];
}

/** Tells the readers of a check as it is now. */
export function publishStatus(publisher: Publisher, status: CheckStatus): void {
  const data = toJson(status);
  publisher.publish(ONE + status.check, data);
  publishToMany(publisher, status.tags, data);
}

/** Tells the readers of many checks that one is watched no more. */
export function publishRemoval(publisher: Publisher, { check, tags }: CheckStatus): void {
  publishToMany(publisher, tags, { check, removed: true });
}

/** The last result of each check, in the order of their last results. */
export function latestOfEach(results: readonly Json[]): readonly Json[] {
  const latest = new Map<string, Json>();
  for (const result of results) {
    const { check } = result as { readonly check: string };
    latest.delete(check);
    latest.set(check, result);
  }
  return [...latest.values()];
}

/** True for a check that carries all of the tags. */
export function carries({ tags }: Pick<CheckStatus, 'tags'>, wanted: Tags): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => tags !== undefined && Object.hasOwn(tags, name) && tags[name] === value,
  );
}

function publishToMany(publisher: Publisher, tags: Tags = {}, data: Json): void {
  publisher.publish(ALL, data);
  for (const [name, value] of Object.entries(tags)) {
    const channel = `${TAGGED}${name}=${value}`;
    if (publisher.wants(channel)) publisher.publish(channel, data);
  }
}

/** A channel for a tag is there whether or not a check carries it by now. */
function tagOf(channel: string): Tags | undefined {
  if (!channel.startsWith(TAGGED)) return undefined;
  const [, name = '', value] = /^([^=]*)=(.+)$/s.exec(channel.slice(TAGGED.length)) ?? [];
  return value !== undefined && TAG_NAME.test(name) ? { [name]: value } : undefined;
}

function toJson(value: CheckStatus | HealthSummary): Json {
  return value as unknown as Json;
}
