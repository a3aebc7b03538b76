/**
 * For tests: the real provisioning service in a process that kills itself at a commit.
 *
 *     provisioning-program.ts <folder> <scenario> <commit> <before|after>    the scenario's command, after its preparation
 *     provisioning-program.ts <folder> resume <commit> <before|after>        takes up what was under way
 *
 * Prints `asked <operation>` once the command was taken, and `ended <commits>` when it came to its end unharmed.
 */
import { isEnded } from '../../src/protocol/index.ts';
import { SCENARIOS } from './crash-scenarios.ts';
import type { ScenarioName } from './crash-scenarios.ts';
import { openRealProvisioning } from './real-provisioning.ts';

const [folder = '', name = '', commit = '', when = ''] = process.argv.slice(2);
const scenario = name === 'resume' ? undefined : SCENARIOS[name as ScenarioName];
let isArmed = scenario === undefined;
let commits = 0;

/** Nothing is finished, flushed or closed: as when the machine takes it. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

const real = await openRealProvisioning(folder, {
  before: () => {
    if (isArmed) commits++;
    if (isArmed && when === 'before' && commits === Number(commit)) die();
  },
  after: () => {
    if (isArmed && when === 'after' && commits >= Number(commit)) die();
  },
});
const { provisioning } = real;
if (scenario) {
  await scenario.prepare(real);
  isArmed = true;
  const { operation } = await scenario.ask(provisioning);
  process.stdout.write(`asked ${operation}\n`);
  await real.ended(operation);
} else {
  for (const { operation, state } of await provisioning.operations({ limit: 100 })) {
    if (!isEnded(state)) await real.ended(operation);
  }
}
await real.close();
process.stdout.write(`ended ${commits}\n`);
