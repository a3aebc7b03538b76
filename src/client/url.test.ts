import { expect } from '@open-wc/testing';
import { endpointOf } from './url.ts';

const PAGE = 'https://portal.example/app/page.html?tab=1#here';

describe('endpointOf', () => {
  const cases: readonly (readonly [what: string, url: string, endpoint: string])[] = [
    ['https becomes wss', 'https://ops.example', 'wss://ops.example/ws'],
    ['http becomes ws, the port stays', 'http://127.0.0.1:8787', 'ws://127.0.0.1:8787/ws'],
    ['ws and wss stay', 'wss://ops.example', 'wss://ops.example/ws'],
    ['a base path is kept', 'https://ops.example/base/path', 'wss://ops.example/base/path/ws'],
    ['slashes at the end are one', 'https://ops.example/base///', 'wss://ops.example/base/ws'],
    ['the endpoint itself is taken', 'wss://ops.example/base/ws', 'wss://ops.example/base/ws'],
    ['the endpoint with a slash is taken', 'https://ops.example/ws/', 'wss://ops.example/ws'],
    ['a path that only ends like it is a base', 'https://ops.example/news', 'wss://ops.example/news/ws'],
    ['query and fragment are left out', 'https://ops.example/base?x=1#y', 'wss://ops.example/base/ws'],
    ['a path is on the page’s origin', '/ops', 'wss://portal.example/ops/ws'],
    ['a relative path is beside the page', 'ops', 'wss://portal.example/app/ops/ws'],
    ['./ is the page’s folder', './', 'wss://portal.example/app/ws'],
    ['/ is the page’s origin', '/', 'wss://portal.example/ws'],
    ['nothing is the page itself', '', 'wss://portal.example/app/page.html/ws'],
    ['no scheme is the page’s', '//ops.example', 'wss://ops.example/ws'],
  ];
  for (const [what, url, endpoint] of cases) {
    it(`${what}: "${url}"`, () => expect(endpointOf(url, PAGE)).to.equal(endpoint));
  }

  it('is relative to the page unless told otherwise', () => {
    const { host, protocol } = location;
    expect(endpointOf('/ops')).to.equal(`${protocol.replace('http', 'ws')}//${host}/ops/ws`);
  });

  for (const url of [
    'http://',
    'https://a^b',
    'ws://:80',
    'ftp://ops.example',
    'mailto:a@b.example',
    'data:,x',
  ]) {
    it(`throws a TypeError for "${url}"`, () => expect(() => endpointOf(url, PAGE)).to.throw(TypeError));
  }

  it('throws a TypeError for a path when there is no page, or one from a file', () => {
    expect(() => endpointOf('/ops', 'about:blank')).to.throw(TypeError);
    expect(() => endpointOf('./', 'file:///tmp/index.html')).to.throw(TypeError);
  });
});
