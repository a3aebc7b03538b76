/** What may be chosen of a prober. */
import { parameters } from '../agent.ts';

/** What it asks for, and how often. */
export const { path, everyMs } = parameters({ path: '/livez', everyMs: 1_000 });
/** The server that is asked. */
export const url = process.env['WAOOAW_URL'] ?? 'http://127.0.0.1:8787';
/** A secret that goes along, if it was given one. */
export const authorization = process.env['AUTHORIZATION'];
