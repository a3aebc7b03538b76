import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { readMessages, writeMessage } from './message-lines.ts';
import { MAX_MESSAGE_BYTES } from './messages.ts';

async function pair(t: TestContext): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const one = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [other] = (await once(server, 'connection')) as [Socket];
  for (const socket of [one, other]) socket.on('error', () => undefined);
  t.after(() => {
    one.destroy();
    other.destroy();
    server.close();
  });
  return [one, other];
}

describe('messages on a stream', () => {
  it('arrive one by one, however they are cut, and nothing is said to who has gone', async (t) => {
    const [one, other] = await pair(t);
    const heard: unknown[] = [];
    readMessages(other, (message) => heard.push(message));
    writeMessage(one, { a: 'ä\n' });
    one.write('[1]\n{"b"');
    one.end(':2}\n3');
    await once(other, 'end');
    assert.deepEqual(heard, [{ a: 'ä\n' }, [1], { b: 2 }]);
    writeMessage(one, 'late');
  });

  it('end with one that is none, or has no end', async (t) => {
    for (const text of ['nonsense\n', 'x'.repeat(MAX_MESSAGE_BYTES + 1)]) {
      const [one, other] = await pair(t);
      readMessages(other, () => assert.fail('nothing was said'));
      one.write(text);
      await once(other, 'close');
    }
  });
});
