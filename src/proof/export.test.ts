import { expect } from '@open-wc/testing';
import { SIZE, headerOf, partsOf, segment, signer, textOf, trail } from '../testing/export-parts.ts';
import type { Parts, Value } from '../testing/export-parts.ts';
import { Signer } from '../testing/signer.ts';
import { Trail, someEntries } from '../testing/trail.ts';
import { base64 } from './bytes.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { leafOfRecord } from './entry-proof.ts';
import { CSV_COLUMNS } from './export-csv.ts';
import { ExportFailed, MAX_EXPORT_LINE } from './export-format.ts';
import type { ExportFormat } from './export-format.ts';
import { verifyExport } from './export.ts';
import type { VerifiedExport } from './export.ts';
import { sha256 } from './hash.ts';

async function* cut(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) {
    await Promise.resolve();
    yield text.slice(at, at + length);
  }
}

function verify(text: string, format: ExportFormat, verifiers = [signer.verifier]): Promise<VerifiedExport> {
  return verifyExport(cut(text, 997), format, verifiers);
}

async function failureOf(
  text: string,
  format: ExportFormat = 'ndjson',
  verifiers?: string[],
): Promise<ExportFailed> {
  try {
    await verify(text, format, verifiers);
  } catch (error) {
    if (error instanceof ExportFailed) return error;
    throw error;
  }
  throw new Error(`It was proven: ${text}`);
}

const FORMATS = ['json', 'ndjson', 'csv'] as const;

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

  it('refuses JSON that could be read in two ways', async () => {
    const text = textOf(partsOf('tree'), 'json');
    for (const [odd, message] of [
      [text.replace(/\}$/, ',"entries":[]}'), /"entries" twice/],
      [text.replace('"count":13', '"count":13,"note":"x"'), /alone behind/],
      [text.replace('"entries":[', '"entries":[,'), /not JSON/],
      [text.replace(/\],"count"/, ',],"count"'), /not JSON/],
      [`{"entries":[]${text.slice(1)}`, /expected "audit-export"|alone behind/],
      ['{"entries":{}}', /cut off|header/],
      ['[{"entries":[]}]', /cut off|header/],
    ] as const)
      expect((await failureOf(odd, 'json')).message, odd.slice(0, 60)).to.match(message);
    const spaced = JSON.stringify(JSON.parse(text), null, 2);
    expect((await verify(spaced, 'json')).count).to.equal(SIZE);
  });

  it('takes for the entries only what every reader of JSON takes for them', async () => {
    const text = textOf(partsOf('tree'), 'json');
    const shown = '"entries":{"0":{"entry":{"sequence":1,"action":"other"}}}';
    for (const [odd, message] of [
      [text.replace('"entries":[', `${shown},"x\\"entries":[`), /x\\?"entries" is no field/],
      [text.replace('"entries":[', '"x\\"entries":['), /is no field of a header/],
      [text.replace('"entries":[', `${shown},"entries":[`), /"entries" twice/],
      [text.replace('"entries":[', `${shown},"entr\\u0069es":[`), /"entries" twice/],
      [text.replace('"entries":[', `${shown},"path":[],"entries":[`), /are no list|twice/],
      [text.replace('"entries":[', '"__proto__":[],"entries":['), /"__proto__" is no field/],
      [text.replace('"entries":[', '"note":"x","entries":['), /"note" is no field/],
      [text.replace('"query":', '"query":1,"query":'), /"query" twice/],
      [text.replace('"query":', '"qu\\u0065ry":1,"query":'), /"query" twice/],
      [text.replace('"query":{}', '"query":"\\"entries\\":["').replace('"entries":[', '"x":['), /"x" is no/],
      [text.replace(/\],"count"/, '},"count"'), /ends in \}/],
      [text.replace('"count":13', '"count":013'), /not JSON/],
      [text.replace('"count":13', '"count":13,"count":13'), /"count" twice/],
      [text.replace('"count":13', '"\\u0063ount":13,"entries":[]'), /alone behind|twice/],
    ] as const) {
      expect(odd).not.to.equal(text);
      expect((await failureOf(odd, 'json')).message, odd.slice(0, 60)).to.match(message);
    }
    const escaped = text
      .replace('"entries":[', '"entr\\u0069es" : [')
      .replace('"query":{}', '"query":"]}[{"');
    expect((await verify(escaped, 'json')).count).to.equal(SIZE);
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

    const text = textOf(partsOf('tree'), 'csv');
    const rows = text.split('\r\n');
    const changed = (at: number, change: (row: string) => string): string => {
      const all = rows.with(at, change(rows[at]!));
      expect(all[at]).not.to.equal(rows[at]);
      return all.join('\r\n');
    };
    const header = /,("\{""waooaw.*")$/.exec(rows[1]!)![1]!;
    const empty = ','.repeat(CSV_COLUMNS.length - 1);
    for (const [odd, message] of [
      [
        changed(3, (row) => row.replace(/,$/, ',"{""approved_by"":""CFO""}"')),
        /Row 4: its header is neither/,
      ],
      [changed(3, (row) => row.replace(/,$/, ',"[""waooaw""]"')), /Row 4: its header is neither/],
      [changed(3, (row) => row.replace(/,$/, ',5')), /Row 4: its header is neither/],
      [changed(3, (row) => row.replace(/,$/, `,${header}`)), /in the first row, and in no other/],
      [
        changed(1, (row) => row.replace('{""waooaw', '{""by"":""CFO"",""waooaw')),
        /"by" is covered by no proof/,
      ],
      [changed(13, (row) => row.replace('""end"":true', '""end"":true,""by"":""x""')), /in no other/],
      [changed(2, (row) => `${row}\r\n${empty}`), /Row 4: it is empty/],
      [changed(2, (row) => `${row}\r\n${rows[0]!}`), /Row 5: expected the header/],
      [changed(0, (row) => `${row}\r\n${row}`), /has the same names/],
      [`${text}${rows[0]!}\r\n`, /there is no row/],
    ] as const)
      expect((await failureOf(odd, 'csv')).message).to.match(message);
  });

  it('refuses a name that comes twice, however it is spelled, and takes other spacing', async () => {
    const parts = partsOf('tree');
    const text = textOf(parts, 'ndjson');
    for (const name of ['"action"', '"\\u0061ction"', '"actor"']) {
      const failed = await failureOf(text.replace('"action":"login"', `${name}:"start","action":"login"`));
      expect(failed.place, name).to.equal(3);
      expect(failed.message, name).to.match(/twice/);
    }
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', ' '));
    expect((await verify(lines.join('\n'), 'ndjson')).count).to.equal(SIZE);
  });

  it('refuses CSV that is none, and other columns', async () => {
    const text = textOf(partsOf('tree'), 'csv');
    const names = CSV_COLUMNS.join(',');
    for (const [odd, message] of [
      [text.slice(text.indexOf('\n') + 1), /Row 1: expected the names/],
      [text.replace('actor_kind', 'actor_sort'), /expected the column actor_kind/],
      [`${names}\r\n1,2\r\n`, /Row 2: it has 2 cells; expected 25/],
      [`${names}\r\n1,a"b\r\n`, /a quote within/],
      [`${names}\r\n1,"a"b,\r\n`, /does not end in a quote/],
      [text.replace('"1","2025', '"01","2025'), /its sequence is "01"/],
      [text.replace(/"(2025[^"]*)\.\d{6}Z"/, '"$1Z"'), /its time is/],
      [text.replace(/"\{""waooaw/, '"{waooaw'), /not JSON/],
    ] as const)
      expect((await failureOf(odd, 'csv')).message, odd.slice(0, 60)).to.match(message);
    expect((await verify(`\ufeff${text}`.slice(1), 'csv')).count).to.equal(SIZE);
    expect((await verify(text.replaceAll('\r\n', '\n'), 'csv')).count).to.equal(SIZE);
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
