import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prometheusName, tagName } from './names.ts';
import { mergeTags, resourceTags, tagsOf } from './tags.ts';

type Kind = Parameters<typeof prometheusName>[2];

describe('a name of OpenTelemetry', () => {
  const cases: readonly (readonly [
    name: string,
    unit: string,
    kind: Kind,
    expected: string,
    unit: string | undefined,
  ])[] = [
    ['http.server.duration', 's', 'histogram', 'http_server_duration_seconds', 'seconds'],
    ['http.server.duration', 'ms', 'histogram', 'http_server_duration_milliseconds', 'milliseconds'],
    ['process.memory', 'By', 'gauge', 'process_memory_bytes', 'bytes'],
    ['process.memory_bytes', 'By', 'gauge', 'process_memory_bytes', 'bytes'],
    ['cpu.utilization', '1', 'gauge', 'cpu_utilization_ratio', 'ratio'],
    ['cpu.ratio.used', '1', 'gauge', 'cpu_used_ratio', 'ratio'],
    ['cpu.time', 's', 'counter', 'cpu_time_seconds_total', 'seconds'],
    ['requests', '1', 'counter', 'requests_total', 'count'],
    ['requests', '{request}', 'counter', 'requests_total', 'count'],
    ['total.requests', '', 'counter', 'requests_total', undefined],
    ['total', '', 'counter', 'total', undefined],
    ['disk.io', 'By/s', 'gauge', 'disk_io_bytes_per_second', 'bytes_per_second'],
    ['rate', '{request}/s', 'gauge', 'rate_per_second', 'per_second'],
    ['flow', 'm/h', 'gauge', 'flow_meters_per_hour', 'meters_per_hour'],
    ['odd', 'widget/fortnight', 'gauge', 'odd_widget_per_fortnight', 'widget_per_fortnight'],
    ['chained', 'a/b/c', 'gauge', 'chained_a_b_c', 'a_b_c'],
    ['a--b..c', '', 'gauge', 'a_b_c', undefined],
    ['namespace:name', '', 'gauge', 'namespace:name', undefined],
    ['2xx.count', '', 'gauge', '_2xx_count', undefined],
    ['…', 's', 'gauge', '', undefined],
  ];
  for (const [name, unit, kind, expected, word] of cases) {
    it(`${name} in "${unit}", a ${kind}, is ${expected || 'none'}`, () => {
      assert.deepEqual(prometheusName(name, unit, kind), { name: expected, unit: word });
    });
  }
});

describe('attributes', () => {
  it('become tags by names that a tag may have', () => {
    assert.deepEqual(['http.route', '2xx', '__name__', '', 'über'].map(tagName), [
      'http_route',
      'key_2xx',
      'key___name__',
      'key_',
      '_ber',
    ]);
  });

  it('of keys that become the same are joined in the order of the keys', () => {
    assert.deepEqual(
      tagsOf([
        ['a_b', 'second'],
        ['a.b', 'first'],
        ['c', ''],
      ]),
      [['a_b', 'first;second']],
    );
  });

  it('are text: numbers, truth values, lists and maps as JSON has them', () => {
    const tags = tagsOf([
      ['a', 1.5],
      ['b', true],
      ['c', ['x', 2]],
      ['d', { k: null }],
      ['e', null],
    ]);
    assert.deepEqual(tags, [
      ['a', '1.5'],
      ['b', 'true'],
      ['c', '["x",2]'],
      ['d', '{"k":null}'],
    ]);
  });

  it('of a resource are the reserved three, and those that were asked for', () => {
    const attributes = [
      ['service.name', 'mail'],
      ['deployment.environment', 'old'],
      ['deployment.environment.name', 'prod'],
      ['host.name', 'h1'],
      ['os.type', 'linux'],
    ] as const;
    assert.deepEqual(
      new Map(resourceTags(attributes, new Set(['host.name']))),
      new Map([
        ['host_name', 'h1'],
        ['service', 'mail'],
        ['environment', 'prod'],
      ]),
    );
  });

  it('of a point win over its resource’s', () => {
    assert.deepEqual(
      mergeTags(
        [
          ['service', 'mail'],
          ['a', '1'],
        ],
        [['service', 'own']],
      ),
      [
        ['service', 'own'],
        ['a', '1'],
      ],
    );
    assert.deepEqual(mergeTags([], [['a', '1']]), [['a', '1']]);
  });
});
