/** Restarts for others, such as health's remedies: each is an operation like any other, and waited for. */
import { WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type { ErrorCode } from '../../../src/protocol/index.ts';
import { CODES } from '../../../src/protocol/index.ts';
import type { AgentRestarter } from '../../ports/agent-restarter.ts';
import type { Commands } from './commands.ts';
import type { Asked } from './provisioning.ts';
import type { OperationRecord } from './record/record.ts';

const ASKED: Asked = { by: 'health', actor: { id: 'health', kind: 'system' } };

/** Waits for the ends of operations. */
export class Restarts implements AgentRestarter {
  readonly #commands: () => Pick<Commands, 'command'>;
  readonly #find: (operation: string) => OperationRecord | undefined;
  readonly #waiting = new Map<string, Set<(operation: OperationRecord) => void>>();

  constructor(
    commands: () => Pick<Commands, 'command'>,
    find: (operation: string) => OperationRecord | undefined,
  ) {
    this.#commands = commands;
    this.#find = find;
  }

  async restart(agent: string, signal: AbortSignal): Promise<void> {
    const { operation } = await this.#commands().command(agent, { type: 'restart' }, ASKED);
    const { state, error } = await this.#ended(operation, signal);
    if (state === 'completed') return;
    const code: ErrorCode =
      error && Object.hasOwn(CODES, error.code) ? (error.code as ErrorCode) : 'conflict';
    throw new WaooawError(
      code,
      `The restart of agent "${agent}" is ${state}${error ? `: ${error.message}` : ''}`,
    );
  }

  /** Somebody may wait for it. */
  observed(operation: OperationRecord): void {
    if (!isEnded(operation.state)) return;
    for (const settle of this.#waiting.get(operation.operation) ?? []) settle(operation);
  }

  #ended(id: string, signal: AbortSignal): Promise<OperationRecord> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id) ?? new Set();
      const done = (): void => {
        signal.removeEventListener('abort', leave);
        waiting.delete(settle);
        if (waiting.size === 0) this.#waiting.delete(id);
      };
      const settle = (operation: OperationRecord): void => {
        done();
        resolve(operation);
      };
      const leave = (): void => {
        done();
        reject(signal.reason as Error);
      };
      this.#waiting.set(id, waiting.add(settle));
      signal.addEventListener('abort', leave);
      const now = this.#find(id);
      if (signal.aborted) leave();
      else if (now && isEnded(now.state)) settle(now);
    });
  }
}
