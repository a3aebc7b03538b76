import { expect } from '@open-wc/testing';
import type { Json } from '../../protocol/frames.ts';
import { seededRandom } from '../../testing/random.ts';
import { changesBetween, sameJson } from './difference.ts';
import type { Change } from './difference.ts';

const SEEDS = 400;

/** A value that chance makes. */
function valueOf(random: () => number, depth: number): Json {
  const pick = Math.floor(random() * (depth > 0 ? 8 : 5));
  if (pick === 0) return null;
  if (pick === 1) return random() < 0.5;
  if (pick < 4) return Math.floor(random() * 4);
  if (pick === 4) return ['a', 'b', '', 'ü'][Math.floor(random() * 4)]!;
  const many = Math.floor(random() * 5);
  if (pick < 7) return Array.from({ length: many }, () => valueOf(random, depth - 1));
  const names = ['a', 'b', 'constructor', '__proto__', ''].slice(0, many);
  // As JSON.parse makes them: `__proto__` is a member like any other.
  return JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(valueOf(random, depth - 1))}`).join()}}`,
  ) as Json;
}

/** The value with the changes made. */
function applied(before: Json | undefined, changes: readonly Change[]): Json | undefined {
  const box = { root: structuredClone(before) } as Record<string | number, unknown>;
  const removals = changes.filter(({ kind }) => kind === 'removed').reverse();
  for (const change of [...changes.filter(({ kind }) => kind !== 'removed'), ...removals]) {
    const path = ['root', ...change.path];
    const last = path.pop()!;
    const place = path.reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], box);
    const holder = place as Record<string | number, unknown>;
    if (Array.isArray(holder) && change.kind === 'removed') holder.splice(Number(last), 1);
    else if (Array.isArray(holder) && change.kind === 'added') holder.splice(Number(last), 0, change.after);
    else if (change.kind === 'removed') delete holder[last];
    else {
      const value = structuredClone(change.after);
      Object.defineProperty(holder, last, { value, configurable: true, enumerable: true, writable: true });
    }
  }
  return box['root'] as Json | undefined;
}

describe('the changes between two values', () => {
  it('make the one of the other, whatever they are', () => {
    let told = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = seededRandom(seed);
      const [before, after] = [valueOf(random, 4), valueOf(random, 4)];
      for (const depth of [0, 1, 8]) {
        const { changes, more } = changesBetween(before, after, { depth, most: Infinity });
        expect(more).to.equal(0);
        const made = applied(before, changes);
        expect(sameJson(made, after), `seed ${seed}: ${JSON.stringify([before, after, made])}`).to.equal(
          true,
        );
        expect(changes.length === 0, `seed ${seed}`).to.equal(sameJson(before, after));
        told += changes.length;
      }
      expect(changesBetween(before, structuredClone(before)).changes).to.deep.equal([]);
    }
    expect(told).to.be.above(SEEDS);
  });

  it('name the place, what was there and what is', () => {
    const before = { version: '1.4', env: { RETRIES: 3, DEBUG: true }, tags: ['a', 'b'] };
    const after = { version: '1.5', env: { RETRIES: 3, TRACE: false }, tags: ['a', 'x', 'b'] };
    expect(changesBetween(before, after).changes).to.deep.equal([
      { path: ['version'], kind: 'changed', before: '1.4', after: '1.5' },
      { path: ['env', 'DEBUG'], kind: 'removed', before: true },
      { path: ['env', 'TRACE'], kind: 'added', after: false },
      { path: ['tags', 1], kind: 'added', after: 'x' },
    ]);
  });

  it('tell what came from nothing, what went, and what became something else', () => {
    expect(changesBetween(undefined, { a: 1 }).changes).to.deep.equal([
      { path: [], kind: 'added', after: { a: 1 } },
    ]);
    expect(changesBetween(null, undefined).changes).to.deep.equal([
      { path: [], kind: 'removed', before: null },
    ]);
    expect(changesBetween({ a: [] }, { a: {} }).changes).to.deep.equal([
      { path: ['a'], kind: 'changed', before: [], after: {} },
    ]);
    expect(changesBetween(undefined, undefined).changes).to.deep.equal([]);
  });

  it('leave a member that is undefined out, as JSON does', () => {
    expect(changesBetween({ a: 1, b: undefined }, { a: 1 }).changes).to.deep.equal([]);
    expect(changesBetween({ a: 1 }, { a: 1, b: undefined }).changes).to.deep.equal([]);
  });

  it('are counted where they are too many to list', () => {
    const after = Array.from({ length: 5_000 }, (_, i) => i);
    const { changes, more } = changesBetween([], after, { most: 20 });
    expect([changes.length, more]).to.deep.equal([20, 4_980]);
    expect(changesBetween([], after).changes.length).to.equal(100);
  });

  it('are one where values lie deeper than is looked', () => {
    expect(
      changesBetween({ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, { depth: 2 }).changes,
    ).to.deep.equal([{ path: ['a', 'b'], kind: 'changed', before: { c: 1 }, after: { c: 2 } }]);
  });

  it('are found in values nested a hundred thousand deep', () => {
    const nested = (core: string): Json =>
      JSON.parse(`${'['.repeat(100_000)}${core}${']'.repeat(100_000)}`) as Json;
    expect(changesBetween(nested('1'), nested('2')).changes.length).to.equal(1);
    expect(changesBetween(nested('1'), nested('1')).changes).to.deep.equal([]);
  });
});
