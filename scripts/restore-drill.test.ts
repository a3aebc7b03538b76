/** The drill of a restore, small: `npm run restore-drill` is the same with as much as you like. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drill } from './restore-drill.ts';

describe('a restore', () => {
  it('brings back everything that was acknowledged before the backup of a busy server began', async () => {
    const said: string[] = [];
    const result = await drill({ entries: 500, series: 20, say: (line) => void said.push(line) });
    assert.deepEqual(result.differences, [], said.join('\n'));
    assert.ok(result.before >= 510 && result.meanwhile > 0, said.join('\n'));
    assert.ok(
      said.some((line) => /^They continue 1 of the kept checkpoints/.test(line)),
      said.join('\n'),
    );
  });
});
