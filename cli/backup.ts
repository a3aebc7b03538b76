/** `waooaw backup`, `restore` and `migrate`: look after a data folder on this machine, with or without its server. */
import { parseArgs } from 'node:util';
import { WaooawError } from '../src/protocol/index.ts';
import type { Config } from '../server/config.ts';
import { CommandFailed } from './api.ts';
import { checkKeys } from './audit.ts';
import { Misuse, noMore, oneWord } from './command.ts';
import type { Output } from './command.ts';

/** The commands' part of the help. */
export const BACKUP_HELP = `  waooaw backup <folder>
                        copy all that a server keeps, also while it runs
    --with-storage        and what its agents keep
    --data-dir <folder>   the server's folder                     (WAOOAW_DATA_DIR, .waooaw)
  waooaw restore <backup>
                        put a backup into an empty data folder, and prove it
    --dry-run             only check the backup
    --key <verifier>      key that must have signed the audit trail; may be repeated
    --data-dir <folder>   where to                                (WAOOAW_DATA_DIR, .waooaw)
  waooaw migrate        bring a data folder to this release, as the next start would
    --dry-run             try it on a copy, also while a server runs
    --data-dir <folder>   the server's folder                     (WAOOAW_DATA_DIR, .waooaw)`;

type Command = (args: readonly string[], env: NodeJS.ProcessEnv, output: Output) => Promise<void>;

/** Copies a data folder. @throws Misuse; CommandFailed with the code of what stood in the way. */
export const backup: Command = async (args, env, output) => {
  const { values, positionals } = parse(args, { 'with-storage': { type: 'boolean', default: false } });
  const target = oneWord(positionals, 'a folder that is not there yet');
  const config = await configOf(values, env);
  const { backUp } = await engine();
  const began = Date.now();
  const { folder, files, bytes, skipped } = await coded(
    backUp({ dataDir: config.dataDir, target, storage: values['with-storage'] === true, now: began }),
  );
  output.print(`${folder}: ${files} files, ${size(bytes)}, in ${seconds(Date.now() - began)}.`);
  for (const name of skipped) output.note(`${name} is neither a file nor a folder, and was passed over.`);
  for (const note of elsewhere(config)) output.note(note);
  output.note('It holds every key and secret that the data folder holds: keep it as well.');
};

/** Restores one. @throws Misuse; ProofFailed where the trail is not as it was signed; CommandFailed. */
export const restore: Command = async (args, env, output) => {
  const { values, positionals } = parse(args, {
    'dry-run': { type: 'boolean', default: false },
    key: { type: 'string', multiple: true, default: [] },
  });
  const from = oneWord(positionals, 'the folder of a backup');
  const config = await configOf(values, env);
  const { restore: restored } = await engine();
  const dryRun = values['dry-run'] === true;
  const verifiers = values['key'] as readonly string[];
  checkKeys(verifiers);
  const { dataDir } = config;
  if (verifiers.length === 0)
    output.note(
      "No --key is given: the audit trail is held to the backup's own keys, which proves that it is whole and no more.",
    );
  const began = Date.now();
  const report = await coded(restored({ backup: from, dataDir, verifiers, dryRun }));
  const { createdAt, release, files, bytes, trail, migrates } = report;
  const what = `of ${createdAt}, release ${release}: ${files} files, ${size(bytes)}`;
  const took = `in ${seconds(Date.now() - began)}`;
  output.print(
    dryRun ? `A good backup ${what}; checked ${took}.` : `${dataDir} is restored ${what}, ${took}.`,
  );
  output.print(
    trail.signed < trail.first
      ? 'Its audit trail has no signed entry.'
      : `Its audit trail is verified: entries ${trail.first} to ${trail.signed}, against ${trail.checkpoints} checkpoints.`,
  );
  if (trail.signed < trail.size)
    output.note(
      `Entries ${trail.signed + 1} to ${trail.size} are in no checkpoint yet: they were its last second's.`,
    );
  if (migrates) output.note('The next start brings it to the schema of this release.');
  if (!dryRun)
    output.note(
      `What was revoked after ${createdAt} is good again, such as API keys: see docs/operating.md.`,
    );
};

/** Brings the schemas forward. @throws Misuse; CommandFailed. */
export const migrate: Command = async (args, env, output) => {
  const { values, positionals } = parse(args, { 'dry-run': { type: 'boolean', default: false } });
  noMore(positionals);
  const { dataDir } = await configOf(values, env);
  const { migrateFolder } = await engine();
  const dryRun = values['dry-run'] === true;
  const began = Date.now();
  for (const { name, from, to } of await coded(migrateFolder({ dataDir, dryRun }))) {
    const is = from === to ? `has schema ${to}, and needs nothing` : `schema ${from} → ${to}`;
    output.print(`${name}: ${is}${dryRun && from !== to ? ', on a copy' : ''}`);
  }
  output.note(`In ${seconds(Date.now() - began)}.`);
};

/** The server's code is loaded by the command that needs it, so that the others answer at once. */
const engine = () => import('../server/maintenance/index.ts');

type Options = Record<
  string,
  { type: 'boolean' | 'string'; multiple?: boolean; default?: boolean | string[] }
>;
type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parse(args: readonly string[], more: Options): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'data-dir': { type: 'string' }, ...more },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/** The settings that the folder's server has. */
async function configOf({ 'data-dir': dataDir }: Values, env: NodeJS.ProcessEnv): Promise<Config> {
  const { readConfig } = await import('../server/config.ts');
  try {
    return readConfig({ ...env, ...(typeof dataDir === 'string' && { WAOOAW_DATA_DIR: dataDir }) });
  } catch (error) {
    throw failed(error);
  }
}

/** What a server of these settings keeps elsewhere, and a backup has not. */
function elsewhere(config: Config): string[] {
  const { auditCheckpointFile, auditArchiveDir } = config;
  const files = [config.agentsFile, config.checksFile, config.alertsFile, config.scrapeFile];
  return [
    ...(auditCheckpointFile === '' ? [] : [`${auditCheckpointFile} is elsewhere, and not in it.`]),
    ...(auditArchiveDir === '' ? [] : [`${auditArchiveDir} is elsewhere, and not in it.`]),
    ...files.filter((path) => path !== '').map((path) => `${path} is a setting, and not in it.`),
  ];
}

async function coded<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw failed(error);
  });
}

function failed(error: unknown): unknown {
  return error instanceof WaooawError ? new CommandFailed(`${error.code}: ${error.message}`) : error;
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
