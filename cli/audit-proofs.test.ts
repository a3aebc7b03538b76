import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { base64, fieldHash, fromBase64, leafData, leafHash, verifyProof } from '../src/proof/index.ts';
import type { AuditProof, Json, SaltedField } from '../src/protocol/index.ts';
import { temporaryFolder } from '../server/testing/harness.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/audit-proofs.md'), 'utf8');

/** The page's blocks of code of a language, in their order. */
function blocks(language: string): string[] {
  const fence = new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, 'gm');
  return [...PAGE.matchAll(fence)].map(([, block = '']) => block);
}

const proof = JSON.parse(blocks('json')[0]!) as AuditProof;
const key = /^ +`(\S+\+[0-9a-f]{8}\+\S+)`\.$/m.exec(PAGE)![1]!;

/** What the page's own program says of a proof. */
function byHand(given: unknown, verifier = key): string {
  const folder = temporaryFolder();
  const [program, file] = [join(folder, 'check.mjs'), join(folder, 'proof.json')];
  writeFileSync(
    program,
    blocks('js').find((block) => block.includes('node:crypto'))!,
  );
  writeFileSync(file, JSON.stringify(given));
  const { stdout, stderr } = spawnSync(process.execPath, [program, file, verifier], { encoding: 'utf8' });
  return stdout.trim() || stderr;
}

describe('docs/audit-proofs.md', () => {
  it('has an example that holds, with its key and its checkpoint', () => {
    const { size, origin, text } = verifyProof(proof, [key]);
    assert.deepEqual([size, origin], [3, 'waooaw/audit']);
    assert.ok(blocks('text').includes(proof.checkpoint), 'the checkpoint is shown as it is');
    assert.ok(text.endsWith('\n'));
  });

  it('has each step of the example as it is', () => {
    const hashes: Partial<Record<SaltedField, string>> = {};
    for (const [field, salt] of Object.entries(proof.salts) as [SaltedField, string][]) {
      hashes[field] = base64(fieldHash(field, proof.entry[field] as Json, fromBase64(salt)));
    }
    const data = leafData(proof.entry, hashes);
    assert.equal(blocks('text')[0]!.trim(), data);
    assert.ok(
      PAGE.includes(`The leaf data, ${Buffer.byteLength(data)} bytes`),
      `${Buffer.byteLength(data)} bytes`,
    );
    assert.ok(PAGE.includes(`\`${hashes.reason!}\``));
    assert.ok(PAGE.includes(`\`${Buffer.from(leafHash(proof.entry, hashes)).toString('hex')}\``));
    assert.ok(PAGE.includes(`\`${proof.checkpoint.split('\n')[2]!}\``));
  });

  it('has a program without our code that proves the example, and nothing else', () => {
    assert.equal(byHand(proof), 'entry 2 stands in waooaw/audit, as one of 3');
    const { reason: _reason, ...rest } = proof.entry;
    const hidden = { reason: /"reason":"([^"]+)"/.exec(blocks('text')[0]!)![1]! };
    const { reason: _salt, ...salts } = proof.salts;
    const narrower = { ...proof, entry: { ...rest, hidden }, salts };
    assert.equal(byHand(narrower), 'entry 2 stands in waooaw/audit, as one of 3');
    assert.equal(verifyProof(narrower, [key]).size, 3);
    for (const changed of [
      { ...proof, entry: { ...proof.entry, reason: 'another' } },
      { ...proof, entry: { ...proof.entry, sequence: 1 } },
      { ...proof, path: [...proof.path].reverse() },
      { ...proof, checkpoint: proof.checkpoint.replace('\n3\n', '\n4\n') },
    ]) {
      assert.equal(byHand(changed), 'not proven');
      assert.throws(() => verifyProof(changed, [key]));
    }
  });
});
