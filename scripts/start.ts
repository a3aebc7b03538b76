/**
 * `npm start`: the server with its console, agents that it can provision, and a small service for its checks to watch, which
 * the page can break and mend. Every setting of the server holds; where `WAOOAW_CHECKS_FILE` or `WAOOAW_AGENTS_FILE` is set,
 * that file is taken, and what would be the demo's is left out. Agents of the demo end with it, and come back with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { main } from '../server/main.ts';
import { AGENTS_FILE, endAgents, firstAgent } from './demo-agents.ts';
import { startService } from './demo-service.ts';

const isSet = (name: string): boolean => (process.env[name] ?? '') !== '';

const dataDir = resolve(process.env['WAOOAW_DATA_DIR'] ?? '.waooaw');
const ownAgents = !isSet('WAOOAW_AGENTS_FILE');
// Its agents look at it; the server hands it on by name.
if (ownAgents) process.env['DEMO_FOLDER'] = dataDir;

const folder = mkdtempSync(join(tmpdir(), 'waooaw-demo-'));
try {
  const service = isSet('WAOOAW_CHECKS_FILE') ? undefined : await startService(dataDir, folder);
  let ran = false;
  const env = {
    ...process.env,
    ...(service && { WAOOAW_CHECKS_FILE: service.checksFile }),
    ...(ownAgents && { WAOOAW_AGENTS_FILE: AGENTS_FILE }),
  };
  process.exitCode = await main(env, (url) => {
    ran = true;
    service?.tell(url);
    // Without it the console says how one is made.
    if (ownAgents) firstAgent(url).catch(() => undefined);
  });
  service?.end();
  // A server that could not start has nothing to end: what runs there may be another's.
  if (ran && ownAgents) await endAgents(dataDir);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
