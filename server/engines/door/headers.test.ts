import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerHeaders, requestHeaders } from './headers.ts';

describe('headers that pass', () => {
  it('are neither those of one connection nor those that Connection names, but never the framing', () => {
    const raw = [
      ...['Host', 'x', 'Connection', 'keep-alive, X-Mine , content-length, host', 'Keep-Alive', 'timeout=5'],
      ...['X-Mine', '1', 'Content-Length', '3', 'TE', 'trailers', 'Trailer', 'x', 'Upgrade', 'h2c'],
      ...['Proxy-Connection', 'x', 'Proxy-Authorization', 'x', 'Expect', '100-continue'],
      ...['Cookie', 'a=1', 'Cookie', 'b=2'],
    ];
    const kept = ['Host', 'x', 'Content-Length', '3', 'Cookie', 'a=1', 'Cookie', 'b=2'];
    assert.deepEqual(requestHeaders(raw, undefined, 'i:1'), kept);
    assert.deepEqual(answerHeaders(['Transfer-Encoding', 'chunked', 'Set-Cookie', 'a=1']), [
      'Set-Cookie',
      'a=1',
    ]);
  });

  it('do not say who asks, in no spelling', () => {
    const said = ['Forwarded', 'X-Forwarded-For', 'x_forwarded_for', 'X-Forwarded_Proto', 'X-Real-IP'];
    const other = ['Content_Length', 'Transfer_Encoding', 'H_ost'];
    assert.deepEqual(
      requestHeaders(
        [...said, ...other].flatMap((name) => [name, '1']),
        undefined,
        'i:1',
      ),
      ['Host', 'i:1', 'H_ost', '1'],
    );
    assert.deepEqual(answerHeaders(['X-Real-IP', '1']), ['X-Real-IP', '1']);
  });

  it('have the authority of an absolute target in the place of Host', () => {
    assert.deepEqual(requestHeaders(['A', '1', 'hOST', 'evil', 'B', '2'], 'good', 'i:1'), [
      ...['Host', 'good', 'A', '1', 'B', '2'],
    ]);
  });
});
