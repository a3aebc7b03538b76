import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';

const HOST = ['Host', 'a'];

function requestOf(request: Partial<IncomingMessage>): IncomingMessage {
  return {
    httpVersion: '1.1',
    method: 'GET',
    url: '/',
    rawHeaders: [],
    headers: {},
    ...request,
  } as IncomingMessage;
}

function statusOf(request: Partial<IncomingMessage>, allows: (host: string) => boolean = () => true) {
  const target = targetOf(requestOf(request), allows);
  return 'status' in target ? target.status : undefined;
}

function targetIn(request: Partial<IncomingMessage>): Target {
  const target = targetOf(requestOf({ rawHeaders: HOST, ...request }), () => true);
  assert.ok('path' in target);
  return target;
}

describe('a request that may be read in two ways', () => {
  const bad: [what: string, request: Partial<IncomingMessage>][] = [
    ['no host', {}],
    ['two hosts', { rawHeaders: ['Host', 'a', 'host', 'b'] }],
    ['two lengths', { rawHeaders: [...HOST, 'Content-Length', '1', 'content-length', '1'] }],
    [
      'a length and a coding',
      { rawHeaders: [...HOST, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'] },
    ],
    ['another coding', { rawHeaders: [...HOST, 'Transfer-Encoding', 'gzip, chunked'] }],
    [
      'two codings',
      { rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'] },
    ],
    ['a coding in HTTP/1.0', { httpVersion: '1.0', rawHeaders: ['Transfer-Encoding', 'chunked'] }],
    ['TRACE', { method: 'TRACE', rawHeaders: HOST }],
  ];
  for (const [what, request] of bad) it(`is one with ${what}`, () => assert.equal(statusOf(request), 400));

  it('is not a plain one', () => {
    for (const coding of ['chunked', 'Chunked'])
      assert.equal(statusOf({ rawHeaders: [...HOST, 'Transfer-Encoding', coding] }), undefined);
    assert.equal(statusOf({ rawHeaders: ['Host', 'a', 'Content-Length', '1'] }), undefined);
  });
});

describe('a request target', () => {
  it('is taken in origin form, in absolute form, and as an asterisk', () => {
    assert.deepEqual(targetIn({ url: '/a?b//' }), { path: '/a?b//' });
    assert.deepEqual(targetIn({ url: '//evil/a' }), { path: '//evil/a' });
    assert.deepEqual(targetIn({ url: 'http://h:1/a?b' }), { path: '/a?b', authority: 'h:1' });
    assert.deepEqual(targetIn({ url: 'HTTP://h' }), { path: '/', authority: 'h' });
    assert.deepEqual(targetIn({ url: 'http://h?b' }), { path: '/?b', authority: 'h' });
    assert.deepEqual(targetIn({ url: '*', method: 'OPTIONS' }), { path: '*' });
  });

  it('is refused in any other form', () => {
    for (const url of ['*', 'a', 'h:80', 'https://h/', 'http://', 'http://u@h/', 'ftp://h/', ''])
      assert.equal(statusOf({ url, rawHeaders: HOST }), 400, url);
  });
});

describe('a request to another name', () => {
  it('is misdirected, whichever way the name is said', () => {
    const evil = { rawHeaders: ['Host', 'evil'], headers: { host: 'evil' } };
    assert.equal(
      statusOf(evil, (host) => host !== 'evil'),
      421,
    );
    assert.equal(
      statusOf({ ...evil, url: 'http://good/' }, (host) => host !== 'evil'),
      undefined,
    );
    assert.equal(
      statusOf({ rawHeaders: HOST, url: 'http://evil/' }, (host) => host !== 'evil'),
      421,
    );
    assert.equal(
      statusOf({ httpVersion: '1.0' }, () => false),
      undefined,
    );
  });
});
