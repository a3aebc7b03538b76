import { expect } from '@open-wc/testing';
import { parseAuditQuery } from '../../protocol/audit-query.ts';
import type { AuditRecord } from '../../protocol/audit.ts';
import { seededRandom } from '../../testing/random.ts';
import { eventOf } from './audit-events.ts';
import { queryTest } from './audit-events-match.ts';
import { completionsOf, taken } from './filters-query.ts';
import type { Facets } from './filters-facets.ts';
import { FilterState } from './filters-state.ts';
import { PRESETS, presetOf } from './presets.ts';

const facet = (value: string): Facets['types'][number] => ({ value, label: value, count: 1 });
const FACETS: Facets = {
  types: [facet('approve'), facet('upgrade')],
  statuses: [],
  actors: [facet('ana'), facet('Ann B')],
  tags: ['agent', 'environment'],
};
const offered = (text: string, caret = text.length): string[] =>
  completionsOf(text, caret, FACETS).map((one) => one.text);

describe('how a query can go on', () => {
  it('is by qualifiers, and by the values of each', () => {
    expect(offered('')).to.deep.equal([
      'actor:',
      'kind:',
      'action:',
      'level:',
      'result:',
      'type:',
      'id:',
      'ip:',
    ]);
    expect(offered('ana AC')).to.deep.equal(['actor:', 'action:']);
    expect(offered('actor:a')).to.deep.equal(['ana', '"Ann B"']);
    expect(offered('action:u')).to.deep.equal(['upgrade', 'update']);
    expect(offered('-level:')).to.deep.equal(['info', 'warning', 'error', 'critical']);
    expect(offered('level:info,w')).to.deep.equal(['warning']);
    expect(offered('kind:ag')).to.deep.equal(['agent']);
    expect(offered('tag:')).to.deep.equal(['agent=', 'environment=']);
    expect(offered('after:')).to.deep.equal(['1h', '24h', '7d', '30d']);
    expect(offered('"memory ac'), 'within quotes').to.deep.equal([]);
    expect(offered('toString:')).to.deep.equal([]);
    expect(offered('ip:1')).to.deep.equal([]);
  });

  it('puts in what is chosen, at the caret', () => {
    const take = (text: string, caret = text.length): string => {
      const made = taken(text, caret, completionsOf(text, caret, FACETS)[0]!);
      return `${made.text.slice(0, made.caret)}|${made.text.slice(made.caret)}`;
    };
    expect(take('ana -ac')).to.equal('ana -actor:|');
    expect(take('result:f')).to.equal('result:failure |');
    expect(take('actor:ann')).to.equal('actor:"Ann B" |');
    expect(take('level:w x', 7)).to.equal('level:warning| x');
    for (const text of ['result:f', 'actor:ann', 'level:']) {
      const made = taken(text, text.length, completionsOf(text, text.length, FACETS)[0]!);
      expect(() => parseAuditQuery(made.text, 0), made.text).not.to.throw();
    }
  });
});

describe('a query as a test of live events', () => {
  const record: AuditRecord = {
    sequence: 1,
    time: Date.UTC(2026, 10, 23) * 1000,
    actor: { id: 'ana', kind: 'user', name: 'Ana' },
    action: 'upgrade',
    level: 'warning',
    resource: { type: 'agent', id: 'pay' },
    result: 'failure',
    reason: 'Memory leak',
    ip: '10.0.0.7',
    session: 's1',
    requestId: 'r1',
    before: { version: 'Zürich' },
    tags: { environment: 'prod' },
  };
  const now = Date.UTC(2026, 10, 24);
  const finds = (query: string, of: AuditRecord = record): boolean =>
    queryTest(parseAuditQuery(query, now))(eventOf(of, 'en'));

  for (const query of [
    '',
    'actor:ana',
    'actor:bob,Ana',
    'kind:user action:upgrade level:>=warning result:failure',
    'resource:agent/pay type:agent'.slice(0, 18),
    'ip:10.0.0.7 session:s1 request:r1',
    'tag:environment=prod,staging',
    'after:2026-11-22 before:2026-11-24',
    '"memory leak" zurich -result:success -tag:environment=dev',
  ]) {
    it(`"${query}" finds it`, () => expect(finds(query)).to.equal(true));
  }

  for (const query of [
    'actor:bob',
    'kind:agent',
    'level:info',
    'resource:agent/mail',
    'tag:agent=pay',
    'after:2026-11-24',
    'before:2026-11-23',
    'memory missing',
    '-actor:ana',
    '-"memory leak"',
  ]) {
    it(`"${query}" does not`, () => expect(finds(query)).to.equal(false));
  }

  it('finds nothing by what the reader may not see', () => {
    const { ip, ...rest } = record;
    expect(ip).to.be.ok;
    expect(finds('ip:10.0.0.7', { ...rest, hidden: { ip: 'aGFzaA==' } })).to.equal(false);
  });
});

describe('filters that are set by a host', () => {
  it('tell nobody, and a query that cannot be understood does not count', () => {
    let changes = 0;
    const state = new FilterState(() => (changes += 1));
    state.filter = { types: ['a', 'b'], from: 1, text: ' ', tags: { x: ['1', '2'] } };
    state.query = 'actor:ana';
    expect([state.active, state.has('types', 'a'), state.queryTest !== undefined]).to.deep.equal([
      6,
      true,
      true,
    ]);
    state.query = 'actor:';
    expect([state.query, state.problem?.column, changes]).to.deep.equal(['actor:ana', 7, 0]);
    state.clear();
    expect([state.query, state.draft, state.filter, changes]).to.deep.equal(['', '', {}, 1]);
  });
});

describe('presets', () => {
  it('are known by their own names alone', () => {
    expect(Object.keys(PRESETS)).to.deep.equal([
      'agent-activity',
      'audit-log',
      'system-events',
      'recent-changes',
    ]);
    for (const name of ['', 'toString', '__proto__', 'Audit-log']) expect(presetOf(name)).to.equal(undefined);
    expect(presetOf('audit-log')).to.deep.equal({ source: 'audit', filter: {}, label: 'auditLog' });
  });
});

describe('a draft of a query', () => {
  it('is never too odd to be refused with a place in it', () => {
    const random = seededRandom(7);
    const pieces = [
      'actor:',
      'level:',
      '-',
      '"',
      '\\',
      ',',
      ' ',
      '>=',
      'tag:',
      '=',
      'x',
      '\u202e',
      '🧑',
      '\n',
      'after:',
      '7d',
      ':',
    ];
    let refused = 0;
    for (let i = 0; i < 2_000; i += 1) {
      const state = new FilterState(() => undefined);
      const draft = Array.from({ length: 8 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
      state.draft = draft;
      const understood = state.ask();
      expect(state.problem === undefined, draft).to.equal(understood);
      if (!understood) {
        refused += 1;
        expect(state.problem?.column, draft).to.be.within(1, draft.length + 1);
        expect(state.problem?.why, draft).to.match(/^expected \S/);
      }
      for (const caret of [0, 3, draft.length])
        for (const one of completionsOf(draft, caret, FACETS))
          expect(taken(draft, caret, one).text).to.be.a('string');
    }
    expect(refused).to.be.within(200, 1_990);
  });
});
