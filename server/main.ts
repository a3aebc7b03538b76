/** Door 2: config → create → listen → drain. */
import { WaooawError } from '../src/protocol/index.ts';
import { readConfig, unknownVariables } from './config.ts';
import { createWaooaw } from './create.ts';
import { letHeapDouble } from './heap-growth.ts';
import { listen } from './listen.ts';
import type { Listening } from './listen.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs the server until SIGTERM or SIGINT.
 * @param running told where it listens, once it does.
 * @returns the process's exit code.
 */
export async function main(
  env: Readonly<Record<string, string | undefined>> = process.env,
  running: (url: string) => void = () => undefined,
): Promise<number> {
  letHeapDouble();
  try {
    const config = readConfig(env);
    const waooaw = createWaooaw(config);
    for (const name of unknownVariables(env)) waooaw.log.warn(`${name} is not a setting of this release`);

    const begin = async (): Promise<Listening> => {
      await waooaw.start();
      return listen(waooaw);
    };
    // What was opened by then would keep the process alive.
    const server = await begin().catch(async (error: unknown) => {
      await waooaw.stop();
      throw error;
    });
    // Listened for before anybody can know that we run.
    const stop = stopSignal();
    console.log(`waooaw is running at ${server.url}`);
    running(server.url);

    waooaw.log.info({ signal: await stop }, 'draining');
    await waooaw.drain();
    await server.close();
    await waooaw.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof WaooawError)) throw error;
    console.error(`waooaw cannot start (${error.code}): ${error.message}`);
    return 1;
  }
}

/** A second signal, of either kind, ends the process at once, as it would without us. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const heard = (signal: NodeJS.Signals): void => {
      for (const name of STOP_SIGNALS) process.off(name, heard);
      resolve(signal);
    };
    for (const name of STOP_SIGNALS) process.on(name, heard);
  });
}

if (import.meta.main) process.exitCode = await main();
