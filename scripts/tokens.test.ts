import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { root, runNode } from './run.ts';
import { SOURCE, readTokens } from './token-source.ts';
import { checkTokens, generate } from './tokens.ts';

type Json = Record<string, unknown>;

/** A source of one token. */
function source(token: Json, group = 'color', name = 'text'): string {
  return JSON.stringify({ [group]: { [name]: { $description: 'For a test', ...token } } });
}

const RED = { colorSpace: 'srgb', components: [1, 0, 0], hex: '#ff0000' };
const ours = (extension: Json): Json => ({ $extensions: { 'com.waooaw': extension } });

describe('the design tokens', () => {
  it('are what everything that is made from them says (else: npm run tokens)', async () => {
    const { stale, tokens } = await checkTokens();
    assert.deepEqual(stale, []);
    assert.ok(tokens > 40);
  });

  it('are of the format 2025.10: colours and lengths are objects, groups and tokens have their types', () => {
    const all = JSON.parse(readFileSync(SOURCE, 'utf8')) as Json;
    assert.equal(all['$schema'], 'https://www.designtokens.org/schemas/2025.10/format.json');
    const properties = ['$value', '$type', '$description', '$extensions', '$deprecated'];
    let seen = 0;
    const visit = (group: Json): void => {
      if ('$value' in group) {
        seen++;
        for (const name of Object.keys(group)) assert.ok(properties.includes(name), name);
        for (const key of Object.keys((group['$extensions'] as Json | undefined) ?? {}))
          assert.match(key, /^[a-z]+\.[a-z.]+$/, 'an extension has a reverse domain name');
        return;
      }
      for (const [name, child] of Object.entries(group))
        if (!name.startsWith('$') || name === '$root') visit(child as Json);
    };
    visit(all);
    assert.ok(seen > readTokens().length, 'the palettes are seen too');
  });

  it('keep a badge’s part small: what only cards and controls need is apart', () => {
    const core = readTokens().filter(({ sheet }) => sheet === 'core');
    assert.deepEqual(
      core.map(({ name }) => name),
      ['text', 'muted', 'ok', 'info', 'degraded', 'critical', 'font', 'radius-pill'],
    );
  });

  it('are all that elements ask for: a private name is a token, or set in the same folder', () => {
    const names = new Set(readTokens().map(({ name }) => name)).add('density');
    const folders = globSync('src/elements/*/', { cwd: root });
    let asked = 0;
    for (const folder of folders) {
      const text = globSync(`${folder}/*.ts`, { cwd: root, exclude: ['**/*.test.ts'] })
        .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
        .join('\n');
      const own = new Set([...text.matchAll(/--_([\w-]+):/g)].map(([, name]) => name));
      for (const [, name = ''] of text.matchAll(/var\(--_([\w-]+)/g)) {
        asked++;
        assert.ok(names.has(name) || own.has(name), `${folder} asks for --_${name}, which is no token`);
      }
    }
    assert.ok(asked > 50);
  });

  it('can be resolved by a tool that knows the resolver module alone', () => {
    const file = readFileSync(`${root}/src/theme/tokens.resolver.json`, 'utf8');
    const { modifiers, resolutionOrder } = JSON.parse(file) as {
      modifiers: Record<string, { contexts: Record<string, Json[]> }>;
      resolutionOrder: { $ref: string }[];
    };
    const dark = modifiers['theme']?.contexts['dark']?.[0] as Record<
      string,
      Record<string, { $value: Json }>
    >;
    assert.equal(dark['color']?.['text']?.$value['hex'], '#fafafa');
    assert.equal(dark['color']?.['accent-text'], undefined, 'what follows another token does so there too');
    assert.deepEqual(
      resolutionOrder.map(({ $ref }) => $ref),
      ['#/sets/base', '#/modifiers/theme', '#/modifiers/density', '#/modifiers/motion'],
    );
  });

  it('stop at what is wrong, naming the token, what it was and what was expected', () => {
    const wrong: readonly [RegExp, string][] = [
      [/color\.text: \$type is undefined; expected color, dimension/, source({ $value: RED })],
      [/color\.text: "#ff0000"; expected a color/, source({ $type: 'color', $value: '#ff0000' })],
      [/expected a color/, source({ $type: 'color', $value: { ...RED, hex: '#00ff00' } })],
      [/expected a color/, source({ $type: 'color', $value: { ...RED, components: 'none' } })],
      [/expected a dimension/, source({ $type: 'dimension', $value: { value: 1, unit: 'em' } })],
      [/expected a dimension/, source({ $type: 'dimension', $value: '1rem' })],
      [/expected a duration/, source({ $type: 'duration', $value: { value: 1, unit: 'rem' } })],
      [/expected a number/, source({ $type: 'number', $value: '1' })],
      [/expected a fontFamily/, source({ $type: 'fontFamily', $value: 'Inter' })],
      [/expected a shadow/, source({ $type: 'shadow', $value: '0 0 red' })],
      [/expected a shadow/, source({ $type: 'shadow', $value: { color: RED } })],
      [/color\.text → color\.text never ends/, source({ $type: 'color', $value: '{color.text}' })],
      [/color\.text: no token tone\.red/, source({ $type: 'color', $value: '{tone.red}' })],
      [/com\.waooaw has night/, source({ $type: 'color', $value: RED, ...ours({ night: RED }) })],
      [/sheet is cellar/, source({ $type: 'color', $value: RED, ...ours({ sheet: 'cellar' }) })],
      [/no \$description/, JSON.stringify({ color: { text: { $type: 'color', $value: RED } } })],
      [/color\.text is no token/, JSON.stringify({ color: { text: 1 } })],
      [
        /two tokens are called text/,
        JSON.stringify({
          color: { text: { $description: 'One', $type: 'color', $value: RED } },
          text: { $root: { $description: 'Other', $type: 'color', $value: RED } },
        }),
      ],
    ];
    for (const [message, text] of wrong) assert.throws(() => readTokens(text), { message });
  });

  it('become CSS: short, with an alpha channel, quoted, and one for both themes', () => {
    const css = (text: string): string | undefined => readTokens(text)[0]?.css.light;
    assert.equal(css(source({ $type: 'color', $value: RED })), '#f00');
    assert.equal(css(source({ $type: 'color', $value: { ...RED, alpha: 0.5 } })), 'rgb(255 0 0 / 0.5)');
    assert.equal(css(source({ $type: 'dimension', $value: { value: 0, unit: 'px' } })), '0');
    assert.equal(css(source({ $type: 'duration', $value: { value: 0, unit: 'ms' } })), '0ms');
    assert.equal(css(source({ $type: 'fontFamily', $value: ['Noto Sans', 'serif'] })), "'Noto Sans', serif");
  });

  it('lose nothing of a page but what stands between its markers', async () => {
    const files = await generate(readTokens());
    for (const file of ['docs/theming.md', 'src/theme/waooaw.css'])
      assert.equal(files[file], readFileSync(`${root}/${file}`, 'utf8'));
  });

  it('are checked by the script', async () => {
    const { code, stdout } = await runNode(['scripts/tokens.ts'], { cwd: root });
    assert.deepEqual(
      [code, stdout],
      [0, `${readTokens().length} tokens, everything made from them is fresh\n`],
    );
  });
});
