/** What a badge asks the health API, as whoever the socket is. */
import type { SocketClient } from '../../client/socket.ts';
import type { CheckHistory } from '../../protocol/health.ts';
import type { Role } from '../../protocol/roles.ts';
import { apiUrl } from '../server-api.ts';

/** Who may acknowledge. */
const ACTING: readonly (Role | undefined)[] = ['operator', 'admin'];

/** Whether the reader may do something about it. */
export function mayAct(client: SocketClient | undefined): boolean {
  return ACTING.includes(client?.identity?.role);
}

/** A check's last 90 days. Rejects with what the server says. */
export async function fetchHistory(
  client: SocketClient,
  check: string,
  signal: AbortSignal,
): Promise<CheckHistory> {
  const answer = await ask(client, `/health/${encodeURIComponent(check)}/history?days=90`, { signal });
  return (await answer.json()) as CheckHistory;
}

/** Says that somebody has seen it. Rejects with what the server says. */
export async function acknowledge(client: SocketClient, incident: string, note: string): Promise<void> {
  await ask(client, `/health/incidents/${encodeURIComponent(incident)}/acknowledge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(note ? { note } : {}),
  });
}

async function ask(client: SocketClient, path: string, init: RequestInit): Promise<Response> {
  const token = await client.token();
  const answer = await fetch(apiUrl(client.url, path), {
    ...init,
    headers: {
      ...(init.headers as Record<string, string> | undefined),
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
  });
  if (!answer.ok) throw new Error(await reasonOf(answer));
  return answer;
}

async function reasonOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined);
  const { detail, title } = Object(body) as { detail?: unknown; title?: unknown };
  const text = detail ?? title;
  return typeof text === 'string' ? text : String(answer.status);
}
