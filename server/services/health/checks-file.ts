/** The file of checks and maintenance windows: YAML or JSON; every error names the file, the line and the field. */
import { resolve } from 'node:path';
import { checksFile } from '../../../src/protocol/checks-file.schema.ts';
import type { WrittenCheck } from '../../../src/protocol/checks-file.schema.ts';
import type { FileWindow } from '../../../src/protocol/health.schema.ts';
import type { FileProbeSpec, ProbeSpec } from '../../../src/protocol/probe.schema.ts';
import { stampOf } from '../../file-stamps.ts';
import type { FileStamps } from '../../file-stamps.ts';
import { readConfigFile, repeated } from '../../config-file.ts';
import type { ConfigFile, Mistake, Place } from '../../config-file.ts';
import { problemsOf } from './probes/problems.ts';
import { recurrenceProblem } from './record/recurrence.ts';
import type { Remediation } from './settings.ts';

/** A check of the file: its defaults filled in, and the files that it names read. */
export type FileCheck = Omit<WrittenCheck, 'probe' | 'remediation'> & {
  readonly probe: ProbeSpec;
  readonly remediation?: Remediation;
};

/** What the file says. */
export interface ChecksFile {
  readonly checks: readonly FileCheck[];
  readonly windows: readonly FileWindow[];
  /** Where it is. */
  readonly path: string;
  /** The file itself, and those that it names, as they were when they were read. */
  readonly files: FileStamps;
}

/** Reads the secret in a file that a field names. */
type SecretOf = (place: Place, name: string) => Promise<string>;

/**
 * Reads the file and the secrets that it names; their paths are relative to its folder. Whether what it depends on exists, and
 * whether that leads back to itself, is for the service to say, which knows the other checks too.
 * @throws WaooawError `bad_config` naming file, line and field of each mistake.
 */
export async function readChecksFile(path: string): Promise<ChecksFile> {
  const files = new Map([[resolve(path), await stampOf(path)]]);
  const file = await readConfigFile(path);
  const { checks, maintenance } = file.check(checksFile);
  const mistakes = [
    ...repeated(
      checks.map(({ check }) => check),
      (index) => ['checks', index, 'check'],
    ),
    ...repeated(
      maintenance.map(({ id }) => id),
      (index) => ['maintenance', index, 'id'],
    ),
    ...maintenance.flatMap(recurrenceMistakes),
  ];
  if (mistakes.length > 0) throw file.error(mistakes);
  const secretOf: SecretOf = async (place, name) => {
    files.set(file.beside(name), await stampOf(file.beside(name)));
    return file.secret(place, name);
  };
  const whole: FileCheck[] = [];
  for (const [index, check] of checks.entries()) {
    const { probe: written, remediation, ...rest } = check;
    const place = ['checks', index];
    const probe = await probeOf(file, [...place, 'probe'], written, secretOf);
    whole.push({
      ...rest,
      probe,
      ...(remediation && { remediation: await remedyOf([...place, 'remediation'], remediation, secretOf) }),
    });
  }
  const unusable = whole.flatMap(({ probe }, index) => probeMistakes(probe, ['checks', index, 'probe']));
  if (unusable.length > 0) throw file.error(unusable);
  return { checks: whole, windows: maintenance, path, files };
}

async function probeOf(
  file: ConfigFile,
  place: Place,
  written: FileProbeSpec,
  secretOf: SecretOf,
): Promise<ProbeSpec> {
  if (written.kind !== 'http') return written;
  const { headerFiles, ...probe } = written;
  const secretHeaders: Record<string, string> = {};
  for (const [name, path] of Object.entries(headerFiles)) {
    const at = [...place, 'headerFiles', name];
    const value = await secretOf(at, path);
    // What the file holds is not repeated.
    if (!/^[\t\x20-\x7e]{1,4096}$/.test(value))
      throw file.error([
        { place: at, message: 'the file does not hold one line of what a header may carry' },
      ]);
    secretHeaders[name] = value;
  }
  return { ...probe, secretHeaders };
}

async function remedyOf(
  place: Place,
  { action, ...rest }: NonNullable<WrittenCheck['remediation']>,
  secretOf: SecretOf,
): Promise<Remediation> {
  if (action.kind !== 'webhook') return { ...rest, action };
  const { kind, url, secretFile } = action;
  if (secretFile === undefined) return { ...rest, action: { kind, url } };
  const secret = await secretOf([...place, 'action', 'secretFile'], secretFile);
  return { ...rest, action: { kind, url, secret } };
}

function probeMistakes(probe: ProbeSpec, place: Place): Mistake[] {
  return problemsOf(probe).map(({ path, message }) => ({
    // In the file, a secret stands under the name of its file.
    place: [...place, ...path.map((part) => (part === 'secretHeaders' ? 'headerFiles' : part))],
    message,
  }));
}

function recurrenceMistakes({ recurs }: FileWindow, index: number): Mistake[] {
  const problem = recurs && recurrenceProblem(recurs);
  return problem === undefined ? [] : [{ place: ['maintenance', index, 'recurs'], message: problem }];
}
