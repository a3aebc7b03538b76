/** What became of an instance, in words for people. */
import type { InstanceExit } from '../../../../src/protocol/index.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';

/** Such as `ended with code 1`. */
export function wordsOfExit(exit: InstanceExit | undefined): string {
  if (!exit) return 'is lost';
  const { code, signal, reason } = exit;
  if (reason === 'memory') return 'used more memory than its kind allows, and was ended';
  if (reason === 'stopped') return 'was stopped';
  if (code !== undefined) return `ended with code ${code}`;
  return signal === undefined ? 'ended unseen' : `was ended by ${signal}`;
}

/** Such as `a-1.2.0 ended with code 1`. */
export function wordsOfEnd({ name, exit }: Pick<Instance, 'name' | 'exit'>): string {
  return `${name} ${wordsOfExit(exit)}`;
}
