import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PbfReader } from 'pbf';
import { WaooawError } from '../../../../../src/protocol/index.ts';
import { otlpAnswer, otlpFailure } from './index.ts';

const shown = [{ place: '/a/0', code: 'bad_value', message: 'No number' }] as const;

/** The fields of a message: numbers, and texts or messages as bytes. */
function fields(body: Uint8Array): (readonly [field: number, value: unknown])[] {
  const reader = new PbfReader(body);
  const found: (readonly [number, unknown])[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    found.push([field, reader.type === 2 ? reader.readBytes() : reader.readVarint(true)]);
  }
  return found;
}
const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString();

describe('the answer to OTLP', () => {
  it('is empty where all was taken', () => {
    const result = { accepted: 3, rejected: 0, shown: [] };
    assert.equal(otlpAnswer(result, 'json').toString(), '{}');
    assert.equal(otlpAnswer(result, 'protobuf').length, 0);
  });

  it('says how many points were not taken, and why the first were not', () => {
    const result = { accepted: 3, rejected: 300, shown };
    assert.deepEqual(JSON.parse(otlpAnswer(result, 'json').toString()), {
      partialSuccess: { rejectedDataPoints: '300', errorMessage: '/a/0: bad_value: No number' },
    });
    const [[field, partial] = []] = fields(otlpAnswer(result, 'protobuf'));
    assert.equal(field, 1);
    const [count, message] = fields(partial as Uint8Array);
    assert.deepEqual(count, [1, 300]);
    assert.equal(text(message?.[1]), '/a/0: bad_value: No number');
  });

  it('is a status of google.rpc where nothing could be read', () => {
    const cases = [
      ['bad_request', 3],
      ['body_too_large', 8],
      ['unauthorized', 16],
      ['series_limit', 8],
      ['unavailable', 14],
      ['internal', 13],
    ] as const;
    for (const [code, expected] of cases) {
      const error = new WaooawError(code, 'Why');
      const message = `${code}: Why`;
      assert.deepEqual(JSON.parse(otlpFailure(error, 'json').toString()), { code: expected, message });
      const [first, second] = fields(otlpFailure(error, 'protobuf'));
      assert.deepEqual([first, text(second?.[1])], [[1, expected], message]);
    }
  });
});
