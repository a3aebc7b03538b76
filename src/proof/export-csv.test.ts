import { expect } from '@open-wc/testing';
import { failureOf, verify } from '../testing/export-checks.ts';
import { SIZE, partsOf, textOf } from '../testing/export-parts.ts';
import { CSV_COLUMNS } from './export-csv.ts';

describe('an export as CSV', () => {
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
      [text.replace('"1","2025', '"","2025'), /its sequence is ""/],
      [text.replace(/"1","2025[^"]*"/, '"1",""'), /its time is ""/],
      [text.replace(/"(2025[^"]*)\.\d{6}Z"/, '"$1Z"'), /its time is/],
      [text.replace(/"\{""waooaw/, '"{waooaw'), /not JSON/],
    ] as const)
      expect((await failureOf(odd, 'csv')).message, odd.slice(0, 60)).to.match(message);
    expect((await verify(`\ufeff${text}`.slice(1), 'csv')).count).to.equal(SIZE);
    expect((await verify(text.replaceAll('\r\n', '\n'), 'csv')).count).to.equal(SIZE);
  });

  it('refuses whatever stands in a row and is checked against nothing', async () => {
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
});
