import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/protocol/index.ts';
import { CSV_COLUMNS, CsvReader, csvTime } from '../../../src/proof/export-csv.ts';
import type { ExportLine } from '../../../src/proof/export-format.ts';
import { random } from '../../testing/random.ts';
import { CSV_HEAD, csvRow } from './csv.ts';

function record(reason: string, more: Partial<AuditRecord> = {}): ExportLine {
  const entry = {
    sequence: 1,
    time: 1_750_000_000_000_042,
    action: 'start',
    level: 'info',
    result: 'success',
    reason,
    ...more,
  } as const;
  return { entry, salts: {}, leaf: 'AA==' };
}

function readBack(line: ExportLine): unknown {
  const reader = new CsvReader();
  const items = [...reader.push(CSV_HEAD + csvRow(line, { waooaw: 'audit-export' })), ...reader.finish()];
  assert.equal(items.length, 1);
  return items[0]!.line;
}

/** The text of the reason's cell, as a spreadsheet would see it. */
function cellOf(reason: string): string {
  const row = csvRow(record(reason)).slice(0, -2);
  const at = row.indexOf('success,') + 'success,'.length + ',,,,,,'.length;
  const text = row.slice(at, row.indexOf(',,,,', at));
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

describe('a row of CSV', () => {
  it('begins with nothing that a spreadsheet takes for a formula', () => {
    for (const text of [
      '=1',
      '+1',
      '-1',
      '@a',
      '\t=1',
      '\r=1',
      '\n=1',
      ' =1',
      '\u200b=1',
      '\ufeff=1',
      '＝1',
      '＋1',
      '－1',
      '＠1',
      '﹦1',
      '\u0000=1',
    ])
      assert.equal(cellOf(text), `'${text}`, JSON.stringify(text));
    for (const text of ['a=1', '1', 'null', '{"a":1}', '#x', 'ünïcödé']) assert.equal(cellOf(text), text);
  });

  it('is read back as it was, guard or not', () => {
    const chance = random(4);
    const pieces = [
      '=',
      '+',
      "'",
      "''",
      '"',
      '""',
      ',',
      ';',
      '\r\n',
      '\n',
      '\r',
      '\t',
      ' ',
      'a',
      '@',
      '＝',
      '\u0000',
      '😀',
      '\u202e',
      '',
    ];
    for (let round = 0; round < 3_000; round += 1) {
      const text = Array.from(
        { length: Math.floor(chance() * 5) },
        () => pieces[Math.floor(chance() * pieces.length)]!,
      ).join('');
      const line = record(text, {
        actor: { id: text, kind: 'user', ...(chance() < 0.5 && { name: text }) },
        details: { text },
        before: chance() < 0.5 ? -1 : null,
        tags: { [text]: text },
        ...(chance() < 0.5 && { hidden: { resource: 'AA==' } }),
      });
      assert.deepEqual(readBack(line), line, JSON.stringify(text));
    }
  });

  it('tells an empty text from none', () => {
    const { reason: _, ...without } = record('').entry;
    assert.deepEqual(readBack(record('')), record(''));
    assert.deepEqual(readBack({ ...record(''), entry: without }), { ...record(''), entry: without });
  });

  it('is RFC 4180: as many cells as the head, quotes doubled, CR and LF at its end', () => {
    const row = csvRow(record('say "no", twice'));
    assert.ok(row.includes(',"say ""no"", twice",'));
    assert.ok(row.endsWith('\r\n'));
    assert.equal(CSV_HEAD, `${CSV_COLUMNS.join(',')}\r\n`);
    assert.equal(csvRow(undefined), `${','.repeat(CSV_COLUMNS.length - 1)}\r\n`);
  });

  it('has times to the microsecond, until µs end to be whole', () => {
    for (const [time, text] of [
      [0, '1970-01-01T00:00:00.000000Z'],
      [1, '1970-01-01T00:00:00.000001Z'],
      [1_750_000_000_999_999, '2025-06-15T15:06:40.999999Z'],
      [Number.MAX_SAFE_INTEGER, '2255-06-05T23:47:34.740991Z'],
    ] as const) {
      assert.equal(csvTime(time), text);
      const line = record('a', { time });
      assert.deepEqual(readBack(line), line);
    }
  });
});
