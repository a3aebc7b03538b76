import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import { turn } from '../../testing/event-loop.ts';
import { OperationLogs, TAIL_LINES } from './operation-logs.ts';
import type { OperationLogsDeps } from './operation-logs.ts';
import { SecretNames } from './secret-names.ts';
import { anAgent, aSpec } from '../../testing/provisioning-recording.ts';

/** Logs over a record that counts lines, and holds these from before. */
function logsOf(before: readonly string[] | Error = []) {
  const published: string[][] = [];
  const errors: string[] = [];
  let n = 100;
  const record = {
    log: (_operation, lines) => lines.map((line) => ({ ...line, n: n++ })),
    logs: () => {
      if (before instanceof Error) return Promise.reject(before);
      const lines = before.map((text, at) => ({ n: at, at: 0, stream: 'engine' as const, text }));
      return Promise.resolve({ lines, more: false });
    },
  } satisfies OperationLogsDeps['record'];
  const logs = new OperationLogs({
    clock: createManualClock(),
    record,
    publish: (operation, { lines }) => void published.push([operation, ...lines.map(({ text }) => text)]),
    onError: (error, what) => void errors.push(`${what}: ${String(error)}`),
  });
  const tail = (operation = 'op') => logs.tail(operation).lines.map(({ text }) => text);
  return { logs, published, errors, tail };
}

describe('the logs of operations', () => {
  it('have their last lines at hand, and no more', () => {
    const { logs, tail, published } = logsOf();
    logs.say(
      'op',
      'start',
      Array.from({ length: TAIL_LINES + 5 }, (_, i) => `line ${i}`),
    );
    logs.say('op', undefined, ['the last']);
    assert.deepEqual([tail().length, tail()[0], tail().at(-1)], [TAIL_LINES, 'line 6', 'the last']);
    assert.deepEqual(published.at(-1), ['op', 'the last']);
    const [first, last] = [logs.tail('op').lines[0], logs.tail('op').lines.at(-1)];
    assert.deepEqual([first?.stage, last?.stage], ['start', undefined]);
  });

  it('give those of before once they are read, before what is said from now on', async () => {
    const { logs, tail, published } = logsOf(['before']);
    assert.deepEqual(tail(), []);
    await turn();
    assert.deepEqual([tail(), published], [['before'], [['op', 'before']]]);
    await logs.load(['other']);
    logs.say('other', undefined, ['now']);
    assert.deepEqual(tail('other'), ['before', 'now']);
  });

  it('let go of what nobody keeps, and say what cannot be read', async () => {
    const { logs, tail, errors } = logsOf(new Error('gone'));
    logs.say('op', undefined, ['x']);
    logs.keep((operation) => operation !== 'op');
    assert.deepEqual(tail(), []);
    await turn();
    assert.deepEqual(errors, ['the log of operation op cannot be read: Error: gone']);
  });
});

describe('the names of secrets', () => {
  it('are read once for each revision, and again where that failed', async () => {
    const asked: number[] = [];
    const errors: string[] = [];
    let known = 0;
    let fails = true;
    const names = new SecretNames({
      resources: {
        secretNames: ({ spec }) => {
          asked.push(spec.secretsRevision);
          if (fails) return Promise.reject(new Error('locked'));
          return Promise.resolve([`NAME_${spec.secretsRevision}`]);
        },
      },
      known: () => void (known += 1),
      onError: (error) => void errors.push(String(error)),
    });
    const at = (secretsRevision: number) => anAgent({ spec: aSpec({ secretsRevision }) });
    assert.deepEqual([names.of(at(0)), names.of(anAgent({ ...at(3), state: 'revoked' }))], [[], []]);
    assert.deepEqual(names.of(at(1)), []);
    await turn();
    assert.deepEqual([errors, known], [['Error: locked'], 0]);
    fails = false;
    names.of(at(1));
    await turn();
    assert.deepEqual([names.of(at(1)), known], [['NAME_1'], 1]);
    assert.deepEqual(names.of(at(2)), ['NAME_1']);
    await turn();
    assert.deepEqual(names.of(at(2)), ['NAME_2']);
    names.forget('mail');
    assert.deepEqual([names.of(at(2)), asked], [[], [1, 1, 2, 2]]);
  });
});
