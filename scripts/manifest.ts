/** Generates custom-elements.json apart and compares it with the committed one. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode, tool } from './run.ts';

const COMMITTED = join(root, 'custom-elements.json');
const OUT_DIR = '.cache/manifest';

/** What the generator saw. */
export interface ManifestCheck {
  /** The tags in the generated manifest. */
  readonly tags: readonly string[];
  readonly fresh: boolean;
}

/**
 * @param fix replace the committed manifest when it is stale
 * @throws when the generator fails
 */
export async function checkManifest(fix = false): Promise<ManifestCheck> {
  mkdirSync(join(root, OUT_DIR), { recursive: true });
  const config = ['--config', 'custom-elements-manifest.config.mjs', '--outdir', OUT_DIR];
  const analyzer = tool('@custom-elements-manifest/analyzer', 'custom-elements-manifest');
  const { code, stdout, stderr } = await runNode([...analyzer, 'analyze', ...config]);
  if (code !== 0) throw new Error(`the analyzer ended with ${code}: ${stderr || stdout}`);
  const generated = join(root, OUT_DIR, 'custom-elements.json');
  const text = readFileSync(generated, 'utf8');
  const { modules } = JSON.parse(text) as { modules: { declarations: { tagName?: string }[] }[] };
  const tags = modules.flatMap(({ declarations }) => declarations.flatMap(({ tagName }) => tagName ?? []));
  const fresh = existsSync(COMMITTED) && readFileSync(COMMITTED, 'utf8') === text;
  if (!fresh && fix) copyFileSync(generated, COMMITTED);
  return { tags, fresh: fresh || fix };
}
