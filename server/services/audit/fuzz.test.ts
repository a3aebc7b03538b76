import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonical, leafOf, leafOfRecord } from '../../../src/proof/index.ts';
import { AUDIT_LEVELS, AUDIT_RESULTS, WaooawError } from '../../../src/protocol/index.ts';
import type { AuditFacts, Json } from '../../../src/protocol/index.ts';
import { AuditMatcher } from '../../engines/sqlite/audit-facts.ts';
import { random } from '../../testing/random.ts';
import { coded } from '../../testing/harness.ts';
import { createCursors } from './cursor.ts';
import { checkEvent } from './entry.ts';
import { filterOf } from './filter.ts';
import { readIntake } from './intake.ts';
import { DEFAULT_AUDIT_LIMITS } from './limits.ts';
import { mended } from './mending.ts';
import { platformHash } from './platform-hash.ts';
import { Redaction } from './redaction.ts';
import { newSeed, saltsOf } from './salts.ts';
import { FULL_VIEW, NARROW_VIEW } from './views.ts';

const CASES = 5_000;
const NOW = Date.UTC(2026, 10, 23, 12);
const SECRET = 'hunter2-is-the-secret';

/** Chance with hands. */
function chances(seed: number) {
  const chance = random(seed);
  const upTo = (count: number): number => Math.floor(chance() * count);
  const pick = <T>(items: readonly T[]): T => items[upTo(items.length)]!;
  const some = <T>(count: number, make: () => T): T[] => Array.from({ length: upTo(count + 1) }, make);
  return { chance, upTo, pick, some };
}

const WORDS = [
  'ana',
  'ben',
  'agent',
  'mail-7',
  'memory leak',
  'Café',
  '内存',
  'start',
  'x/y',
  'a=b',
  '😀',
  '__proto__',
];
const TEXTS = [...WORDS, '', '\u0000', '\ud800', '\u202e', '=1+1', 'constructor', 'x'.repeat(300)];

/** Any JSON, and what is none. */
function anything(hands: ReturnType<typeof chances>, levels: number): unknown {
  const { chance, pick, some, upTo } = hands;
  const kind = upTo(levels === 0 ? 6 : 9);
  if (kind < 2) return pick(TEXTS);
  if (kind === 2) return pick([0, -0, 1.5, -1e300, 2 ** 53, NaN, Infinity, 5e-324]);
  if (kind === 3) return pick([null, true, false, undefined]);
  if (kind === 4) return chance() < 0.1 ? () => 1 : 'plain';
  if (kind === 5) return chance() < 0.1 ? 10n : new Date(NOW);
  const inner = (): unknown => anything(hands, levels - 1);
  if (kind === 6) return some(4, inner);
  const keys = ['a', 'db', 'list', '__proto__', 'constructor', 'ключ', 'a/b~c', '\ud800'];
  return Object.fromEntries(some(4, () => [pick(keys), inner()] as const));
}

describe('whatever is asked', () => {
  it(`has both what the parameters and what the query asks for, ${CASES} times`, () => {
    const hands = chances(1);
    const { pick, some, chance } = hands;
    const one = (): string =>
      pick([
        () => `actor:${pick(['ana', 'ben'])}`,
        () => `action:${pick(['start', 'stop', 'start,stop'])}`,
        () => `level:${pick(['info', '>=warning', '<error'])}`,
        () => `result:${pick(AUDIT_RESULTS)}`,
        () => `tag:env=${pick(['prod', 'test'])}`,
        () => pick(['leak', '"memory leak"', '内存']),
        () => `after:${pick(['1h', '2026-11-23'])}`,
      ])();
    const term = (): string => (chance() < 0.2 ? `-${one()}` : one()).replace(/^-after/, 'after');
    const facts = Array.from({ length: 40 }, (_, i): AuditFacts => ({
      time: (NOW - pick([0, 1, 24, 48]) * 3_600_000) * 1_000 + i,
      actor: { id: pick(['ana', 'ben']), kind: 'user' },
      action: pick(['start', 'stop']),
      level: pick(AUDIT_LEVELS),
      resource: { type: 'agent', id: 'a' },
      result: pick(AUDIT_RESULTS),
      reason: pick(['memory leak', 'leak memory', '内存', 'none']),
      ...(chance() < 0.7 && { tags: { env: pick(['prod', 'test']) } }),
    }));
    let found = 0;
    for (let round = 0; round < CASES; round += 1) {
      const parameters = {
        ...(chance() < 0.5 && { actor: [pick(['ana', 'ben'])] }),
        ...(chance() < 0.3 && { level: [pick(AUDIT_LEVELS), pick(AUDIT_LEVELS)] }),
        ...(chance() < 0.3 && { tag: [`env=${pick(['prod', 'test'])}`] }),
        ...(chance() < 0.3 && { text: pick(['leak', 'memory', 'LEAK']) }),
        ...(chance() < 0.3 && { from: String(NOW - pick([0, 3_600_000, 90_000_000])) }),
      };
      const q = some(3, term).join(' ');
      const of = (asked: object): AuditMatcher =>
        new AuditMatcher(filterOf(asked, NOW, DEFAULT_AUDIT_LIMITS));
      const [both, first, second] = [of({ ...parameters, q }), of(parameters), of({ q })];
      for (const fact of facts) {
        const expected = first.matches(fact) && second.matches(fact);
        if (expected) found += 1;
        assert.equal(both.matches(fact), expected, JSON.stringify([parameters, q, fact]));
      }
    }
    assert.ok(found > CASES);
  });
});

describe('a cursor', () => {
  it(`is read where it was made, and nowhere else, however it was changed, ${CASES} times`, () => {
    const { upTo, pick, some } = chances(2);
    const cursors = createCursors(new Uint8Array(32).fill(1));
    const others = createCursors(new Uint8Array(32).fill(2));
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let round = 0; round < CASES; round += 1) {
      const before = pick([1, 2, 0xffff_ffff, Number.MAX_SAFE_INTEGER, 1 + upTo(2 ** 40)]);
      const query = JSON.stringify(some(3, () => pick(WORDS)));
      const cursor = cursors.write(query, before);
      assert.match(cursor, /^[\w-]{32}$/);
      assert.equal(cursors.read(query, cursor), before);
      const refused = (asked: string, text: string): void =>
        assert.throws(() => cursors.read(asked, text), coded('bad_cursor'), `${asked} ${text}`);
      refused(`${query} `, cursor);
      refused(query, others.write(query, before));
      const at = upTo(cursor.length);
      const other = alphabet[(alphabet.indexOf(cursor[at]!) + 1 + upTo(63)) % 64]!;
      refused(query, cursor.slice(0, at) + other + cursor.slice(at + 1));
      refused(query, cursor.slice(0, at));
      refused(query, cursor + pick([other, '=', ' ', '\u0000']));
      refused(
        query,
        some(40, () => pick([...TEXTS, ...alphabet]))
          .join('')
          .slice(0, 256),
      );
    }
  });
});

describe('an entry of whatever comes', () => {
  const redaction = new Redaction({});

  /** What a body, or a service, may say. */
  function event(hands: ReturnType<typeof chances>): Record<string, unknown> {
    const { chance, pick } = hands;
    const odd = (good: unknown): unknown => (chance() < 0.03 ? anything(hands, 2) : good);
    const field = (name: string, share: number, make: () => unknown): object =>
      chance() < share ? { [name]: make() } : {};
    const free = (): unknown =>
      chance() < 0.5 ? { password: SECRET, deep: anything(hands, 3) } : anything(hands, 3);
    return {
      actor: odd({ id: pick(WORDS), kind: pick(['user', 'service']) }),
      action: odd(pick(['start', 'modify_config', 'x.y:z'])),
      level: odd(pick(AUDIT_LEVELS)),
      resource: odd({ type: 'agent', id: pick(WORDS), ...(chance() < 0.2 && { name: pick(TEXTS) }) }),
      result: odd(pick(AUDIT_RESULTS)),
      ...field('reason', 0.3, () => odd(pick(TEXTS))),
      ...field('ip', 0.3, () => odd('::1')),
      ...field('before', 0.3, free),
      ...field('after', 0.3, free),
      ...field('details', 0.3, free),
      ...field('tags', 0.3, () => odd({ [pick(['agent', 'a b', 'env'])]: pick(TEXTS) })),
      ...field(pick(['colour', 'sequence', 'time', '__proto__']), 0.02, () => 1),
    };
  }

  /** Whoever sees all of it, and who sees less, prove the same leaf; and no secret is in it. */
  function checkProof(facts: AuditFacts): void {
    const seed = newSeed();
    const leaf = leafOf(facts, saltsOf(seed), platformHash);
    const row = { sequence: 1, facts, seed, leaf };
    for (const view of [FULL_VIEW, NARROW_VIEW]) {
      const told = JSON.parse(JSON.stringify([view.record(row), view.salts(row)])) as never[];
      assert.deepEqual(Buffer.from(leafOfRecord(told[0]!, told[1]!, platformHash)), Buffer.from(leaf));
    }
    const text = canonical(facts as unknown as Json);
    assert.ok(!text.includes(SECRET), text);
    assert.equal(canonical(JSON.parse(text) as Json), text);
  }

  it(`is taken and proven, or refused with a place, ${CASES} times`, () => {
    const hands = chances(3);
    let taken = 0;
    let redacted = 0;
    for (let round = 0; round < CASES; round += 1) {
      const value = event(hands);
      let checked: ReturnType<typeof checkEvent>;
      try {
        checked = checkEvent(value, DEFAULT_AUDIT_LIMITS, redaction, '/entries/3');
      } catch (error) {
        assert.ok(error instanceof WaooawError && error.code === 'bad_entry', String(error));
        for (const { pointer } of error.details ?? []) assert.match(pointer, /^\/entries\/3(\/|$)/);
        continue;
      }
      taken += 1;
      redacted += checked.redacted;
      checkProof({ ...checked.event, time: NOW * 1_000 + round });
      const again = checkEvent(checked.event, DEFAULT_AUDIT_LIMITS, redaction);
      assert.deepEqual(again, { event: checked.event, redacted: 0 }, 'what was taken is taken as it is');
    }
    assert.ok(
      taken > CASES / 4 && taken < CASES && redacted > 100,
      `${taken} were taken, ${redacted} redacted`,
    );
  });

  it(`of a service is taken whatever its values are, ${CASES} times`, () => {
    const hands = chances(4);
    for (let round = 0; round < CASES; round += 1) {
      const values = Object.fromEntries(
        (['before', 'after', 'details', 'reason', 'error'] as const).map((name, at) => [
          name,
          at < 3 ? anything(hands, 40) : hands.pick(TEXTS),
        ]),
      );
      const fixed = {
        actor: { id: 'waooaw', kind: 'system' },
        action: 'start',
        level: 'info',
        resource: { type: 'agent', id: 'a' },
        result: 'success',
      } as const;
      const made = mended({ ...fixed, ...values }, DEFAULT_AUDIT_LIMITS);
      const { event: checked } = checkEvent(made, DEFAULT_AUDIT_LIMITS, redaction);
      checkProof({ ...checked, time: NOW * 1_000 });
    }
  });

  it(`of a body speaks for nobody unseen, nor for the server, ${CASES} times`, () => {
    const hands = chances(5);
    const { pick, chance, upTo } = hands;
    const identity = { id: 'key:k_1', kind: 'key', name: 'k', role: 'operator', grants: [] } as const;
    const caller = { identity, from: { ip: '192.0.2.1', requestId: 'r' } };
    let taken = 0;
    for (let round = 0; round < CASES; round += 1) {
      const entry = (): unknown => {
        if (chance() < 0.02) return anything(hands, 2);
        const all = JSON.parse(JSON.stringify(event(chances(round * 7 + upTo(1_000))), unfit)) as Record<
          string,
          unknown
        >;
        if (chance() < 0.5) delete all['actor'];
        if (chance() < 0.1) all['actor'] = { id: 'waooaw', kind: 'system' };
        if (chance() < 0.1) all['action'] = pick(['audit_gap', 'archive', 'rotate_key']);
        if (chance() < 0.1) all['tags'] = { via: 'key:somebody' };
        return all;
      };
      const body = chance() < 0.5 ? entry() : { entries: Array.from({ length: upTo(3) }, entry) };
      try {
        const { events } = readIntake(body, caller, DEFAULT_AUDIT_LIMITS);
        taken += events.length;
        for (const { actor, action, resource, tags, ip } of events) {
          assert.equal(tags?.['via'], identity.id);
          assert.ok(actor.id !== 'waooaw' || actor.kind !== 'system');
          assert.ok(!action.startsWith('audit_') && action !== 'archive' && resource.type !== 'audit');
          if (actor.id === identity.id) assert.equal(ip, caller.from.ip);
        }
      } catch (error) {
        assert.ok(coded('bad_entry')(error), String(error));
      }
    }
    assert.ok(taken > CASES / 4, `${taken} were taken`);
  });
});

/** What JSON has no word for. */
function unfit(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
