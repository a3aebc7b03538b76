import { expect } from '@open-wc/testing';
import { failureOf, verify } from '../testing/export-checks.ts';
import { SIZE, partsOf, textOf } from '../testing/export-parts.ts';

describe('an export as JSON', () => {
  it('refuses JSON that could be read in two ways', async () => {
    const text = textOf(partsOf('tree'), 'json');
    for (const [odd, message] of [
      [text.replace(/\}$/, ',"entries":[]}'), /"entries" twice/],
      [text.replace('"count":13', '"count":13,"note":"x"'), /alone behind/],
      [text.replace('"entries":[', '"entries":[,'), /not JSON/],
      [text.replace(/\],"count"/, ',],"count"'), /not JSON/],
      [`{"entries":[]${text.slice(1)}`, /expected "audit-export"|alone behind/],
      ['{"entries":{}}', /cut off|header/],
      ['[{"entries":[]}]', /cut off|header/],
    ] as const)
      expect((await failureOf(odd, 'json')).message, odd.slice(0, 60)).to.match(message);
    const spaced = JSON.stringify(JSON.parse(text), null, 2);
    expect((await verify(spaced, 'json')).count).to.equal(SIZE);
  });

  it('takes for the entries only what every reader of JSON takes for them', async () => {
    const text = textOf(partsOf('tree'), 'json');
    const shown = '"entries":{"0":{"entry":{"sequence":1,"action":"other"}}}';
    for (const [odd, message] of [
      [text.replace('"entries":[', `${shown},"x\\"entries":[`), /x\\?"entries" is no field/],
      [text.replace('"entries":[', '"x\\"entries":['), /is no field of a header/],
      [text.replace('"entries":[', `${shown},"entries":[`), /"entries" twice/],
      [text.replace('"entries":[', `${shown},"entr\\u0069es":[`), /"entries" twice/],
      [text.replace('"entries":[', `${shown},"path":[],"entries":[`), /are no list|twice/],
      [text.replace('"entries":[', '"__proto__":[],"entries":['), /"__proto__" is no field/],
      [text.replace('"entries":[', '"note":"x","entries":['), /"note" is no field/],
      [text.replace('"query":', '"query":1,"query":'), /"query" twice/],
      [text.replace('"query":', '"qu\\u0065ry":1,"query":'), /"query" twice/],
      [text.replace('"query":{}', '"query":"\\"entries\\":["').replace('"entries":[', '"x":['), /"x" is no/],
      [text.replace(/\],"count"/, '},"count"'), /ends in \}/],
      [text.replace('"count":13', '"count":013'), /not JSON/],
      [text.replace('"count":13', '"count":13,"count":13'), /"count" twice/],
      [text.replace('"count":13', '"\\u0063ount":13,"entries":[]'), /alone behind|twice/],
    ] as const) {
      expect(odd).not.to.equal(text);
      expect((await failureOf(odd, 'json')).message, odd.slice(0, 60)).to.match(message);
    }
    const escaped = text
      .replace('"entries":[', '"entr\\u0069es" : [')
      .replace('"query":{}', '"query":"]}[{"');
    expect((await verify(escaped, 'json')).count).to.equal(SIZE);
  });
});
