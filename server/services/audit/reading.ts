/** What the routes that read the trail have in common. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { canonical } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json } from '../../../src/protocol/index.ts';
import type { AppEnv } from '../../http/env.ts';
import type { AuditRow } from '../../ports/audit-log.ts';
import type { Audit, Origin } from './index.ts';
import type { AuditView } from './views.ts';

/** The path parameter that names an entry. */
export const sequenceParameter = z.object({
  sequence: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).describe('From 1'),
});

/** Where a request came from. */
export function originOf(c: Context<AppEnv>): Origin {
  const { clientAddress: ip, requestId } = c.var;
  return { requestId, ...(ip !== undefined && ip !== '' && { ip }) };
}

/** Records that the trail is read, once a query. @param asked what was asked for, as it was understood. */
export async function readQuery(audit: Audit, c: Context<AppEnv>, asked: object): Promise<void> {
  const [path] = c.req.path.split('/audit').slice(-1);
  const query = canonical(JSON.parse(JSON.stringify(asked)) as Json);
  await audit.recordRead(c.var.identity, `/audit${path} ${query}`, originOf(c));
}

/**
 * Runs a search for whoever asks. It ends as soon as nobody waits for it any more.
 * @throws WaooawError `search_limit`; `aborted`, which nobody receives; the search's own.
 */
export async function searching<T>(
  { searches }: Audit,
  c: Context<AppEnv>,
  search: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = searches.begin(c.var.identity.id);
  const { signal } = c.req.raw;
  try {
    return await search(signal);
  } catch (cause) {
    throw signal.aborted ? new WaooawError('aborted', undefined, { cause }) : cause;
  } finally {
    end();
  }
}

/** An entry that this reader may see. @throws WaooawError `not_found`, `pruned`. */
export async function shownRow(audit: Audit, view: AuditView, sequence: number): Promise<AuditRow> {
  const row = await audit.log.get(sequence);
  if (row && view.shows(row)) return row;
  const first = row ? sequence : await audit.log.first();
  if (sequence < first)
    throw new WaooawError('pruned', `Entries below ${first} were archived and pruned; this was ${sequence}`);
  throw new WaooawError('not_found', `There is no entry ${sequence} for you`);
}
