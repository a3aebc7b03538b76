/** Broken: it compares with the count before the first. It ends a few seconds after it began to serve. */
import { run } from '../../agent.ts';
import { type FolderUsage, bytesText, usageOf } from '../../folder-usage.ts';
import { everyMs, folder } from '../options.ts';

const REPORT_MS = 6_000;
let usage: FolderUsage | undefined;
let before: FolderUsage | undefined;

setInterval(() => {
  process.stdout.write(`info Grown by ${bytesText((usage?.bytes ?? 0) - before!.bytes)}\n`);
  before = usage;
}, REPORT_MS);

await run({
  version: '2.0.0-rc.2',
  everyMs,
  async look() {
    usage = await usageOf(folder);
    return { summary: `${usage.files} files, ${bytesText(usage.bytes)}`, files: usage.files };
  },
});
