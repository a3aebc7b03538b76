import { expect } from '@open-wc/testing';
import { seededRandom } from '../testing/random.ts';
import { AUDIT_QUALIFIERS } from './audit-qualifiers.ts';
import { formatAuditQuery } from './audit-query-text.ts';
import { parseAuditQuery } from './audit-query.ts';
import type { ParsedQuery, QueryFault, QueryLimits } from './audit-query.ts';
import { WaooawError } from './error.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400e6;

function parse(text: string, limits?: QueryLimits): ParsedQuery {
  return parseAuditQuery(text, NOW, limits);
}

function refusal(act: () => unknown): WaooawError {
  try {
    act();
  } catch (error) {
    if (error instanceof WaooawError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

/** Holds a refusal to its column and to a word of what was expected. */
function refused(text: string, column: number, expected: RegExp, limits?: QueryLimits): void {
  const error = refusal(() => parse(text, limits));
  expect(error.code, text).to.equal('bad_query');
  expect(error.message, text)
    .to.match(new RegExp(`^Column ${column}: expected `))
    .and.to.match(expected);
  const fault = error.cause as QueryFault;
  expect(fault.column, text).to.equal(column);
  expect(fault.expected, text).to.match(expected);
}

describe('parseAuditQuery', () => {
  it('reads every kind of condition at once', () => {
    const text =
      'actor:ana action:upgrade -result:success "memory leak" level:>=warning resource:agent/payments ' +
      'tag:environment=prod before:2026-11-01 after:7d text';
    expect(parse(text)).to.deep.equal({
      actor: ['ana'],
      action: ['upgrade'],
      level: ['warning', 'error', 'critical'],
      resourceType: ['agent'],
      resourceId: ['payments'],
      tags: { environment: ['prod'] },
      from: NOW * 1_000 - 7 * DAY,
      to: Date.UTC(2026, 10, 1) * 1_000,
      text: ['memory leak', 'text'],
      not: [{ result: ['success'] }],
    });
  });

  it('is no condition for nothing', () => {
    for (const text of ['', ' ', '\t\n\u00a0']) expect(parse(text)).to.deep.equal({});
  });

  it('takes lists and repeated qualifiers as one of them, each value once', () => {
    expect(parse('action:start,stop action:stop,restart')).to.deep.equal({
      action: ['start', 'stop', 'restart'],
    });
    expect(parse('tag:a=1,2 tag:a=2 tag:b=1')).to.deep.equal({ tags: { a: ['1', '2'], b: ['1'] } });
    expect(parse('resource:agent/a,agent/b')).to.deep.equal({
      resourceType: ['agent'],
      resourceId: ['a', 'b'],
    });
    expect(parse('type:agent,service id:a')).to.deep.equal({
      resourceType: ['agent', 'service'],
      resourceId: ['a'],
    });
  });

  it('takes each negation for itself', () => {
    expect(
      parse('-action:start,stop -resource:agent/a -resource:service -tag:a=1 -word -"two words"'),
    ).to.deep.equal({
      not: [
        { action: ['start', 'stop'] },
        { resourceType: ['agent'], resourceId: ['a'] },
        { resourceType: ['service'] },
        { tags: { a: ['1'] } },
        { text: ['word'] },
        { text: ['two words'] },
      ],
    });
  });

  it('reads quotes with escapes, in values and in phrases', () => {
    expect(parse(String.raw`actor:"Ana \"A\" \\ Lee, x",bob "a \"b\""`)).to.deep.equal({
      actor: ['Ana "A" \\ Lee, x', 'bob'],
      text: ['a "b"'],
    });
    expect(parse('tag:"a b=c d"')).to.deep.equal({ tags: { 'a b': ['c d'] } });
    expect(parse('tag:a=b=c,"d=e"')).to.deep.equal({ tags: { a: ['b=c', 'd=e'] } });
    expect(parse('resource:agent/a/b')).to.deep.equal({ resourceType: ['agent'], resourceId: ['a/b'] });
  });

  it('takes as words what only looks like a qualifier', () => {
    expect(parse('12:30 a,b "foo:bar" :x back\\slash')).to.deep.equal({
      text: ['12:30', 'a,b', 'foo:bar', ':x', 'back\\slash'],
    });
  });

  it('compares levels', () => {
    expect(parse('level:>=error').level).to.deep.equal(['error', 'critical']);
    expect(parse('level:>error').level).to.deep.equal(['critical']);
    expect(parse('level:<=warning').level).to.deep.equal(['info', 'warning']);
    expect(parse('level:<warning').level).to.deep.equal(['info']);
    expect(parse('LEVEL:Error,<warning').level).to.deep.equal(['error', 'info']);
    expect(parse('kind:Agent result:REFUSED')).to.deep.equal({ actorKind: ['agent'], result: ['refused'] });
  });

  it('reads times from now and ISO times to the microsecond, UTC where no zone is named', () => {
    const now = NOW * 1_000;
    for (const [text, from] of [
      ['30s', now - 30e6],
      ['15m', now - 900e6],
      ['24h', now - DAY],
      ['2w', now - 14 * DAY],
      ['2026-02-28', Date.UTC(2026, 1, 28) * 1_000],
      ['2026-02-28T09:30', Date.UTC(2026, 1, 28, 9, 30) * 1_000],
      ['2026-02-28T09:30:15z', Date.UTC(2026, 1, 28, 9, 30, 15) * 1_000],
      ['2026-02-28T09:30:15.000042+02:00', Date.UTC(2026, 1, 28, 7, 30, 15) * 1_000 + 42],
      ['2026-02-28T09:30:15.5Z', Date.UTC(2026, 1, 28, 9, 30, 15) * 1_000 + 500_000],
      ['0001-01-01', 0],
      ['9999-12-31', Number.MAX_SAFE_INTEGER],
      ['999999w', 0],
    ] as const)
      expect(parse(`after:${text}`).from, text).to.equal(from);
  });

  it('takes the narrower of two times', () => {
    expect(parse('after:2d after:1d before:2026-01-02 before:2026-01-01')).to.deep.equal({
      from: NOW * 1_000 - DAY,
      to: Date.UTC(2026, 0, 1) * 1_000,
    });
  });

  it('names the column and what was expected there', () => {
    refused('foo:bar', 1, /one of actor, .*before, or quotes/);
    refused('ok -foo:bar', 5, /one of actor/);
    refused('actor:', 7, /a value/);
    refused('actor:a,,b', 9, /a value/);
    refused('actor:""', 7, /a value/);
    refused('a ""', 3, /a word/);
    refused('-', 2, /a word/);
    refused('a "open', 3, /ends in a quote/);
    refused('"a\\n"', 1, /escapes/);
    refused('a"b"', 2, /a space/);
    refused('actor:a"b"', 8, /a space/);
    refused('action:Start', 8, /an action/);
    refused('level:info,loud', 12, /one of info, warning, error, critical/);
    refused('level:>loud', 7, /one of info/);
    refused('level:>critical', 7, /others beyond it/);
    refused('level:>=', 7, /one of info/);
    refused('result:ok', 8, /success, failure, refused/);
    refused('kind:robot', 6, /user, service/);
    refused('resource:/a', 10, /type or type\/id/);
    refused('resource:a/', 10, /type or type\/id/);
    refused('resource:agent/a,service/b', 18, /agent\/id/);
    refused('resource:agent/a type:service', 23, /agent\/id/);
    refused('resource:agent resource:agent/a', 25, /type, as before/);
    refused('tag:a', 5, /name=value/);
    refused('tag:=a', 5, /name=value/);
    refused('tag:a=', 5, /name=value/);
    refused('tag:a=1,b=2', 9, /a value of that tag/);
    refused('-before:1d', 2, /without a minus/);
    refused('after:1d,2d', 10, /one time/);
    for (const time of [
      'soon',
      '7',
      '7y',
      '2026-02-30',
      '2026-13-01',
      '2026-01-01T25:00',
      '2026-1-1',
      '2026-01-01T1:00',
    ])
      refused(`after:${time}`, 7, /a time like/);
  });

  it('holds a query to its limits', () => {
    refused('a'.repeat(2_049), 2_049, /at most 2048 characters/);
    refused('abc', 3, /at most 2 characters/, { maxLength: 2 });
    refused('a b c', 5, /at most 2 values/, { maxTerms: 2 });
    refused('a actor:b,c', 3, /at most 2 values/, { maxTerms: 2 });
    expect(parse('a actor:b', { maxTerms: 2 })).to.deep.equal({ actor: ['b'], text: ['a'] });
  });

  it('takes tags of any name as data', () => {
    const { tags } = parse('tag:__proto__=x tag:constructor=y,z tag:__proto__=w');
    expect(Object.entries(tags!)).to.deep.equal([
      ['__proto__', ['x', 'w']],
      ['constructor', ['y', 'z']],
    ]);
    expect(Object.getPrototypeOf(tags)).to.equal(Object.prototype);
  });

  it('refuses or reads whatever comes, never throws anything else, and writes what it read', () => {
    const chance = seededRandom(6);
    const pieces = [
      ...AUDIT_QUALIFIERS.map(({ name }) => `${name}:`),
      ...[
        '-',
        '"',
        '\\',
        ',',
        '/',
        '=',
        ' ',
        '  ',
        ':',
        '>',
        '<=',
        'a',
        'agent',
        'warning',
        'success',
        'start',
        '7d',
      ],
      ...[
        '2026-11-01',
        'T09:30',
        '.123456',
        'Z',
        '\0',
        '\u202e',
        '\ud800',
        '😀',
        'é',
        '__proto__',
        'text',
        '\n',
        'user',
      ],
    ];
    let read = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const count = 1 + Math.floor(chance() * 12);
      const text = Array.from({ length: count }, () => pieces[Math.floor(chance() * pieces.length)]!).join(
        '',
      );
      let query: ParsedQuery;
      try {
        query = parse(text);
      } catch (error) {
        expect(error, text).to.be.instanceOf(WaooawError);
        const { code, cause } = error as WaooawError;
        expect(code, text).to.equal('bad_query');
        const { column } = cause as QueryFault;
        expect(column >= 1 && column <= text.length + 1, text).to.equal(true);
        continue;
      }
      read += 1;
      const written = formatAuditQuery(query);
      expect(parse(written), `${text} → ${written}`).to.deep.equal(query);
      expect(formatAuditQuery(parse(written))).to.equal(written);
    }
    expect(read).to.be.greaterThan(1_000);
  });

  it('reads or refuses a query of two million characters, whatever it repeats', () => {
    const lengths = { maxLength: 1e7, maxTerms: 1e7 };
    for (const text of [
      '"' + '\\"'.repeat(1e6),
      'a'.repeat(2e6) + '"',
      'a-'.repeat(1e6),
      ' '.repeat(2e6) + '"',
      'actor:' + '"a",'.repeat(2e4),
    ])
      expect(refusalOrQuery(text, lengths)).to.be.oneOf(['bad_query', 'read']);
  });
});

function refusalOrQuery(text: string, limits: QueryLimits): string {
  try {
    parse(text, limits);
    return 'read';
  } catch (error) {
    return (error as WaooawError).code;
  }
}

describe('formatAuditQuery', () => {
  it('quotes what would be read as something else', () => {
    const query: ParsedQuery = {
      actor: ['a b', 'c,d', 'e"f', 'g\\h'],
      tags: { 'a b': ['c', 'd=e'] },
      text: ['-x', 'foo:bar', 'two words', 'plain', '"'],
      not: [{ text: ['-y'] }, { resourceType: ['agent'], resourceId: ['a', 'b c'] }],
    };
    const text = formatAuditQuery(query);
    expect(text).to.equal(
      String.raw`actor:"a b","c,d","e\"f",g\h tag:"a b=c","d=e" "-x" "foo:bar" "two words" plain "\"" -"-y" -resource:agent/a,"agent/b c"`,
    );
    expect(parse(text)).to.deep.equal(query);
  });

  it('writes types with a slash, several types, and ids alone', () => {
    for (const query of [
      { resourceType: ['a/b'], resourceId: ['c'] },
      { resourceType: ['a', 'b'], resourceId: ['c', 'd'] },
      { resourceId: ['c'] },
      { from: 1, to: 1_500_000 },
    ] satisfies ParsedQuery[])
      expect(parse(formatAuditQuery(query))).to.deep.equal(query);
  });

  it('refuses what the language has no words for', () => {
    for (const query of [
      { actor: [] },
      { actor: [''] },
      { tags: { '': ['a'] } },
      { tags: { 'a=b': ['c'] } },
      { from: -1 },
      { to: Number.NaN },
      { not: [{}] },
      { not: [{ actor: ['a'], action: ['b'] }] },
      { not: [{ not: [{ actor: ['a'] }] }] },
      { not: [{ from: 1 }] },
      { not: [{ text: ['a', 'b'] }] },
    ] satisfies ParsedQuery[]) {
      const error = refusal(() => formatAuditQuery(query));
      expect(error.code, JSON.stringify(query)).to.equal('bad_query');
    }
  });
});

describe('AUDIT_QUALIFIERS', () => {
  it('are those that are read, each with its values', () => {
    for (const { name, values = ['a'] } of AUDIT_QUALIFIERS) {
      const [value] = { tag: ['a=b'], after: ['1d'], before: ['1d'] }[name] ?? values;
      expect(Object.keys(parse(`${name}:${value}`)), name).to.have.length(1);
    }
    const named = /one of (.*), or quotes/.exec(refusal(() => parse('x:y')).message)![1]!.split(', ');
    expect(named.sort()).to.deep.equal(AUDIT_QUALIFIERS.map(({ name }) => name).sort());
  });
});
