import { expect } from '@open-wc/testing';
import { FORMATS, failureOf, verify } from '../testing/export-checks.ts';
import { headerOf, partsOf, signer, textOf } from '../testing/export-parts.ts';
import type { Parts } from '../testing/export-parts.ts';
import { Trail, someEntries } from '../testing/trail.ts';
import { base64 } from './bytes.ts';
import { leafOfRecord } from './entry-proof.ts';
import { ExportFailed, MAX_EXPORT_LINE } from './export-format.ts';
import { verifyExport } from './export.ts';

describe('the format of an export', () => {
  it('refuses what is no export, saying where', async () => {
    const good = partsOf('tree');
    const line = JSON.stringify(good.lines[0]);
    const header = JSON.stringify(good.header);
    const changed = (more: object): string => JSON.stringify({ ...good.header, ...more });
    for (const [text, message] of [
      ['', /cut off|header/],
      ['{}', /Line 1: expected the header/],
      ['[]', /Line 1: expected the header/],
      ['null', /Line 1: expected the header/],
      [line, /Line 1: expected the header/],
      ['{"end":true,"count":0}', /Line 1: expected the header/],
      ['{', /Line 1: it is not JSON/],
      [changed({ waooaw: 'x' }), /expected "audit-export"/],
      [changed({ version: 2 }), /version 1/],
      [changed({ checkpoint: 5 }), /no checkpoint/],
      [changed({ checkpoint: 'x' }), /Line 1: /],
      [changed({ proof: 'faith' }), /tree, segment, paths/],
      [changed({ first: 0 }), /expected 1 or more/],
      [changed({ query: undefined }), /no query/],
      [changed({ path: [5] }), /path is no list/],
      [`${header}\n5`, /Line 2: expected an entry with its salts/],
      [`${header}\n{"entry":5,"salts":{}}`, /Line 2: expected an entry/],
      [`${header}\n{"entry":{},"salts":[]}`, /Line 2: expected salts/],
      [`${header}\n{"entry":{"hidden":null},"salts":{}}`, /Line 2: expected hidden/],
      [`${header}\n{"entry":{},"salts":{},"note":1}`, /"note" is covered by no proof/],
      [`${header}\n${line.replace('"entry":{', '"entry":{"seal":1,')}`, /Line 2: .*no leaf knows/],
      [`${header}\n\n${line}`, /Line 3: the line before it is empty/],
      [`${textOf(good, 'ndjson')}${line}`, /follows the end/],
      [`${header}\n${line}\n{"end":false,"count":1}`, /counts/],
    ] as const)
      expect((await failureOf(text)).message, text.slice(0, 80)).to.match(message);
  });

  it('refuses digits that the proven number does not have, in every format', async () => {
    const one = new Trail(signer, [{ ...someEntries(1)[0]!, details: { amount: 9_007_199_254_740_992 } }]);
    const { entry, salts, checkpoint } = one.proof(1);
    const leaf = base64(leafOfRecord(entry, salts));
    const parts = {
      header: headerOf('tree', { checkpoint }),
      lines: [{ entry, salts, leaf }],
      end: { end: true, count: 1 },
    } as unknown as Parts;
    for (const format of FORMATS) {
      const text = textOf(parts, format);
      expect((await verify(text, format)).count).to.equal(1);
      for (const digits of ['9007199254740993', '9007199254740992.0', '9.007199254740992e15']) {
        const failed = await failureOf(text.replace('9007199254740992', digits), format);
        expect(failed.message, format).to.match(/has the number 9.*; expected 9007199254740992/);
      }
    }
    const csv = textOf(parts, 'csv').replace('"1","2025', '"9007199254740993","2025');
    expect((await failureOf(csv, 'csv')).message).to.match(/its sequence is/);
  });

  it('refuses whatever stands in a file and is checked against nothing', async () => {
    const line = (proof: 'tree' | 'paths', more: object): string => {
      const parts = partsOf(proof);
      Object.assign(parts.lines[0]!, more);
      return textOf(parts, 'ndjson');
    };
    for (const [text, message] of [
      [textOf(partsOf('tree', undefined, { approved: true }), 'ndjson'), /"approved" is covered by no proof/],
      [textOf(partsOf('tree', undefined, { path: [] }), 'ndjson'), /or it is no segment/],
      [textOf(partsOf('tree', undefined, { keys: {} }), 'ndjson'), /keys are no list/],
      [textOf(partsOf('tree', undefined, { keys: [{ owner: 'x' }] }), 'ndjson'), /"owner" is covered by no/],
      [
        textOf(partsOf('tree'), 'ndjson').replace('"count":13', '"count":13,"by":"x"'),
        /"by" is covered by no/,
      ],
      [line('tree', { path: [] }), /Line 2: "path" is covered by no proof/],
      [line('paths', { leaf: 'x' }), /Line 2: "leaf" is covered by no proof/],
    ] as const)
      expect((await failureOf(text)).message).to.match(message);
  });

  it('takes bytes, cut within a character too, and refuses what is not UTF-8', async () => {
    const named = new Trail(
      signer,
      someEntries(2).map((entry) => ({ ...entry, reason: 'größer 😀' })),
    );
    const lines = [1, 2].map((sequence) => {
      const { entry, salts, path } = named.proof(sequence);
      return { entry, salts, path };
    });
    const header = headerOf('paths', { checkpoint: named.proof(1).checkpoint });
    const bytes = new TextEncoder().encode(
      textOf({ header, lines, end: { end: true, count: 2 } } as unknown as Parts, 'ndjson'),
    );
    async function* single(of: Uint8Array): AsyncGenerator<Uint8Array> {
      for (const byte of of) {
        await Promise.resolve();
        yield Uint8Array.of(byte);
      }
    }
    expect((await verifyExport(single(bytes), 'ndjson', [signer.verifier])).count).to.equal(2);
    const broken = bytes.slice();
    broken[broken.indexOf(0xc3) + 1] = 0x20;
    for (const bad of [broken, bytes.slice(0, bytes.indexOf(0xc3) + 1)]) {
      const error: unknown = await verifyExport(single(bad), 'ndjson', [signer.verifier]).catch(
        (cause: unknown) => cause,
      );
      expect(error)
        .to.be.instanceOf(ExportFailed)
        .with.property('message')
        .that.matches(/not UTF-8/);
    }
  });

  it('holds no line in memory that has no end', async () => {
    const endless = async function* (): AsyncGenerator<string> {
      for (;;) {
        await Promise.resolve();
        yield 'x'.repeat(MAX_EXPORT_LINE / 4);
      }
    };
    for (const format of FORMATS) {
      const error: unknown = await verifyExport(endless(), format, [signer.verifier]).catch(
        (cause: unknown) => cause,
      );
      expect(error)
        .to.be.instanceOf(ExportFailed)
        .with.property('message')
        .that.matches(/longer than/);
    }
  });
});
