import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { listeningInodes, socketsOf } from './listening.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };

describe('Who listens', linux, () => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    it(`is found on ${host}, and holds the socket`, async (t) => {
      const server = createServer().listen(0, host);
      t.after(() => server.close());
      await once(server, 'listening');
      const inodes = listeningInodes((server.address() as AddressInfo).port)!;
      assert.equal(inodes.length, 1);
      assert.ok(socketsOf(process.pid).has(inodes[0]!));
      assert.ok(!socketsOf(1).has(inodes[0]!));
    });
  }

  it('is told apart from who is connected, and from who listens on another address', () => {
    const folder = temporaryFolder();
    const line = (local: string, state: string, inode: number) =>
      `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0\n`;
    const mapped = '0000000000000000FFFF00000100007F';
    writeFileSync(
      join(folder, 'tcp'),
      `  sl  local_address rem_address   st\n${line('0100007F:4E20', '0A', 11)}${line('0100007F:4E20', '01', 12)}` +
        `${line('0A01A8C0:4E20', '0A', 13)}${line('00000000:4E21', '0A', 14)}`,
    );
    assert.deepEqual(listeningInodes(20_000, folder), ['11']);
    writeFileSync(join(folder, 'tcp6'), line(`${mapped}:4E20`, '0A', 21));
    assert.deepEqual(listeningInodes(20_000, folder), ['11', '21']);
    assert.deepEqual(listeningInodes(20_002, folder), []);
  });

  it('cannot be told where there are no tables', () => {
    assert.equal(listeningInodes(20_000, join(temporaryFolder(), 'nowhere')), undefined);
    assert.equal(socketsOf(4_194_305).size, 0);
  });
});
