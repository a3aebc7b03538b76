import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { ask } from '../../testing/agent-instances.ts';
import { startDeaf, startServer, until } from '../../testing/fault-servers.ts';
import { Proxying } from '../../testing/proxying.ts';

const breakOff: RequestListener = (request) => void request.socket.destroy();

describe('a request through the door', () => {
  it('arrives and is answered as it is, but for what is of one connection', async (t) => {
    const door = new Proxying(t);
    const echo: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(207, 'Many', [
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'Connection',
          'x-hop',
          'X-Hop',
          '1',
        ]);
        response.end(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`);
      });
    };
    const one = await door.start('one', echo);
    await door.point([one.target]);
    const answer = await ask(door.port, {
      method: 'PATCH',
      path: '/a/../b?c=%20',
      body: 'hello',
      headers: { 'x-mine': '1', 'x-forwarded-for': '6.6.6.6', te: 'trailers' },
    });
    assert.equal(answer.status, 207);
    assert.equal(answer.body, 'PATCH /a/../b?c=%20 hello');
    assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(answer.headers['x-hop'], undefined);
    const { headers } = one.requests[0]!;
    assert.equal(headers.host, `127.0.0.1:${door.port}`);
    assert.deepEqual(
      [headers['x-mine'], headers['x-forwarded-for'], headers.te],
      ['1', '127.0.0.1', undefined],
    );
  });

  it('is answered without a body where there is none', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', (request, response) => {
      const status = Number(request.url!.slice(1));
      response.writeHead(status, status === 200 ? { 'content-length': 5 } : {}).end();
    });
    await door.point([one.target]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const head = await ask(door.port, { path: '/200', method: 'HEAD', agent });
    assert.deepEqual([head.headers['content-length'], head.body], ['5', '']);
    for (const status of [204, 304])
      assert.deepEqual((await ask(door.port, { path: `/${status}`, agent })).status, status);
    const posted = await ask(door.port, { path: '/204', method: 'POST', agent });
    assert.equal(posted.status, 204);
    assert.equal(one.requests.at(-1)!.headers['content-length'], '0');
  });

  it('uses connections to the instance again, but a fresh one for what must not be done twice', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    for (let i = 0; i < 3; i += 1) await ask(door.port);
    const used = new Set(one.requests.map(({ socket }) => socket.remotePort));
    assert.equal(used.size, 1);
    await ask(door.port, { method: 'POST', body: 'x' });
    assert.ok(!used.has(one.requests.at(-1)!.socket.remotePort));
  });

  it('lets idle connections to who is no target any more go', async (t) => {
    const door = new Proxying(t);
    const [one, two] = [await door.start('one'), await door.start('two')];
    await door.point([one.target]);
    await ask(door.port);
    assert.equal(one.connections, 1);
    await door.point([two.target]);
    await until('the connection goes', () => one.connections === 0);
  });

  it('is asked of another when the instance breaks off before it answers, if that is harmless', async (t) => {
    const door = new Proxying(t);
    const [bad, good] = [await door.start('bad', breakOff), await door.start('good')];
    for (const asking of [{}, { method: 'PUT', body: 'x' }, { method: 'DELETE' }]) {
      await door.point([bad.target], [good.target]);
      assert.equal((await ask(door.port, asking)).body, 'good');
    }
    assert.deepEqual([door.counts.retried, door.counts.failed], [3, 0]);
    assert.equal((await ask(door.port, { method: 'POST', body: 'x' })).status, 502);
    assert.equal((await ask(door.port, { method: 'PATCH', body: 'x' })).status, 502);
    assert.equal(good.requests.length, 3);
    assert.equal(door.counts.failed, 2);
  });

  it('is asked of so many instances, and no more', async (t) => {
    const door = new Proxying(t, { maxAttempts: 2 });
    const bad = await Promise.all(['a', 'b', 'c'].map((name) => door.start(name, breakOff)));
    await door.point(bad.map(({ target }) => target));
    assert.equal((await ask(door.port)).status, 502);
    assert.equal(
      bad.reduce((sum, { requests }) => sum + requests.length, 0),
      2,
    );
  });

  it('is asked again over a new connection when the one that was kept turns out to be closed', async (t) => {
    const door = new Proxying(t);
    let asked = 0;
    const one = await startServer(t, (socket) => {
      let first = true;
      socket.on('data', () => {
        asked += 1;
        if (first) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else socket.destroy();
        first = false;
      });
    });
    await door.point([{ instance: 'one', host: '127.0.0.1', port: one.port }]);
    assert.equal((await ask(door.port)).body, 'ok');
    assert.equal((await ask(door.port)).body, 'ok');
    assert.deepEqual([asked, one.connections()], [3, 2]);
    assert.deepEqual([door.counts.retried, door.counts.failed], [0, 0]);
  });

  it('is cut, not ended, when its answer breaks off in the middle', async (t) => {
    const door = new Proxying(t);
    const [bad, good] = [
      await door.start('bad', (request, response) => {
        response.write('half');
        setImmediate(() => request.socket.destroy());
      }),
      await door.start('good'),
    ];
    await door.point([bad.target], [good.target]);
    await assert.rejects(ask(door.port), { code: 'ECONNRESET' });
    assert.equal(good.requests.length, 0);
    assert.equal(door.counts.failed, 1);
  });

  it('is answered 502 when the answer is none, or cannot be written on', async (t) => {
    const door = new Proxying(t);
    const answers = [
      'nonsense\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 101 Odd\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    ];
    for (const answer of answers) {
      const one = await startServer(t, (socket) => void socket.on('data', () => socket.end(answer)));
      await door.point([{ instance: 'one', host: '127.0.0.1', port: one.port }]);
      assert.equal((await ask(door.port)).status, 502, answer);
    }
    assert.equal(door.counts.failed, answers.length);
  });

  it('is answered 504 when no answer begins in time, and is asked of nobody else', async (t) => {
    const door = new Proxying(t, { answerTimeoutMs: 50 });
    const [slow, good] = [await door.start('slow', () => undefined), await door.start('good')];
    await door.point([slow.target], [good.target]);
    assert.equal((await ask(door.port)).status, 504);
    assert.deepEqual([good.requests.length, door.counts.failed], [0, 1]);
  });

  it('is cut when an answer stands still for idleMs', async (t) => {
    const door = new Proxying(t, { idleMs: 50 });
    const slow = await door.start('slow', (_request, response) => void response.write('half'));
    await door.point([slow.target]);
    await assert.rejects(ask(door.port), { code: 'ECONNRESET' });
    assert.equal(door.counts.failed, 1);
  });

  it('may take longer than a connection may idle, on a new one and on one that was kept', async (t) => {
    const door = new Proxying(t, { upstreamIdleMs: 40 });
    const slow = await door.start('slow', (_request, response) => {
      setTimeout(() => response.end('late'), 120);
    });
    await door.point([slow.target]);
    for (let i = 0; i < 3; i += 1) assert.equal((await ask(door.port)).body, 'late');
    assert.equal(slow.requests.length, 3);
    await until('the idle connection goes', () => slow.connections === 0);
  });

  it('is asked of another when no connection is taken in time, whatever its method', async (t) => {
    const door = new Proxying(t, { connectTimeoutMs: 50 });
    const deaf = await startDeaf(t);
    await deaf.fill();
    const good = await door.start('good');
    await door.point([{ instance: 'deaf', host: '127.0.0.1', port: deaf.port }], [good.target]);
    assert.equal((await ask(door.port, { method: 'POST', body: 'x' })).body, 'good');
    assert.equal(door.counts.retried, 1);
  });

  it('is taken back from the instance when its client goes, and counts as nothing', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    const request = httpRequest({ host: '127.0.0.1', port: door.port, path: '/hold' });
    request.on('error', () => undefined);
    request.end();
    const held = await one.held();
    const taken = once(held, 'close');
    request.destroy();
    await taken;
    await until('nobody is under way', () => one.connections === 0);
    assert.deepEqual([door.counts.failed, door.counts.drained, door.counts.cut], [0, 0, 0]);
  });

  it('sees the head of an answer that takes its time, and hints before it', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', (request, response) => {
      if (request.url === '/hints') {
        response.writeProcessing();
        response.writeEarlyHints({ link: '</a.css>; rel=preload', 'x-other': '1' });
        response.end('ok');
      } else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
      }
    });
    await door.point([one.target]);
    const stream = httpRequest({ host: '127.0.0.1', port: door.port }).end();
    stream.on('error', () => undefined);
    const [head] = (await once(stream, 'response')) as [IncomingMessage];
    head.on('error', () => undefined);
    assert.equal(head.headers['content-type'], 'text/event-stream');
    stream.destroy();
    const hinted = httpRequest({ host: '127.0.0.1', port: door.port, path: '/hints', agent: false }).end();
    const [[{ statusCode, headers }], [answer]] = (await Promise.all([
      once(hinted, 'information'),
      once(hinted, 'response'),
    ])) as [[IncomingMessage], [IncomingMessage]];
    assert.deepEqual(
      [statusCode, headers.link, headers['x-other']],
      [103, '</a.css>; rel=preload', undefined],
    );
    assert.equal((await answer.toArray()).join(''), 'ok');
  });

  it('is answered in its turn when several come at once on one connection', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', (request, response) => {
      if (request.url === '/1') setImmediate(() => response.end('first'));
      else response.end('second');
    });
    await door.point([one.target]);
    const text = await door.raw(
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    assert.match(text, /first[^]*second/);
  });

  it('is answered in HTTP/1.0 as that can be read', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', (_request, response) => {
      response.write('with');
      response.end('out length');
    });
    await door.point([one.target]);
    const text = await door.raw('GET / HTTP/1.0\r\n\r\n');
    assert.match(text, /\r\n\r\nwithout length$/);
    assert.doesNotMatch(text, /chunked/i);
  });
});
