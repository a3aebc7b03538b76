/** A short part of `npm run upgrades`, and the proof that it can fail. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SHORT_PROOF, judge } from './proof.ts';
import { run } from './run.ts';
import type { Outcome } from './run.ts';

describe('upgrades under load', () => {
  it('fail no request, though the server is killed in the middle and a version crashes', async () => {
    const told: string[] = [];
    const outcome = await run({ clients: 8, sockets: 10, steps: SHORT_PROOF }, (line) => told.push(line));
    assert.deepEqual(judge(outcome, SHORT_PROOF), [], `${told.join('\n')}\n${outcome.doorLog}`);
    assert.equal(outcome.doorLog, '');
  });
});

describe('the judge of upgrades', () => {
  const step = { result: undefined, error: undefined, seconds: 1, failed: 0, restarted: 0 };
  const good: Outcome = {
    steps: [
      { ...step, step: SHORT_PROOF[0]!, state: 'completed', asked: 1 },
      { ...step, step: SHORT_PROOF[1]!, state: 'rolled-back', asked: 1 },
    ],
    load: { asked: 2, failures: [], versions: new Set(['0', '1']) },
    sockets: { opened: 1, restarted: 1, failures: [], echoes: 1 },
    ...{ version: '1', expected: '1', doorLog: '' },
  };
  const bad: [what: string, outcome: Partial<Outcome>][] = [
    ['a failed request', { load: { ...good.load, failures: ['GET'] } }],
    ['a WebSocket that ended otherwise', { sockets: { ...good.sockets, failures: ['1006'] } }],
    ['silent WebSockets', { sockets: { ...good.sockets, echoes: 0 } }],
    [
      'an upgrade that should have gone back',
      { steps: good.steps.map((one) => ({ ...one, state: 'completed' })) },
    ],
    ['an upgrade without load', { steps: good.steps.map((one) => ({ ...one, asked: 0 })) }],
    ['an upgrade too few', { steps: good.steps.slice(1) }],
    ['the wrong version at the end', { version: '2' }],
    ['a version that nobody saw', { load: { ...good.load, versions: new Set(['0']) } }],
  ];

  it('has nothing against what went well', () => assert.deepEqual(judge(good, SHORT_PROOF), []));
  for (const [what, outcome] of bad)
    it(`finds ${what}`, () => assert.notDeepEqual(judge({ ...good, ...outcome }, SHORT_PROOF), []));
});
