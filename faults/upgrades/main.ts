/**
 * `npm run upgrades`: upgrades an agent again and again under load, and fails when one request does.
 *
 *     npm run upgrades                                        12 upgrades, 50 clients, 100 WebSockets
 *     npm run upgrades -- --clients 200 --sockets 1000        more of them
 */
import { parseArgs } from 'node:util';
import { PROOF, judge } from './proof.ts';
import { run } from './run.ts';

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '50' }, sockets: { type: 'string', default: '100' } },
});
const outcome = await run(
  { clients: Number(values.clients), sockets: Number(values.sockets), steps: PROOF },
  (line) => console.log(line),
);
const { load, sockets, doorLog } = outcome;
console.log(
  `\n${load.asked} requests, ${load.failures.length} failed; ${sockets.opened} WebSockets opened, ${sockets.restarted} closed ` +
    `with 1012, ${sockets.failures.length} in another way; ${sockets.echoes} messages said back`,
);
const problems = judge(outcome, PROOF);
for (const problem of problems) console.log(`✗ ${problem}`);
if (doorLog !== '') console.log(`the door's log:\n${doorLog}`);
console.log(problems.length === 0 ? '✓ no request failed' : `✗ ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
