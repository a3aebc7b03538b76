/** The operations console: all components on real input. */
import '../src/define.ts';
import { VERSION } from '../src/protocol/version.ts';
import { themeSwitch } from './theme-switch.ts';

const button = document.querySelector<HTMLButtonElement>('#theme');
if (button) themeSwitch(button, document.documentElement, () => localStorage);

const version = document.querySelector('#version');
if (version) version.textContent = `waooaw ${VERSION}`;
