import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Program } from '../../../testing/program.ts';
import { random } from '../../../testing/random.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';

interface Begins {
  readonly epoch: number;
  readonly steps: readonly number[];
  readonly agents: readonly (readonly [agent: string, restarts: number])[];
  readonly operations: readonly (readonly [operation: string, revision: number])[];
  readonly keys: readonly number[];
}

/** The last of the steps up to `last` for each of so many names. */
function lastOf(name: string, count: number, last: number): (readonly [string, number])[] {
  return Array.from({ length: count }, (_, i) => [`${name}-${i}`, last - ((last - i) % count)] as const);
}

describe('after kill -9', () => {
  for (const seed of [1, 2, 3]) {
    it(
      `each change is there with its entry, or neither is (seed ${seed})`,
      { timeout: 120_000 },
      async (t) => {
        const chance = random(seed);
        const folder = temporaryFolder();
        const start = (): Program =>
          new Program(t, 'server/testing/provisioning-recorder-program.ts', {}, [folder]);
        const begins = async (program: Program): Promise<Begins> =>
          JSON.parse((await program.line(/^begins /)).slice('begins '.length)) as Begins;
        let program = start();
        let before = await begins(program);
        for (let kill = 0; kill < 3; kill++) {
          const until = before.steps.length + 10 + Math.floor(chance() * 60);
          await program.line(new RegExp(`^durable {"n":${until}}`));
          program.kill('SIGKILL');
          const said = (await program.ended).stdout.split('\n').slice(0, -1);
          assert.deepEqual(
            said.filter((line) => line.startsWith('error')),
            [],
          );
          const durable = said
            .filter((line) => line.startsWith('durable '))
            .map((line) => (JSON.parse(line.slice('durable '.length)) as { readonly n: number }).n);
          program = start();
          const kept = await begins(program);
          assert.equal(kept.epoch, before.epoch + 1);
          // In the order of the calls, without a hole: what came after a change that is lost is lost, too.
          assert.deepEqual(
            kept.steps,
            kept.steps.map((_, i) => i),
          );
          const last = kept.steps.length - 1;
          for (const n of durable) assert.ok(n <= last, `${n} was said, and ${last} is the last there is`);
          assert.deepEqual(kept.agents, lastOf('agent', 3, last));
          assert.deepEqual(
            kept.operations.toSorted(([one], [other]) => (one < other ? -1 : 1)),
            lastOf('op', 5, last),
          );
          assert.equal(kept.keys.length, last + 1);
          before = kept;
        }
        program.kill('SIGKILL');
        await program.ended;
      },
    );
  }
});
