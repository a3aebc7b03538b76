import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { letHeapDouble } from './heap-growth.ts';

it('sets a flag that this Node knows', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  assert.match(known, /--heap-growing-percent \(/);
  letHeapDouble();
});
