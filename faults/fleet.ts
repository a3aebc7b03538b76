/** Plays many seeds in a few processes. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Result, Task } from './worker.ts';

/** A run that takes longer than this hangs, ms. */
const HUNG_MS = 60_000;

/**
 * Plays seeds, as many at a time as there are workers.
 * @param tell hears of every run. @returns false from it ends them all.
 */
export async function playAll(
  seeds: Iterable<number>,
  workers: number,
  tell: (result: Result) => boolean,
): Promise<void> {
  const left = seeds[Symbol.iterator]();
  let over = false;
  const lane = async (): Promise<void> => {
    let worker: ChildProcess | undefined;
    for (;;) {
      const next = over ? undefined : left.next();
      if (!next || next.done) break;
      worker ??= start();
      const result = await ask(worker, next.value);
      if (result.lies.some(({ kind }) => kind === 'crash')) {
        worker.kill('SIGKILL');
        worker = undefined;
      }
      if (!over && !tell(result)) over = true;
    }
    worker?.kill();
  };
  await Promise.all(Array.from({ length: workers }, lane));
}

function start(): ChildProcess {
  return fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function ask(worker: ChildProcess, seed: number): Promise<Result> {
  return new Promise((resolve) => {
    const crashed = (detail: string): void => {
      stop();
      resolve({
        seed,
        lies: [{ kind: 'crash', who: 'the process', detail }],
        counts: {},
        trace: [],
        tookMs: 0,
      });
    };
    const exit = (code: number | null, signal: string | null): void =>
      crashed(`ended with ${code ?? signal ?? ''}`);
    const heard = (result: Result): void => {
      stop();
      resolve(result);
    };
    const hung = setTimeout(() => crashed(`no end after ${HUNG_MS} ms`), HUNG_MS);
    const stop = (): void => {
      clearTimeout(hung);
      worker.off('exit', exit);
      worker.off('message', heard);
    };
    worker.once('exit', exit);
    worker.once('message', heard);
    worker.send({ seed } satisfies Task);
  });
}
