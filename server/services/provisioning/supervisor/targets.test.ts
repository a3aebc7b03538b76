import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DoorRoute } from '../../../ports/agent-door.ts';
import type { Wellness } from './instance-watch.ts';
import { leadsTo, targetsOf } from './targets.ts';
import type { Candidate } from './targets.ts';

function candidate(name: string, wellness: Wellness, port: number | undefined = 1): Candidate {
  const instance = { name, labels: {}, state: 'running', externalId: name, startedAt: 1 } as const;
  return { instance: port === undefined ? instance : { ...instance, port }, wellness };
}

const names = (...candidates: Candidate[]): string[] => targetsOf(candidates).map(({ instance }) => instance);

describe('targets of a stable port', () => {
  it('are the instances that are well, and those that were where none is', () => {
    assert.deepEqual(names(candidate('a', 'well'), candidate('b', 'unwell'), candidate('c', 'starting')), [
      'a',
    ]);
    assert.deepEqual(names(candidate('b', 'unwell'), candidate('c', 'starting')), ['b']);
  });

  it('are never those that were not ready yet, or have no port', () => {
    assert.deepEqual(targetsOf([{ ...candidate('d', 'well'), instance: noPort('d') }]), []);
    assert.deepEqual(names(candidate('c', 'starting')), []);
  });
});

function noPort(name: string): Candidate['instance'] {
  return { name, labels: {}, state: 'running', externalId: name, startedAt: 1 };
}

describe('a route', () => {
  const one = { instance: 'a', host: '127.0.0.1', port: 1 };
  const two = { instance: 'b', host: '127.0.0.1', port: 2 };
  const route: DoorRoute = { agent: 'x', port: 80, targets: [one, two] };

  it('leads there in whatever order', () => {
    assert.ok(leadsTo(route, [two, one], 80));
    assert.ok(leadsTo({ ...route, targets: [] }, [], undefined));
  });

  it('does not when there is none, with other targets, ports or something to fall back on', () => {
    assert.ok(!leadsTo(undefined, [], 80));
    assert.ok(!leadsTo(route, [one], 80));
    assert.ok(!leadsTo(route, [one, { ...two, port: 3 }], 80));
    assert.ok(!leadsTo(route, [one, two], 81));
    assert.ok(!leadsTo({ ...route, fallback: [one] }, [one, two], 80));
    assert.ok(leadsTo({ ...route, fallback: [] }, [one, two], 80));
  });
});
