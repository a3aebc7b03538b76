import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditFilter } from '../../ports/audit-log.ts';
import { BLOCK_ROWS } from './audit-block.ts';
import { AuditPlan, type IndexedBlock, placesIn, sizeOf } from './audit-plan.ts';
import { AuditTerms } from './audit-terms.ts';

const terms = new AuditTerms(new Uint8Array(8));

/** A block in which every term collides with every other: each row seems to have whatever is asked for. Row 7 is a login. */
const colliding: IndexedBlock = {
  minTime: 100,
  maxTime: 200,
  addRows: (_term, into) => void into.fill(0xffffffff),
  addValues(column, values, into) {
    if (column === 'action' && values.has('login')) into[0]! |= 1 << 7;
    if (column === 'action' && values.has('update')) into.fill(0xffffffff)[0]! &= ~(1 << 7);
  },
};

function sizes(filter: AuditFilter): [maybe: number, surely: number] {
  const plan = new AuditPlan(filter, terms);
  const [maybe, surely] = [plan.maybe(colliding), plan.surely(colliding)];
  return [maybe ? sizeOf(maybe) : 0, surely ? sizeOf(surely) : 0];
}

describe('A plan of the audit index, though all hashes collide', () => {
  const all = BLOCK_ROWS;

  it('takes no row away but by its true value', () => {
    assert.deepEqual(sizes({ withoutActions: ['login'] }), [all - 1, all - 1]);
    assert.deepEqual(sizes({ not: [{ action: ['login'] }] }), [all - 1, 0]);
    assert.deepEqual(sizes({ not: [{ resourceId: ['x'] }] }), [all, 0]);
    assert.deepEqual(sizes({ not: [{ ip: ['x'] }, { text: ['word'] }] }), [all, 0]);
    assert.deepEqual(sizes({ not: [{ not: [{ session: ['x'] }] }] }), [all, 0]);
    assert.deepEqual(sizes({ not: [{ not: [{ level: ['error'] }] }] }), [all, 0]);
    const rows = new AuditPlan({ withoutActions: ['login'] }, terms).maybe(colliding)!;
    assert.ok(![...placesIn(rows)].includes(7));
  });

  it('is sure of no row but by its true value', () => {
    assert.deepEqual(sizes({}), [all, all]);
    assert.deepEqual(sizes({ action: ['update'] }), [all, all - 1]);
    assert.deepEqual(sizes({ level: ['error'] }), [all, 0]);
    assert.deepEqual(sizes({ resourceId: ['x'] }), [all, 0]);
    assert.deepEqual(sizes({ text: ['word'] }), [all, 0]);
    assert.deepEqual(sizes({ tags: { environment: ['live'] } }), [all, 0]);
  });

  it('is sure of a block that lies within the time, and asks nothing of one outside', () => {
    assert.deepEqual(sizes({ from: 100, to: 201 }), [all, all]);
    assert.deepEqual(sizes({ from: 101 }), [all, 0]);
    assert.deepEqual(sizes({ to: 200 }), [all, 0]);
    assert.deepEqual(sizes({ from: 201 }), [0, 0]);
    assert.deepEqual(sizes({ to: 100 }), [0, 0]);
    assert.deepEqual(sizes({ not: [{ from: 150 }] }), [all, 0]);
    assert.deepEqual(sizes({ not: [{ to: 201 }] }), [0, 0]);
  });
});
