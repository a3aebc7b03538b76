/** Batches of samples as JSON: `{"samples":[{"name":…,"value":…},…]}`. */
import { METRIC_KINDS, WaooawError } from '../../../../src/protocol/index.ts';
import type { ErrorCode, MetricKind } from '../../../../src/protocol/index.ts';
import type { Intake, MetricFormat, MetricParser, SeriesRef } from './format.ts';
import { JsonBody } from './json-body.ts';
import { KnownSamples } from './json-known.ts';
import { checkParts } from './json-parts.ts';

/** Samples between two pauses. */
const TURN = 2_000;
/** Series that a source's parser remembers; past that it begins anew. */
const MAX_REMEMBERED = 50_000;
/** Longest part of a key that is remembered, characters. What says more is looked up each time. */
const MAX_KEY = 2_048;
/** Commas and brackets that a sample may have: fields, and a tag with its value each. */
const PARTS_A_SAMPLE = 64;
/** Ends a part of a key. It cannot stand in a name, and in a value it only makes two keys of one series. */
const END = '\u0000';

/** JSON. @param maxBatch samples of one body. */
export function jsonFormat(maxBatch: number): MetricFormat {
  return {
    name: 'json',
    mediaTypes: ['application/json'],
    parser: () => new JsonParser(maxBatch),
  };
}

/** Reads the bodies of one source, one at a time. */
class JsonParser implements MetricParser {
  readonly #maxBatch: number;
  readonly #samples = new KnownSamples();
  readonly #series = new Map<string, SeriesRef>();
  /** Bodies read so far, this one included. */
  #body = 0;

  constructor(maxBatch: number) {
    this.#maxBatch = maxBatch;
  }

  *parse(body: Buffer, intake: Intake): Generator<void, void, void> {
    const maxSamples = this.#maxBatch;
    const read = new JsonBody(body, this.#samples, { maxSamples, maxParts: maxSamples * PARTS_A_SAMPLE });
    yield* read.read()
      ? this.#take(read, intake)
      : takeSamples(readBatch(body, maxSamples), intake, this.#series);
  }

  *#take(read: JsonBody, intake: Intake): Generator<void, void, void> {
    const { cursor, known, starts, values, times, posted } = read;
    const body = (this.#body += 1);
    let before = this.#samples.first;
    let looked = 0;
    for (let i = 0; i < known.length; i++) {
      if (i % TURN === TURN - 1) yield;
      let sample = known[i];
      if (sample?.ref?.gone === false) {
        const code = intake.sample(sample.ref, values[i]!, times[i]!);
        if (code !== undefined) refuse(i, code, { value: values[i], time: times[i] }, intake);
      } else {
        const one = sample ? read.parseAgain(i) : posted[looked++];
        const ref = takeOne(one, i, intake, this.#series);
        if (ref === undefined) continue;
        sample = this.#samples.learn(cursor.bytes, starts[i]!, ref, sample);
      }
      if (sample === undefined || sample.at < 0) continue;
      sample.body = body;
      before = before.next = sample;
    }
    this.#samples.endBody(body);
  }
}

/** Takes a batch that is read already. @param known series of the same sender by what it says of them. */
export function* takeSamples(
  samples: readonly unknown[],
  intake: Intake,
  known: Map<string, SeriesRef>,
): Generator<void, void, void> {
  for (let i = 0; i < samples.length; i++) {
    takeOne(samples[i], i, intake, known);
    if (i % TURN === TURN - 1) yield;
  }
}

/** @throws WaooawError `bad_json`, `bad_request`. */
function readBatch(body: Buffer, maxBatch: number): readonly unknown[] {
  checkParts(body, maxBatch * PARTS_A_SAMPLE);
  let batch: unknown;
  try {
    batch = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new WaooawError('bad_json', (cause as SyntaxError).message, { cause });
  }
  const samples = isObject(batch) ? batch['samples'] : undefined;
  if (!Array.isArray(samples) || samples.length === 0 || samples.length > maxBatch)
    throw new WaooawError('bad_request', `Expected {"samples":[…]} with 1 to ${maxBatch} samples`);
  return samples;
}

/** @returns the series that it was written to; undefined where it was not taken. */
function takeOne(
  posted: unknown,
  index: number,
  intake: Intake,
  known: Map<string, SeriesRef>,
): SeriesRef | undefined {
  if (!isObject(posted)) {
    intake.reject(`/samples/${index}`, 'bad_request', 'A sample is an object with name and value');
    return undefined;
  }
  const { value, time = Number.NaN } = posted;
  if (typeof value !== 'number') return refuse(index, 'bad_value', posted, intake);
  if (typeof time !== 'number') return refuse(index, 'bad_time', posted, intake);
  // Before it is looked up: what is not taken makes no series.
  const fault = intake.faultOf(value, time);
  if (fault) return refuse(index, fault, posted, intake);
  let ref: SeriesRef;
  try {
    ref = find(posted, time, intake, known);
  } catch (error) {
    if (!(error instanceof WaooawError)) throw error;
    return refuse(index, error.code, posted, intake, error.message);
  }
  const code = intake.sample(ref, value, time);
  return code ? refuse(index, code, posted, intake) : ref;
}

/** Names a sample that was not taken. */
function refuse(
  index: number,
  code: ErrorCode,
  posted: Record<string, unknown>,
  intake: Intake,
  why = REASONS[code]?.(posted) ?? code,
): undefined {
  intake.reject(`/samples/${index}${PLACES[code] ?? ''}`, code, why);
}

const PLACES: Partial<Record<ErrorCode, string>> = {
  bad_value: '/value',
  bad_time: '/time',
  time_in_future: '/time',
  time_too_old: '/time',
};
const REASONS: Partial<Record<ErrorCode, (sample: Record<string, unknown>) => string>> = {
  bad_value: ({ value }) => `${show(value)} is not a finite number`,
  bad_time: ({ time }) => `${show(time)} is not a time in ms since 1970`,
  time_in_future: ({ time }) => `${show(time)} is further ahead of the server's clock than maxFutureMs`,
  time_too_old: ({ time }) => `${show(time)} is longer ago than maxLateMs`,
};

/** The sample's series: by what was seen before, or looked up. */
function find(
  sample: Record<string, unknown>,
  timeMs: number,
  intake: Intake,
  known: Map<string, SeriesRef>,
): SeriesRef {
  const key = keyOf(sample);
  const ref = key === undefined ? undefined : known.get(key);
  if (ref && !ref.gone) return ref;
  const { name, tags, kind, unit, help } = sample;
  const identity = {
    name: textOf('name', name, 'bad_name'),
    labels: tags === undefined ? [] : labelsOf(tags),
    kind: kindOf(kind),
    ...(unit !== undefined && { unit: textOf('unit', unit, 'bad_request') }),
    ...(help !== undefined && { help: textOf('help', help, 'bad_request') }),
  };
  const found = intake.series(identity, timeMs);
  if (known.size >= MAX_REMEMBERED) known.clear();
  if (key !== undefined) known.set(key, found);
  return found;
}

/** All that a sample says of its series; undefined where something is no text, which the slow way says better. */
function keyOf({ name, tags, kind = '', unit = '', help = '' }: Record<string, unknown>): string | undefined {
  if (typeof name !== 'string' || typeof kind !== 'string') return undefined;
  if (typeof unit !== 'string' || typeof help !== 'string') return undefined;
  let key = `${name}${END}${kind}${END}${unit}${END}${help}`;
  if (key.length > MAX_KEY) return undefined;
  if (tags === undefined) return key;
  if (!isObject(tags)) return undefined;
  for (const tag in tags) {
    const value = tags[tag];
    if (typeof value !== 'string') return undefined;
    key += `${END}${tag}${END}${value}`;
    if (key.length > MAX_KEY) return undefined;
  }
  return key;
}

function labelsOf(tags: unknown): [string, string][] {
  if (!isObject(tags)) throw new WaooawError('bad_tags', 'tags is an object of strings');
  return Object.entries(tags).map(([tag, value]) => {
    if (typeof value !== 'string')
      throw new WaooawError('bad_tags', `Tag ${tag.slice(0, 80)}: expected a string, was ${show(value)}`);
    return [tag, value];
  });
}

function kindOf(kind: unknown): MetricKind | 'unknown' {
  if (kind === undefined) return 'unknown';
  const found = METRIC_KINDS.find((known) => known === kind);
  if (!found) throw new WaooawError('bad_request', `kind: expected one of ${METRIC_KINDS.join(', ')}`);
  return found;
}

function textOf(field: string, value: unknown, code: ErrorCode): string {
  if (typeof value !== 'string') throw new WaooawError(code, `${field}: ${show(value)} is not a text`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was sent, briefly. Objects are not looked into: one nested deep enough would outgrow the stack. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return typeof value === 'object' && value !== null ? 'An object' : String(value);
}
