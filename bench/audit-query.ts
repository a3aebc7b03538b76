/** How soon is an entry found? Filters, text and facets over a million entries, and what an entry takes on the disk. */
import type { AuditFilter, AuditLog } from '../server/ports/audit-log.ts';
import { row, STARTED } from './audit/entries.ts';
import { fill, withLog } from './audit/with-log.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';

const PAGE = 50;
const SECOND = 1_000_000;

/** What is asked. `middle`: the time of the entry in the middle. */
const QUESTIONS: readonly (readonly [title: string, filter: (middle: number) => AuditFilter])[] = [
  ['Everything', () => ({})],
  ['A word in one of eight entries', () => ({ text: ['memory'] })],
  ['A word that two entries have', () => ({ text: ['zebra'] })],
  ['A word that none has', () => ({ text: ['okapi'] })],
  ['A phrase of two frequent words', () => ({ text: ['memory leak'] })],
  ['Two frequent words and four frequent fields, rare together', () => RARE_TOGETHER],
  ['An actor and a word that never meet', () => ({ actor: ['rare@example.org'], text: ['memory'] })],
  [
    'All but the frequent',
    () => ({ not: [{ result: ['success'] }, { level: ['info'] }, { level: ['warning'] }] }),
  ],
  ['All but everything', () => ({ not: [{ result: ['success'] }, { result: ['failure'] }] })],
  ['A tag and an address', () => ({ tags: { environment: ['staging'] }, ip: ['10.0.3.77'] })],
  ['A minute in the middle', (middle) => ({ from: middle, to: middle + 60 * SECOND })],
  [
    'A word in a tenth of the time',
    (middle) => ({ from: middle, to: middle + middle / 1e5, text: ['zebra'] }),
  ],
  ['A request id that nobody has', () => ({ requestId: ['none'] })],
  ['What a viewer may find', () => ({ ...VIEWER, text: ['zebra'] })],
];
const RARE_TOGETHER: AuditFilter = {
  text: ['memory', 'leak'],
  level: ['critical'],
  result: ['failure'],
  action: ['login'],
  tags: { environment: ['staging'] },
};
const VIEWER: AuditFilter = {
  withoutActions: ['login', 'logout', 'access'],
  blind: ['ip', 'session', 'details', 'before', 'after'],
  not: [{ resourceType: ['api-key', 'audit'] }],
};

/** Runs the bench. */
export async function auditQuery({ quick }: RunOptions): Promise<Report> {
  const [count, times] = quick ? [200_000, 5] : [1_000_000, 20];
  return withLog(async (file) => {
    const { auditLog: log } = file;
    const half = Math.floor(count / 2);
    let seconds = await fill(file, half);
    await log.append([rare(half + 1)]);
    seconds += await fill(file, count - half - 2);
    await log.append([rare(count)]);
    const bytesPerEntry = (await log.bytes()) / count;
    console.error(`audit-query: ${count} entries`);

    const waits: Record<string, { readonly page: number[]; readonly found: number }> = {};
    for (const [title, filterAt] of QUESTIONS) {
      const filter = filterAt(STARTED + Math.floor(half / 2) * SECOND);
      const page: number[] = [];
      let found = 0;
      for (let i = 0; i < times; i += 1) {
        const started = performance.now();
        found = (await log.find(filter, { limit: PAGE })).length;
        page.push(round(performance.now() - started));
      }
      waits[title] = { page, found };
    }
    const facets = await facetsOf(log, times);
    return {
      tables: [
        {
          id: 'audit-query',
          title:
            `The first ${PAGE} of ${count.toLocaleString('en')} entries, ms. An entry of 300 B takes ` +
            `${show(bytesPerEntry)} B with its hashes and its index; ${show(count / seconds)} a second were appended in batches`,
          head: ['Question', 'found', 'p50', 'most'],
          rows: Object.entries(waits).map(([title, { page, found }]) => [
            title,
            show(found),
            show(quantile(page, 0.5)),
            show(Math.max(...page)),
          ]),
        },
        {
          id: 'audit-facets',
          title: 'Values of a field among all entries that a viewer may see, ms',
          head: ['Field', 'p50', 'most'],
          rows: Object.entries(facets).map(([field, ms]) => [
            field,
            show(quantile(ms, 0.5)),
            show(Math.max(...ms)),
          ]),
        },
      ],
      raw: { count, bytesPerEntry: round(bytesPerEntry, 1), seconds: round(seconds), waits, facets },
    };
  });
}

function rare(number: number) {
  return row({
    time: STARTED + number * SECOND,
    actor: { id: 'rare@example.org', kind: 'user' },
    action: 'update',
    level: 'info',
    resource: { type: 'agent', id: 'agent-1' },
    result: 'success',
    reason: 'a zebra crossed',
  });
}

async function facetsOf(log: AuditLog, times: number): Promise<Record<string, number[]>> {
  const facets: Record<string, number[]> = {};
  for (const field of ['level', 'action', 'actor', 'resourceType', 'tag'] as const) {
    facets[field] = [];
    for (let i = 0; i < times; i += 1) {
      const started = performance.now();
      await log.facet(field, VIEWER, { limit: 20 });
      facets[field].push(round(performance.now() - started));
    }
  }
  return facets;
}
