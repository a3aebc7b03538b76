import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { DEFAULT_METRICS_LIMITS as LIMITS } from './limits.ts';
import { checkSample } from './sample.ts';

const NOW = 1_750_000_000_000;
const check = (posted: unknown) => checkSample(posted, NOW, LIMITS);
/** As it comes off the wire: `1e999` is Infinity there, and `__proto__` a key like any other. */
const wire = (text: string) => check(JSON.parse(text));

function refused(code: ErrorCode, ...bad: unknown[]): void {
  for (const part of bad) {
    const shown = JSON.stringify(part)?.slice(0, 100);
    assert.throws(() => check(part), coded(code), `expected ${code} for ${shown}`);
  }
}

const named = (parts: object): object => ({ name: 'x', value: 1, ...parts });

describe('a sample', () => {
  it('is taken with its fields, and nothing that is no field of a sample', () => {
    const full = {
      name: 'a:b_1',
      value: -0.5,
      tags: { host: 'é"\\\n' },
      time: NOW - 5,
      unit: 'ratio',
      help: 'h',
    };
    assert.deepEqual(check({ ...full, more: 1 }), full);
  });

  it('has the server’s time and no tags when it says nothing of them', () => {
    assert.deepEqual(check({ name: 'x', value: 0 }), { name: 'x', value: 0, time: NOW, tags: {} });
  });

  it('is an object', () => refused('bad_request', null, undefined, 7, 'x', true, [], [['name', 'x']]));

  it('has a metric name of bearable length', () => {
    refused(
      'bad_name',
      {},
      named({ name: 7 }),
      named({ name: null }),
      named({ name: '' }),
      named({ name: ['x'] }),
    );
    for (const name of ['1x', 'a-b', 'a b', 'a.b', 'é', 'a{b="c"}', 'a\n', 'x'.repeat(201)]) {
      refused('bad_name', named({ name }));
    }
    assert.equal(check(named({ name: 'x'.repeat(200) })).name.length, 200);
  });

  it('has a finite number for a value', () => {
    for (const value of [undefined, null, '1', NaN, Infinity, -Infinity, true, [1], {}]) {
      refused('bad_value', { name: 'x', value });
    }
    assert.throws(() => wire('{"name":"x","value":1e999}'), coded('bad_value'));
    assert.throws(() => wire('{"name":"x","value":-1e999}'), coded('bad_value'));
    assert.equal(wire('{"name":"x","value":1e308}').value, 1e308);
  });

  it('has a time that is a number of ms since 1970', () => {
    for (const time of [null, '0', 'now', NaN, Infinity, -1, [], '2026-01-01'])
      refused('bad_time', named({ time }));
    assert.throws(() => wire('{"name":"x","value":1,"time":1e999}'), coded('bad_time'));
    assert.equal(check(named({ time: NOW - 0.5 })).time, NOW - 0.5);
  });

  it('is neither from the future nor from before the window, to the ms', () => {
    const { maxFutureMs, windowMs } = LIMITS;
    assert.equal(check(named({ time: NOW + maxFutureMs })).time, NOW + maxFutureMs);
    refused('time_in_future', named({ time: NOW + maxFutureMs + 1 }), named({ time: Number.MAX_VALUE }));
    assert.equal(check(named({ time: NOW - windowMs + 1 })).time, NOW - windowMs + 1);
    refused('time_too_old', named({ time: NOW - windowMs }), named({ time: 0 }));
  });

  it('says by how much its time is off', () => {
    assert.throws(() => check(named({ time: NOW + 60_000 })), coded('time_in_future', '60000 ms'));
    assert.throws(() => check(named({ time: NOW - 900_000 })), coded('time_too_old', '900000 ms', '600000'));
  });

  it('has an object of strings for tags', () => {
    for (const tags of [null, 'a=b', 7, [], ['a'], { a: 1 }, { a: null }, { a: ['b'] }])
      refused('bad_tags', named({ tags }));
  });

  it('has tag names of the data model, none of them reserved', () => {
    for (const name of ['', '1a', 'a-b', 'a b', 'é', '__name__', '__proto__x', 'a'.repeat(257)]) {
      refused('bad_tags', named({ tags: { [name]: 'v' } }));
    }
    assert.throws(
      () => wire('{"name":"x","value":1,"tags":{"__proto__":"v"}}'),
      coded('bad_tags', '__proto__'),
    );
    const odd = wire('{"name":"x","value":1,"tags":{"constructor":"a","toString":"b","_":"c"}}');
    assert.deepEqual(Object.entries(odd.tags), [
      ['constructor', 'a'],
      ['toString', 'b'],
      ['_', 'c'],
    ]);
  });

  it('has tag values of bearable length', () => {
    refused('bad_tags', named({ tags: { a: 'v'.repeat(257) } }));
    assert.equal(check(named({ tags: { a: 'v'.repeat(256) } })).tags['a']?.length, 256);
  });

  it('has no more than maxTags tags', () => {
    const tags = (count: number): object =>
      named({ tags: Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, 'v'])) });
    check(tags(32));
    refused('too_many_tags', tags(33), tags(10_000));
  });

  it('has short texts for unit and help', () => {
    refused('bad_request', named({ unit: 7 }), named({ unit: 'u'.repeat(33) }), named({ help: null }));
    refused('bad_request', named({ help: 'h'.repeat(257) }));
    assert.equal(check(named({ unit: 'u'.repeat(32), help: 'h'.repeat(256) })).help?.length, 256);
  });

  it('is quoted only in part when it is refused', () => {
    assert.throws(
      () => check(named({ name: '-'.repeat(10_000) })),
      (error: Error) => error.message.length < 200,
    );
  });
});
