/** The Authorization header of a scrape, from the files that hold what is secret. */
import { readFile } from 'node:fs/promises';
import { ScrapeError } from './failure.ts';
import type { ScrapeJob } from './job.ts';

/**
 * Reads a job's credentials, anew each time.
 * @returns undefined where it has none.
 * @throws ScrapeError `secret`, naming the file and never what it holds.
 */
export async function authorization({ bearerTokenFile, basicAuth }: ScrapeJob): Promise<string | undefined> {
  if (bearerTokenFile !== undefined)
    return `Bearer ${await secret('bearerTokenFile', bearerTokenFile, /^[\x21-\x7e]+$/)}`;
  if (!basicAuth) return undefined;
  const password = await secret('passwordFile', basicAuth.passwordFile, /^[^\n\r]+$/);
  return `Basic ${Buffer.from(`${basicAuth.user}:${password}`).toString('base64')}`;
}

async function secret(setting: string, file: string, shape: RegExp): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ScrapeError('secret', `${setting} ${file} cannot be read: ${cause.code}`, { cause });
  });
  // An editor's last newline is no part of it.
  const value = text.replace(/\r?\n$/, '');
  if (shape.test(value)) return value;
  throw new ScrapeError('secret', `${setting} ${file} does not hold one line of what a header may carry`);
}
