/** `server/main.ts` with the benches' own build of the browser's files: `app-server.ts <folder>`. */
import { readConfig } from '../../server/config.ts';
import { createWaooaw } from '../../server/create.ts';
import { listen } from '../../server/listen.ts';

const [, , assetsFolder = ''] = process.argv;
const config = readConfig(process.env);
const waooaw = createWaooaw(config, { assetsFolder });
await waooaw.start();
const server = await listen(waooaw);
console.log(`waooaw is running at ${server.url}`);
process.once('SIGTERM', () => {
  void waooaw
    .drain()
    .then(() => server.close())
    .then(() => waooaw.stop());
});
