/** Watches operations until they are at their end: as a block that moves in a terminal, as lines elsewhere, or as JSON. */
import { isEnded } from '../src/protocol/index.ts';
import type { Json, OperationStatus } from '../src/protocol/index.ts';
import { CommandFailed, ask } from './api.ts';
import type { Server } from './api.ts';
import { plain } from './columns.ts';
import type { Output } from './command.ts';
import { follow } from './follow.ts';
import type { FollowOptions } from './follow.ts';
import { endOf, progressBlock, progressLines } from './progress.ts';
import { Screen } from './screen.ts';

/** How it is watched. */
export interface WatchOptions {
  /** Each state as a line of JSON. */
  readonly json: boolean;
  /** Nobody waits longer, ms. Default: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Watches one.
 * @throws CommandFailed when it does not end as `completed`, or cannot be watched.
 */
export async function watchOperation(
  server: Server,
  operation: string,
  output: Output,
  { json, timeoutMs }: WatchOptions,
): Promise<void> {
  const view = viewOf(output, json);
  let last = await ask<OperationStatus>(server, 'GET', `/api/operations/${encodeURIComponent(operation)}`);
  try {
    view.show(last);
    // One that ended long ago has no channel any more.
    if (!isEnded(last.state)) {
      const hear = (data: Json): boolean => {
        const next = data as unknown as OperationStatus;
        if (next.revision < last.revision) return false;
        view.show((last = next));
        return isEnded(last.state);
      };
      await follow(server, `operation/${operation}`, hear, { timeoutMs, onLine: lineTeller(view) });
    }
  } finally {
    view.close();
  }
  if (last.state !== 'completed') throw new CommandFailed(`${last.title}: ${endOf(last)}`);
}

/**
 * Watches many at once, a line each as it ends.
 * @throws CommandFailed when one does not end as `completed`.
 */
export async function watchOperations(
  server: Server,
  started: readonly OperationStatus[],
  output: Output,
  { json, timeoutMs }: WatchOptions,
): Promise<void> {
  const open = new Map(started.map((status) => [status.operation, status]));
  let failed = 0;
  const look = (status: OperationStatus): void => {
    if (!open.has(status.operation) || !isEnded(status.state)) return;
    open.delete(status.operation);
    if (status.state !== 'completed') failed += 1;
    output.print(json ? JSON.stringify(status) : plain(`${status.title}: ${endOf(status)}`));
  };
  for (const status of started) look(status);
  const options: FollowOptions = { timeoutMs };
  const hear = (data: Json, isSnapshot: boolean): boolean => {
    const heard = (isSnapshot ? data : [data]) as unknown as readonly OperationStatus[];
    for (const status of heard) look(status);
    return open.size === 0;
  };
  if (open.size > 0) await follow(server, 'operations', hear, options);
  if (failed > 0) throw new CommandFailed(`${failed} of ${started.length} operations were not completed`);
}

interface View {
  show(status: OperationStatus): void;
  say(line: string): void;
  close(): void;
}

function viewOf(output: Output, json: boolean): View {
  const { terminal } = output;
  const done = (): void => undefined;
  const print = (line: string): void => output.print(line);
  const note = (line: string): void => output.note(line);
  if (json) return { show: (status) => print(JSON.stringify(status)), say: note, close: done };
  if (terminal) {
    const screen = new Screen(terminal);
    return {
      show: (status) => screen.show(() => progressBlock(status, Date.now())),
      say: (line) => screen.say(line),
      close: () => screen.close(),
    };
  }
  let before: OperationStatus | undefined;
  return {
    show(status) {
      for (const line of progressLines(before, status)) print(line);
      before = status;
    },
    say: note,
    close: done,
  };
}

function lineTeller(view: View): (there: boolean) => void {
  return (there) => view.say(there ? 'The server is back' : 'The server does not answer; waiting for it');
}
