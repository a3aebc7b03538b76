/** What may be chosen of a folder watcher. Which folder it is, is not: whoever configured it said so. */
import { parameters } from '../agent.ts';

/** How often it looks. */
export const { everyMs } = parameters({ everyMs: 2_000 });
/** What it looks at: the server's data folder. */
export const folder = process.env['DEMO_FOLDER'] ?? '.';
