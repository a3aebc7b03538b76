/** Holds docs/errors.md to the registry of codes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CLOSE, CODES } from '../src/protocol/index.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8');

/** Headings with the line of facts below each. */
const documented = new Map(
  [...page.matchAll(/^### `(\w+)`\n\n(.+)$/gm)].map(([, code = '', facts = '']) => [code, facts] as const),
);

describe('docs/errors.md', () => {
  it('has a heading for every code, and for nothing else', () => {
    assert.deepEqual([...documented.keys()].sort(), Object.keys(CODES).sort());
  });

  it('says of each its title, its status, and whether to try again', () => {
    for (const [code, { status, retryable, title }] of Object.entries(CODES)) {
      const said = `${title}. HTTP ${status} · ${retryable ? 'retryable' : 'not retryable'}`;
      assert.ok(documented.get(code)?.startsWith(said), `${code}: expected "${said}"`);
    }
  });

  it('names the close code of each that closes a connection', () => {
    for (const [code, number] of Object.entries(CLOSE)) {
      assert.match(documented.get(code) ?? '', new RegExp(`closes with ${number}\\.$`), code);
    }
    const others = [...documented].filter(([code]) => !(code in CLOSE));
    for (const [code, facts] of others) assert.doesNotMatch(facts, /closes with/, code);
  });
});
