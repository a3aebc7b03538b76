import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { playCrash } from '../../testing/crash-point.ts';
import { SCENARIOS } from '../../testing/crash-scenarios.ts';
import type { ScenarioName } from '../../testing/crash-scenarios.ts';
import { random } from '../../testing/random.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/** Fewer than any scenario has. */
const COMMITS = 10;
const chance = random(8);

// One point of each; `npm run crashes` plays them all.
describe('provisioning under kill -9 of the server', { skip: process.platform !== 'linux' }, () => {
  for (const [index, scenario] of (Object.keys(SCENARIOS) as ScenarioName[]).entries()) {
    const commit = 1 + Math.floor(chance() * COMMITS);
    const when = chance() < 0.5 ? 'before' : 'after';
    const again = index % 2 === 0 ? undefined : 1 + Math.floor(chance() * 3);
    const twice = again === undefined ? '' : `, and again after commit ${again} of the next`;
    it(`${scenario}: finishes what was begun when killed ${when} commit ${commit}${twice}`, async () => {
      const commits = await playCrash(temporaryFolder(), {
        ...{ scenario, commit, when },
        ...(again !== undefined && { again }),
      });
      assert.equal(commits, undefined, 'it was killed');
    });
  }
});
