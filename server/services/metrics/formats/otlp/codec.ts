/** OTLP's messages on the wire. Made by scripts/otlp-codec.ts with pbf from the .proto files beside it: change those. */
import type { PbfReader, PbfWriter } from 'pbf';
export interface ResourceMetrics {
  resource: Uint8Array | undefined;
}

export interface ScopeMetrics {
  scope: Uint8Array | undefined;
}

export interface Scope {
  name: string;
  version: string;
}

export interface Metric {
  name: string;
  description: string;
  unit: string;
  gauge: Uint8Array | undefined;
  sum: Uint8Array | undefined;
  histogram: Uint8Array | undefined;
  exponentialHistogram: Uint8Array | undefined;
  summary: Uint8Array | undefined;
  data: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary' | undefined;
}

export interface Aggregation {
  temporality: number;
  monotonic: boolean;
}

export interface NumberDataPoint {
  startTimeUnixNano: number;
  timeUnixNano: number;
  asDouble: number;
  asInt: number;
  attributes: Uint8Array[];
  flags: number;
  value: 'asDouble' | 'asInt' | undefined;
}

export interface HistogramDataPoint {
  startTimeUnixNano: number;
  timeUnixNano: number;
  count: number;
  sum: number;
  bucketCounts: number[];
  explicitBounds: number[];
  attributes: Uint8Array[];
  flags: number;
  sumOrNone: 'sum' | undefined;
}

export interface ExponentialHistogramDataPoint {
  attributes: Uint8Array[];
  startTimeUnixNano: number;
  timeUnixNano: number;
  count: number;
  sum: number;
  scale: number;
  zeroCount: number;
  positive: Buckets | undefined;
  negative: Buckets | undefined;
  flags: number;
  min: number;
  max: number;
  zeroThreshold: number;
  sumOrNone: 'sum' | undefined;
  minOrNone: 'min' | undefined;
  maxOrNone: 'max' | undefined;
}

export interface Buckets {
  offset: number;
  bucketCounts: number[];
}

export interface SummaryDataPoint {
  startTimeUnixNano: number;
  timeUnixNano: number;
  count: number;
  sum: number;
  quantileValues: ValueAtQuantile[];
  attributes: Uint8Array[];
  flags: number;
}

export interface ValueAtQuantile {
  quantile: number;
  value: number;
}

export interface KeyValue {
  key: string;
  value: AnyValue | undefined;
}

export interface AnyValue {
  stringValue: string;
  boolValue: boolean;
  intValue: number;
  doubleValue: number;
  arrayValue: Uint8Array | undefined;
  kvlistValue: Uint8Array | undefined;
  bytesValue: Uint8Array | undefined;
  value:
    | 'stringValue'
    | 'boolValue'
    | 'intValue'
    | 'doubleValue'
    | 'arrayValue'
    | 'kvlistValue'
    | 'bytesValue'
    | undefined;
}

export interface ArrayValue {
  values: AnyValue[];
}

export interface KeyValueList {
  values: KeyValue[];
}

export function readResourceMetrics(pbf: PbfReader, end?: number): ResourceMetrics {
  const obj: ResourceMetrics = { resource: undefined };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.resource = pbf.readBytes();
  }
  return obj;
}

export function readScopeMetrics(pbf: PbfReader, end?: number): ScopeMetrics {
  const obj: ScopeMetrics = { scope: undefined };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.scope = pbf.readBytes();
  }
  return obj;
}

export function readScope(pbf: PbfReader, end?: number): Scope {
  const obj: Scope = { name: '', version: '' };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.name = pbf.readString();
    else if (field === 2) obj.version = pbf.readString();
  }
  return obj;
}

export function readMetric(pbf: PbfReader, end?: number): Metric {
  const obj: Metric = {
    name: '',
    description: '',
    unit: '',
    gauge: undefined,
    data: undefined,
    sum: undefined,
    histogram: undefined,
    exponentialHistogram: undefined,
    summary: undefined,
  };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.name = pbf.readString();
    else if (field === 2) obj.description = pbf.readString();
    else if (field === 3) obj.unit = pbf.readString();
    else if (field === 5) {
      obj.gauge = pbf.readBytes();
      obj.data = 'gauge';
    } else if (field === 7) {
      obj.sum = pbf.readBytes();
      obj.data = 'sum';
    } else if (field === 9) {
      obj.histogram = pbf.readBytes();
      obj.data = 'histogram';
    } else if (field === 10) {
      obj.exponentialHistogram = pbf.readBytes();
      obj.data = 'exponentialHistogram';
    } else if (field === 11) {
      obj.summary = pbf.readBytes();
      obj.data = 'summary';
    }
  }
  return obj;
}

export function readAggregation(pbf: PbfReader, end?: number): Aggregation {
  const obj: Aggregation = { temporality: 0, monotonic: false };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 2) obj.temporality = pbf.readVarint();
    else if (field === 3) obj.monotonic = pbf.readBoolean();
  }
  return obj;
}

export function readNumberDataPoint(pbf: PbfReader, end?: number): NumberDataPoint {
  const obj: NumberDataPoint = {
    startTimeUnixNano: 0,
    timeUnixNano: 0,
    asDouble: 0,
    value: undefined,
    asInt: 0,
    attributes: [],
    flags: 0,
  };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 2) obj.startTimeUnixNano = pbf.readFixed64();
    else if (field === 3) obj.timeUnixNano = pbf.readFixed64();
    else if (field === 4) {
      obj.asDouble = pbf.readDouble();
      obj.value = 'asDouble';
    } else if (field === 6) {
      obj.asInt = pbf.readSFixed64();
      obj.value = 'asInt';
    } else if (field === 7) obj.attributes.push(pbf.readBytes());
    else if (field === 8) obj.flags = pbf.readVarint();
  }
  return obj;
}

export function readHistogramDataPoint(pbf: PbfReader, end?: number): HistogramDataPoint {
  const obj: HistogramDataPoint = {
    startTimeUnixNano: 0,
    timeUnixNano: 0,
    count: 0,
    sum: 0,
    sumOrNone: undefined,
    bucketCounts: [],
    explicitBounds: [],
    attributes: [],
    flags: 0,
  };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 2) obj.startTimeUnixNano = pbf.readFixed64();
    else if (field === 3) obj.timeUnixNano = pbf.readFixed64();
    else if (field === 4) obj.count = pbf.readFixed64();
    else if (field === 5) {
      obj.sum = pbf.readDouble();
      obj.sumOrNone = 'sum';
    } else if (field === 6) pbf.readPackedFixed64(obj.bucketCounts);
    else if (field === 7) pbf.readPackedDouble(obj.explicitBounds);
    else if (field === 9) obj.attributes.push(pbf.readBytes());
    else if (field === 10) obj.flags = pbf.readVarint();
  }
  return obj;
}

export function readExponentialHistogramDataPoint(
  pbf: PbfReader,
  end?: number,
): ExponentialHistogramDataPoint {
  const obj: ExponentialHistogramDataPoint = {
    attributes: [],
    startTimeUnixNano: 0,
    timeUnixNano: 0,
    count: 0,
    sum: 0,
    sumOrNone: undefined,
    scale: 0,
    zeroCount: 0,
    positive: undefined,
    negative: undefined,
    flags: 0,
    min: 0,
    minOrNone: undefined,
    max: 0,
    maxOrNone: undefined,
    zeroThreshold: 0,
  };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.attributes.push(pbf.readBytes());
    else if (field === 2) obj.startTimeUnixNano = pbf.readFixed64();
    else if (field === 3) obj.timeUnixNano = pbf.readFixed64();
    else if (field === 4) obj.count = pbf.readFixed64();
    else if (field === 5) {
      obj.sum = pbf.readDouble();
      obj.sumOrNone = 'sum';
    } else if (field === 6) obj.scale = pbf.readSVarint();
    else if (field === 7) obj.zeroCount = pbf.readFixed64();
    else if (field === 8) obj.positive = readBuckets(pbf, pbf.readVarint() + pbf.pos);
    else if (field === 9) obj.negative = readBuckets(pbf, pbf.readVarint() + pbf.pos);
    else if (field === 10) obj.flags = pbf.readVarint();
    else if (field === 12) {
      obj.min = pbf.readDouble();
      obj.minOrNone = 'min';
    } else if (field === 13) {
      obj.max = pbf.readDouble();
      obj.maxOrNone = 'max';
    } else if (field === 14) obj.zeroThreshold = pbf.readDouble();
  }
  return obj;
}

export function readBuckets(pbf: PbfReader, end?: number): Buckets {
  const obj: Buckets = { offset: 0, bucketCounts: [] };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.offset = pbf.readSVarint();
    else if (field === 2) pbf.readPackedVarint(obj.bucketCounts);
  }
  return obj;
}

export function readSummaryDataPoint(pbf: PbfReader, end?: number): SummaryDataPoint {
  const obj: SummaryDataPoint = {
    startTimeUnixNano: 0,
    timeUnixNano: 0,
    count: 0,
    sum: 0,
    quantileValues: [],
    attributes: [],
    flags: 0,
  };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 2) obj.startTimeUnixNano = pbf.readFixed64();
    else if (field === 3) obj.timeUnixNano = pbf.readFixed64();
    else if (field === 4) obj.count = pbf.readFixed64();
    else if (field === 5) obj.sum = pbf.readDouble();
    else if (field === 6) obj.quantileValues.push(readValueAtQuantile(pbf, pbf.readVarint() + pbf.pos));
    else if (field === 7) obj.attributes.push(pbf.readBytes());
    else if (field === 8) obj.flags = pbf.readVarint();
  }
  return obj;
}

export function readValueAtQuantile(pbf: PbfReader, end?: number): ValueAtQuantile {
  const obj: ValueAtQuantile = { quantile: 0, value: 0 };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.quantile = pbf.readDouble();
    else if (field === 2) obj.value = pbf.readDouble();
  }
  return obj;
}

export function readKeyValue(pbf: PbfReader, end?: number): KeyValue {
  const obj: KeyValue = { key: '', value: undefined };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.key = pbf.readString();
    else if (field === 2) obj.value = readAnyValue(pbf, pbf.readVarint() + pbf.pos);
  }
  return obj;
}

export function readAnyValue(pbf: PbfReader, end?: number): AnyValue {
  const obj: AnyValue = {
    stringValue: '',
    value: undefined,
    boolValue: false,
    intValue: 0,
    doubleValue: 0,
    arrayValue: undefined,
    kvlistValue: undefined,
    bytesValue: undefined,
  };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) {
      obj.stringValue = pbf.readString();
      obj.value = 'stringValue';
    } else if (field === 2) {
      obj.boolValue = pbf.readBoolean();
      obj.value = 'boolValue';
    } else if (field === 3) {
      obj.intValue = pbf.readVarint(true);
      obj.value = 'intValue';
    } else if (field === 4) {
      obj.doubleValue = pbf.readDouble();
      obj.value = 'doubleValue';
    } else if (field === 5) {
      obj.arrayValue = pbf.readBytes();
      obj.value = 'arrayValue';
    } else if (field === 6) {
      obj.kvlistValue = pbf.readBytes();
      obj.value = 'kvlistValue';
    } else if (field === 7) {
      obj.bytesValue = pbf.readBytes();
      obj.value = 'bytesValue';
    }
  }
  return obj;
}

export function readArrayValue(pbf: PbfReader, end?: number): ArrayValue {
  const obj: ArrayValue = { values: [] };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.values.push(readAnyValue(pbf, pbf.readVarint() + pbf.pos));
  }
  return obj;
}

export function readKeyValueList(pbf: PbfReader, end?: number): KeyValueList {
  const obj: KeyValueList = { values: [] };
  let field: number;
  while ((field = pbf.nextField(end))) {
    if (field === 1) obj.values.push(readKeyValue(pbf, pbf.readVarint() + pbf.pos));
  }
  return obj;
}

export interface ExportMetricsServiceResponse {
  partialSuccess: ExportMetricsPartialSuccess | undefined;
}

export interface ExportMetricsPartialSuccess {
  rejectedDataPoints: number;
  errorMessage: string;
}

export interface Status {
  code: number;
  message: string;
}

export function writeExportMetricsServiceResponse(obj: ExportMetricsServiceResponse, pbf: PbfWriter): void {
  if (obj.partialSuccess) pbf.writeMessage(1, writeExportMetricsPartialSuccess, obj.partialSuccess);
}

export function writeExportMetricsPartialSuccess(obj: ExportMetricsPartialSuccess, pbf: PbfWriter): void {
  if (obj.rejectedDataPoints) pbf.writeVarintField(1, obj.rejectedDataPoints);
  if (obj.errorMessage) pbf.writeStringField(2, obj.errorMessage);
}

export function writeStatus(obj: Status, pbf: PbfWriter): void {
  if (obj.code) pbf.writeVarintField(1, obj.code);
  if (obj.message) pbf.writeStringField(2, obj.message);
}
