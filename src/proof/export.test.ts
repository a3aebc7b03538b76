import { expect } from '@open-wc/testing';
import { FORMATS, cut, failureOf, verify } from '../testing/export-checks.ts';
import { SIZE, headerOf, partsOf, segment, signer, textOf, trail } from '../testing/export-parts.ts';
import type { Parts, Value } from '../testing/export-parts.ts';
import { Signer } from '../testing/signer.ts';
import { Trail, someEntries } from '../testing/trail.ts';
import { base64 } from './bytes.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { leafOfRecord } from './entry-proof.ts';
import type { ExportFormat } from './export-format.ts';
import { verifyExport } from './export.ts';
import { sha256 } from './hash.ts';

describe('the check of an export', () => {
  for (const format of FORMATS) {
    it(`holds for a whole trail, some entries, and a segment in ${format}, however it was cut`, async () => {
      for (const [parts, count, first, last] of [
        [partsOf('tree'), SIZE, 1, SIZE],
        [partsOf('paths', [2, 4, 11]), 3, 2, 11],
        [segment(), 4, 5, 8],
      ] as const) {
        const text = textOf(parts, format);
        for (const length of [1, 7, 64, text.length]) {
          const verdict = await verifyExport(cut(text, length), format, [signer.verifier]);
          expect([verdict.count, verdict.first, verdict.last]).to.deep.equal([count, first, last]);
          expect(verdict.checkpoint.size).to.equal(SIZE);
          expect(verdict.query).to.deep.equal({});
        }
      }
    });

    it(`names the entry of which a field was changed, dropped or added in ${format}`, async () => {
      for (const proof of ['tree', 'paths'] as const) {
        const { lines } = partsOf(proof);
        for (const at of [0, 4]) {
          const entry = lines[at]!['entry'] as Value;
          for (const field of Object.keys(entry).filter((name) => name !== 'sequence')) {
            for (const other of [undefined, 'other']) {
              const parts = partsOf(proof);
              if (other === undefined) delete (parts.lines[at]!['entry'] as Value)[field];
              else (parts.lines[at]!['entry'] as Value)[field] = other;
              let text: string;
              try {
                text = textOf(parts, format);
              } catch {
                continue; // The format has no such spelling.
              }
              const failed = await failureOf(text, format);
              const place = `${proof}, entry ${at + 1}, ${field}: ${failed.message}`;
              expect(failed.place, place).to.equal(format === 'json' ? at + 1 : at + 2);
              if (failed.sequence !== undefined) expect(failed.sequence, place).to.equal(at + 1);
            }
          }
        }
      }
    });

    it(`finds lines that were dropped, swapped, doubled or put at the end in ${format}`, async () => {
      for (const [change, sequence] of [
        [(lines: Value[]) => lines.splice(4, 1), 6],
        [(lines: Value[]) => lines.splice(4, 2, lines[5]!, lines[4]!), 6],
        [(lines: Value[]) => lines.splice(4, 0, lines[4]!), 5],
        [(lines: Value[]) => lines.push(lines.shift()!), 2],
      ] as const) {
        const parts = partsOf('tree');
        change(parts.lines);
        parts.end['count'] = parts.lines.length;
        const failed = await failureOf(textOf(parts, format), format);
        expect(failed.fault).to.equal('inconsistent');
        expect(failed.sequence).to.be.oneOf([sequence, 5]);
      }
    });

    it(`notices that the end is missing, wherever ${format} was cut off`, async () => {
      const text = textOf(partsOf('tree'), format);
      for (let length = 0; length < text.trimEnd().length; length += 397) {
        const failed = await failureOf(text.slice(0, length), format);
        expect(failed.fault).to.be.oneOf(['malformed', 'inconsistent']);
      }
    });

    it(`notices a count that is wrong, and an entry less with it in ${format}`, async () => {
      for (const proof of ['tree', 'paths'] as const) {
        const parts = partsOf(proof);
        parts.lines.pop();
        expect((await failureOf(textOf(parts, format), format)).message).to.match(
          /counts 13 entries, and there were 12/,
        );
      }
      const parts = partsOf('tree');
      parts.lines.pop();
      parts.end['count'] = 12;
      expect((await failureOf(textOf(parts, format), format)).message).to.match(/has 12 entries.*counts 13/);
    });
  }

  it('finds an entry that was replaced together with its leaf', async () => {
    for (const parts of [partsOf('tree'), segment()]) {
      const line = parts.lines[2]! as unknown as { entry: Value; salts: object; leaf: string };
      line.entry['action'] = 'delete';
      line.leaf = base64(leafOfRecord(line.entry as never, line.salts));
      const failed = await failureOf(textOf(parts, 'ndjson'));
      expect([failed.fault, failed.place]).to.deep.equal(['not_included', undefined]);
    }
  });

  it('fails for a segment that is none, or elsewhere', async () => {
    const three = segment();
    three.lines.pop();
    three.end['count'] = 3;
    const elsewhere = segment();
    elsewhere.header['path'] = trail.proof(1).path.slice(2);
    for (const [parts, fault] of [
      [three, 'inconsistent'],
      [elsewhere, 'not_included'],
      [partsOf('tree', [5, 6], { proof: 'segment', first: 5 }), 'not_included'],
      [partsOf('tree', [6, 7], { proof: 'segment', first: 6 }), 'inconsistent'],
      [partsOf('tree', [], { proof: 'segment', first: 5 }), 'inconsistent'],
    ] as const)
      expect((await failureOf(textOf(parts, 'ndjson'))).fault).to.equal(fault);
  });

  it('fails without a key that is trusted', async () => {
    const text = textOf(partsOf('tree'), 'ndjson');
    for (const verifiers of [[], [new Signer('waooaw/audit', 2).verifier], [new Signer('other', 1).verifier]])
      expect((await failureOf(text, 'ndjson', verifiers)).fault).to.equal('unknown_key');
    const forged = text.replace(
      /(— waooaw\/audit [^\\]{20})(.)/,
      (_, head: string, c: string) => head + (c === 'A' ? 'B' : 'A'),
    );
    expect((await failureOf(forged)).fault).to.be.oneOf(['bad_signature', 'unknown_key']);
  });

  it('goes on behind the beginning of one that was cut off, with the same tree and query', async () => {
    const whole = (parts: Parts): string => textOf(parts, 'ndjson');
    const beginning = whole(partsOf('tree', [1, 2, 3, 4, 5])).replace(/\{"end".*\n/, '');
    const rest = partsOf('tree', [6, 7, 8, 9, 10, 11, 12, 13], { first: 6 });
    expect((await verify(beginning + whole(rest), 'ndjson')).count).to.equal(SIZE);
    expect((await failureOf(whole(rest))).message).to.match(/put it behind the beginning/);

    const shorter = new Trail(signer, someEntries(12)).proof(1).checkpoint;
    for (const [more, message] of [
      [{ first: 5 }, /from entry 5, and had come to 5/],
      [{ query: { actor: ['a'] } }, /another query/],
      [{ proof: 'paths' }, /as it began/],
      [{ checkpoint: shorter }, /began with the checkpoint of 13 entries/],
    ] as const) {
      Object.assign(rest.header, headerOf('tree', { first: 6, ...more }));
      expect((await failureOf(beginning + whole(rest))).message).to.match(message);
    }
    const csv = textOf(partsOf('paths', [1, 2]), 'csv')
      .replace('""end"":true,""count"":2', '')
      .replace(',"{}"\r\n', ',\r\n');
    const joined = csv + textOf(partsOf('paths', [4, 9], { first: 3 }), 'csv');
    expect((await verify(joined, 'csv')).last).to.equal(9);
  });

  it('goes on behind a beginning without any entry', async () => {
    const whole = textOf(partsOf('tree'), 'ndjson');
    const [header = ''] = whole.split('\n');
    expect((await verify(`${header}\n${whole}`, 'ndjson')).count).to.equal(SIZE);
  });

  it('takes entries with their own paths in their order only, and none without its path', async () => {
    const failed = await failureOf(textOf(partsOf('paths', [4, 2]), 'ndjson'));
    expect([failed.fault, failed.place, failed.sequence]).to.deep.equal(['inconsistent', 3, 2]);
    expect(failed.message).to.match(/expected 5 or later/);
    const parts = partsOf('paths', [2, 4]);
    delete parts.lines[1]!['path'];
    expect((await failureOf(textOf(parts, 'ndjson'))).place).to.equal(3);
  });

  it('hashes with what it is given, and passes on what is not about the export', async () => {
    let count = 0;
    const hash = (bytes: Uint8Array): Uint8Array => {
      count += 1;
      return sha256(bytes);
    };
    const text = textOf(partsOf('tree'), 'ndjson');
    const { checkpoint } = await verifyExport(cut(text, 100), 'ndjson', [signer.verifier], { hash });
    expect(count).to.be.greaterThan(SIZE * 3);
    expect(
      parseCheckpoint(checkpoint.text + '\n' + trail.proof(1).checkpoint.split('\n\n')[1]!).size,
    ).to.equal(SIZE);
    const lost = new Error('the disk is gone');
    // eslint-disable-next-line require-yield -- it fails at once
    const failing = async function* (): AsyncGenerator<string> {
      await Promise.resolve();
      throw lost;
    };
    expect(await verifyExport(failing(), 'ndjson', []).catch((cause: unknown) => cause)).to.equal(lost);
    const odd: unknown = await verifyExport(failing(), 'xml' as ExportFormat, []).catch(
      (cause: unknown) => cause,
    );
    expect(odd).to.be.instanceOf(TypeError);
  });
});
