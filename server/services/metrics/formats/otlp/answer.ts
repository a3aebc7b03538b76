/** What answers an OTLP request: how much was not taken, or why nothing was, in the encoding of the request. */
import { PbfWriter } from 'pbf';
import type { WaooawError } from '../../../../../src/protocol/index.ts';
import type { ReadResult } from '../../ingest.ts';
import { writeExportMetricsServiceResponse, writeStatus } from './codec.ts';

/** How an OTLP body is written. */
export type OtlpEncoding = 'json' | 'protobuf';

/** Media types to answer with. */
export const OTLP_MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** HTTP's status as gRPC's code (google.rpc.Code). What is not here is INTERNAL, or INVALID_ARGUMENT below 500. */
const RPC_CODES: ReadonlyMap<number, number> = new Map([
  [401, 16],
  [403, 7],
  [404, 5],
  [408, 4],
  [413, 8],
  [429, 8],
  [503, 14],
  [504, 4],
  [507, 8],
]);

/**
 * The body of a 200: ExportMetricsServiceResponse, empty where all was taken.
 * @param result what became of the request; its first rejected parts are named in the message.
 */
export function otlpAnswer({ rejected, shown }: ReadResult, encoding: OtlpEncoding): Buffer {
  const errorMessage = shown.map(({ place, code, message }) => `${place}: ${code}: ${message}`).join('\n');
  if (encoding === 'protobuf') {
    const writer = new PbfWriter();
    const partialSuccess = rejected === 0 ? undefined : { rejectedDataPoints: rejected, errorMessage };
    writeExportMetricsServiceResponse({ partialSuccess }, writer);
    return Buffer.from(writer.finish());
  }
  // In protobuf's JSON a 64-bit integer is text.
  const partialSuccess = { rejectedDataPoints: String(rejected), errorMessage };
  return Buffer.from(JSON.stringify(rejected === 0 ? {} : { partialSuccess }));
}

/** The body of a failure: google.rpc.Status. */
export function otlpFailure(error: WaooawError, encoding: OtlpEncoding): Buffer {
  const code = RPC_CODES.get(error.status) ?? (error.status < 500 ? 3 : 13);
  const message = `${error.code}: ${error.message}`;
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  const writer = new PbfWriter();
  writeStatus({ code, message }, writer);
  return Buffer.from(writer.finish());
}
