/** What checks stand on: the order of their dependencies and parents, and what follows from those that are down. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CheckState } from '../../../src/protocol/index.ts';
import type { CheckSettings } from './settings.ts';
import { worstOf } from './word.ts';

/** A check with what it stands on. */
export type GraphNode = Pick<CheckSettings, 'check' | 'dependsOn' | 'parent'>;

/** What a check is, after what it stands on was heard. */
export interface Effective {
  readonly state: CheckState;
  /** The dependency that is down, where the check's own results say better. */
  readonly causedBy?: string;
  /** What stands before it and is down, where the check itself is not up. */
  readonly unreachableBy?: string;
}

/** Where checks stand in an order, and which stand on a check. */
interface Index {
  readonly places: ReadonlyMap<string, number>;
  readonly above: ReadonlyMap<string, readonly number[]>;
}

/** An order is asked with every result, and made anew only when a definition changes. */
const indexes = new WeakMap<readonly GraphNode[], Index>();

/**
 * Puts checks into an order in which each comes after all that it stands on.
 * @throws WaooawError `bad_request` for a check that is not there and for a cycle, with its path.
 */
export function checkGraph<Node extends GraphNode>(list: readonly Node[]): readonly Node[] {
  const nodes = new Map(list.map((node) => [node.check, node]));
  const order: Node[] = [];
  const done = new Set<string>();
  /** From a check down to what is being looked at. Not recursive: a chain may be as long as the list. */
  const path: { readonly node: Node; readonly below: readonly string[]; next: number }[] = [];
  const onPath = new Set<string>();

  const enter = (node: Node): void => {
    path.push({ node, below: below(node), next: 0 });
    onPath.add(node.check);
  };

  for (const root of list) {
    if (!done.has(root.check)) enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { node } = top;
      const id = top.below[top.next++];
      if (id === undefined) {
        path.pop();
        onPath.delete(node.check);
        done.add(node.check);
        order.push(node);
        continue;
      }
      if (done.has(id)) continue;
      const found = nodes.get(id);
      if (!found)
        throw new WaooawError('bad_request', `Check "${node.check}" names "${id}", which is not there`);
      if (onPath.has(id))
        throw cycle(
          path.map((step) => step.node.check),
          id,
        );
      enter(found);
    }
  }
  return order;
}

/**
 * The checks whose effective state may change with one check's, in order, with itself first.
 * @param order from `checkGraph`.
 */
export function affectedBy<Node extends GraphNode>(order: readonly Node[], check: string): readonly Node[] {
  let index = indexes.get(order);
  if (!index) indexes.set(order, (index = indexOf(order)));
  const found = new Set<number>();
  const left = [index.places.get(check)];
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    left.push(...(index.above.get(order[place]!.check) ?? []));
  }
  return [...found].sort((a, b) => a - b).map((place) => order[place]!);
}

/**
 * What each check is.
 * @param order from `checkGraph`, or `affectedBy` with `known`.
 * @param judgedOf the own hard state; undefined or `unknown` where nothing is known, as of a paused check.
 * @param known what checks are that are not in `order`.
 */
export function effective(
  order: readonly GraphNode[],
  judgedOf: (check: string) => { readonly hard: CheckState } | undefined,
  known?: ReadonlyMap<string, Effective>,
): Map<string, Effective> {
  const found = new Map<string, Effective>();
  const of = (check: string): Effective | undefined => found.get(check) ?? known?.get(check);
  for (const node of order) {
    const own = judgedOf(node.check)?.hard ?? 'unknown';
    const unreachableBy =
      own === 'up' || node.parent === undefined ? undefined : culprit(node.parent, of(node.parent));
    found.set(node.check, {
      ...withDependencies(own, node, of),
      ...(unreachableBy !== undefined && { unreachableBy }),
    });
  }
  return found;
}

/** The worst of what its own results say and what its dependencies leave possible. */
function withDependencies(
  own: CheckState,
  { dependsOn }: GraphNode,
  of: (check: string) => Effective | undefined,
): Effective {
  const isDown = ({ check }: { readonly check: string }): boolean => of(check)?.state === 'down';
  const dependency = dependsOn.find((one) => one.critical && isDown(one)) ?? dependsOn.find(isDown);
  if (!dependency) return { state: own };
  const state = worstOf([own, dependency.critical ? 'down' : 'degraded']);
  return state === own ? { state } : { state, causedBy: dependency.check };
}

/** Who stands in the way: the parent that is down, or whoever stands in the parent's own way. */
function culprit(parent: string, effective: Effective | undefined): string | undefined {
  return effective?.unreachableBy ?? (effective?.state === 'down' ? parent : undefined);
}

function below({ dependsOn, parent }: GraphNode): readonly string[] {
  const ids = dependsOn.map(({ check }) => check);
  return parent === undefined ? ids : [...ids, parent];
}

function indexOf(order: readonly GraphNode[]): Index {
  const above = new Map<string, number[]>();
  order.forEach((node, place) => {
    for (const id of below(node)) {
      const standing = above.get(id);
      if (standing) standing.push(place);
      else above.set(id, [place]);
    }
  });
  return { places: new Map(order.map(({ check }, place) => [check, place])), above };
}

function cycle(path: readonly string[], to: string): WaooawError {
  const around = [...path.slice(path.indexOf(to)), to];
  return new WaooawError('bad_request', `Checks stand on one another in a circle: ${around.join(' → ')}`);
}
