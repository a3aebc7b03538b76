/** Holds docs/agent-kinds.md to the file of kinds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { kindsFile } from '../../../src/protocol/kinds-file.schema.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openKinds } from './open-kinds.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/agent-kinds.md'), 'utf8');
const [, example = ''] = /^```yaml complete\n([\s\S]*?)^```/m.exec(page) ?? [];

/** Rows of the tables by heading: of each field what it is and its default. */
function fieldsOf(heading: string): ReadonlyMap<string, string> {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = section.matchAll(/^\| `(\w+)` +\| (.*?) +\|(?: +(.*?) +\|)?$/gm);
  return new Map([...rows].map(([, name = '', , value = '']) => [name, value]));
}

const WHERE = {
  '': 'A kind',
  versions: 'Versions',
  secrets: 'Secrets',
  ready: 'Ready',
  upgrade: 'Upgrade',
  restart: 'Restart',
  stop: 'Stop',
  resources: 'Resources',
  storage: 'Storage',
  logs: 'Logs',
} as const;

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const file = z.toJSONSchema(kindsFile, { io: 'input', unrepresentable: 'any' }) as Schema;
const kind = file.properties?.['kinds']?.items;

/** Fields of a part, whichever of its forms has them. */
function namesOf(schema: Schema | undefined): string[] {
  if (!schema) return [];
  const forms = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(namesOf);
  return [...new Set([...Object.keys(schema.properties ?? {}), ...namesOf(schema.items), ...forms])];
}

describe('docs/agent-kinds.md', () => {
  it('shows a whole file, with every field, that is read', async (t) => {
    const folder = temporaryFolder();
    for (const path of [
      'report-builder/1.4.0/main.mjs',
      'report-builder/2.0.0-rc.1/main.mjs',
      'bin/watch-folder',
    ]) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), 'x');
      await chmod(join(folder, path), 0o755);
    }
    await writeFile(join(folder, 'agents.yaml'), example);
    const kinds = await openKinds({
      path: join(folder, 'agents.yaml'),
      clock: createManualClock(),
      onError: assert.ifError,
    });
    t.after(() => kinds.close());
    assert.deepEqual(
      kinds.list().map((one) => [one.kind, kinds.version(one).version]),
      [
        ['report-builder', '2.0.0-rc.1'],
        ['folder-watcher', '7'],
      ],
    );
    assert.deepEqual(kinds.parameters(kinds.get('report-builder'), { queue: 'night' }), {
      queue: 'night',
      workers: 2,
      formats: ['pdf'],
    });
    const [shown] = (parse(example) as { kinds: Record<string, object>[] }).kinds;
    const missing = namesOf(kind).filter((name) => shown?.[name] === undefined);
    // Said by its versions.
    assert.deepEqual(missing, ['folder']);
  });

  for (const [part, heading] of Object.entries(WHERE)) {
    it(`names every field of ${part === '' ? 'a kind' : part}`, () => {
      const names = namesOf(part === '' ? kind : kind?.properties?.[part]);
      assert.ok(names.length > 0);
      assert.deepEqual([...fieldsOf(heading).keys()].sort(), names.sort());
    });
  }

  it('names every default', () => {
    const [plain] = kindsFile.parse({ kinds: [{ kind: 'a', versions: [{ version: 'a' }] }] }).kinds;
    const [probe] = kindsFile.parse({
      kinds: [{ kind: 'a', port: true, ready: { kind: 'http' }, versions: [{ version: 'a' }] }],
    }).kinds;
    const numbers = (part: string, values: object): void => {
      for (const [name, value] of Object.entries(values)) {
        const said = fieldsOf(part).get(name)?.replace(/[`,]/g, '');
        if (name !== 'kind') assert.equal(said, String(value), `${part}: ${name}`);
      }
    };
    numbers('Upgrade', plain!.upgrade);
    numbers('Restart', plain!.restart);
    numbers('Stop', plain!.stop);
    numbers('Storage', plain!.storage);
    numbers('Logs', plain!.logs);
    numbers('Ready', probe!.ready!);
    const { maxReplicas, queue, port } = plain!;
    numbers('A kind', { maxReplicas, queue, port });
  });
});
