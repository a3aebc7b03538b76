/** A short part of `npm run faults -- --fuzz`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertUnharmed, fuzzProcess } from './fuzz-process.ts';

const ROUNDS = 3;
const SEED = 1;

describe('malformed frames', () => {
  it('are answered by the server with a code each, and leave nothing behind', async () => {
    const report = await fuzzProcess('server', SEED, 1_500, ROUNDS);
    assertUnharmed(report);
    for (const code of [
      'ok',
      'bad_frame',
      'bad_request',
      'unknown_command',
      'connect_required',
      'not_subscribed',
    ])
      assert.ok((report.outcomes[code] ?? 0) > 0, `no ${code}: ${JSON.stringify(report.outcomes)}`);
  });

  it('are answered or ended with a code by a server on a real socket', async () => {
    const report = await fuzzProcess('socket', SEED, 400, ROUNDS);
    assertUnharmed(report);
  });

  it('do a client no harm: it starts over, and is live once the server is itself again', async () => {
    const report = await fuzzProcess('client', SEED, 1_500, ROUNDS);
    assertUnharmed(report);
    for (const what of ['live', 'snapshot', 'lost', 'publication', 'reconnecting bad_frame'])
      assert.ok((report.outcomes[what] ?? 0) > 0, `no ${what}: ${JSON.stringify(report.outcomes)}`);
  });
});
