import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProbeFailure, clean, failureOf } from './failure.ts';
import { NoResult } from './probe.ts';

const running = new AbortController().signal;
const system = (code: string, message = code) => Object.assign(new Error(message), { code });

describe('the words for a failure', () => {
  it('are those of the code where there are any', () => {
    const { message } = failureOf(
      system('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:80'),
      running,
      'connecting',
    );
    assert.equal(message, 'The connection was refused (ECONNREFUSED)');
  });

  it('are no result where what ran out is ours', () => {
    for (const code of ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL', 'EAGAIN']) {
      const error = failureOf(system(code), running, 'connecting');
      assert.ok(error instanceof NoResult);
      assert.equal(error.message, `${code} while connecting`);
    }
  });

  it('are the reason of the abort and what was waited for, whatever the error', () => {
    const over = AbortSignal.abort(new Error('No result within 5 ms'));
    const { message } = failureOf(system('EMFILE'), over, 'shaking hands');
    assert.equal(message, 'No result within 5 ms: shaking hands');
    assert.equal(failureOf('x', AbortSignal.abort('stop'), 'connecting').message, 'stop: connecting');
  });

  it('are left as they are where a probe said them, and are the message otherwise', () => {
    for (const own of [new ProbeFailure('HTTP 500'), new NoResult('no idea')]) {
      assert.equal(failureOf(own, running, 'connecting'), own);
    }
    assert.equal(failureOf(new Error('at http://me:pw@host/x'), running, '').message, 'at http://…@host/x');
    assert.equal(failureOf(new TypeError(), running, '').message, 'TypeError');
    assert.equal(
      failureOf(system('HPE_INVALID_CONSTANT', 'Parse Error: body'), running, '').message,
      'The answer is not HTTP (HPE_INVALID_CONSTANT)',
    );
  });

  it('hold neither what may be secret in an address nor what changes the line', () => {
    const cases = [
      ['plain text', 'plain text'],
      ['  a\n\tb\u0007c\u202ed  ', 'a b c d'],
      [
        'postgres://user:p%40ss@db:5432/x and HTTPS://token@host',
        'postgres://…@db:5432/x and HTTPS://…@host',
      ],
      ['http://host/path?to=a@b', 'http://host/path?to=a@b'],
      ['mail me@host', 'mail me@host'],
      ['x'.repeat(201), `${'x'.repeat(199)}…`],
      ['', ''],
    ] as const;
    for (const [text, shown] of cases) assert.equal(clean(text), shown);
    assert.equal(clean('abcdef', 3), 'ab…');
    // As long as it likes: what is cut off beforehand is never searched.
    assert.equal(clean(`${'a'.repeat(100_000)}://x@`).length, 200);
  });
});
