/** A probe that runs a program, whose exit code says what it found. */
import type { ExecProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ProbeFailure, clean, codeOf } from './failure.ts';
import { NoResult } from './probe.ts';
import type { Probe, ProbeResult } from './probe.ts';
import { runProgram } from './process-group.ts';
import type { Ended } from './process-group.ts';
import { running } from './run.ts';

/** Shorter values of variables are not looked for in what a program says, characters: they stand everywhere. */
const SHORTEST_SECRET = 4;
/** Of the output, looked at for its first line, characters. */
const MAX_LINE = 4_096;

/** What it takes. */
export interface ExecProbeDeps {
  readonly clock: Clock;
  /** Where variables are passed on from. Default: this process's. */
  readonly env?: Readonly<NodeJS.ProcessEnv> | undefined;
}

/** Makes one. Only for checks of the local file: whoever defines one runs what he likes. */
export function createExecProbe(spec: ExecProbe, { clock, env = process.env }: ExecProbeDeps): Probe {
  return {
    look: (signal) =>
      running(clock, signal, async (run) => {
        const passed = passedOn(spec.pass, env);
        run.phase = 'running the program';
        const ended = await runProgram({ ...spec, env: { ...passed, ...spec.env } }, clock, signal).catch(
          (error: unknown) => {
            throw startFailure(error, spec);
          },
        );
        signal.throwIfAborted();
        return { ...judged(spec, ended, Object.values(passed)), timings: run.timings };
      }),
  };
}

function passedOn(names: readonly string[], env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A program that is not there is a fault of the check, which nobody would see were there no result. */
function startFailure(error: unknown, { command, cwd }: ExecProbe): unknown {
  const code = codeOf(error);
  if (!['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC', 'E2BIG', 'EPERM'].includes(code)) return error;
  return new ProbeFailure(`${clean(command[0]!)} cannot be started in ${clean(cwd)} (${code})`, {
    cause: error,
  });
}

function judged(spec: ExecProbe, ended: Ended, secrets: readonly string[]): ProbeResult {
  const { code, signal, flooded } = ended;
  if (flooded)
    return {
      state: 'down',
      reason: `The program wrote more than ${spec.maxOutputBytes} bytes, and was ended`,
    };
  const line = lineOf(spec, ended, secrets);
  if (code === null) return { state: 'down', reason: joined(line, `ended by ${signal}`) };
  const state = stateOf(spec, code);
  if (state === undefined) throw new NoResult(joined(line, 'the program could not tell'));
  return { state, reason: state === 'up' && line !== '' ? line : joined(line, `exit code ${code}`) };
}

function stateOf({ exitCodes, degradedCodes }: ExecProbe, code: number): ProbeResult['state'] | undefined {
  if (code === 0) return 'up';
  if (exitCodes === 'plain') return degradedCodes.includes(code) ? 'degraded' : 'down';
  if (code === 3) return undefined;
  return code === 1 ? 'degraded' : 'down';
}

/** The first line of what it said, without what monitoring plugins put behind a bar, and without what was passed to it. */
function lineOf({ exitCodes }: ExecProbe, { output, errors }: Ended, secrets: readonly string[]): string {
  const said = output.trim() === '' ? errors : output;
  let [line = ''] = said.trimStart().slice(0, MAX_LINE).split('\n', 1);
  if (exitCodes === 'nagios') [line = ''] = line.split('|', 1);
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) line = line.replaceAll(secret, '…');
  return clean(line);
}

function joined(line: string, end: string): string {
  if (line === '') return end.charAt(0).toUpperCase() + end.slice(1);
  return `${line} (${end})`;
}
