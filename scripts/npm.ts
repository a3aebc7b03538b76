/** Runs npm as a user would, in a folder of its own. */
import { spawn } from 'node:child_process';
import type { Outcome } from './run.ts';

/**
 * @param args of npm
 * @param cwd the folder
 * @param timeoutMs after which it is ended
 * @throws with npm's output when it fails
 */
export function npm(args: readonly string[], cwd: string, timeoutMs = 240_000): Promise<Outcome> {
  // Under `npm test` npm says where it is; its version then is the one that the developer chose.
  const script = process.env.npm_execpath;
  const [command, ...first] = script ? [process.execPath, script] : ['npm'];
  const env = { ...process.env };
  // npm's own code is none of ours.
  delete env.NODE_V8_COVERAGE;
  delete env.NODE_OPTIONS;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd, env, timeout: timeoutMs });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ code, stdout, stderr });
      else reject(new Error(`npm ${args.join(' ')} ended with ${code ?? signal}:\n${stdout}${stderr}`));
    });
  });
}
