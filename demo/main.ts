/** The operations console: all components on real input. */
import '../src/define.ts';
import type { WaooawSocket } from '../src/elements/socket/socket.ts';
import { VERSION } from '../src/protocol/version.ts';
import { agentsSection } from './agents-section.ts';
import { alertList } from './alert-list.ts';
import { breaker } from './breaker.ts';
import { lookSwitch } from './look-switch.ts';
import { themeSwitch } from './theme-switch.ts';

const button = document.querySelector<HTMLButtonElement>('#theme');
if (button) themeSwitch(button, document.documentElement, () => localStorage);

const look = document.querySelector<HTMLSelectElement>('#look');
if (look) lookSwitch(look, document.documentElement, () => localStorage);

const socket = document.querySelector<WaooawSocket>('waooaw-socket');
const section = document.querySelector<HTMLElement>('#break');
const alerts = document.querySelector<HTMLElement>('#alerts');
if (socket && section) breaker(section, socket);
if (socket && alerts) alertList(alerts, socket);

const agents = document.querySelector<HTMLElement>('#agents');
const operation = document.querySelector<HTMLElement>('#operation');
if (socket && agents && operation) agentsSection(agents, operation, socket);

const version = document.querySelector('#version');
if (version) version.textContent = `waooaw ${VERSION}`;

const send = document.querySelector('#send');
if (send) {
  const sample = { name: 'jobs_pending', tags: { agent: 'ada' }, value: 12 };
  send.textContent = [
    `curl ${new URL('./api/metrics', location.href).href}`,
    "  -H 'content-type: application/json'",
    `  -d '${JSON.stringify({ samples: [sample] })}'`,
  ].join(' \\\n');
}
