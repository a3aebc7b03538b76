import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileJsonExpectation } from './json-path.ts';

const DOCUMENT = {
  status: 'up',
  version: null,
  ready: true,
  queues: [{ name: 'mail', depth: 7 }, { depth: 120.5 }],
  'content-type': 'json',
  'two words': { ' a ': 1 },
  _private: { $id: 1, deep: { er: [[1, 2], [3]] } },
};

describe('a JSON expectation', () => {
  it('holds where what its path leads to compares as it says', () => {
    const holding = [
      '$',
      '$.status',
      '$.version',
      '  $.status   ==   "up"  ',
      '$.status != "down"',
      '$.version == null',
      '$.ready == true',
      '$.ready != false',
      '$.queues[0].depth == 7',
      '$.queues[0].depth < 8',
      '$.queues[0].depth <= 7',
      '$.queues[1].depth > 120',
      '$.queues[1].depth >= 1.205e2',
      `$['queues'][0]["name"] == "mail"`,
      '$.content-type == "json"',
      `$['two words'][' a '] == 1`,
      '$._private.deep.er[0][1]==2',
      '$.queues != null',
      '$.status != 1',
    ];
    for (const text of holding) assert.equal(compileJsonExpectation(text)(DOCUMENT), undefined, text);
    assert.equal(compileJsonExpectation('$ == 1')(1), undefined);
    assert.equal(compileJsonExpectation('$[0] == "= <"')(['= <']), undefined);
  });

  it('says what fails, with figures and without texts of the answer', () => {
    const failing = [
      ['$.status == "down"', '$.status is another text, expected == "down"'],
      ['$.queues[0].depth > 7', '$.queues[0].depth is 7, expected > 7'],
      ['$.queues[0].depth >= 8', '$.queues[0].depth is 7, expected >= 8'],
      ['$.queues[0].depth < 7', '$.queues[0].depth is 7, expected < 7'],
      ['$.queues[0].depth <= 6', '$.queues[0].depth is 7, expected <= 6'],
      ['$.ready == false', '$.ready is true, expected == false'],
      ['$.version != null', '$.version is null, expected != null'],
      ['$.queues == 1', '$.queues is a list, expected == 1'],
      ['$._private == "x"', '$._private is an object, expected == "x"'],
      ['$.status < 1', '$.status is another text, expected < 1'],
      ['$.missing != 1', '$.missing is not in the answer'],
      ['$.queues[2].depth', '$.queues[2].depth is not in the answer'],
      ['$.queues.length > 0', '$.queues.length is not in the answer'],
      ['$.status[0]', '$.status[0] is not in the answer'],
      ['$.constructor', '$.constructor is not in the answer'],
      ['$.__proto__', '$.__proto__ is not in the answer'],
      ['$.version.x', '$.version.x is not in the answer'],
    ] as const;
    for (const [text, said] of failing) assert.equal(compileJsonExpectation(text)(DOCUMENT), said, text);
    assert.equal(compileJsonExpectation('$[0]')({ 0: 'x' }), '$[0] is not in the answer');
  });

  it('is refused where it cannot be read, saying where', () => {
    const bad = [
      ['status == 1', /begins with \$/],
      ['', /begins with \$/],
      ['$status', /at character 2/],
      ['$..status', /at character 2/],
      ['$.a[*]', /at character 4/],
      ['$.a[-1]', /at character 4/],
      ['$.a[01]', /at character 4/],
      ['$.a =~ "x"', /at character 4/],
      ['$.a ==', /at character 4/],
      ['$.a == up', /expected a number, a text/],
      ["$.a == 'up'", /expected a number, a text/],
      ['$.a == {}', /expected a number, a text/],
      ['$.a == [1]', /expected a number, a text/],
      ['$.a < "b"', /expected a number after </],
      ['$.a >= null', /expected a number after >=/],
      ['$.a == 1 && $.b == 2', /expected a number, a text/],
    ] as const;
    for (const [text, why] of bad) {
      assert.throws(
        () => compileJsonExpectation(text),
        (error) => error instanceof RangeError && why.test(error.message),
        text,
      );
    }
  });
});
