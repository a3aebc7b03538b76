/** Judges posted samples one by one, so that a bad one is named and the good ones are taken. */
import { METRIC_NAME, TAG_NAME, WaooawError } from '../../../src/protocol/index.ts';
import type { Sample } from '../../../src/protocol/index.ts';
import type { MetricsLimits } from './limits.ts';

/** A sample that may be folded in. */
export interface GoodSample extends Sample {
  readonly tags: Readonly<Record<string, string>>;
  readonly time: number;
}

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});
const MAX_UNIT = 32;
const MAX_HELP = 256;

/**
 * Checks one posted sample.
 * @param nowMs the server's clock, and the sample's time when it has none.
 * @throws WaooawError with the code of what is wrong: `bad_request`, `bad_name`, `bad_value`, `bad_tags`,
 *   `too_many_tags`, `bad_time`, `time_in_future`, `time_too_old`.
 */
export function checkSample(posted: unknown, nowMs: number, limits: MetricsLimits): GoodSample {
  if (typeof posted !== 'object' || posted === null || Array.isArray(posted)) {
    throw new WaooawError('bad_request', 'A sample is an object with name and value');
  }
  const { name, value, tags, time, unit, help } = posted as Record<string, unknown>;
  if (typeof name !== 'string' || name.length > limits.maxNameLength || !METRIC_NAME.test(name)) {
    throw new WaooawError(
      'bad_name',
      `${show(name)} is not a metric name of at most ${limits.maxNameLength} characters`,
    );
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new WaooawError('bad_value', `${show(value)} is not a finite number`);
  }
  return {
    name,
    value,
    tags: tags === undefined ? NO_TAGS : checkTags(tags, limits),
    time: time === undefined ? nowMs : checkTime(time, nowMs, limits),
    ...optionalText('unit', unit, MAX_UNIT),
    ...optionalText('help', help, MAX_HELP),
  };
}

function checkTags(tags: unknown, limits: MetricsLimits): Readonly<Record<string, string>> {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) {
    throw new WaooawError('bad_tags', 'tags is an object of strings');
  }
  const names = Object.keys(tags);
  if (names.length > limits.maxTags) {
    throw new WaooawError('too_many_tags', `${names.length} tags; at most ${limits.maxTags} are taken`);
  }
  for (const [name, value] of Object.entries(tags)) {
    if (name.length > limits.maxTagLength || !TAG_NAME.test(name)) {
      throw new WaooawError('bad_tags', `${show(name)} is not a tag name`);
    }
    if (typeof value !== 'string' || value.length > limits.maxTagLength) {
      throw new WaooawError(
        'bad_tags',
        `Tag ${name}: expected a string of at most ${limits.maxTagLength} characters`,
      );
    }
  }
  return tags as Readonly<Record<string, string>>;
}

function checkTime(time: unknown, nowMs: number, limits: MetricsLimits): number {
  if (typeof time !== 'number' || !Number.isFinite(time) || time < 0) {
    throw new WaooawError('bad_time', `${show(time)} is not a time in ms since 1970`);
  }
  if (time > nowMs + limits.maxFutureMs) {
    throw new WaooawError(
      'time_in_future',
      `The sample is ${Math.round(time - nowMs)} ms ahead of the server's clock`,
    );
  }
  if (time <= nowMs - limits.windowMs) {
    throw new WaooawError(
      'time_too_old',
      `The sample is ${Math.round(nowMs - time)} ms old; ${limits.windowMs} are kept`,
    );
  }
  return time;
}

function optionalText(field: 'unit' | 'help', value: unknown, max: number): { unit?: string; help?: string } {
  if (value === undefined) return {};
  if (typeof value !== 'string' || value.length > max) {
    throw new WaooawError('bad_request', `${field}: expected a string of at most ${max} characters`);
  }
  return { [field]: value };
}

/** What was sent, briefly. Objects are not looked into: one nested deep enough would outgrow the stack. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return typeof value === 'object' && value !== null ? 'An object' : String(value);
}
