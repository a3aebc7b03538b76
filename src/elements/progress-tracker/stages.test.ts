import { expect } from '@open-wc/testing';
import { operationNow, stageNow } from '../../testing/trackers.ts';
import { changesBetween } from './changes.ts';
import { currentOf, workOf, workOfStages } from './stages.ts';

const states = (...words: readonly string[]): string =>
  workOfStages(words.map((state, i) => ({ title: `S${i}`, state }))).state;

describe('reading stages', () => {
  it('takes titles alone, both names of a field, and the familiar words', () => {
    const { stages } = workOfStages([
      'Build',
      { label: 'Test', status: 'current', percent: 50 },
      { name: 'ship', title: 'Ship', state: 'Error', error: { message: 'no disk' } },
    ]);
    expect(stages.map(({ title, state }) => [title, state])).to.deep.equal([
      ['Build', 'pending'],
      ['Test', 'running'],
      ['Ship', 'failed'],
    ]);
    expect(stages.map(({ name }) => name)).to.deep.equal(['1 Build', '2 Test', 'ship']);
    expect(stages[2]?.error).to.equal('no disk');
  });

  it('leaves out what does not fit, and throws at nothing', () => {
    for (const given of [undefined, null, 7, 'text', {}, [null, 7, {}, { title: 3 }]])
      expect(workOfStages(given).stages).to.deep.equal([]);
    const [stage] = workOfStages([
      {
        title: 'A',
        percent: 'half',
        startedAt: NaN,
        endedAt: -5,
        expected: { p50Ms: 1 },
        logs: 'x',
        attempts: {},
      },
    ]).stages;
    expect(stage).to.deep.include({
      percent: undefined,
      startedAt: undefined,
      endedAt: undefined,
      attempts: 0,
    });
    expect(stage?.expected).to.equal(undefined);
    expect(stage?.logs).to.deep.equal([]);
    expect(workOf(null)).to.equal(undefined);
    expect(workOf('operation')).to.equal(undefined);
    expect(workOf({})?.stages).to.deep.equal([]);
  });

  it('keeps shares between 0 and 100, and a p90 that is no less than its p50', () => {
    const { stages, percent } = workOfStages(
      [{ title: 'A', state: 'running', percent: 400, expected: { p50Ms: 9, p90Ms: 3, runs: 2 } }],
      -3,
    );
    expect(stages[0]?.percent).to.equal(100);
    expect(stages[0]?.expected).to.deep.equal({ p50Ms: 9, p90Ms: 9, runs: 2 });
    expect(percent).to.equal(0);
  });

  it('tells the whole by its stages: what failed before what runs before what is done', () => {
    expect(states('completed', 'failed', 'running')).to.equal('failed');
    expect(states('completed', 'running', 'pending')).to.equal('running');
    expect(states('completed', 'cancelled')).to.equal('cancelled');
    expect(states('completed', 'skipped')).to.equal('completed');
    expect(states('completed', 'pending'), 'between two stages').to.equal('running');
    expect(states('pending', 'pending')).to.equal('pending');
    expect(states()).to.equal('pending');
  });

  it('weighs stages by what they usually take where that is known of all, else alike', () => {
    const usual = (p50Ms: number) => ({ p50Ms, p90Ms: p50Ms, runs: 3 });
    const stages = [
      { title: 'A', state: 'completed', expected: usual(1_000) },
      { title: 'B', state: 'running', percent: 50, expected: usual(8_000) },
      { title: 'C', expected: usual(1_000) },
    ];
    expect(workOfStages(stages).percent).to.equal(50);
    expect(workOfStages([...stages.slice(0, 2), { title: 'C' }]).percent).to.equal(50);
    expect(workOfStages([stages[0], { title: 'B' }, { title: 'C' }]).percent).to.equal(33);
    expect(workOfStages([]).percent).to.equal(0);
  });

  it('stands at the stage that runs, else at the one that failed, else at none', () => {
    const at = (...words: string[]): number =>
      currentOf(workOfStages(words.map((state) => ({ title: state, state }))).stages);
    expect(at('failed', 'running')).to.equal(1);
    expect(at('completed', 'failed', 'pending')).to.equal(1);
    expect(at('completed', 'pending')).to.equal(-1);
  });
});

describe('what changed', () => {
  it('is nothing of what is first heard of, of another operation, or of the same', () => {
    const work = workOf(operationNow())!;
    expect(changesBetween(undefined, work)).to.deep.equal({ previous: undefined, stages: [] });
    expect(changesBetween(workOf(operationNow({ operation: 'op-0' })), work).stages).to.deep.equal([]);
    expect(changesBetween(work, work)).to.deep.equal({ previous: undefined, stages: [] });
  });

  it('is each stage in another state, and the whole', () => {
    const before = workOf(operationNow())!;
    const now = workOf(
      operationNow({
        state: 'failed',
        stages: [...operationNow().stages.slice(0, 2), stageNow('ready', { state: 'failed' })],
      }),
    )!;
    const { previous, stages } = changesBetween(before, now);
    expect(previous).to.equal('running');
    expect(stages.map(({ stage, previous, index }) => [stage.name, previous, index])).to.deep.equal([
      ['ready', 'running', 2],
    ]);
  });
});
