import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AUDIT_LEVELS, SALTED_FIELDS, type AuditFacts } from '../../../src/protocol/index.ts';
import { MIGRATIONS } from '../../migrations.ts';
import { auditRow } from '../../ports/audit-log.contract.ts';
import type { AuditFilter } from '../../ports/audit-log.ts';
import { random } from '../../testing/random.ts';
import { AuditMatcher } from './audit-facts.ts';
import { openSqlite } from './database.ts';

const WORDS = ['memory', 'Leak', 'ünder', 'load', '内存', 'x1', 'off-by-one', ''];
const ROWS = 2_600;

/** Facts and filters by chance, from few values, so that filters match some and not all. */
class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  maybe<T>(probability: number, value: () => T): T | undefined {
    return this.#next() < probability ? value() : undefined;
  }

  whole(below: number): number {
    return Math.floor(this.#next() * below);
  }

  pick<T>(all: readonly T[]): T {
    return all[this.whole(all.length)]!;
  }

  some<T>(all: readonly T[]): T[] {
    return Array.from({ length: 1 + this.whole(2) }, () => this.pick(all));
  }

  text(): string {
    return Array.from({ length: 1 + this.whole(3) }, () => this.pick(WORDS)).join(' ');
  }
}

/** Without what is undefined. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}

function factsBy(chance: Chance): Partial<AuditFacts> {
  return present({
    time: 1_000 + chance.whole(1_000),
    actor: { id: chance.pick(['ana', 'bo', 'Ana']), kind: chance.pick(['user', 'agent'] as const) },
    action: chance.pick(['update', 'login', 'vault.open']),
    level: chance.pick(AUDIT_LEVELS),
    reason: chance.maybe(0.5, () => chance.text()),
    ip: chance.maybe(0.3, () => `10.0.0.${chance.whole(5)}`),
    details: chance.maybe(0.3, () => ({ a: [chance.text(), 7] })),
    after: chance.maybe(0.1, () => chance.text()),
    tags: chance.maybe(0.5, () => ({ environment: chance.pick(['live', 'test']) })),
  });
}

function filterBy(chance: Chance, depth = 0): AuditFilter {
  return present({
    actor: chance.maybe(0.2, () => chance.some(['ana', 'bo', 'nobody'])),
    action: chance.maybe(0.2, () => chance.some(['update', 'login'])),
    level: chance.maybe(0.2, () => chance.some(AUDIT_LEVELS)),
    ip: chance.maybe(0.1, () => ['10.0.0.1']),
    tags: chance.maybe(0.2, () => ({ environment: chance.some(['live', 'other']) })),
    from: chance.maybe(0.2, () => 1_000 + chance.whole(500)),
    to: chance.maybe(0.2, () => 1_500 + chance.whole(500)),
    text: chance.maybe(0.4, () =>
      chance.some(['memory', 'leak', 'memory leak', 'under', '存', 'off by', '-']),
    ),
    not: depth < 2 ? chance.maybe(0.4, () => [filterBy(chance, depth + 1)]) : undefined,
    withoutActions: depth === 0 ? chance.maybe(0.3, () => chance.some(['login', 'vault.open'])) : undefined,
    blind: depth === 0 ? chance.maybe(0.3, () => chance.some(SALTED_FIELDS)) : undefined,
  });
}

describe('Search of the SQLite audit log', () => {
  it('finds, counts and groups by its index just what the filter holds for, whatever is asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waooaw-audit-'));
    const file = openSqlite(join(folder, 'waooaw.db'));
    try {
      await file.migrate(MIGRATIONS);
      const { auditLog: log } = file;
      const chance = new Chance(5);
      const rows = Array.from({ length: ROWS }, (_, i) => auditRow(i + 1, factsBy(chance)));
      await log.append(rows);
      let matched = 0;
      for (let i = 0; i < 100; i += 1) {
        const filter = filterBy(chance);
        const said = JSON.stringify(filter);
        const matcher = new AuditMatcher(filter);
        const expected = rows.flatMap(({ facts }, at) => (matcher.matches(facts) ? [at + 1] : [])).reverse();
        const found = await log.find(filter, { limit: ROWS });
        assert.deepEqual(
          found.map(({ sequence }) => sequence),
          expected,
          said,
        );
        assert.equal(await log.count(filter, ROWS), expected.length, said);
        const from = 1 + chance.whole(ROWS);
        assert.deepEqual(
          (await log.range(from, 100, filter)).map(({ sequence }) => sequence),
          expected
            .filter((sequence) => sequence >= from)
            .reverse()
            .slice(0, 100),
          said,
        );
        const levels = await log.facet('level', filter, { limit: 9 });
        const counts = new Map(levels.map(({ value, count }) => [value, count]));
        for (const level of AUDIT_LEVELS) {
          const count = expected.filter((sequence) => rows[sequence - 1]!.facts.level === level).length;
          assert.equal(counts.get(level) ?? 0, count, said);
        }
        if (expected.length > 0 && expected.length < ROWS) matched += 1;
      }
      assert.ok(matched > 30, `${matched} filters held for some and not for others`);
    } finally {
      await file.close();
      await rm(folder, { recursive: true });
    }
  });
});
