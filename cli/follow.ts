/** Follows a channel of a running server with the project's own client, across restarts of that server. */
import { SocketClient } from '../src/client/index.ts';
import type { Json } from '../src/protocol/index.ts';
import { CommandFailed } from './api.ts';
import type { Server } from './api.ts';

/** How it is followed. */
export interface FollowOptions {
  /** Nobody waits longer, ms. Default: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Hears that the line was lost, and that it is there again. */
  readonly onLine?: (there: boolean) => void;
}

/** What is heard: the state that publications build on, or one of these. */
export type Hear = (data: Json, isSnapshot: boolean) => boolean;

/**
 * @param hear answers true when it has heard enough.
 * @throws CommandFailed when the server refuses the channel or the token, or the time is over.
 */
export async function follow(
  { url, token }: Server,
  channel: string,
  hear: Hear,
  { timeoutMs, onLine }: FollowOptions = {},
): Promise<void> {
  const client = new SocketClient({ url: url.href, ...(token !== undefined && { token }) });
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (message: string): void => reject(new CommandFailed(message));
      const take = (data: Json, isSnapshot: boolean): void => {
        try {
          if (hear(data, isSnapshot)) resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      if (timeoutMs !== undefined)
        timer = setTimeout(() => refuse(`It took longer than ${timeoutMs / 1_000} s`), timeoutMs);
      let there = true;
      client.on('state', ({ state, reason }) => {
        if (state === 'failed') return refuse(`The connection was refused: ${reason ?? 'without a reason'}`);
        const now = state === 'live' || state === 'fallback';
        if (state !== 'reconnecting' && !now) return;
        if (now !== there) onLine?.((there = now));
      });
      client.subscribe(channel, {
        snapshot: (data) => take(data, true),
        publication: (data) => take(data, false),
        error: ({ code, message, retryable }) => {
          if (!retryable) refuse(`${code}: ${message}`);
        },
      });
      client.connect();
    });
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}
