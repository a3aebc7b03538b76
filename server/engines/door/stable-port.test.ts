import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { ask } from '../../testing/agent-instances.ts';
import { Proxying, readAll } from '../../testing/proxying.ts';

const REST = '\r\nConnection: close\r\n\r\n';

/** What must not reach an instance: two programs might see two requests in it. */
const SMUGGLING: [what: string, text: string, status: number][] = [
  [
    'a length and a coding',
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked${REST}0\r\n\r\n`,
    400,
  ],
  ['two lengths', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 0${REST}abcd`, 400],
  ['a list of lengths', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4${REST}abcd`, 400],
  ['a length with a sign', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4${REST}abcd`, 400],
  ['another coding', `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked${REST}0\r\n\r\n`, 400],
  ['an odd coding', `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked${REST}0\r\n\r\n`, 400],
  [
    'two codings',
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked${REST}0\r\n\r\n`,
    400,
  ],
  ['a coding in HTTP/1.0', `POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked${REST}0\r\n\r\n`, 400],
  ['a space before the colon', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 4${REST}abcd`, 400],
  ['a folded line', `GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c: d${REST}`, 400],
  ['a bare line feed', `GET / HTTP/1.1\nHost: a${REST}`, 400],
  ['a bare carriage return', `GET / HTTP/1.1\r\nHost: a\r\nA: b\rContent-Length: 3${REST}`, 400],
  ['a zero byte', `GET / HTTP/1.1\r\nHost: a\r\nA: b\0c${REST}`, 400],
  ['two hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: b${REST}`, 400],
  ['no host', `GET / HTTP/1.1${REST}`, 400],
  ['a target that is none', `GET a HTTP/1.1\r\nHost: a${REST}`, 400],
  ['a target of another scheme', `GET https://a/ HTTP/1.1\r\nHost: a${REST}`, 400],
  ['a letter beyond ASCII in its target', `GET /\u00e9 HTTP/1.1\r\nHost: a${REST}`, 400],
  ['a control character in its target', `GET /a\x7f HTTP/1.1\r\nHost: a${REST}`, 400],
  ['another version', `GET / HTTP/3.0\r\nHost: a${REST}`, 400],
  ['TRACE', `TRACE / HTTP/1.1\r\nHost: a${REST}`, 400],
  ['CONNECT', `CONNECT a:80 HTTP/1.1\r\nHost: a:80${REST}`, 405],
  ['headers over maxHeaderBytes', `GET / HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(20_000)}${REST}`, 431],
];

describe('an agent’s port', () => {
  for (const [what, text, status] of SMUGGLING) {
    it(`refuses a request with ${what}, and asks nobody`, async (t) => {
      const door = new Proxying(t);
      const one = await door.start('one');
      await door.point([one.target]);
      const answer = await door.raw(text);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
      assert.equal(one.requests.length, 0);
      assert.equal(door.counts.failed, 0);
    });
  }

  it('does not take what follows a refused request for another one', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    const answer = await door.raw(
      'POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 30\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.equal(one.requests.length, 0);
  });

  it('takes an absolute target by its authority, and a request without a host in HTTP/1.0', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    await door.raw(`GET http://good:1/a HTTP/1.1\r\nHost: evil${REST}`);
    await door.raw('GET / HTTP/1.0\r\n\r\n');
    assert.deepEqual(
      one.requests.map(({ url, headers: { host } }) => [url, host]),
      [
        ['/a', 'good:1'],
        ['/', `127.0.0.1:${one.target.port}`],
      ],
    );
  });

  it('refuses a request to a name that is not its own, with or without an upgrade', async (t) => {
    const door = new Proxying(t, { allowedHosts: ['agents.example'] });
    const one = await door.start('one');
    await door.point([one.target]);
    for (const upgrade of ['', 'Upgrade: websocket\r\nConnection: Upgrade\r\n'])
      assert.match(
        await door.raw(`GET / HTTP/1.1\r\n${upgrade || 'Connection: close\r\n'}Host: evil.example\r\n\r\n`),
        /^HTTP\/1\.1 421 /,
      );
    assert.equal(one.requests.length, 0);
    assert.match(await door.raw(`GET / HTTP/1.1\r\nHost: agents.example${REST}`), /^HTTP\/1\.1 200 /);
  });

  it('leaves out an upgrade that it does not pass, and answers', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    for (const head of [
      'GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
      'POST / HTTP/1.1\r\nUpgrade: websocket\r\nContent-Length: 0',
      'GET / HTTP/1.1\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked',
    ]) {
      const socket = await door.connect();
      socket.write(
        `${head}\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n${head.includes('chunked') ? '0\r\n\r\n' : ''}`,
      );
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      assert.match(bytes.toString(), /^HTTP\/1\.1 200 /);
      const { headers } = one.requests.at(-1)!;
      assert.deepEqual([headers.upgrade, headers['http2-settings']], [undefined, undefined]);
    }
  });

  it('ends a connection whose request does not arrive in time', async (t) => {
    const door = new Proxying(t, { headersTimeoutMs: 50 });
    await door.point([]);
    const socket = await door.connect();
    socket.write('GET / HTTP/1.1\r\n');
    assert.match(await readAll(socket), /^HTTP\/1\.1 408 /);
  });

  it('has room for maxConnections', async (t) => {
    const door = new Proxying(t, { maxConnections: 1 });
    const one = await door.start('one');
    await door.point([one.target]);
    const first = await door.connect();
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(first, 'data');
    const second = await door.connect();
    assert.equal(await readAll(second), '');
    first.write(`GET / HTTP/1.1\r\nHost: a${REST}`);
    assert.match(await readAll(first), /200 OK/);
    assert.equal((await ask(door.port)).body, 'one');
  });
});
