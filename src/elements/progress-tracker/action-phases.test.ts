import { expect } from '@open-wc/testing';
import type { OperationAction, OperationStatus } from '../../protocol/operations.ts';
import { operationNow } from '../../testing/trackers.ts';
import { ActionPhases } from './action-phases.ts';

type Told = NonNullable<OperationStatus['action']>;

let heard: string[];
let phases: ActionPhases;

beforeEach(() => {
  heard = [];
  phases = new ActionPhases(({ action, phase, by }) =>
    heard.push([action, phase, by].filter(Boolean).join(' ')),
  );
});

const told = (
  name: OperationAction,
  phase: Told['phase'],
  revision: number,
  more: Partial<Told> = {},
): OperationStatus => operationNow({ revision, action: { name, phase, by: 'ana', at: 100, ...more } });

describe('an action', () => {
  it('goes through its four phases as the server tells them', () => {
    phases.hear(operationNow({ revision: 1 }));
    phases.request('pause');
    expect(phases.isUnderWay('pause')).to.equal(true);
    expect(phases.isUnderWay('cancel')).to.equal(false);
    phases.accept('pause', told('pause', 'accepted', 2));
    phases.hear(told('pause', 'in-effect', 3));
    expect(phases.isUnderWay('pause')).to.equal(false);
    phases.hear(told('pause', 'done', 4));
    expect(heard).to.deep.equal([
      'pause requested',
      'pause accepted',
      'pause in-effect ana',
      'pause done ana',
    ]);
  });

  it('is not brought back by the answer when a publication was faster', () => {
    phases.request('pause');
    phases.hear(told('pause', 'in-effect', 5));
    phases.accept('pause', told('pause', 'accepted', 4));
    expect(phases.asking).to.deep.include({ phase: 'in-effect', own: true });
  });

  it('never goes back, whatever comes late', () => {
    phases.hear(told('pause', 'done', 9));
    phases.hear(told('pause', 'accepted', 8));
    phases.hear(told('pause', 'accepted', 10));
    expect(phases.asking?.phase).to.equal('done');
  });

  it('that was refused says why, and stays so until something else is asked for', () => {
    phases.hear(told('pause', 'done', 1));
    phases.request('cancel');
    phases.refuse('cancel', 'bad_transition', 'too late');
    phases.hear(told('pause', 'done', 2));
    expect(phases.asking).to.deep.include({ action: 'cancel', phase: 'refused', reason: 'too late' });
    phases.request('cancel');
    expect(phases.asking?.phase).to.equal('requested');
    phases.hear(told('cancel', 'accepted', 3, { at: 200 }));
    expect(phases.asking).to.deep.include({ action: 'cancel', phase: 'accepted', by: 'ana' });
  });

  it('of before is no answer to the one that was asked for just now', () => {
    phases.hear(told('pause', 'done', 1));
    phases.request('pause');
    phases.hear(told('pause', 'done', 2));
    expect(phases.asking?.phase).to.equal('requested');
    phases.hear(told('pause', 'accepted', 3, { at: 300 }));
    expect(phases.asking?.phase).to.equal('accepted');
  });

  it('asked for again by somebody else, after ours, is theirs', () => {
    phases.request('pause');
    phases.accept('pause', told('pause', 'accepted', 1));
    phases.hear(told('pause', 'done', 2));
    expect(phases.asking).to.deep.include({ phase: 'done', own: true });
    phases.hear(told('pause', 'accepted', 3, { at: 900, by: 'bo' }));
    expect(phases.asking).to.deep.include({ phase: 'accepted', by: 'bo', own: false });
  });

  it('that was refused is not brought back by what was told before it', () => {
    phases.hear(told('pause', 'accepted', 1));
    phases.request('pause');
    phases.refuse('pause', 'bad_transition', 'no');
    phases.hear(told('pause', 'done', 2));
    expect(phases.asking?.phase).to.equal('refused');
  });

  it('of somebody else is told with who asked, and waits for our own', () => {
    phases.hear(told('resume', 'accepted', 1, { by: 'bo' }));
    expect(phases.asking).to.deep.include({ action: 'resume', by: 'bo', own: false });
    phases.request('cancel');
    phases.hear(told('resume', 'done', 2, { by: 'bo' }));
    expect(phases.asking?.action).to.equal('cancel');
  });

  it('that nobody asked for is neither accepted nor refused', () => {
    phases.accept('pause', undefined);
    phases.refuse('pause', '', '');
    expect(phases.asking).to.equal(undefined);
    phases.request('pause');
    phases.accept('pause', undefined);
    expect(phases.asking?.phase).to.equal('accepted');
    phases.refuse('pause', '', '');
    expect(phases.asking?.phase).to.equal('accepted');
  });

  it('is forgotten with its operation', () => {
    phases.hear(told('pause', 'done', 9));
    phases.forget();
    expect(phases.asking).to.equal(undefined);
    phases.hear(told('pause', 'accepted', 1));
    expect(phases.asking?.phase).to.equal('accepted');
  });
});
