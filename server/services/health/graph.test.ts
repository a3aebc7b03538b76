import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckState } from '../../../src/protocol/index.ts';
import { random } from '../../testing/random.ts';
import { affectedBy, checkGraph, effective } from './graph.ts';
import type { Effective, GraphNode } from './graph.ts';

/** `a: b! c ^p`: a stands on b, critically, and on c; its parent is p. */
function node(text: string): GraphNode {
  const [check, rest = ''] = text.split(':');
  const words = rest.split(' ').filter((word) => word !== '');
  const parent = words.find((word) => word.startsWith('^'))?.slice(1);
  const dependsOn = words
    .filter((word) => !word.startsWith('^'))
    .map((word) => ({ check: word.replace('!', ''), critical: word.endsWith('!') }));
  return { check: check!, dependsOn, ...(parent !== undefined && { parent }) };
}

const refused = (message: string) => ({ code: 'bad_request', message });

describe('an order', () => {
  it('puts each check behind all that it stands on', () => {
    const order = checkGraph(['a: b! ^r', 'b: c', 'r', 'c', 'd'].map(node)).map(({ check }) => check);
    assert.deepEqual(order, ['c', 'b', 'r', 'a', 'd']);
  });

  for (const [title, list, path] of [
    ['itself', ['a: a'], 'a → a'],
    ['its own parent', ['a: ^a'], 'a → a'],
    ['another that does so too', ['a: b', 'b: a!'], 'a → b → a'],
    ['a circle further down', ['x: a', 'a: ^b', 'b: y c', 'y', 'c: a!'], 'a → b → c → a'],
  ] as const) {
    it(`is refused where a check stands on ${title}, and the path is named`, () => {
      assert.throws(
        () => checkGraph(list.map(node)),
        refused(`Checks stand on one another in a circle: ${path}`),
      );
    });
  }

  it('is refused where a check names one that is not there', () => {
    assert.throws(
      () => checkGraph([node('a: nobody')]),
      refused('Check "a" names "nobody", which is not there'),
    );
    assert.throws(
      () => checkGraph([node('a: ^nobody')]),
      refused('Check "a" names "nobody", which is not there'),
    );
  });

  it('is found for chains of any length, and for a diamond once', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) =>
      node(i === 0 ? 'c0' : `c${i}: c${i - 1}!`),
    ).reverse();
    assert.equal(checkGraph(chain)[0]!.check, 'c0');
    const diamond = checkGraph(['a: b c', 'b: d', 'c: d', 'd'].map(node));
    assert.deepEqual(
      diamond.map(({ check }) => check),
      ['d', 'b', 'c', 'a'],
    );
  });
});

/** What each is, with the hard states as `a=down b=up`; what is not named is up. */
function heard(list: readonly string[], states: string): Record<string, Effective> {
  const own = new Map(states.split(' ').map((word) => word.split('=') as [string, CheckState]));
  const order = checkGraph(list.map(node));
  return Object.fromEntries(effective(order, (id) => ({ hard: own.get(id) ?? 'up' })));
}

describe('a check that stands on others', () => {
  it('is down with a critical one, degraded with another, and names it', () => {
    const list = ['web: database! cache', 'database', 'cache'];
    assert.deepEqual(heard(list, 'cache=down')['web'], { state: 'degraded', causedBy: 'cache' });
    assert.deepEqual(heard(list, 'cache=down database=down')['web'], { state: 'down', causedBy: 'database' });
    assert.deepEqual(heard(list, 'database=degraded cache=unknown')['web'], { state: 'up' });
  });

  it('is what its own results say where they say no better', () => {
    const list = ['web: database! cache', 'database', 'cache'];
    assert.deepEqual(heard(list, 'web=down database=down')['web'], { state: 'down' });
    assert.deepEqual(heard(list, 'web=degraded cache=down')['web'], { state: 'degraded' });
    assert.deepEqual(heard(list, 'web=unknown cache=down')['web'], { state: 'degraded', causedBy: 'cache' });
  });

  it('feels what is further down', () => {
    const list = ['a: b!', 'b: c!', 'c: d', 'd'];
    assert.deepEqual(heard(list, 'c=down'), {
      d: { state: 'up' },
      c: { state: 'down' },
      b: { state: 'down', causedBy: 'c' },
      a: { state: 'down', causedBy: 'b' },
    });
    assert.deepEqual(heard(list, 'd=down')['a'], { state: 'up' }, 'degraded goes no further');
  });

  it('is not judged by what is not known', () => {
    const order = checkGraph(['a: b!', 'b'].map(node));
    assert.deepEqual(effective(order, () => undefined).get('a'), { state: 'unknown' });
  });
});

describe('a check behind a parent', () => {
  it('is unreachable while the parent is down, unless it is seen to be up', () => {
    const list = ['web: ^router', 'router'];
    assert.deepEqual(heard(list, 'web=down router=down')['web'], { state: 'down', unreachableBy: 'router' });
    assert.deepEqual(heard(list, 'web=unknown router=down')['web'], {
      state: 'unknown',
      unreachableBy: 'router',
    });
    assert.deepEqual(heard(list, 'web=up router=down')['web'], { state: 'up' });
    assert.deepEqual(heard(list, 'web=down router=degraded')['web'], { state: 'down' });
  });

  it('is unreachable behind a parent that is so itself, by the one that is down', () => {
    const list = ['web: ^switch', 'switch: ^router', 'router'];
    assert.deepEqual(heard(list, 'web=down switch=unknown router=down')['web'], {
      state: 'down',
      unreachableBy: 'router',
    });
    assert.deepEqual(heard(list, 'web=down switch=down router=down')['web'], {
      state: 'down',
      unreachableBy: 'router',
    });
  });

  it('is unreachable where the parent is down with a dependency', () => {
    const found = heard(['web: ^router', 'router: power!', 'power'], 'web=down power=down');
    assert.deepEqual(found['web'], { state: 'down', unreachableBy: 'router' });
  });
});

/** One check's part, asked for anew each time and without an order. */
function asked(
  nodes: ReadonlyMap<string, GraphNode>,
  own: ReadonlyMap<string, CheckState>,
  id: string,
): Effective {
  const { dependsOn, parent } = nodes.get(id)!;
  const state = own.get(id)!;
  const down = dependsOn.filter(({ check }) => asked(nodes, own, check).state === 'down');
  const rank = ['up', 'unknown', 'degraded', 'down'];
  const critical = down.find((one) => one.critical);
  const forced = critical ? 'down' : down.length > 0 ? 'degraded' : state;
  const worse = rank.indexOf(forced) > rank.indexOf(state);
  const above = state === 'up' || parent === undefined ? undefined : asked(nodes, own, parent);
  const blocked = above?.unreachableBy ?? (above?.state === 'down' ? parent : undefined);
  return {
    state: worse ? forced : state,
    ...(worse && { causedBy: (critical ?? down[0])!.check }),
    ...(blocked !== undefined && { unreachableBy: blocked }),
  };
}

describe('any graph', () => {
  it('is ordered, refused, worked out whole and in part as by asking each check', () => {
    let cycles = 0;
    let changes = 0;
    for (let seed = 1; seed <= 2_000; seed++) {
      const chance = random(seed);
      const count = 2 + Math.floor(chance() * 8);
      const pick = (below: number): string => `n${Math.floor(chance() * below)}`;
      // Most only look back, and so have no circle.
      const free = chance() < 0.2;
      const list = Array.from({ length: count }, (_, i): GraphNode => {
        const below = free ? count : i;
        const some = below === 0 ? 0 : Math.floor(chance() * 3);
        const dependsOn = Array.from({ length: some }, () => ({
          check: pick(below),
          critical: chance() < 0.5,
        }));
        return { check: `n${i}`, dependsOn, ...(below > 0 && chance() < 0.4 && { parent: pick(below) }) };
      }).sort(() => chance() - 0.5);
      const nodes = new Map(list.map((one) => [one.check, one]));
      const below = (id: string): string[] => {
        const { dependsOn, parent } = nodes.get(id)!;
        return [...dependsOn.map(({ check }) => check), ...(parent === undefined ? [] : [parent])];
      };
      /** Whether one stands on the other, over at most `steps`. */
      const reaches = (from: string, to: string, steps: number): boolean =>
        steps > 0 && below(from).some((id) => id === to || reaches(id, to, steps - 1));
      if (free && count > 6) continue;
      const circular = list.some(({ check }) => reaches(check, check, count));
      if (circular) {
        cycles += 1;
        assert.throws(
          () => checkGraph(list),
          (error: Error) => {
            const path = error.message.split(': ')[1]!.split(' → ');
            return path[0] === path.at(-1) && path.slice(1).every((id, i) => below(path[i]!).includes(id));
          },
        );
        continue;
      }
      const order = checkGraph(list);
      assert.deepEqual([order.length, new Set(order)], [count, new Set(list)]);
      order.forEach(({ check }, i) => {
        for (const id of below(check)) assert.ok(order.findIndex((one) => one.check === id) < i);
      });
      const states = ['unknown', 'up', 'degraded', 'down', 'down', 'up'] as const;
      const own = new Map(list.map(({ check }) => [check, states[Math.floor(chance() * states.length)]!]));
      const judgedOf = (id: string) => ({ hard: own.get(id)! });
      const known = effective(order, judgedOf);
      const all = (): Map<string, Effective> =>
        new Map(order.map(({ check }) => [check, asked(nodes, own, check)]));
      assert.deepEqual(known, all(), `seed ${seed}`);

      // One result later only what stands on that check is worked out again.
      const changed = pick(count);
      own.set(changed, states[Math.floor(chance() * states.length)]!);
      const affected = affectedBy(order, changed);
      assert.deepEqual(
        affected,
        order.filter(({ check }) => check === changed || reaches(check, changed, count)),
      );
      for (const [id, one] of effective(affected, judgedOf, known)) known.set(id, one);
      assert.deepEqual(known, all(), `seed ${seed}`);
      changes += affected.length;
    }
    assert.ok(cycles > 50 && changes > 3_000);
  });

  it('has nothing affected by a check that is not there', () => {
    assert.deepEqual(affectedBy(checkGraph([node('a')]), 'b'), []);
  });
});
