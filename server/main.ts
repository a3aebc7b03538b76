/** Door 2: config → create → listen → drain. */
import { WaooawError } from '../src/protocol/index.ts';
import { readConfig, refuseExposure, unknownVariables } from './config.ts';
import { createWaooaw } from './create.ts';
import { listen } from './listen.ts';

/** Runs the server until SIGTERM or SIGINT. @returns the process's exit code. */
export async function main(env: Readonly<Record<string, string | undefined>> = process.env): Promise<number> {
  try {
    const config = readConfig(env);
    refuseExposure(config);
    const waooaw = createWaooaw(config);
    for (const name of unknownVariables(env)) waooaw.log.warn(`${name} is not a setting of this release`);

    await waooaw.start();
    const server = await listen(waooaw).catch(async (error: unknown) => {
      await waooaw.stop();
      throw error;
    });
    console.log(`waooaw is running at ${server.url}`);

    waooaw.log.info({ signal: await stopSignal() }, 'draining');
    waooaw.drain();
    await server.close();
    await waooaw.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof WaooawError)) throw error;
    console.error(`waooaw cannot start (${error.code}): ${error.message}`);
    return 1;
  }
}

/** A second signal ends the process at once, as it would without us. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

if (import.meta.main) process.exitCode = await main();
