import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPOSITION_TYPE, exposition } from './exposition.ts';

describe('Prometheus text', () => {
  it('is a HELP, a TYPE and its samples for each family, every line ended', () => {
    const text = exposition([
      { name: 'open', help: 'Open now.', type: 'gauge', samples: [{ value: 3 }] },
      {
        name: 'sent_total',
        help: 'Sent.',
        type: 'counter',
        samples: [
          { labels: { to: 'a', by: 'b' }, value: 1 },
          { labels: { to: 'c' }, value: 2.5 },
        ],
      },
    ]);
    assert.equal(
      text,
      '# HELP open Open now.\n# TYPE open gauge\nopen 3\n' +
        '# HELP sent_total Sent.\n# TYPE sent_total counter\nsent_total{to="a",by="b"} 1\nsent_total{to="c"} 2.5\n',
    );
  });

  it('names the parts of a histogram by their suffix', () => {
    const samples = [
      { suffix: '_bucket', labels: { le: '+Inf' }, value: 2 },
      { suffix: '_sum', value: 7 },
      { suffix: '_count', value: 2 },
    ];
    assert.equal(
      exposition([{ name: 'size', help: 'Sizes.', type: 'histogram', samples }]),
      '# HELP size Sizes.\n# TYPE size histogram\nsize_bucket{le="+Inf"} 2\nsize_sum 7\nsize_count 2\n',
    );
  });

  it('lets no help and no label break out of its line or its quotes', () => {
    const labels = { path: 'C:\\new\n"x"} 9\nfake 1' };
    const [help, , sample, ...more] = exposition([
      { name: 'odd', help: 'One\ntwo \\ "three"', type: 'gauge', samples: [{ labels, value: 1 }] },
    ]).split('\n');
    assert.equal(help, '# HELP odd One\\ntwo \\\\ "three"');
    assert.equal(sample, 'odd{path="C:\\\\new\\n\\"x\\"} 9\\nfake 1"} 1');
    assert.deepEqual(more, ['']);
  });

  it('writes every number as Prometheus reads it', () => {
    for (const [value, text] of [
      [0, '0'],
      [-1.5, '-1.5'],
      [1e21, '1e+21'],
      [Number.MAX_SAFE_INTEGER, '9007199254740991'],
      [Infinity, '+Inf'],
      [-Infinity, '-Inf'],
      [Number.NaN, 'NaN'],
    ] as const) {
      const written = exposition([{ name: 'x', help: 'X.', type: 'gauge', samples: [{ value }] }]);
      assert.equal(written.split('\n')[2], `x ${text}`);
    }
  });

  it('is nothing of nothing, and names a family that has no sample yet', () => {
    assert.equal(exposition([]), '');
    assert.equal(
      exposition([{ name: 'closed_total', help: 'Closed.', type: 'counter', samples: [] }]),
      '# HELP closed_total Closed.\n# TYPE closed_total counter\n',
    );
    assert.equal(EXPOSITION_TYPE, 'text/plain; version=0.0.4; charset=utf-8');
  });
});
