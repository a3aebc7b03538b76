/** Collectors of the machine's vital signs. Each stands alone: one that this system does not offer costs only itself. */
import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import type { Clock } from '../../../ports/clock.ts';
import { Rate, gauge } from './collector.ts';
import type { Collector } from './collector.ts';

/** Share of all processors' time that was not idle since the last reading. */
export function cpuCollector(): Collector {
  let last = cpuTimes();
  return {
    name: 'cpu',
    collect() {
      const now = cpuTimes();
      const total = now.total - last.total;
      const usage = total > 0 ? 1 - (now.idle - last.idle) / total : undefined;
      last = now;
      return gauge(
        'host_cpu_usage_ratio',
        usage,
        'ratio',
        'Share of processor time in use, over all processors',
      );
    },
  };
}

/** Memory that programs hold: all of it less what Linux could give to a new program without swapping. */
export function memoryCollector(): Collector {
  return {
    name: 'memory',
    async collect() {
      const total = os.totalmem();
      const used = total - (await availableMemory());
      return [
        ...gauge('host_memory_used_bytes', used, 'bytes', 'Memory in use'),
        ...gauge('host_memory_used_ratio', used / total, 'ratio', 'Share of memory in use'),
      ];
    },
  };
}

/** Tasks that run or wait, averaged over a minute. */
export function loadCollector(): Collector {
  return {
    name: 'load',
    collect: () =>
      gauge('host_load1', os.loadavg()[0], 'count', 'Tasks running or waiting, one-minute average'),
  };
}

/** Room on the disk that holds a folder, and bytes read from and written to all disks. */
export function diskCollector(folder: string, clock: Clock): Collector {
  const reads = new Rate();
  const writes = new Rate();
  return {
    name: 'disk',
    async collect() {
      const { blocks, bfree } = await statfs(folder);
      const used = gauge(
        'host_disk_used_ratio',
        1 - bfree / blocks,
        'ratio',
        "Share of the data folder's disk in use",
      );
      const bytes = parseDiskstats(await readProc('diskstats'));
      const at = clock.monotonicMs();
      return [
        ...used,
        ...gauge(
          'host_disk_read_bytes_per_second',
          reads.next(bytes.read, at),
          'bytes_per_second',
          'Read from disks',
        ),
        ...gauge(
          'host_disk_written_bytes_per_second',
          writes.next(bytes.written, at),
          'bytes_per_second',
          'Written to disks',
        ),
      ];
    },
  };
}

/** Bytes through all network interfaces but loopback. */
export function networkCollector(clock: Clock): Collector {
  const received = new Rate();
  const sent = new Rate();
  return {
    name: 'network',
    async collect() {
      const bytes = parseNetDev(await readProc('net/dev'));
      const at = clock.monotonicMs();
      return [
        ...gauge(
          'host_network_received_bytes_per_second',
          received.next(bytes.received, at),
          'bytes_per_second',
          'Received from the network',
        ),
        ...gauge(
          'host_network_sent_bytes_per_second',
          sent.next(bytes.sent, at),
          'bytes_per_second',
          'Sent to the network',
        ),
      ];
    },
  };
}

/**
 * Sums whole disks of /proc/diskstats (proc_diskstats(5)): fields 6 and 10 are sectors of 512 bytes. Partitions,
 * loop and RAM devices are left out, so that nothing counts twice.
 */
export function parseDiskstats(text: string): { read: number; written: number } {
  let read = 0;
  let written = 0;
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (!/^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(fields[2] ?? '')) continue;
    read += Number(fields[5]) * 512;
    written += Number(fields[9]) * 512;
  }
  return { read, written };
}

/** Sums the interfaces of /proc/net/dev but `lo`: columns 1 and 9 are bytes received and sent. */
export function parseNetDev(text: string): { received: number; sent: number } {
  let received = 0;
  let sent = 0;
  for (const line of text.split('\n')) {
    const [name = '', counts] = line.split(':');
    if (counts === undefined || name.trim() === 'lo') continue;
    const fields = counts.trim().split(/\s+/).map(Number);
    received += fields[0] ?? 0;
    sent += fields[8] ?? 0;
  }
  return { received, sent };
}

/** MemAvailable of /proc/meminfo, in bytes. */
export function parseMeminfo(text: string): number | undefined {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(text);
  return found ? Number(found[1]) * 1024 : undefined;
}

async function availableMemory(): Promise<number> {
  // Where there is no /proc (macOS), free memory is the nearest thing there is; it ignores reclaimable caches.
  const text = await readProc('meminfo').catch(() => '');
  return parseMeminfo(text) ?? os.freemem();
}

async function readProc(file: string): Promise<string> {
  return readFile(`/proc/${file}`, 'utf8');
}

function cpuTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of os.cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}
