/** What operations are executed with. */
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from './journal.ts';
import type { Kinds } from './kinds.ts';
import type { Ledger } from './ledger.ts';
import type { ProvisioningLimits } from './limits.ts';
import type { Tools } from './stages/index.ts';
import type { Supervisor } from './supervision.ts';

/** What the executor takes, and whoever it works with. */
export interface ExecutorDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly kinds: Kinds;
  readonly tools: Omit<Tools, 'supervisor'>;
  readonly supervisor: Pick<Supervisor, 'hold' | 'idle' | 'ready' | 'watch'>;
  readonly limits: ProvisioningLimits;
  readonly say: (operation: string, stage: string | undefined, text: string) => void;
  readonly onError: (error: unknown, what: string) => void;
}
