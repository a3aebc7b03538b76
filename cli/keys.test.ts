import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createManualClock } from '../server/engines/memory/clock.ts';
import { ADMIN_KEY, HERE } from '../server/testing/authenticating.ts';
import { startServer } from '../server/testing/harness.ts';
import { Program } from '../server/testing/program.ts';
import type { Ended } from '../server/testing/program.ts';

/** Runs `waooaw keys …`. */
function keys(t: TestContext, url: string, args: readonly string[], token?: string): Promise<Ended> {
  const env = token === undefined ? {} : { WAOOAW_TOKEN: token };
  return new Program(t, 'cli/bin.ts', env, ['keys', ...args, '--url', url]).ended;
}

/** Something else that listens. */
async function stranger(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, HERE), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://${HERE}:${(server.address() as AddressInfo).port}`;
}

describe('waooaw keys', () => {
  it('makes a key and prints it alone, for a script to take', async (t) => {
    const { url, waooaw } = await startServer(t, { basePath: '/ops', adminKey: ADMIN_KEY });
    const before = Date.now();
    const args = ['create', '--name', 'shop', '--role', 'operator', '--expires-days', '7'];
    const grants = ['--grant', 'app/orders/*=subscribe,publish', '--grant', 'metrics/x{a="b"}=subscribe'];
    const { code, stdout, stderr } = await keys(t, `${url}/`, [...args, ...grants], ADMIN_KEY);
    assert.deepEqual([code, stdout.split('\n').length], [0, 2], stderr);
    const identity = await waooaw.auth.authenticate(stdout.trim(), HERE);
    assert.deepEqual([identity.name, identity.role], ['shop', 'operator']);
    assert.deepEqual(identity.grants, [
      { channels: 'app/orders/*', allow: ['subscribe', 'publish'] },
      { channels: 'metrics/x{a="b"}', allow: ['subscribe'] },
    ]);
    const lifeMs = (identity.expiresAt ?? 0) - before;
    assert.ok(lifeMs >= 7 * 86_400_000 && lifeMs <= 7 * 86_400_000 + Date.now() - before);
    assert.match(stderr, /^k_[0-9a-f]{16} "shop" was made/);
    assert.ok(!stderr.includes(stdout.trim()));
  });

  it('lists every key with its state, and revokes one by its id or by the key itself', async (t) => {
    const clock = createManualClock();
    const { url, waooaw } = await startServer(t, {}, { clock });
    const { auth } = waooaw;
    const one = await auth.keys.create({ name: 'shop', role: 'viewer' });
    const two = await auth.keys.create({ name: 'till', grants: [{ channels: 'app/*', allow: ['publish'] }] });
    const three = await auth.keys.create({
      name: 'guest',
      role: 'viewer',
      expiresAt: Date.now() + 86_400_000,
    });
    const four = await auth.keys.create({ name: 'gone', role: 'viewer', expiresAt: clock.now() + 1 });
    const revoked = await keys(t, url, ['revoke', one.id]);
    assert.deepEqual([revoked.code, revoked.stdout], [0, `${one.id} "shop" is revoked.\n`]);
    const pasted = await keys(t, url, ['revoke', two.key]);
    assert.deepEqual([pasted.code, pasted.stdout], [0, `${two.id} "till" is revoked.\n`]);

    const { code, stdout } = await keys(t, url, ['list']);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^ID +NAME +ROLE +STATE +CREATED +EXPIRES +GRANTS$/);
    const line = (id: string): string => lines.find((text) => text.startsWith(id)) ?? '';
    assert.match(line(one.id), / shop +viewer +revoked +\d{4}-\d\d-\d\d +never +-$/);
    assert.match(line(two.id), / till +- +revoked +\d{4}-\d\d-\d\d +never +app\/\*=publish$/);
    assert.match(line(three.id), / guest +viewer +live +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +-$/);
    assert.match(line(four.id), / gone +viewer +expired /);
    assert.ok(!stdout.includes(two.key.slice(-43)));
  });

  it('says in one line what the server refused, and ends with 1', async (t) => {
    const { url } = await startServer(t, { adminKey: ADMIN_KEY });
    for (const [args, token, said] of [
      [['list'], undefined, /^waooaw: unauthorized: A token is needed\. Set WAOOAW_TOKEN$/],
      [['list'], 'wrong', /^waooaw: unauthorized: [^.]*$/],
      [['revoke', 'k_0000000000000000'], ADMIN_KEY, /^waooaw: not_found: /],
      [['create', '--name', 'x'], ADMIN_KEY, /^waooaw: bad_request: \/role: /],
      [['create', '--name', 'x', '--role', 'emperor'], ADMIN_KEY, /^waooaw: bad_request: \/role: /],
      [['create', '--name', 'x', '--grant', 'a=own'], ADMIN_KEY, /^waooaw: bad_request: \/grants/],
    ] as const) {
      const { code, stdout, stderr } = await keys(t, url, args, token);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      assert.match(stderr.trimEnd(), said);
      assert.ok(!stderr.includes(ADMIN_KEY));
    }
  });

  it('says in one line that nobody answers, or somebody else, and gives the token to nobody else', async (t) => {
    const heard: (string | undefined)[] = [];
    const other = await stranger(t, (request, response) => {
      heard.push(request.headers.authorization);
      response.end('{"keys":[]}');
    });
    const page = await stranger(t, (_, response) => response.end('<html>'));
    const list = await stranger(t, (_, response) => response.end('7'));
    const proxy = await stranger(t, (_, response) => response.writeHead(502).end('{}'));
    const away = await stranger(t, (_, response) => response.writeHead(302, { location: other }).end());
    const cut = await stranger(t, (request) => request.socket.destroy());
    for (const [url, said] of [
      ['http://127.0.0.1:9', /^waooaw: http:\/\/127\.0\.0\.1:9 does not answer: /],
      [cut, /does not answer/],
      [away, /does not answer/],
      [page, /answered 200, and is no waooaw server/],
      [list, /answered 200, and is no waooaw server/],
      [proxy, /answered 502, and is no waooaw server/],
    ] as const) {
      const { code, stdout, stderr } = await keys(t, url, ['list'], ADMIN_KEY);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, said);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
    assert.deepEqual(heard, []);
  });

  it('answers a misuse with one line and exit code 2, without asking anybody', async (t) => {
    for (const [args, said] of [
      [['keys'], /"keys " is no command/],
      [['keys', 'dance'], /"keys dance" is no command/],
      [['keys', 'list', 'all'], /"all" is one word too many/],
      [['keys', 'create'], /keys create needs --name/],
      [['keys', 'create', 'x', '--name', 'x'], /"x" is one word too many/],
      [['keys', 'create', '--name', 'x', '--expires-days', 'soon'], /--expires-days is "soon"/],
      [['keys', 'create', '--name', 'x', '--expires-days', '0'], /--expires-days is "0"/],
      [['keys', 'create', '--name', 'x', '--grant', 'app'], /--grant is "app"/],
      [['keys', 'create', '--name', 'x', '--grant', '=publish'], /--grant is "=publish"/],
      [['keys', 'create', '--colour', 'red'], /--colour/],
      [['keys', 'revoke'], /needs the id/],
      [['keys', 'revoke', 'k_1', 'k_2'], /"k_2" is one word too many/],
      [['keys', 'list', '--url', 'ftp://x'], /--url must be an http address/],
      [['keys', 'list', '--url', 'x'], /--url must be an http address/],
      [['keys', 'list', '--url', 'http://ana:hush@x'], /--url must be an http address/],
    ] as const) {
      const { code, stdout, stderr } = await new Program(t, 'cli/bin.ts', {}, args).ended;
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, said);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
      assert.doesNotMatch(stderr, /hush/);
    }
  });

  it('is part of the help', async (t) => {
    for (const args of [['--help'], ['keys', '--help'], ['keys', 'create', '-h']]) {
      const { code, stdout } = await new Program(t, 'cli/bin.ts', {}, args).ended;
      assert.equal(code, 0);
      assert.match(stdout, /waooaw keys create/);
      assert.match(stdout, /WAOOAW_TOKEN/);
    }
  });
});
