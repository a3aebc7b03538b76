/** What may be chosen of a log tailer. Which logs it reads, is not: whoever configured it said so. */
import { join } from 'node:path';
import { parameters } from '../agent.ts';
import { LogTail } from '../log-tail.ts';

/** How often it looks, and what a line must have in it to count. */
export const { everyMs, contains } = parameters({ everyMs: 1_000, contains: '' });
/** The folder with the logs: where the server keeps those of its agents. */
export const folder = join(process.env['DEMO_FOLDER'] ?? '.', 'agents', 'run');
/** What it follows. */
export const tail = new LogTail(folder, contains);
