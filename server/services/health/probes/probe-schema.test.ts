import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiProbe, probe } from '../../../../src/protocol/probe.schema.ts';

/** What is said of an input, each with its place. */
function refusals(schema: typeof apiProbe | typeof probe, input: unknown): string[] {
  const { success, error } = schema.safeParse(input);
  return success ? [] : error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const http = (more: object = {}) => ({ kind: 'http', url: 'https://a.example/', ...more });
const EXEC = { kind: 'exec', command: ['/bin/true'] };

describe('the settings of a probe', () => {
  it('have a default wherever one makes sense', () => {
    assert.deepEqual(apiProbe.parse(http()), {
      kind: 'http',
      url: 'https://a.example/',
      method: 'GET',
      headers: {},
      secretHeaders: {},
      redirects: 0,
      maxBodyBytes: 1_048_576,
      keepAlive: false,
      certificate: { degradedDays: 14, downDays: 0 },
      expect: { status: ['200-299'], headers: {}, json: [] },
    });
    assert.deepEqual(probe.parse(EXEC), {
      ...EXEC,
      env: {},
      pass: [],
      cwd: '/',
      exitCodes: 'plain',
      degradedCodes: [],
      graceMs: 2_000,
      maxOutputBytes: 65_536,
    });
    assert.deepEqual(apiProbe.parse({ kind: 'tcp', host: 'a', port: 1 }), {
      kind: 'tcp',
      host: 'a',
      port: 1,
      maxBytes: 65_536,
    });
    assert.deepEqual(apiProbe.parse({ kind: 'tls', host: 'a' }), {
      kind: 'tls',
      host: 'a',
      port: 443,
      degradedDays: 14,
      downDays: 0,
    });
    assert.deepEqual(apiProbe.parse({ kind: 'dns', name: 'a' }), {
      kind: 'dns',
      name: 'a',
      type: 'A',
      values: [],
      exact: false,
    });
    assert.deepEqual(apiProbe.parse({ kind: 'heartbeat', everyMs: 1_000 }), {
      kind: 'heartbeat',
      everyMs: 1_000,
      graceMs: 60_000,
    });
  });

  it('run a program and name a file only where the file of checks says so', () => {
    assert.match(refusals(apiProbe, EXEC)[0]!, /^kind: /);
    assert.equal(refusals(apiProbe, http({ headerFiles: { authorization: '/etc/shadow' } })).length, 1);
    assert.deepEqual(refusals(probe, http({ headerFiles: { authorization: 'token' } })), []);
    assert.equal(refusals(probe, http({ secretHeaders: { authorization: 'Bearer x' } })).length, 1);
    for (const unknown of [http({ verify: false }), { ...EXEC, shell: true }, { kind: 'custom' }, {}, null])
      assert.equal(refusals(probe, unknown).length, 1);
  });

  it('take no address that hides a password, and no other protocol', () => {
    for (const url of [
      'https://me:pw@a.example/',
      'https://me@a.example/',
      'https:\\\\me@a.example/',
      'http://a\\@b/',
      'ftp://a/',
      'file:///etc/passwd',
      'javascript:1',
      'a.example',
      '//a.example/',
      'http://a/#f',
      '',
    ])
      assert.ok(refusals(apiProbe, http({ url })).length > 0, url);
    for (const url of ['http://a.example', 'HTTPS://A.example:8443/p?q=a@b', 'http://[::1]:80/'])
      assert.deepEqual(refusals(apiProbe, http({ url })), [], url);
    const [said] = refusals(apiProbe, http({ url: 'https://me:secret@a.example/' }));
    assert.equal(said, 'url: holds a user or a password; set a secret header');
  });

  it('take no header that could be two, that is the connection’s, or that is secret and said openly', () => {
    const said = (headers: object) => refusals(apiProbe, http({ headers }));
    assert.deepEqual(said({ 'x-a': 'b', Accept: 'text/html', host: 'b.example' }), []);
    assert.deepEqual(said({ 'x-a': 'b\r\nx-b: c' }), [
      'headers.x-a: holds a character that a header may not',
    ]);
    assert.deepEqual(said({ 'x a': 'b' }), ['headers.x a: is not a header name']);
    assert.deepEqual(said({ 'x-a': '1', 'X-A': '2' }), ['headers.X-A: is there twice']);
    for (const name of ['Content-Length', 'transfer-encoding', 'Connection', 'Expect', 'Upgrade'])
      assert.deepEqual(said({ [name]: '1' }), [`headers.${name}: is set by the probe itself`]);
    for (const name of ['Authorization', 'cookie'])
      assert.deepEqual(said({ [name]: '1' }), [`headers.${name}: is secret; set it as a secret header`]);
    assert.deepEqual(refusals(apiProbe, http({ secretHeaders: { Cookie: 'a', 'content-length': '1' } })), [
      'secretHeaders.content-length: is set by the probe itself',
    ]);
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`x-${index}`, 'a']));
    assert.deepEqual(said(many), ['headers: expected at most 32']);
  });

  it('agree with one another', () => {
    for (const [input, said] of [
      [http({ body: 'x' }), 'body: is not sent with GET; set method'],
      [
        http({ certificate: { degradedDays: 3, downDays: 5 } }),
        'certificate.downDays: expected at most degradedDays',
      ],
      [http({ ca: 'none' }), 'ca: expected certificates as PEM'],
      [http({ expect: { status: ['2xx'] } }), 'expect.status.0: expected a range such as 200-299'],
      [{ kind: 'tls', host: 'a', degradedDays: 1, downDays: 2 }, 'downDays: expected at most degradedDays'],
      [{ kind: 'tcp', host: 'a b', port: 1 }, 'host: expected a host name or an address'],
      [{ kind: 'tcp', host: 'http://a', port: 1 }, 'host: expected a host name or an address'],
      [
        { kind: 'dns', name: 'a', server: 'dns.example' },
        'server: expected an address, with or without a port',
      ],
      [{ ...EXEC, command: ['true'] }, 'command.0: expected an absolute path'],
      [{ ...EXEC, command: ['/bin/true', 'a\0b'] }, 'command.1: expected no zero byte'],
      [{ ...EXEC, env: { 'A=B': 'c' } }, 'env.A=B: Invalid key in record'],
      [{ ...EXEC, cwd: 'here' }, 'cwd: expected an absolute path'],
      [
        { kind: 'metric', metric: 'a{', downAbove: 1 },
        'metric: At character 2 of "a{": expected tag="value"',
      ],
      [
        { kind: 'metric', metric: 'a', downAbove: 1, windowMs: 1_000, stepMs: 1_000 },
        'windowMs: expected at least two steps, so that one of them is complete at any time',
      ],
      [
        { kind: 'metric', metric: 'a' },
        'downAbove: expected at least one of degradedAbove, downAbove, degradedBelow and downBelow',
      ],
      [
        { kind: 'metric', metric: 'a', degradedAbove: 2, downAbove: 1 },
        'downAbove: expected at least degradedAbove',
      ],
      [
        { kind: 'metric', metric: 'a', degradedBelow: 1, downBelow: 2 },
        'downBelow: expected at most degradedBelow',
      ],
    ] as const) {
      assert.deepEqual(refusals(probe, input), [said]);
    }
    for (const host of ['a', 'a.example.', '10.0.0.1', '::1', 'fe80::1', 'my_service'])
      assert.deepEqual(refusals(probe, { kind: 'tcp', host, port: 1 }), [], host);
  });
});
