import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SETTINGS, createConfig, readConfig, refuseExposure, unknownVariables } from './config.ts';
import type { Config } from './config.ts';
import { PROVISIONING_NUMBERS, doorLimitsOf, runtimeLimitsOf } from './agent-settings.ts';
import { onFailureOf, redactionOf } from './audit-settings.ts';
import { DEFAULT_DOOR_LIMITS } from './engines/door/limits.ts';
import { PROCESS_RUNTIME_LIMITS } from './engines/process/limits.ts';
import { DEFAULT_AUDIT_LIMITS } from './services/audit/limits.ts';
import { DEFAULT_LIMITS } from './services/broadcaster/limits.ts';
import { DEFAULT_ALERTS_LIMITS } from './services/alerts/limits.ts';
import { DEFAULT_CONTEXTS_LIMITS } from './services/contexts/limits.ts';
import { DEFAULT_HEALTH_LIMITS } from './services/health/limits.ts';
import { DEFAULT_METRICS_LIMITS } from './services/metrics/limits.ts';
import { coded } from './testing/harness.ts';

/** Texts that each variable which is no whole number takes, with the value they become, and texts it refuses. */
const TEXTS: Record<string, { key: keyof Config; takes: [string, unknown][]; refuses: string[] }> = {
  WAOOAW_HOST: {
    key: 'host',
    takes: [
      ['::1', '::1'],
      ['db.example', 'db.example'],
    ],
    refuses: ['', 'a b', '[::1]', 'http://x'],
  },
  WAOOAW_BASE_PATH: {
    key: 'basePath',
    takes: [
      ['', ''],
      ['/ops', '/ops'],
      ['/a/b-c/d_e/f~g/h.i', '/a/b-c/d_e/f~g/h.i'],
    ],
    refuses: ['/', 'ops', '/ops/', '//ops', '/a b', '/a?b', '/..', '/a/./b', '/%2e'],
  },
  WAOOAW_DATA_DIR: { key: 'dataDir', takes: [['/var/lib/x y', '/var/lib/x y']], refuses: [''] },
  WAOOAW_SCRAPE_FILE: {
    key: 'scrapeFile',
    takes: [
      ['', ''],
      ['a b.yaml', 'a b.yaml'],
    ],
    refuses: ['x'.repeat(4_097)],
  },
  WAOOAW_ALERTS_FILE: {
    key: 'alertsFile',
    takes: [
      ['', ''],
      ['/etc/x.json', '/etc/x.json'],
    ],
    refuses: ['x'.repeat(4_097)],
  },
  WAOOAW_CHECKS_FILE: {
    key: 'checksFile',
    takes: [
      ['', ''],
      ['/etc/checks.yaml', '/etc/checks.yaml'],
    ],
    refuses: ['x'.repeat(4_097)],
  },
  WAOOAW_AGENTS_FILE: {
    key: 'agentsFile',
    takes: [
      ['', ''],
      ['/etc/agents.yaml', '/etc/agents.yaml'],
    ],
    refuses: ['x'.repeat(4_097)],
  },
  WAOOAW_ALLOW_PRIVATE_API_CHECKS: {
    key: 'allowPrivateApiChecks',
    takes: [
      ['true', true],
      ['false', false],
    ],
    refuses: ['', 'yes', '1', 'TRUE'],
  },
  WAOOAW_EXTERNAL_URL: {
    key: 'externalUrl',
    takes: [
      ['', ''],
      ['https://ops.example', 'https://ops.example'],
      ['http://[::1]:81/a/b', 'http://[::1]:81/a/b'],
    ],
    refuses: ['ops.example', 'ftp://a', 'https://a/', 'https://a?b', 'https://a b'],
  },
  WAOOAW_ALLOWED_HOSTS: {
    key: 'allowedHosts',
    takes: [
      ['', []],
      ['ops.example', ['ops.example']],
      [' a.example:81 ,, [fe80::1]:82,[::2] ', ['a.example:81', '[fe80::1]:82', '[::2]']],
    ],
    refuses: ['*', 'http://a', 'a/b', 'fe80::1', 'a.example,b c', 'a:123456'],
  },
  WAOOAW_ALLOWED_ORIGINS: {
    key: 'allowedOrigins',
    takes: [
      ['', []],
      [
        'https://a.example,http://b.example:81, https://[::2]:82',
        ['https://a.example', 'http://b.example:81', 'https://[::2]:82'],
      ],
    ],
    refuses: ['*', 'null', 'a.example', 'https://a.example/', 'ftp://a.example', 'https://'],
  },
  WAOOAW_TRUSTED_PROXIES: {
    key: 'trustedProxies',
    takes: [
      ['', []],
      ['10.0.0.0/8, 192.0.2.7,fd00::/8,::1', ['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1']],
    ],
    refuses: [
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0',
      '10.0.0.0/',
      '10.0.0.0/8/9',
      '10.0.0.0/x',
      'proxy.example',
    ],
  },
  WAOOAW_ADMIN_KEY: {
    key: 'adminKey',
    takes: [
      ['', ''],
      ['k'.repeat(32), 'k'.repeat(32)],
      ['!"#~'.repeat(128), '!"#~'.repeat(128)],
    ],
    refuses: ['k'.repeat(31), 'k'.repeat(513), `${'k'.repeat(32)} k`, 'ä'.repeat(32), `${'k'.repeat(32)}\n`],
  },
  WAOOAW_ANONYMOUS_ROLE: {
    key: 'anonymousRole',
    takes: ['auto', 'none', 'viewer', 'operator', 'auditor', 'admin'].map((word) => [word, word]),
    refuses: ['', 'Admin', 'everybody', 'true'],
  },
  WAOOAW_JWT_SECRET: {
    key: 'jwtSecret',
    takes: [
      ['', ''],
      ['s'.repeat(32), 's'.repeat(32)],
      // Bytes count, not characters.
      ['ä'.repeat(16), 'ä'.repeat(16)],
    ],
    refuses: ['s'.repeat(31), 'ä'.repeat(15)],
  },
  WAOOAW_JWKS_URL: {
    key: 'jwksUrl',
    takes: [
      ['', ''],
      ['https://id.example/.well-known/jwks.json', 'https://id.example/.well-known/jwks.json'],
      ['http://127.0.0.1:81/jwks', 'http://127.0.0.1:81/jwks'],
      ['http://[::1]:81/jwks', 'http://[::1]:81/jwks'],
      ['http://localhost/jwks', 'http://localhost/jwks'],
    ],
    refuses: [
      'http://id.example/jwks',
      'http://127.0.0.1.evil.example/',
      'file:///etc/jwks',
      'id.example',
      'data:,{}',
    ],
  },
  WAOOAW_JWT_ISSUER: {
    key: 'jwtIssuer',
    takes: [['https://id.example', 'https://id.example']],
    refuses: ['x'.repeat(257)],
  },
  WAOOAW_JWT_AUDIENCE: { key: 'jwtAudience', takes: [['waooaw', 'waooaw']], refuses: ['x'.repeat(257)] },
  WAOOAW_JWT_ROLE_CLAIM: {
    key: 'jwtRoleClaim',
    takes: [
      ['', ''],
      ['https://shop.example/role', 'https://shop.example/role'],
    ],
    refuses: ['x'.repeat(257)],
  },
  WAOOAW_AUDIT_ORIGIN: {
    key: 'auditOrigin',
    takes: [
      ['ops.example/audit', 'ops.example/audit'],
      ['ops.example:8443/x', 'ops.example:8443/x'],
    ],
    refuses: ['', '/audit', 'a b', 'a+b', 'x'.repeat(129)],
  },
  WAOOAW_AUDIT_CHECKPOINT_FILE: {
    key: 'auditCheckpointFile',
    takes: [
      ['', ''],
      ['/mnt/other disk/c.txt', '/mnt/other disk/c.txt'],
    ],
    refuses: ['x'.repeat(4_097)],
  },
  WAOOAW_AUDIT_CHECKPOINT_URL: {
    key: 'auditCheckpointUrl',
    takes: [
      ['', ''],
      ['https://witness.example/a?b=c', 'https://witness.example/a?b=c'],
    ],
    refuses: ['witness.example', 'ftp://a', 'https://a b', 'https://a/#b'],
  },
  WAOOAW_AUDIT_ON_FAILURE: {
    key: 'auditOnFailure',
    takes: [
      ['', []],
      ['info=gap, warning=block', ['info=gap', 'warning=block']],
    ],
    refuses: ['gap', 'info', 'info=drop', 'debug=gap', 'info=gap=block'],
  },
  WAOOAW_AUDIT_REDACT: {
    key: 'auditRedact',
    takes: [
      ['', []],
      ['pin, details.*.url', ['pin', 'details.*.url']],
    ],
    refuses: ['details..b', '.a', 'details.', 'a b', 'actor.name'],
  },
  WAOOAW_AUDIT_ARCHIVE_DIR: {
    key: 'auditArchiveDir',
    takes: [
      ['', ''],
      ['/mnt/archive', '/mnt/archive'],
    ],
    refuses: ['x'.repeat(4_097)],
  },
  WAOOAW_LOG_LEVEL: {
    key: 'logLevel',
    takes: [
      ['silent', 'silent'],
      ['trace', 'trace'],
    ],
    refuses: ['', 'INFO', 'verbose'],
  },
};

/** Every setting of a Config by its key, the groups spread out. */
function flat(config: Config): Record<string, unknown> {
  const { broadcaster, metrics, contexts, alerts, health, audit, provisioning, agents, ...general } = config;
  const services = { ...broadcaster, ...metrics, ...contexts, ...alerts, ...health, ...audit };
  return { ...general, ...services, ...provisioning, ...agents };
}

const variableOf = (key: string): string => `WAOOAW_${key.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;

describe('configuration', () => {
  it('has one variable for every setting, and a setting for every variable', () => {
    const keys = Object.keys(flat(readConfig({})));
    assert.deepEqual(
      SETTINGS.map(([variable]) => variable),
      keys.map(variableOf),
    );
    assert.equal(new Set(keys).size, keys.length);
  });

  it('is complete without a single variable', () => {
    const config = readConfig({});
    assert.deepEqual(
      SETTINGS.map(([, setting]) => setting.fallback),
      Object.values(flat(config)),
    );
    assert.deepEqual(config.broadcaster, DEFAULT_LIMITS);
    assert.deepEqual(config.metrics, DEFAULT_METRICS_LIMITS);
    assert.deepEqual(config.contexts, DEFAULT_CONTEXTS_LIMITS);
    assert.deepEqual(config.alerts, DEFAULT_ALERTS_LIMITS);
    assert.deepEqual(config.health, DEFAULT_HEALTH_LIMITS);
    assert.deepEqual({ ...config.audit, onFailure: onFailureOf(config) }, DEFAULT_AUDIT_LIMITS);
    assert.deepEqual(config.provisioning, PROVISIONING_NUMBERS);
    assert.deepEqual(doorLimitsOf(config.agents), DEFAULT_DOOR_LIMITS);
    assert.deepEqual(
      { ...PROCESS_RUNTIME_LIMITS, ...runtimeLimitsOf(config.agents) },
      PROCESS_RUNTIME_LIMITS,
    );
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 8787);
    assert.deepEqual(createConfig(), config);
  });

  it('tells a default that its own variable would take', () => {
    for (const [variable, { parse, fallback }] of SETTINGS) {
      const text = Array.isArray(fallback) ? fallback.join(',') : String(fallback);
      assert.deepEqual(parse.parse(text), fallback, variable);
    }
  });

  for (const [variable, { key, takes, refuses }] of Object.entries(TEXTS)) {
    it(`${variable} becomes ${key}`, () => {
      for (const [text, value] of takes) assert.deepEqual(readConfig({ [variable]: text })[key], value, text);
    });

    it(`${variable} is refused by name, with what it was and what was expected`, () => {
      const { expected = '', secret } = SETTINGS.find(([name]) => name === variable)?.[1] ?? {};
      assert.notEqual(expected, '');
      for (const text of refuses) {
        const was = secret ? `(secret) of ${text.length} characters` : `"${text}"`;
        assert.throws(
          () => readConfig({ [variable]: text }),
          (error: Error) => {
            if (secret) assert.ok(!error.message.includes(text));
            return coded('bad_config', variable, was, expected)(error);
          },
        );
      }
    });
  }

  for (const [variable, { expected, fallback }] of SETTINGS) {
    if (variable in TEXTS) continue;
    it(`${variable} takes whole numbers within its range and refuses everything else`, () => {
      const [, min, max] = /^a whole number from (\d+) to (\d+)$/.exec(expected) ?? [];
      assert.ok(min !== undefined && max !== undefined && typeof fallback === 'number');
      const key = Object.keys(flat(createConfig())).find((name) => variableOf(name) === variable) ?? '';
      // What is late must still be kept, so each of the two is tried beside the other's extreme.
      const beside = {
        ...(variable === 'WAOOAW_MAX_LATE_MS'
          ? { WAOOAW_KEEP_SECONDS_MS: '86400000' }
          : { WAOOAW_MAX_LATE_MS: '0' }),
        ...(variable === 'WAOOAW_INSTANCE_PORT_TO'
          ? { WAOOAW_INSTANCE_PORT_FROM: '1024' }
          : { WAOOAW_INSTANCE_PORT_TO: '65535' }),
      };
      for (const text of [min, max]) {
        assert.equal(flat(readConfig({ ...beside, [variable]: text }))[key], Number(text));
      }
      const outside = [`${Number(min) - 1}`, `${Number(max) + 1}`];
      for (const text of ['', ' 5', '5ms', '1.5', '1e3', '-1', '0x10', 'NaN', '9'.repeat(16), ...outside]) {
        assert.throws(
          () => readConfig({ [variable]: text }),
          coded('bad_config', variable, `"${text}"`, expected),
        );
      }
    });
  }

  it('never repeats a secret, not even one of the wrong kind, nor a password within an address', () => {
    const secrets = SETTINGS.filter(([, { secret }]) => secret).map(([variable]) => variable);
    assert.deepEqual(secrets, ['WAOOAW_ADMIN_KEY', 'WAOOAW_JWT_SECRET']);
    for (const overrides of [
      { adminKey: 'hush' },
      { jwtSecret: 'hush' },
      { adminKey: ['hush'] as unknown as string },
      { jwksUrl: 'https://ana:hush@id.example/jwks' },
      { jwksUrl: 'https://hush@id.example/jwks' },
      { jwksUrl: 'http://ana:hu@sh@127.0.0.1/jwks' },
    ]) {
      assert.throws(
        () => createConfig(overrides),
        (error: Error) => coded('bad_config', '(secret)')(error) && !/hu@?sh/.test(error.message),
      );
    }
  });

  it('is refused when a sample could be later than what is kept', () => {
    assert.throws(
      () => readConfig({ WAOOAW_MAX_LATE_MS: '120000', WAOOAW_KEEP_SECONDS_MS: '60000' }),
      (error: Error) =>
        /WAOOAW_MAX_LATE_MS is "120000".*WAOOAW_KEEP_SECONDS_MS, which is 60000/.test(error.message),
    );
    const equal = readConfig({ WAOOAW_MAX_LATE_MS: '60000', WAOOAW_KEEP_SECONDS_MS: '60000' });
    assert.equal(equal.metrics.maxLateMs, 60_000);
  });

  it('is refused when the ports of instances end before they begin', () => {
    assert.throws(
      () => readConfig({ WAOOAW_INSTANCE_PORT_FROM: '30000', WAOOAW_INSTANCE_PORT_TO: '29999' }),
      coded('bad_config', 'WAOOAW_INSTANCE_PORT_FROM is "30000"', 'WAOOAW_INSTANCE_PORT_TO, which is 29999'),
    );
  });

  it('is frozen, limits and lists included', () => {
    const config = readConfig({ WAOOAW_ALLOWED_HOSTS: 'a.example', WAOOAW_MAX_TAGS: '5' });
    for (const part of [
      config,
      config.broadcaster,
      config.metrics,
      config.allowedHosts,
      config.allowedOrigins,
      createConfig({ port: 1 }),
    ]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it('holds what a host says to what the variables would be held to', () => {
    for (const [overrides, variable] of [
      [{ port: 70_000 }, 'WAOOAW_PORT'],
      [{ port: 'x' as unknown as number }, 'WAOOAW_PORT'],
      [{ maxBodyBytes: '2048' as unknown as number }, 'WAOOAW_MAX_BODY_BYTES'],
      [{ host: '' }, 'WAOOAW_HOST'],
      [{ basePath: '/ops/' }, 'WAOOAW_BASE_PATH'],
      [{ allowedOrigins: ['https://portal.example/'] }, 'WAOOAW_ALLOWED_ORIGINS'],
      [{ allowedOrigins: 'https://portal.example' as unknown as string[] }, 'WAOOAW_ALLOWED_ORIGINS'],
      [{ broadcaster: { maxConnections: 0 } }, 'WAOOAW_MAX_CONNECTIONS'],
      [{ metrics: { maxSeries: 0 } }, 'WAOOAW_MAX_SERIES'],
      [{ metrics: { maxLateMs: 120_000, keepSecondsMs: 60_000 } }, 'WAOOAW_MAX_LATE_MS'],
    ] as const) {
      assert.throws(() => createConfig(overrides), coded('bad_config', variable), JSON.stringify(overrides));
    }
  });

  it('completes what a host says, group by group', () => {
    const config = createConfig({ port: 0, broadcaster: { maxChannels: 7 }, metrics: { maxSeries: 10 } });
    assert.equal(config.port, 0);
    assert.deepEqual(config.broadcaster, { ...DEFAULT_LIMITS, maxChannels: 7 });
    assert.deepEqual(config.metrics, { ...DEFAULT_METRICS_LIMITS, maxSeries: 10 });
  });

  it('says of each level of audit entries whether it blocks, and what is taken out of them', () => {
    const config = readConfig({
      WAOOAW_AUDIT_ON_FAILURE: 'info=gap,critical=block',
      WAOOAW_AUDIT_REDACT: 'pin,details.db.url',
    });
    const levels = { info: 'gap', warning: 'block', error: 'block', critical: 'block' };
    assert.deepEqual(onFailureOf(config), levels);
    assert.deepEqual(redactionOf(config), { keys: ['pin'], paths: ['details.db.url'] });
  });

  it('names variables that look like ours and are none', () => {
    const env = {
      WAOOAW_PORT: '1',
      WAOOAW_PROT: '2',
      PORT: '3',
      waooaw_host: '4',
      WAOOAW_TOKEN: '5',
      WAOOAW_URL: '6',
    };
    assert.deepEqual(unknownVariables(env), ['WAOOAW_PROT']);
  });
});

describe('listening with authentication', () => {
  it('is allowed anywhere', () => {
    for (const host of ['0.0.0.0', '::', 'ops.example']) refuseExposure(createConfig({ host }), true);
  });
});

describe('listening without authentication', () => {
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost', 'LocalHost']) {
    it(`is allowed on ${host}`, () => refuseExposure(createConfig({ host })));
  }

  for (const host of [
    '0.0.0.0',
    '::',
    '192.168.1.20',
    '10.0.0.1',
    'fe80::1',
    '::ffff:10.0.0.1',
    'ops.example',
  ]) {
    it(`is refused on ${host}`, () => {
      assert.throws(
        () => refuseExposure(createConfig({ host })),
        coded(
          'exposed_without_auth',
          host,
          '127.0.0.1',
          'WAOOAW_ADMIN_KEY',
          'WAOOAW_JWKS_URL',
          'keys create',
        ),
      );
    });
  }
});
