import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import type { Collector } from './collector.ts';
import {
  cpuCollector,
  diskCollector,
  loadCollector,
  memoryCollector,
  networkCollector,
  parseDiskstats,
  parseMeminfo,
  parseNetDev,
} from './host.ts';

const linux = process.platform === 'linux';

/** Reads a collector and gives its values by name. */
async function read(collector: Collector): Promise<Record<string, number>> {
  const samples: readonly Sample[] = await collector.collect();
  for (const { name, value, unit, help } of samples) {
    assert.ok(Number.isFinite(value), `${name} is ${value}`);
    assert.ok(unit && help, `${name} lacks a unit or a help`);
  }
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]));
}

describe('/proc/diskstats', () => {
  // major minor name reads merged sectors-read ms writes merged sectors-written …
  const line = (name: string, read: number, written: number): string =>
    `   8       0 ${name} 100 3 ${read} 40 200 5 ${written} 60 0 70 80 0 0 0 0 9 9`;

  it('sums sectors of whole disks of every kind', () => {
    const names = ['sda', 'sdab', 'vda', 'xvdb', 'hda', 'nvme0n1', 'nvme12n3', 'mmcblk0'];
    const text = names.map((name, i) => line(name, 10 ** i, 2 * 10 ** i)).join('\n');
    assert.deepEqual(parseDiskstats(`${text}\n`), { read: 11_111_111 * 512, written: 22_222_222 * 512 });
  });

  it('leaves out what would count twice: partitions, loops, RAM disks, mapped and software volumes', () => {
    const names = ['sda1', 'nvme0n1p2', 'mmcblk0p1', 'loop0', 'ram0', 'dm-0', 'md0', 'sr0', 'zram0'];
    assert.deepEqual(parseDiskstats(names.map((name) => line(name, 5, 5)).join('\n')), {
      read: 0,
      written: 0,
    });
    assert.deepEqual(parseDiskstats(''), { read: 0, written: 0 });
  });
});

describe('/proc/net/dev', () => {
  it('sums bytes of every interface but loopback, also where a count touches the colon or is missing', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  999999    1000    0    0    0     0          0         0  999999    1000    0    0    0     0       0          0
  eth0:   1000      10    0    0    0     0          0         0    2000      20    0    0    0     0       0          0
wlan0:123456789012  1    0    0    0     0          0         0       3       1    0    0    0     0       0          0
 odd0:  100
`;
    assert.deepEqual(parseNetDev(text), { received: 123_456_790_112, sent: 2_003 });
  });

  it('is nothing where there is no interface', () =>
    assert.deepEqual(parseNetDev(''), { received: 0, sent: 0 }));
});

describe('/proc/meminfo', () => {
  it('says what Linux could give to a program, in bytes', () => {
    const text = 'MemTotal:       16384000 kB\nMemFree:          100000 kB\nMemAvailable:    8192000 kB\n';
    assert.equal(parseMeminfo(text), 8_192_000 * 1024);
  });

  it('says nothing where the line is missing', () => {
    assert.equal(parseMeminfo('MemTotal: 1 kB\nMemAvailable: many kB\n'), undefined);
    assert.equal(parseMeminfo(''), undefined);
  });
});

describe('this machine', () => {
  it('has a share of processor time in use, measured between two readings', async () => {
    const collector = cpuCollector();
    // The system counts in hundredths of a second: read until a count has moved.
    let usage: number | undefined;
    while (usage === undefined) usage = (await read(collector))['host_cpu_usage_ratio'];
    assert.ok(usage >= 0 && usage <= 1, `${usage}`);
  });

  it('has memory in use, less than all of it', async () => {
    const { host_memory_used_bytes: bytes = 0, host_memory_used_ratio: ratio = 0 } =
      await read(memoryCollector());
    assert.ok(bytes > 1e6);
    assert.ok(ratio > 0 && ratio < 1);
  });

  it('has a load', async () => {
    const { host_load1: load = -1 } = await read(loadCollector());
    assert.ok(load >= 0 && load < 100_000);
  });

  it('has a disk in part use, and rates from the second reading on', { skip: !linux }, async () => {
    const clock = createManualClock();
    const collector = diskCollector(import.meta.dirname, clock);
    const first = await read(collector);
    assert.deepEqual(Object.keys(first), ['host_disk_used_ratio']);
    const used = first['host_disk_used_ratio'] ?? -1;
    assert.ok(used >= 0 && used <= 1, `${used}`);
    clock.advance(1_000);
    const second = await read(collector);
    assert.ok((second['host_disk_read_bytes_per_second'] ?? -1) >= 0);
    assert.ok((second['host_disk_written_bytes_per_second'] ?? -1) >= 0);
  });

  it('has a network, and rates from the second reading on', { skip: !linux }, async () => {
    const clock = createManualClock();
    const collector = networkCollector(clock);
    assert.deepEqual(await read(collector), {});
    clock.advance(1_000);
    const second = await read(collector);
    assert.ok((second['host_network_received_bytes_per_second'] ?? -1) >= 0);
    assert.ok((second['host_network_sent_bytes_per_second'] ?? -1) >= 0);
  });

  it('says so when the data folder is gone', async () => {
    const collector = diskCollector('/nowhere/at/all', createManualClock());
    await assert.rejects(async () => collector.collect(), { code: 'ENOENT' });
  });
});
