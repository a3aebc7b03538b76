import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { errorBody, idOf, parseMessage as parse } from './message.ts';

const { maxDepth } = DEFAULT_LIMITS;
const parseMessage = (message: unknown): ReturnType<typeof parse> => parse(message, maxDepth);

const position = { e: 'k3', o: 4, h: '0123456789abcdef' };

describe('an inbound message', () => {
  it('is a command or a pong', () => {
    for (const message of [
      { id: 1, connect: {} },
      {
        id: 2,
        connect: { client: { name: 'x', version: '1' }, subs: [{ ch: 'a' }, { ch: 'b', since: position }] },
      },
      { id: 3, subscribe: { ch: 'a', since: position } },
      { id: Number.MAX_SAFE_INTEGER, unsubscribe: { n: 1 } },
      { pos: {} },
      { pos: { 1: 0, 20: 7 } },
    ]) {
      assert.deepEqual(parseMessage(message), message);
    }
  });

  it('keeps nothing that it does not know, so that a newer client is understood', () => {
    assert.deepEqual(parseMessage({ id: 1, connect: { tongue: 'x' }, trace: 1 }), { id: 1, connect: {} });
    const subscribe = { ch: 'a', since: { ...position, more: 1 }, filter: 'x' };
    assert.deepEqual(parseMessage({ id: 1, subscribe }), { id: 1, subscribe: { ch: 'a', since: position } });
    assert.deepEqual(parseMessage({ id: 1, unsubscribe: { n: 1, m: 2 } }), { id: 1, unsubscribe: { n: 1 } });
  });

  it('is an object', () => {
    for (const message of [null, undefined, 1, 'x', true, [], [{ id: 1, connect: {} }]]) {
      assert.throws(() => parseMessage(message), coded('bad_frame'));
    }
  });

  it('names a known command, which a prototype’s property is not', () => {
    for (const message of [
      {},
      { id: 1 },
      { id: 1, perform: {} },
      Object.create({ connect: {} }),
      { constructor: 1 },
    ]) {
      assert.throws(
        () => parseMessage(message),
        coded('unknown_command', 'connect, subscribe, unsubscribe, demand, publish, request, refresh, pos'),
      );
    }
  });

  it('is told which field is wrong', () => {
    for (const [message, field] of [
      [{ connect: {} }, 'id'],
      [{ id: 0, connect: {} }, 'id'],
      [{ id: 1.5, connect: {} }, 'id'],
      [{ id: 2 ** 53, connect: {} }, 'id'],
      [{ id: '1', connect: {} }, 'id'],
      [{ id: 1, connect: null }, 'connect'],
      [{ id: 1, connect: { subs: 'a' } }, 'connect.subs'],
      [{ id: 1, connect: { subs: [{}] } }, 'connect.subs.0.ch'],
      [{ id: 1, connect: { client: { name: 'x'.repeat(65), version: '1' } } }, 'connect.client.name'],
      [{ id: 1, subscribe: {} }, 'subscribe.ch'],
      [{ id: 1, subscribe: { ch: 7 } }, 'subscribe.ch'],
      [{ id: 1, subscribe: { ch: 'a', since: 5 } }, 'subscribe.since'],
      [{ id: 1, subscribe: { ch: 'a', since: { ...position, o: -1 } } }, 'subscribe.since.o'],
      [{ id: 1, subscribe: { ch: 'a', since: { ...position, h: 'xyz' } } }, 'subscribe.since.h'],
      [{ id: 1, subscribe: { ch: 'a', since: { ...position, e: '' } } }, 'subscribe.since.e'],
      [{ id: 1, unsubscribe: { n: 0 } }, 'unsubscribe.n'],
      [{ pos: 7 }, 'pos'],
      [{ pos: { 1: -1 } }, 'pos.1'],
      [{ pos: { x: 1 } }, 'pos.x'],
    ] as const) {
      assert.throws(() => parseMessage(message), coded('bad_request', `${field}: `), JSON.stringify(message));
    }
  });
});

describe('an inbound message that is nested', () => {
  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it('is taken to maxDepth, the message itself included, wherever the nesting stands', () => {
    for (const around of [
      (data: unknown) => ({ id: 1, request: { method: 'a', data } }),
      (data: unknown) => ({ id: 1, publish: { ch: 'app/a', data } }),
    ]) {
      assert.doesNotThrow(() => parseMessage(around(nested(maxDepth - 2))));
      assert.throws(() => parseMessage(around(nested(maxDepth - 1))), coded('bad_request', `${maxDepth}`));
    }
    const unknown = (deep: unknown): object => ({ id: 1, connect: {}, trace: deep });
    assert.doesNotThrow(() => parseMessage(unknown(nested(maxDepth - 1))));
    assert.throws(() => parseMessage(unknown(nested(maxDepth))), coded('bad_request'));
  });

  it('has no level for a bracket in a text', () => {
    const text = '[{'.repeat(1_000);
    assert.doesNotThrow(() => parseMessage({ id: 1, request: { method: 'a', data: text } }));
  });
});

describe('the id to answer with', () => {
  it('is the message’s own when it is one, whatever else is wrong', () => {
    assert.equal(idOf({ id: 7, nonsense: 1 }), 7);
    assert.equal(idOf({ id: -1 }), -1);
  });

  it('is null when there is none', () => {
    for (const message of [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { id: '7' },
      { id: 1.5 },
      { id: 2 ** 53 },
      { id: null },
    ]) {
      assert.equal(idOf(message), null);
    }
  });
});

describe('an error in an answer', () => {
  it('has its code, message and whether to try again, and when if that is known', () => {
    assert.deepEqual(errorBody(new WaooawError('unknown_channel', 'No channel "x"')), {
      code: 'unknown_channel',
      message: 'No channel "x"',
      retryable: false,
    });
    assert.equal(errorBody(new WaooawError('rate_limited', undefined, { afterMs: 20 })).afterMs, 20);
  });

  it('tells nothing of an error that is not ours', () => {
    assert.deepEqual(errorBody(new TypeError('secret')), {
      code: 'internal',
      message: new WaooawError('internal').message,
      retryable: true,
    });
  });
});
