import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ADMIN_KEY } from '../server/testing/authenticating.ts';
import { anEvent } from '../server/testing/auditing.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import { main } from './main.ts';

/** Runs `waooaw …` in this process. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(args, env, {
    print: (line) => void out.push(line),
    note: (line) => void err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('waooaw backup, restore and migrate', () => {
  it('copy a running server, put the copy elsewhere, and say what was proved', async (t) => {
    const dataDir = join(temporaryFolder(), 'data');
    const { waooaw } = await startServer(t, { dataDir, adminKey: ADMIN_KEY });
    const { sequence } = (await waooaw.audit.record(anEvent()))!;
    await waooaw.audit.checkpoint(sequence);
    const key = waooaw.audit.keys()[0]!.verifier;
    const target = join(temporaryFolder(), 'backup');
    const env = {
      WAOOAW_DATA_DIR: dataDir,
      WAOOAW_AGENTS_FILE: '/etc/agents.yaml',
      WAOOAW_AUDIT_ARCHIVE_DIR: '/mnt/a',
    };
    const made = await run(['backup', target], env);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, new RegExp(`^${target}: \\d+ files, [\\d.]+ [kM]B, in \\d`));
    assert.match(made.err, /\/mnt\/a is elsewhere, and not in it/);
    assert.match(made.err, /\/etc\/agents\.yaml is a setting, and not in it/);
    assert.match(made.err, /every key and secret/);

    const nowhere = join(temporaryFolder(), 'nowhere');
    const dry = await run(['restore', target, '--dry-run', '--data-dir', nowhere]);
    assert.equal(dry.code, 0, dry.err);
    assert.match(
      dry.out,
      /^A good backup of \d{4}-.*\nIts audit trail is verified: entries 1 to \d+, against \d+/,
    );
    assert.match(dry.err, /No --key is given/);
    assert.equal(existsSync(nowhere), false);

    const restored = await run(['restore', target, '--key', key, '--data-dir', nowhere]);
    assert.equal(restored.code, 0, restored.err);
    assert.match(restored.out, new RegExp(`^${nowhere} is restored of`));
    assert.match(restored.err, /What was revoked after .* is good again/);
    assert.ok(readdirSync(nowhere).includes('waooaw.db'));

    const migrated = await run(['migrate', '--data-dir', nowhere]);
    assert.equal(migrated.code, 0, migrated.err);
    assert.match(migrated.out, /^waooaw\.db: has schema \d+, and needs nothing\nmetrics\.db: has schema 1/);

    const again = await run(['restore', target], { WAOOAW_DATA_DIR: nowhere });
    assert.equal(again.code, 1);
    assert.match(again.err, /^waooaw: folder_not_empty: .*; a backup is restored into an empty folder$/m);
  });

  it('answer what cannot be done with its code, and a misuse with exit code 2', async () => {
    const dataDir = temporaryFolder();
    const env = { WAOOAW_DATA_DIR: dataDir };
    const key = 'waooaw/audit+12345678+AAAA';
    for (const [args, code, said] of [
      [['backup'], 2, /It needs a folder/],
      [['backup', 'a', 'b'], 2, /one word too many/],
      [['backup', join(dataDir, '../new')], 1, /^waooaw: not_found: .* is no data folder/],
      [['restore'], 2, /It needs the folder of a backup/],
      [['restore', dataDir], 1, /waooaw: bad_backup: .* is no backup: it has no manifest\.json/],
      [['restore', dataDir, '--key', key, '--keys'], 2, /Unknown option/],
      [['restore', dataDir, '--key', key], 2, /--key/],
      [['migrate', 'now'], 2, /one word too many/],
      [['migrate', '--dry-run'], 1, /^waooaw: not_found: /],
    ] as [string[], number, RegExp][]) {
      const { code: ended, err } = await run(args, env);
      assert.deepEqual([ended, said.test(err)], [code, true], `${args.join(' ')}: ${err}`);
    }
    const bad = await run(['migrate'], { ...env, WAOOAW_PORT: 'eighty' });
    assert.match(bad.err, /^waooaw: bad_config: WAOOAW_PORT/);
    assert.deepEqual(readdirSync(dataDir), []);
  });
});
