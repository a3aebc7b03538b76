import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { ConfigOverrides } from '../config.ts';
import { request, startServer, temporaryFolder } from '../testing/harness.ts';
import type { Problem, Running } from '../testing/harness.ts';

const FILES = {
  'waooaw.js': 'export const bundle = 1;',
  'waooaw.js.map': '{}',
  'waooaw.css': ':root {}',
  'chunks/x.js': `export const chunk = ${'1'.repeat(5_000)};`,
  'demo/index.html': '<!doctype html><title>console</title>',
  'demo/assets/a.js': 'export const page = 1;',
  'demo/private.txt': 'not served: no route leads here',
  'server/main.js': 'not served either',
};

/** A server of a temporary `dist/`, beside which lies a secret. */
async function serve(t: TestContext, overrides: ConfigOverrides = {}, name = 'dist'): Promise<Running> {
  const outside = temporaryFolder();
  const folder = join(outside, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(outside, 'secret.txt'), 'a secret');
  for (const [file, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return startServer(t, overrides, { assetsFolder: folder });
}

describe('the bundle', () => {
  it('is served to every site, and asked for anew each time', async (t) => {
    const { url } = await serve(t);
    for (const [path, type] of [
      ['/waooaw.js', 'text/javascript'],
      ['/waooaw.css', 'text/css'],
      ['/waooaw.js.map', 'application/json'],
    ] as const) {
      const { status, headers, text } = await request(`${url}${path}`, {
        headers: { origin: 'https://other.example' },
      });
      assert.deepEqual([status, text], [200, FILES[path.slice(1) as keyof typeof FILES]]);
      assert.ok(headers['content-type']?.startsWith(type), `${path} is ${headers['content-type']}`);
      assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
      assert.equal(headers['access-control-allow-origin'], '*');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
  });

  it('is not sent again to whoever has it, compressed or not', async (t) => {
    const { url } = await serve(t);
    for (const [path, encoding] of [
      ['/waooaw.js', 'identity'],
      ['/', 'identity'],
      ['/waooaw.css', 'gzip'],
    ] as const) {
      const asked = { 'accept-encoding': encoding };
      const first = await request(`${url}${path}`, { headers: asked });
      const tag = first.headers['etag'];
      assert.match(String(tag), /^(W\/)?"[0-9a-f]+"$/);
      const again = await request(`${url}${path}`, { headers: { ...asked, 'if-none-match': String(tag) } });
      assert.deepEqual([again.status, again.text], [304, '']);
      assert.equal(again.headers['cache-control'], 'no-cache');
      const other = await request(`${url}${path}`, { headers: { ...asked, 'if-none-match': '"other"' } });
      assert.equal(other.status, 200);
    }
  });

  it('is served to every site also where the asking site may use the API', async (t) => {
    const { url } = await serve(t, { allowedOrigins: ['https://portal.example'] });
    const { headers } = await request(`${url}/waooaw.js`, { headers: { origin: 'https://portal.example' } });
    assert.equal(headers['access-control-allow-origin'], '*');
  });

  it('has chunks that never change, compressed for whoever takes it', async (t) => {
    const { url } = await serve(t);
    const plain = await request(`${url}/chunks/x.js`);
    assert.deepEqual([plain.status, plain.text], [200, FILES['chunks/x.js']]);
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(plain.headers['cross-origin-resource-policy'], 'cross-origin');
    const { headers } = await request(`${url}/chunks/x.js`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(headers['content-encoding'], 'gzip');
  });
});

describe('the console', () => {
  it('is served with a policy that allows nothing inline and nothing foreign', async (t) => {
    const { url } = await serve(t);
    const { status, headers, text } = await request(`${url}/`);
    assert.deepEqual([status, text], [200, FILES['demo/index.html']]);
    assert.equal(
      headers['content-security-policy'],
      "default-src 'self'; require-trusted-types-for 'script'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    );
    assert.equal(headers['cache-control'], 'no-cache');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  it('has assets that never change', async (t) => {
    const { url } = await serve(t);
    const { status, headers, text } = await request(`${url}/assets/a.js`);
    assert.deepEqual([status, text], [200, FILES['demo/assets/a.js']]);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  });

  it('is asked for anew also when the program lies in a folder called assets or chunks', async (t) => {
    const { url } = await serve(t, {}, 'srv/assets/chunks/app');
    for (const path of ['/', '/waooaw.js']) {
      assert.equal((await request(`${url}${path}`)).headers['cache-control'], 'no-cache');
    }
  });

  it('stands below the base path, to which its bare name redirects', async (t) => {
    const { url, host } = await serve(t, { basePath: '/ops' });
    assert.equal((await request(`${url}/`)).text, FILES['demo/index.html']);
    assert.equal((await request(`${url}/assets/a.js`)).text, FILES['demo/assets/a.js']);
    assert.equal((await request(`${url}/waooaw.js`)).text, FILES['waooaw.js']);
    const { status, headers } = await request(url);
    assert.deepEqual([status, headers.location], [308, '/ops/']);
    for (const path of ['/', '/waooaw.js', '/assets/a.js']) {
      assert.equal((await request(`http://${host}${path}`)).status, 404, path);
    }
  });

  it('is absent, with an honest 404, where it was not built', async (t) => {
    const empty = temporaryFolder();
    for (const assetsFolder of [empty, join(empty, 'missing')]) {
      const { url } = await startServer(t, {}, { assetsFolder });
      for (const path of ['/', '/waooaw.js']) {
        assert.equal((await request(`${url}${path}`)).json<Problem>().code, 'not_found');
      }
    }
  });
});

describe('files that are nobody’s business', () => {
  const WAYS_OUT = [
    '/chunks/../secret.txt',
    '/chunks/../../secret.txt',
    '/chunks/%2e%2e/%2e%2e/secret.txt',
    '/chunks/..%2f..%2fsecret.txt',
    '/chunks/..%5c..%5csecret.txt',
    '/chunks/%252e%252e%252f%252e%252e%252fsecret.txt',
    '/chunks//../../secret.txt',
    '/chunks/....//....//secret.txt',
    '/chunks/x.js%00.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
    '/assets/..%2fprivate.txt',
    '/assets/%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt',
    '/waooaw.js/../../secret.txt',
    '/..%2fsecret.txt',
    '//secret.txt',
    '/demo/index.html',
    '/private.txt',
    '/server/main.js',
    '/chunks/',
    '/chunks',
    '/assets/',
  ];

  for (const basePath of ['', '/ops']) {
    it(`stay out of reach by every spelling of the way${basePath && ' below a base path'}`, async (t) => {
      const { host } = await serve(t, { basePath });
      for (const way of WAYS_OUT) {
        const { status, text } = await request(`http://${host}`, { path: `${basePath}${way}` });
        assert.equal(status, 404, `${way} was answered ${status}: ${text.slice(0, 80)}`);
      }
    });
  }
});
