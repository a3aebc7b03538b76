/** The file of rules and receivers: YAML or JSON; every error names the file, the line and the field. */
import { z } from 'zod';
import { alertsFile } from '../../../src/protocol/alerts.schema.ts';
import type { AlertRule, alertReceiver } from '../../../src/protocol/alerts.schema.ts';
import { readConfigFile, repeated } from '../../config-file.ts';

/** Where notices go. */
export interface Receiver extends Omit<z.output<typeof alertReceiver>, 'secretFile'> {
  /** What its requests are signed with; absent: they are not. */
  readonly secret?: string;
}

/** What the file says. */
export interface AlertsFile {
  readonly rules: readonly AlertRule[];
  readonly receivers: readonly Receiver[];
}

/**
 * Reads the file and the secrets that it names; their paths are relative to its folder.
 * @throws WaooawError `bad_config` naming file, line and field.
 */
export async function readAlertsFile(path: string): Promise<AlertsFile> {
  const file = await readConfigFile(path);
  const { rules, receivers } = file.check(z.preprocess((said) => said ?? {}, alertsFile));
  const twice = Object.entries({ rules, receivers }).flatMap(([list, named]) =>
    repeated(
      named.map(({ name }) => name),
      (index) => [list, index, 'name'],
    ),
  );
  if (twice.length > 0) throw file.error(twice);
  const whole = receivers.map(async ({ secretFile, ...receiver }, index): Promise<Receiver> => {
    if (secretFile === undefined) return receiver;
    return { ...receiver, secret: await file.secret(['receivers', index, 'secretFile'], secretFile) };
  });
  return { rules, receivers: await Promise.all(whole) };
}
