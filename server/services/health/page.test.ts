/** Holds docs/health.md to the service. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { checksFile } from '../../../src/protocol/checks-file.schema.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { request, startServer, temporaryFolder } from '../../testing/harness.ts';
import { readChecksFile } from './checks-file.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/health.md'), 'utf8');
const files = [...page.matchAll(/^```yaml.*\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);

/** Writes a file of the page, with the secrets that it names. */
async function written(text: string): Promise<string> {
  const folder = temporaryFolder();
  for (const name of ['orders.token', 'ops.secret']) await writeFile(join(folder, name), 'hush');
  const path = join(folder, 'checks.yaml');
  await writeFile(path, text);
  return path;
}

describe('docs/health.md', () => {
  it('shows files that are read', async () => {
    assert.equal(files.length, 2);
    for (const text of files) assert.ok((await readChecksFile(await written(text))).checks.length > 0);
  });

  it('shows a whole one: every kind of probe, and a server that starts with it', async (t) => {
    const [, text = ''] = files;
    const { checks } = checksFile.parse(parse(text));
    const kinds = new Set(checks.map(({ probe }) => probe.kind));
    assert.deepEqual([...kinds].sort(), ['dns', 'exec', 'heartbeat', 'http', 'metric', 'tcp', 'tls']);
    const { waooaw } = await startServer(
      t,
      { checksFile: await written(text) },
      { clock: createManualClock() },
    );
    const fromFile = waooaw.health.summary().checks.filter(({ source }) => source === 'file');
    assert.deepEqual(fromFile.map(({ check }) => check).sort(), checks.map(({ check }) => check).sort());
    assert.deepEqual(
      waooaw.health.windows().map(({ id }) => id),
      ['patch-day', 'moving'],
    );
  });

  it('lists every call of the API', async (t) => {
    const { url } = await startServer(t);
    const { paths } = (await request(`${url}/api/openapi.json`)).json<{ paths: Record<string, object> }>();
    const served = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/health'))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/resume', '/pause')}`),
      );
    const listed = [...page.matchAll(/^\| (`(?:GET|POST|PUT|DELETE)`?.*?) \|/gm)].flatMap(([, call = '']) => {
      const [path = ''] = /\/api\/[^?`]*/.exec(call) ?? [];
      return [...call.matchAll(/GET|POST|PUT|DELETE/g)].map(([method]) => `${method} ${path}`);
    });
    assert.deepEqual([...new Set(served)].sort(), listed.sort());
  });

  it('names every setting of a check with its default', () => {
    const { checks } = checksFile.parse({
      checks: [{ check: 'a', probe: { kind: 'heartbeat', everyMs: 1_000 } }],
    });
    const { check: _, probe: __, tags: ___, dependsOn: ____, ...defaults } = checks[0]!;
    const rows = new Map(
      [...page.matchAll(/^\| ((?:`\w+` ?)+) +\|[^|]*\| +([^|]*?) +\|$/gm)].flatMap(
        ([, names = '', values = '']) => {
          const each = values.split(', ');
          return [...names.matchAll(/\w+/g)].map(([name], i) => [name, each.length > 1 ? each[i] : values]);
        },
      ) as [string, string][],
    );
    for (const [name, value] of Object.entries(defaults)) {
      const said = rows.get(name)?.replace(/[`,]/g, '');
      assert.equal(said, JSON.stringify(value), name);
    }
  });
});
