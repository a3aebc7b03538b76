/** The operations console: all components on real input. */
import '../src/define.ts';
import { VERSION } from '../src/protocol/version.ts';
import { lookSwitch } from './look-switch.ts';
import { themeSwitch } from './theme-switch.ts';

const button = document.querySelector<HTMLButtonElement>('#theme');
if (button) themeSwitch(button, document.documentElement, () => localStorage);

const look = document.querySelector<HTMLSelectElement>('#look');
if (look) lookSwitch(look, document.documentElement, () => localStorage);

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
