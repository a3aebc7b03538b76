/** OTLP/HTTP metrics, as protobuf and as JSON. */
import type { MetricFormat } from '../format.ts';
import { OTLP_MEDIA_TYPES } from './answer.ts';
import { jsonParser } from './json.ts';
import { DEFAULT_OTLP_OPTIONS } from './limits.ts';
import type { OtlpOptions } from './limits.ts';
import { protobufParser } from './protobuf.ts';

export { OTLP_MEDIA_TYPES, otlpAnswer, otlpFailure } from './answer.ts';
export type { OtlpEncoding } from './answer.ts';
export { DEFAULT_OTLP_OPTIONS } from './limits.ts';
export type { OtlpOptions } from './limits.ts';

/** Both formats of OTLP. @param options what differs from the defaults. */
export function otlpFormats(options: Partial<OtlpOptions> = {}): {
  readonly protobuf: MetricFormat;
  readonly json: MetricFormat;
} {
  const all = { ...DEFAULT_OTLP_OPTIONS, ...options };
  return {
    protobuf: {
      name: 'otlp-protobuf',
      mediaTypes: [OTLP_MEDIA_TYPES.protobuf],
      parser: () => protobufParser(all),
    },
    json: { name: 'otlp-json', mediaTypes: [OTLP_MEDIA_TYPES.json], parser: () => jsonParser(all) },
  };
}

/** OTLP metrics as protobuf, with the default options. */
export const otlpProtobuf: MetricFormat = otlpFormats().protobuf;

/** OTLP metrics as JSON, with the default options. */
export const otlpJson: MetricFormat = otlpFormats().json;
