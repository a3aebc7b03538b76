/** `server/main.ts` with the benches' own build of the browser's files: `app-server.ts <folder>`. */
import { readConfig, refuseExposure } from '../../server/config.ts';
import { createWaooaw } from '../../server/create.ts';
import { listen } from '../../server/listen.ts';

const [, , assetsFolder = ''] = process.argv;
const config = readConfig(process.env);
refuseExposure(config);
const waooaw = createWaooaw(config, { assetsFolder });
await waooaw.start();
const server = await listen(waooaw);
console.log(`waooaw is running at ${server.url}`);
process.once('SIGTERM', () => {
  waooaw.drain();
  void server.close().then(() => waooaw.stop());
});
