import { expect } from '@open-wc/testing';
import { chooseIds, chooseRule, NO_CHOICE, readRule, sameChoice } from './choice.ts';
import { addAll, toggle, togglePlace } from './choice-steps.ts';
import { summaryOf } from './choice-words.ts';
import { fold, foldWithStarts } from './fold.ts';
import { readState } from './form-field.ts';
import { cutText, LABEL_LENGTH, readIcon, readOptions } from './option.ts';
import { rangeLabel, rangeOptions, rangeText, readRange } from './range.ts';
import { keepRecents, readRecents } from './recents.ts';
import { layOut } from './rows.ts';
import { rangesIn, Search, wordsOf } from './search.ts';
import { changeWords } from './speech.ts';
import { selectorMessages } from './words.ts';

const texts = selectorMessages.get('en');
const prod = (id: string, more: object = {}): object => ({ id, label: id, group: 'prod', ...more });
const { all } = readOptions([prod('pay'), prod('canary'), prod('old', { disabled: true }), { id: 'dev' }]);

describe('the fold of a search', () => {
  for (const [a, b] of [
    ['Zürich', 'ZURICH'],
    ['Zu\u0308rich', 'zürich'],
    ['Straße', 'STRASSE'],
    ['İstanbul', 'istanbul'],
    ['ﬁle', 'FILE'],
    ['Łódź', 'lodz'],
    ['ΣΟΦΟΣ', 'σοφος'],
    ['Ævar', 'aevar'],
    ['Ａgent', 'agent'],
  ] as const) {
    it(`takes "${a}" and "${b}" for one`, () => expect(fold(a)).to.equal(fold(b)));
  }

  it('keeps apart what are different letters', () => {
    expect(fold('が')).not.to.equal(fold('か'));
    expect(fold('की')).not.to.equal(fold('क'));
  });

  it('knows where each unit came from', () => {
    expect(foldWithStarts('aßb')).to.deep.equal({ text: 'assb', starts: [0, 1, 1, 2] });
    expect(foldWithStarts('abc')).to.deep.equal({ text: 'abc' });
  });
});

describe('the marks of a search', () => {
  const marked = (label: string, query: string): string[] =>
    rangesIn(label, wordsOf(query)).map(([from, to]) => label.slice(from, to));

  for (const [label, query, wanted] of [
    ['Straße', 's', ['S', 'ß']],
    ['Straße', 'asse', ['aße']],
    ['Zu\u0308rich', 'u', ['u\u0308']],
    ['İstanbul', 'ist', ['İst']],
    ['eﬃcient', 'f', ['ﬃ']],
    ['😀 Zürich', 'zur', ['Zür']],
    ['Orders', 'ord der', ['Order']],
    ['aaaa', 'aa', ['aaaa']],
    ['Orders', 'x', []],
    ['Orders', '', []],
  ] as const) {
    it(`marks ${JSON.stringify(wanted)} of "${label}" for "${query}"`, () => {
      expect(marked(label, query)).to.deep.equal(wanted);
    });
  }
});

describe('a search', () => {
  const { all: fleet } = readOptions([
    { id: '1', label: 'Payments', group: 'Prod' },
    { id: '2', label: 'Orders', group: 'Prod' },
    { id: '3', label: 'Orders', group: 'Dev' },
    { id: '4', label: 'Café' },
  ]);
  const search = new Search();
  search.use(fleet);
  const ids = (query: string): string =>
    search
      .find(query)
      .map(({ id }) => id)
      .sort()
      .join('');

  it('finds by label and group, all words of them, in any order', () => {
    expect([ids('ord'), ids('prod'), ids('PROD ord'), ids('cafe'), ids('zzz'), ids('  ')]).to.deep.equal([
      '23',
      '12',
      '2',
      '4',
      '',
      '1234',
    ]);
  });

  it('is right while typing and while deleting', () => {
    for (const [query, found] of [
      ['o', '123'],
      ['or', '23'],
      ['or d', '23'],
      ['or de', '23'],
      ['or dev', '3'],
      ['or', '23'],
      ['r', '123'],
      ['pay', '1'],
    ])
      expect(ids(query ?? ''), query).to.equal(found);
  });
});

describe('options', () => {
  it('are read from whatever it is', () => {
    for (const bad of [null, undefined, 5, 'text', {}, [null, 3, [], {}, { label: '' }]])
      expect(readOptions(bad).all).to.deep.equal([]);
    expect(readOptions([null, {}]).faults.nameless).to.equal(2);
  });

  it('take the label for an id that is missing, and the id for a label', () => {
    const { all } = readOptions([{ label: 'One' }, { id: 'two' }, 'three', { id: 4 }]);
    expect(all.map(({ id, label }) => `${id}:${label}`)).to.deep.equal([
      'One:One',
      'two:two',
      'three:three',
      '4:4',
    ]);
  });

  it('count once: the first of two with one id', () => {
    const { all, faults } = readOptions([
      { id: 'a', label: '1' },
      { id: 'a', label: '2' },
      { id: 'a', label: '3' },
    ]);
    expect([all.map(({ label }) => label), faults.duplicates]).to.deep.equal([['1'], ['a']]);
  });

  it('stand by group in the order of the groups, those without one first', () => {
    const { all } = readOptions([prod('1'), { id: '2' }, { id: '3', group: 'dev' }, prod('4')]);
    expect(all.map(({ id }) => id).join('')).to.equal('2143');
  });

  it('have their environments for a group, and the group for an environment', () => {
    const { byId } = readOptions([
      { id: 'a', environments: ['prod', 'dev'] },
      { id: 'b', group: 'x' },
    ]);
    expect([byId.get('a')?.group, byId.get('b')?.environments]).to.deep.equal(['prod, dev', ['x']]);
  });

  it('are cut where nobody reads on, never within a character', () => {
    const { all } = readOptions([{ id: 'a', label: 'x'.repeat(1_000_000) }]);
    expect(all[0]?.label.length).to.equal(LABEL_LENGTH);
    expect(cutText('ab😀cd', 4)).to.equal('ab…');
    expect(cutText('ab😀cd', 5)).to.equal('ab😀…');
  });

  it('have a path or a few letters for an icon, and never markup', () => {
    expect(readIcon('M2 2h12v12H2z')).to.deep.equal({ path: 'M2 2h12v12H2z' });
    expect(readIcon('MX')).to.deep.equal({ text: 'MX' });
    expect(readIcon('<img src=x onerror=alert(1)>')).to.deep.equal({ text: '<img' });
    expect(readIcon('M2 2" onload="x')).to.deep.equal({ text: 'M2 2' });
  });
});

describe('rows', () => {
  const kinds = (listing: ReturnType<typeof layOut>): string =>
    listing.rows
      .map((row) => (row.kind === 'option' ? row.option.id : `${row.kind}:${row.group.replace('\0', '')}`))
      .join(' ');

  it('have headings, and rules where groups are environments', () => {
    expect(kinds(layOut(all, { recent: [], rules: true }))).to.equal(
      'rule: dev heading:prod rule:prod pay canary old',
    );
    expect(kinds(layOut(all, { recent: [], rules: false }))).to.equal('dev heading:prod pay canary old');
    const mixed = readOptions([
      { id: 'a', group: 'g', environments: ['e'] },
      { id: 'b', group: 'g' },
    ]).all;
    expect(kinds(layOut(mixed, { recent: [], rules: true }))).to.equal('rule: heading:g a b');
  });

  it('begin with what was chosen lately, once, and only in a list that is long', () => {
    const many = readOptions(Array.from({ length: 10 }, (_, i) => ({ id: `${i}` }))).all;
    const listing = layOut(many, { recent: ['7', '3', 'gone'], rules: false });
    expect(kinds(listing)).to.equal('heading:recent 7 3 0 1 2 4 5 6 8 9');
    expect(listing.rowOf.length).to.equal(10);
    expect(kinds(layOut(many.slice(0, 5), { recent: ['3'], rules: false }))).to.equal('0 1 2 3 4');
  });
});

describe('a choice', () => {
  it('adds and takes away, keeps its order, and holds each once', () => {
    let choice = toggle(toggle(chooseIds(['a', 'a', '', 3]), 'b', all), 'c', all);
    expect(choice.ids).to.deep.equal(['a', 'b', 'c']);
    choice = toggle(choice, 'b', all);
    expect(choice.ids).to.deep.equal(['a', 'c']);
    expect(addAll(choice, all).ids).to.deep.equal(['a', 'c', 'dev', 'pay', 'canary']);
  });

  it('by a rule stays one with exceptions, and takes what is new', () => {
    let choice = togglePlace(NO_CHOICE, 'prod', all);
    expect(choice.ids).to.deep.equal(['pay', 'canary']);
    choice = toggle(choice, 'canary', all);
    expect(choice).to.deep.equal({
      ids: ['pay'],
      rule: { all: true, where: { environments: ['prod'] }, except: ['canary'] },
    });
    const more = readOptions([prod('pay'), prod('canary'), prod('new')]).all;
    expect(chooseRule(choice.rule!, more).ids).to.deep.equal(['pay', 'new']);
    expect(toggle(choice, 'canary', all).ids).to.deep.equal(['pay', 'canary']);
    expect(togglePlace(choice, 'prod', all)).to.deep.equal(NO_CHOICE);
    expect(toggle(choice, 'dev', all)).to.deep.equal({ ids: ['pay', 'dev'] });
  });

  it('of everything is a rule too', () => {
    const everything = togglePlace(NO_CHOICE, '', all);
    expect([everything.ids, everything.rule]).to.deep.equal([
      ['dev', 'pay', 'canary'],
      { all: true, except: [] },
    ]);
    expect(togglePlace(everything, '', all)).to.deep.equal(NO_CHOICE);
    expect(togglePlace(everything, 'prod', all).ids).to.deep.equal(['pay', 'canary']);
    for (const bad of [null, 3, [], {}, { all: 1 }]) expect(readRule(bad)).to.equal(undefined);
  });

  it('is the same in another order', () => {
    expect(sameChoice({ ids: ['a', 'b'] }, { ids: ['b', 'a'] })).to.equal(true);
    expect(sameChoice({ ids: ['a'] }, { ids: ['b'] })).to.equal(false);
    expect(sameChoice({ ids: ['a'] }, { ids: ['a'], rule: { all: true, except: [] } })).to.equal(false);
  });

  it('is said in words', () => {
    const wording = { texts, locale: 'en', labelOf: (id: string) => id.toUpperCase() };
    expect(summaryOf({ ids: ['a', 'b', 'c'] }, wording)).to.deep.equal({ summary: 'A, B', more: 1 });
    const rule = { all: true, where: { environments: ['prod', 'dev'] }, except: ['a'] } as const;
    expect(summaryOf({ ids: [], rule }, wording).summary).to.equal('All in prod and dev except A');
    expect(summaryOf({ ids: [], rule: { all: true, except: ['a', 'b', 'c'] } }, wording).summary).to.equal(
      'All except 3',
    );
    const said = (before: string[], after: string[]): string =>
      changeWords({ ids: before }, { ids: after }, true, wording);
    expect(said([], ['a'])).to.equal('A, chosen. 1 chosen');
    expect(said(['a', 'b'], ['a'])).to.equal('B, no longer chosen. 1 chosen');
    expect(said(['a'], [])).to.equal('Nothing chosen any more');
    expect(said([], ['a', 'b'])).to.equal('2 chosen');
    expect(changeWords(NO_CHOICE, { ids: ['a'], rule }, true, wording)).to.contain('All in prod');
  });

  it('comes back from what a form has kept, whatever that is', () => {
    expect(readState('{"ids":["a"],"rule":{"all":true}}')).to.deep.equal({ ids: ['a'], rule: { all: true } });
    expect(readState('plain')).to.deep.equal({ ids: ['plain'] });
    expect(readState('5').ids).to.deep.equal([]);
    expect(readState(new FormData()).ids).to.deep.equal([]);
    expect(readState('null').ids).to.deep.equal(['null']);
  });
});

describe('a range', () => {
  it('is text and back', () => {
    for (const last of [300, 900, 3_600, 21_600, 86_400, 604_800, 90])
      expect(readRange(rangeText({ last })), String(last)).to.deep.equal({ last });
    const span = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) };
    expect(readRange(rangeText(span))).to.deep.equal(span);
    expect([300, 86_400].map((last) => rangeText({ last }))).to.deep.equal(['PT5M', 'P1D']);
  });

  for (const bad of [
    '',
    'P',
    'PT',
    'nonsense',
    'PT0S',
    'P99999999999D',
    '2026-01-02/2026-01-01',
    'a/b',
    '1/2/3',
  ]) {
    it(`is not "${bad}"`, () => expect(readRange(bad)).to.equal(undefined));
  }

  it('has a name', () => {
    expect(rangeOptions(texts, 'en').map(({ label }) => label)).to.deep.equal([
      'Last 5 minutes',
      'Last 15 minutes',
      'Last 1 hour',
      'Last 6 hours',
      'Last 1 day',
      'Last 7 days',
      'From … to …',
    ]);
    const from = Date.UTC(2026, 0, 1, 9);
    expect(rangeLabel({ from, to: from + 3_600_000 }, texts, 'en', 'UTC')).to.match(
      /Jan 1.*9:00.*10:00.*UTC/,
    );
  });
});

describe('what was chosen lately', () => {
  afterEach(() => localStorage.clear());

  it('is kept, newest first, five of it', () => {
    for (const id of ['1', '2', '3', '4', '5', '6', '3']) keepRecents('t', [id]);
    expect(readRecents('t')).to.deep.equal(['3', '6', '5', '4', '2']);
    keepRecents('', ['x']);
    expect(readRecents('')).to.deep.equal([]);
    keepRecents('t', ['x'.repeat(500)]);
    expect(readRecents('t').length).to.equal(5);
  });

  for (const bad of ['nonsense', '5', '{"a":1}', '[1,null]'])
    it(`is nothing where storage holds ${bad}`, () => {
      localStorage.setItem('waooaw.recent.t', bad);
      expect(readRecents('t')).to.deep.equal([]);
    });

  it('stays what it was where storage is full, and nobody is told', () => {
    keepRecents('t', ['a']);
    // A real quota, not a fake one: whatever the browser gives, it is used up to the last unit.
    let filled = '';
    for (let part = 'x'.repeat(1024 * 1024); part.length > 0;) {
      try {
        localStorage.setItem('filled', filled + part);
        filled += part;
      } catch (error) {
        expect((error as DOMException).name).to.equal('QuotaExceededError');
        part = part.slice(part.length / 2 + 1);
      }
    }
    keepRecents('t', ['b'.repeat(200)]);
    expect(readRecents('t')).to.deep.equal(['a']);
    localStorage.removeItem('filled');
    keepRecents('t', ['b']);
    expect(readRecents('t')).to.deep.equal(['b', 'a']);
  });

  it('is nothing where storage is forbidden', () => {
    const own =
      Object.getOwnPropertyDescriptor(Window.prototype, 'localStorage') ??
      Object.getOwnPropertyDescriptor(window, 'localStorage');
    Object.defineProperty(window, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('forbidden', 'SecurityError');
      },
    });
    keepRecents('t', ['a']);
    expect(readRecents('t')).to.deep.equal([]);
    if (own) Object.defineProperty(window, 'localStorage', own);
  });
});
