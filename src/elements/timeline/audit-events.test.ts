import { expect } from '@open-wc/testing';
import { AUDIT_ACTIONS, AUDIT_LEVELS, AUDIT_RESULTS } from '../../protocol/audit.ts';
import type { AuditRecord } from '../../protocol/audit.ts';
import { findState } from '../../protocol/states.ts';
import { eventOf, statusOf } from './audit-events.ts';

const record = (more: Partial<AuditRecord> = {}): AuditRecord => ({
  sequence: 7,
  time: 1_763_889_055_123_456,
  actor: { id: 'ana', kind: 'user', name: 'Ana' },
  action: 'upgrade',
  level: 'info',
  resource: { type: 'agent', id: 'payments' },
  result: 'success',
  ...more,
});
const title = (more: Partial<AuditRecord>): string => eventOf(record(more), 'en').title;

describe('an entry of the trail as an event', () => {
  it('is a sentence', () => {
    expect(title({})).to.equal('Ana upgraded agent payments');
    expect(title({ result: 'failure' })).to.equal('Ana could not upgrade agent payments');
    expect(title({ result: 'refused' })).to.equal('Ana was not allowed to upgrade agent payments');
    expect(title({ action: 'login' })).to.equal('Ana signed in');
    expect(title({ action: 'login', result: 'refused' })).to.equal('Ana was refused');
    expect(title({ action: 'access', resource: { type: 'audit', id: '' } })).to.equal(
      'Ana looked at the audit trail',
    );
  });

  it('has a sentence for every action of ours, whatever came of it', () => {
    for (const action of AUDIT_ACTIONS) {
      const titles = AUDIT_RESULTS.map((result) => title({ action, result }));
      expect(new Set(titles).size, action).to.equal(3);
      for (const text of titles)
        expect(text)
          .to.match(/^Ana [a-z]/)
          .and.not.to.contain(action + ' –');
    }
  });

  it('shows an action of the host’s own as it reads', () => {
    expect(
      title({ action: 'invoice.approve_all', resource: { type: 'order', id: '47', name: 'Bikes' } }),
    ).to.equal('Ana: invoice approve all – order Bikes');
    expect(title({ action: 'constructor', result: 'failure' })).to.equal(
      'Ana: constructor – agent payments: failed',
    );
  });

  it('names nobody and nothing that is hidden', () => {
    const { actor, resource, ...rest } = record({ hidden: { actor: 'aGFzaA==', resource: 'aGFzaA==' } });
    expect([actor?.id, resource?.id]).to.deep.equal(['ana', 'payments']);
    const event = eventOf(rest, 'en');
    expect(event.title).to.equal('Somebody upgraded something');
    expect(event.actor).to.equal(undefined);
    expect((event.details as { hidden: string[] }).hidden).to.deep.equal(['actor', 'resource']);
  });

  it('names actors without a name by what they are', () => {
    expect(title({ actor: { id: 'anonymous', kind: 'anonymous' } })).to.match(/^An anonymous caller /);
    expect(title({ actor: { id: 'system', kind: 'system' } })).to.match(/^The system /);
    expect(title({ actor: { id: 'ci-7', kind: 'service' } })).to.match(/^ci-7 /);
  });

  it('is a word of the vocabulary that is as grave as the entry', () => {
    for (const result of AUDIT_RESULTS) {
      for (const level of AUDIT_LEVELS)
        expect(findState(statusOf({ result, level })), `${result} ${level}`).to.be.ok;
    }
    expect(statusOf({ result: 'success', level: 'info' })).to.equal('success');
    expect(statusOf({ result: 'failure', level: 'info' })).to.equal('failed');
    expect(statusOf({ result: 'refused', level: 'info' })).to.equal('warning');
    expect(statusOf({ result: 'success', level: 'critical' })).to.equal('critical');
  });

  it('keeps the µs, the place in the trail, and all that an event has no field for', () => {
    const event = eventOf(
      record({
        reason: 'memory leak',
        ip: '10.0.0.7',
        requestId: 'r1',
        before: 1,
        after: 2,
        details: { a: 1 },
        tags: { agent: 'payments' },
      }),
      'en',
    );
    expect(event.time).to.equal(1_763_889_055_123.456);
    expect([event.id, event.sequence, event.type]).to.deep.equal(['audit-7', 7, 'upgrade']);
    expect(event.description).to.equal('memory leak');
    expect([event.before, event.after, event.tags]).to.deep.equal([1, 2, { agent: 'payments' }]);
    expect(event.details).to.deep.equal({
      level: 'info',
      result: 'success',
      resource: { type: 'agent', id: 'payments' },
      reason: 'memory leak',
      ip: '10.0.0.7',
      requestId: 'r1',
      details: { a: 1 },
    });
  });
});
