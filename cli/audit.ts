/** `waooaw audit`: checks the audit trail of a running server, of a database file, or of an export. */
import { parseArgs } from 'node:util';
import { ProofFailed, parseVerifier } from '../src/proof/index.ts';
import type { AuditKey } from '../src/protocol/index.ts';
import { ask, askText } from './api.ts';
import type { Server } from './api.ts';
import { newestOf, verifyFile } from './audit-database.ts';
import { verifyExportFile } from './audit-export.ts';
import { readCheckpoints } from './audit-notes.ts';
import { verifyServer } from './audit-server.ts';
import { Misuse, noMore, serverOf } from './command.ts';
import type { Output } from './command.ts';

/** The command's part of the help. */
export const AUDIT_HELP = `  waooaw audit verify   check every entry of a running server's audit trail; 0: verified, 1: not
  waooaw audit verify <file>
                        check an export, - for standard input; .gz is unpacked
    --format <format>     ndjson, json or csv                     (by the file's ending, else ndjson)
  waooaw audit verify --database <file>
                        check a database file, also while a server uses it
    --allow-unsigned      entries after its newest checkpoint are no failure
    --key <verifier>      key that must have signed; may be repeated. Pin it when the server is set up
    --since <file>        checkpoints that were kept elsewhere: what was cut off shows only against one
  waooaw audit checkpoint
                        print the newest checkpoint, to be kept elsewhere; or that of --database <file>
  waooaw audit keys     print the keys that checkpoints were signed with
    --url, WAOOAW_TOKEN   as above; the export that is checked needs the role auditor`;

type Values = ReturnType<typeof parse>['values'];

/**
 * Runs one of the commands.
 * @throws Misuse; ProofFailed where something is not as it was signed; CommandFailed when it cannot be checked.
 */
export async function audit(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  const { database } = values;
  const server = serverOf(values.url, env);

  switch (command) {
    case 'verify':
      return verify(server, rest, values, output);
    case 'checkpoint': {
      noMore(rest);
      const note =
        database === undefined ? await askText(server, '/api/audit/checkpoint') : await newestOf(database);
      return output.print(note.trimEnd());
    }
    case 'keys': {
      noMore(rest);
      for (const { verifier, since, until } of await keysOf(server)) {
        output.print(
          `${verifier}  since ${time(since)}${until === undefined ? '' : ` until ${time(until)}`}`,
        );
      }
      return;
    }
    default:
      throw new Misuse(`"audit ${command ?? ''}" is no command`);
  }
}

async function verify(
  server: Server,
  words: readonly string[],
  values: Values,
  output: Output,
): Promise<void> {
  const { key: keys, since, database, format, url, 'allow-unsigned': allowUnsigned } = values;
  const [file, ...more] = words;
  noMore(more);
  checkKeys(keys);
  const places = [
    file !== undefined && 'an export',
    database !== undefined && '--database',
    url !== undefined && '--url',
  ];
  const [one, other] = places.filter((place) => place !== false);
  if (other !== undefined)
    throw new Misuse(`audit verify checks ${String(one)} or ${other}, not both at once`);
  if (allowUnsigned && database === undefined) throw new Misuse('--allow-unsigned is for --database');
  if (format !== undefined && file === undefined) throw new Misuse('--format is for an export');
  if (file !== undefined) {
    if (since !== undefined) throw new Misuse('--since is for a server or a database, not for an export');
    return verifyExportFile(file, format, keys, output);
  }
  const kept = since === undefined ? [] : await readCheckpoints(since, output);
  if (database !== undefined) return verifyFile(database, { verifiers: keys, kept, allowUnsigned }, output);
  return verifyServer(server, keys.length > 0 ? keys : await claimedKeys(server, output), kept, output);
}

/** Without a pinned key: what the server says of itself. */
async function claimedKeys(server: Server, output: Output): Promise<readonly string[]> {
  output.note(
    "No --key is given: the keys are the server's own word, and prove nothing against whoever runs it.",
  );
  return (await keysOf(server)).map(({ verifier }) => verifier);
}

async function keysOf(server: Server): Promise<readonly AuditKey[]> {
  return (await ask<{ keys: readonly AuditKey[] }>(server, 'GET', '/api/audit/keys')).keys;
}

/** @throws Misuse for what is no key. */
export function checkKeys(keys: readonly string[]): void {
  try {
    keys.forEach(parseVerifier);
  } catch (error) {
    if (error instanceof ProofFailed) throw new Misuse(`--key: ${error.message}`);
    throw error;
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        database: { type: 'string' },
        key: { type: 'string', multiple: true, default: [] },
        since: { type: 'string' },
        format: { type: 'string' },
        'allow-unsigned': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
