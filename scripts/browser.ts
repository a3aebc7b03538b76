/** Finds a Chromium-family browser for the tests; installs one where that is possible. */
import { canInstallDebianPackages, findExecutable, installDebianPackage } from './debian.ts';

const CANDIDATES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
] as const;

/**
 * The path of a browser to drive: `CHROME_PATH` or `WAOOAW_BROWSER` when set, else one of the usual
 * places, else Debian's `chromium`, installed.
 *
 * @throws one line that says what was looked for
 */
export function findBrowser(): string {
  for (const variable of ['CHROME_PATH', 'WAOOAW_BROWSER'] as const) {
    const wanted = process.env[variable];
    if (!wanted) continue;
    const found = findExecutable([wanted]);
    if (found) return found;
    throw new Error(`${variable} is "${wanted}", which is not an executable file`);
  }
  const found = findExecutable(CANDIDATES);
  if (found) return found;
  if (canInstallDebianPackages()) {
    console.error('No browser found: installing Debian’s chromium (once).');
    installDebianPackage('chromium');
    const installed = findExecutable(CANDIDATES);
    if (installed) return installed;
  }
  throw new Error('No Chrome, Chromium or Edge found: install one, or set CHROME_PATH to it');
}

/** Command-line switches for every browser that the tests start: no traffic of its own. */
export function browserArgs(): string[] {
  const args = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ];
  // Chromium refuses its sandbox to root; for everyone else the sandbox stays.
  return process.getuid?.() === 0 ? [...args, '--no-sandbox'] : args;
}
