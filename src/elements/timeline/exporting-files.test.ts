import { expect } from '@open-wc/testing';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { saved } from '../../testing/saved.ts';
import {
  csvOf,
  download,
  downloadTrail,
  fileName,
  fileOf,
  jsonOf,
  mayExportTrail,
} from './exporting-files.ts';
import type { ServerApi } from '../server-api.ts';

const event = (more: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id: 'e1',
  time: 1.5,
  type: 'upgrade',
  title: 'Ana upgraded payments',
  ...more,
});

/** Cells of RFC 4180. */
function cells(csv: string): string[][] {
  return csv
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter(Boolean)
    .map((row) =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare,
      ),
    );
}

describe('an export', () => {
  it('as CSV has a row of names and a row an event, to the µs', () => {
    const events = [
      event({
        description: 'two\nlines, and "quotes"',
        actor: { id: 'ana', name: 'Ana', kind: 'user' },
        status: 'completed',
        durationMs: 7,
        tags: { agent: 'pay' },
        before: 1,
        after: null,
        details: { a: ['ü'] },
        sequence: 9,
      }),
    ];
    const [names = [], row = []] = cells([...csvOf(events)].join(''));
    expect(names.length).to.equal(row.length);
    const named = Object.fromEntries(names.map((name, i) => [name, row[i]]));
    expect(named).to.deep.equal({
      id: 'e1',
      time: '1970-01-01T00:00:00.001500Z',
      type: 'upgrade',
      title: 'Ana upgraded payments',
      description: 'two\nlines, and "quotes"',
      actor_kind: 'user',
      actor_id: 'ana',
      actor_name: 'Ana',
      status: 'completed',
      duration_ms: '7',
      href: '',
      tags: '{"agent":"pay"}',
      before: '1',
      after: 'null',
      details: '{"a":["ü"]}',
      sequence: '9',
    });
  });

  it('as CSV holds no formula', () => {
    for (const title of ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', ' =1', '＝1', '\u200b=1', "'=1"]) {
      const [, row = []] = cells([...csvOf([event({ title })])].join(''));
      expect(row[3], JSON.stringify(title)).to.equal(`'${title}`);
    }
    const [, row = []] = cells([...csvOf([event({ before: -5 })])].join(''));
    expect(row[12]).to.equal("'-5");
  });

  it('as JSON is read back as it was, however many they are', () => {
    const events = Array.from({ length: 2_500 }, (_, i) =>
      event({ id: `e${i}`, details: { i, text: '"\u2028' } }),
    );
    expect(JSON.parse([...jsonOf(events)].join(''))).to.deep.equal(events);
    expect(JSON.parse([...jsonOf([])].join(''))).to.deep.equal([]);
    expect(cells([...csvOf(events)].join('')).length).to.equal(2_501);
  });

  it('is a file that the browser saves, and of which the page does not hear', async () => {
    const [file] = await saved(() => download([event()], 'csv', 'Audit log: «prod»'));
    expect(file?.name).to.match(/^audit-log-prod-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv$/);
    expect(file?.seen).to.equal(false);
    expect(file?.blob.type).to.equal('text/csv;charset=utf-8');
    expect(await file?.blob.text()).to.equal(await fileOf([event()], 'csv').text());
    expect(fileName('../../etc', 'json', 0)).to.equal('etc-1970-01-01T00-00-00Z.json');
    expect(fileName('…', 'json', 0)).to.equal('timeline-1970-01-01T00-00-00Z.json');
  });

  it('of the trail is the server’s, with the query, for auditors and admins', async () => {
    const asked: string[] = [];
    const api: ServerApi = {
      get: async (path) => {
        asked.push(path);
        return Promise.resolve(new Response('{"waooaw":"audit-export"}\n'));
      },
    };
    const [file] = await saved(() =>
      downloadTrail(api, { format: 'ndjson', query: 'actor:ana "x y"' }, 'Trail'),
    );
    expect(asked).to.deep.equal(['/audit/export?format=ndjson&q=actor%3Aana+%22x+y%22']);
    expect(file?.name).to.match(/^trail-.*\.ndjson$/);
    expect(await file?.blob.text()).to.equal('{"waooaw":"audit-export"}\n');
    expect(['viewer', 'operator', 'auditor', 'admin', undefined].filter(mayExportTrail)).to.deep.equal([
      'auditor',
      'admin',
    ]);
  });

  it('of the trail fails with the server’s words', async () => {
    const refuse = (body: BodyInit, status: number): ServerApi => ({
      get: async () => Promise.resolve(new Response(body, { status })),
    });
    const why = async (api: ServerApi): Promise<string> => {
      const [file] = await saved(async () => {
        try {
          await downloadTrail(api, { format: 'csv' }, 'x');
        } catch (error) {
          message = (error as Error).message;
        }
      });
      expect(file).to.equal(undefined);
      return message;
    };
    let message = '';
    expect(await why(refuse('{"detail":"Only for auditors"}', 403))).to.equal('Only for auditors');
    expect(await why(refuse('<html>', 502))).to.equal('HTTP 502');
  });
});
