import { expect } from '@open-wc/testing';
import { failureOf, verify } from '../testing/export-checks.ts';
import { SIZE, partsOf, textOf } from '../testing/export-parts.ts';

describe('an export as NDJSON', () => {
  it('refuses a name that comes twice, however it is spelled, and takes other spacing', async () => {
    const parts = partsOf('tree');
    const text = textOf(parts, 'ndjson');
    for (const name of ['"action"', '"\\u0061ction"', '"actor"']) {
      const failed = await failureOf(text.replace('"action":"login"', `${name}:"start","action":"login"`));
      expect(failed.place, name).to.equal(3);
      expect(failed.message, name).to.match(/twice/);
    }
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', ' '));
    expect((await verify(lines.join('\n'), 'ndjson')).count).to.equal(SIZE);
  });
});
