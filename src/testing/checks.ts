/** Checks of a test, and what a server says of them. */
import type { Connected } from '../protocol/frames.ts';
import type { CheckHistory, CheckStatus, HistorySegment, Uptime } from '../protocol/health.ts';
import type { Script, ScriptedSocket } from './script.ts';
import { until } from './until.ts';

const DAY_MS = 86_400_000;

/** A check that is up as of now. */
export function checkNow(check: string, more: Partial<CheckStatus> = {}): CheckStatus {
  const at = Date.now();
  const word = more.word ?? more.state ?? 'up';
  return {
    ...{ check, title: check, kind: 'http', source: 'file', critical: true },
    ...{ state: 'up', since: at - 300_000, at, intervalMs: 10_000 },
    ...more,
    word,
  };
}

/** Ninety days that end now: all up, but for those given by how many days ago they were. */
export function someHistory(
  check: string,
  worst: Readonly<Record<number, Partial<HistorySegment>>> = {},
): CheckHistory {
  const now = Date.now();
  const none = { degradedMs: 0, downMs: 0, maintenanceMs: 0, unknownMs: 0 };
  const uptime = (days: number, ratio: number | null): Uptime => ({
    ...none,
    upMs: days * DAY_MS,
    windowMs: days * DAY_MS,
    ratio,
  });
  const segments = Array.from({ length: 90 }, (_, i): HistorySegment => {
    const ago = 89 - i;
    return {
      ...none,
      ...{ from: now - (ago + 1) * DAY_MS, to: now - ago * DAY_MS, upMs: DAY_MS, worst: 'up' },
      ...worst[ago],
    };
  });
  return {
    check,
    uptime: {
      day: uptime(1, 1),
      week: uptime(7, 0.999999),
      month: uptime(30, 0.98765),
      quarter: uptime(90, null),
    },
    segments,
    transitions: [],
    incidents: [],
  };
}

/** Channels that a client has asked for, in its order. */
export function askedFor({ sent }: ScriptedSocket): string[] {
  return sent.flatMap((message) => {
    const { connect, subscribe } = message as {
      readonly connect?: { readonly subs?: readonly { readonly ch: string }[] };
      readonly subscribe?: { readonly ch: string };
    };
    return [...(connect?.subs ?? []), ...(subscribe ? [subscribe] : [])].map(({ ch }) => ch);
  });
}

/**
 * Plays the server of the newest socket until the client has asked for a channel of checks.
 * @param ch the channel.
 * @returns says what the channel holds now.
 */
export async function serveChecks(
  script: Script,
  ch: string,
  more: Partial<Connected> = {},
): Promise<(snapshot: object) => void> {
  await until(() => script.sockets.length > 0, 'there is a socket');
  const { socket } = script;
  if (socket.readyState === 0) socket.accept({ t: Date.now(), ...more });
  await until(() => askedFor(socket).includes(ch), `${ch} is asked for: ${askedFor(socket).join()}`);
  const n = askedFor(socket).indexOf(ch) + 1;
  const isLater = socket.sent.some(
    (message) => (message['subscribe'] as { readonly ch?: string } | undefined)?.ch === ch,
  );
  if (isLater) socket.reply('subscribe', { n, ch, e: 'k', o: 0, h: 'h', snapshot: null });
  return (snapshot) => socket.say({ n, lost: 'tail', e: 'k', o: 0, h: 'h', snapshot });
}
