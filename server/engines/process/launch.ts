/** Starts a shim, and hears how its instance began. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { SHIM_LOG, lineReader } from './messages.ts';
import type { Beginning, Order } from './messages.ts';
import { SYSTEM_PATH } from './program.ts';
import type { RunRecord } from './record.ts';

const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './shim-program.ts' : './shim-program.js', import.meta.url),
);
/** Little memory before speed: it waits, nearly always. */
const NODE_OPTIONS = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--v8-pool-size=0',
  '--optimize-for-size',
  '--disable-warning=ExperimentalWarning',
];

/**
 * @param folder the instance's; it is there.
 * @returns `taken` when somebody else has begun this run.
 * @throws WaooawError `agent_start_failed`: nothing of it is left.
 */
export async function launch(
  folder: string,
  order: Order,
  clock: Clock,
  answerMs: number,
): Promise<RunRecord | 'taken'> {
  const errors = openSync(join(folder, SHIM_LOG), 'w', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [...NODE_OPTIONS, PROGRAM], {
      cwd: folder,
      env: shimEnvironment(),
      detached: true,
      stdio: ['pipe', 'pipe', errors],
    });
  } finally {
    closeSync(errors);
  }
  child.unref();
  const tooLate = new WaooawError('agent_start_failed', `The shim did not start within ${answerMs} ms`);
  const timer = clock.after(answerMs, () => child.emit('error', tooLate));
  try {
    return await begin(child, folder, order);
  } catch (error) {
    // A child of ours that was not reaped: nobody else can have its pid.
    child.kill('SIGKILL');
    throw error;
  } finally {
    timer.cancel();
    child.stdin?.destroy();
    child.stdout?.destroy();
  }
}

function begin(child: ChildProcess, folder: string, order: Order): Promise<RunRecord | 'taken'> {
  const { stdin, stdout } = child;
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown): void => {
      const said = `${order.spec.command[0]} could not be started: ${reason}`;
      reject(new WaooawError('agent_start_failed', said, { cause }));
    };
    child.once('error', (error) => fail(error.message, error));
    child.on('error', () => undefined);
    child.once('close', () => fail(`its shim ended. ${lastWords(folder)}`));
    stdin?.on('error', () => undefined);
    stdin?.write(`${JSON.stringify(order)}\n`);
    stdout?.setEncoding('utf8').on(
      'data',
      lineReader((line) => {
        const message = JSON.parse(line) as Beginning;
        if ('claimed' in message) stdin?.write('go\n');
        else if ('taken' in message) resolve('taken');
        else if ('started' in message) resolve(message.started);
        else fail(message.failed);
      }),
    );
  });
}

/** Nothing of the server's own, where its secrets may be; what tests measure coverage by goes on. */
function shimEnvironment(): NodeJS.ProcessEnv {
  const { PATH = SYSTEM_PATH, NODE_V8_COVERAGE } = process.env;
  return { PATH, ...(NODE_V8_COVERAGE !== undefined && { NODE_V8_COVERAGE }) };
}

function lastWords(folder: string): string {
  try {
    return readFileSync(join(folder, SHIM_LOG), 'utf8').trim().slice(-2_000);
  } catch {
    return '';
  }
}
