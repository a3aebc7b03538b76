/**
 * For tests: a server that starts, stops and forgets instances as fast as it can, until it is killed.
 *
 *     process-runtime-program.ts <folder> <prefix of names> <seed>
 */
import { createRuntimes } from './process-runtime.ts';
import { random } from './random.ts';

const [folder = '', prefix = '', seed = '1'] = process.argv.slice(2);
const runtimes = createRuntimes({}, folder);
const { runtime } = runtimes;
const chance = random(Number(seed));

async function work(name: string): Promise<void> {
  for (;;) {
    await runtime.start({ ...runtimes.spec(name, 'serving'), command: ['/bin/sleep', '1000'] });
    process.stdout.write(`started ${name}\n`);
    if (chance() < 0.5) await runtime.stop(name, 0);
    if (chance() < 0.3) {
      await runtime.stop(name, 0);
      await runtime.remove(name);
    }
  }
}

await Promise.all([1, 2, 3].map((index) => work(`${prefix}-1.1.${index}`)));
