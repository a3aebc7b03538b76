import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkOtlpCodec } from './otlp-codec.ts';

describe('the codec of OTLP', () => {
  it('is what its .proto files say (else: node scripts/otlp-codec.ts --write)', async () => {
    const { stale, messages } = await checkOtlpCodec();
    assert.equal(stale, false);
    assert.ok(messages > 15);
  });
});
