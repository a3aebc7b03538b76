/** Operations of ours: looked up, and what may be asked of them while they go on. */
import { WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type { OperationAction } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { actionEntry } from './entries.ts';
import type { Executor } from './executor.ts';
import type { Ledger } from './ledger.ts';
import type { Asked } from './provisioning.ts';
import type { Queue } from './queue.ts';
import type { OperationRecord, ProvisioningRecord } from './record/record.ts';
import type { Showing } from './showing.ts';
import { stagesForRetry } from './steps.ts';

/** What it takes. */
export interface OperationsDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly record: Pick<ProvisioningRecord, 'findOperation'>;
  readonly queue: Queue;
  readonly executor: Pick<Executor, 'interrupt'>;
  readonly showing: Pick<Showing, 'actions'>;
}

/** Acts on operations. */
export class Operations {
  readonly #deps: OperationsDeps;

  constructor(deps: OperationsDeps) {
    this.#deps = deps;
  }

  /** @throws WaooawError `not_found`. */
  async get(id: string): Promise<OperationRecord> {
    const { ledger, record } = this.#deps;
    const found = ledger.operation(id) ?? (await record.findOperation(id));
    if (!found) throw new WaooawError('not_found', `There is no operation "${id}"`);
    return found;
  }

  /** @throws WaooawError `not_found`, `bad_transition` naming what is legal. */
  async act(id: string, action: OperationAction, asked: Asked): Promise<OperationRecord> {
    const { ledger, queue, executor, clock } = this.#deps;
    const known = await this.get(id);
    await ledger.change(known.agent ?? id, () => {
      const operation = ledger.operation(id) ?? known;
      this.#assertLegal(operation, action);
      const by = { by: asked.by, at: clock.now() };
      return {
        operation: { ...asAsked(operation, action, by), revision: operation.revision + 1 },
        event: actionEntry(operation, action, asked),
      };
    });
    const { state } = ledger.operation(id)!;
    if (action === 'cancel') {
      queue.force(id);
      executor.interrupt(id);
    } else if (state === 'paused') queue.remove(id);
    else if (state === 'queued') queue.add(id);
    return ledger.operation(id)!;
  }

  #assertLegal(operation: OperationRecord, action: OperationAction): void {
    const legal = this.#deps.showing.actions(operation);
    if (legal.includes(action)) return;
    const { operation: id, source, state } = operation;
    const why = source === 'host' ? 'belongs to a host' : `is ${state}`;
    throw new WaooawError(
      'bad_transition',
      `Operation ${id} ${why}, and cannot be asked to ${action}; legal now: ${legal.join(', ') || 'nothing'}`,
    );
  }
}

/** What the operation is from the moment that something is asked of it. */
function asAsked(
  operation: OperationRecord,
  name: OperationAction,
  { by, at }: { readonly by: string; readonly at: number },
): OperationRecord {
  const asked = (phase: 'accepted' | 'in-effect' | 'done') => ({
    ...operation,
    action: { name, phase, by, at },
  });
  switch (name) {
    case 'cancel':
      return asked('accepted');
    case 'pause':
      // What waits stands still at once; what runs, after its stage.
      return operation.state === 'queued' ? { ...asked('in-effect'), state: 'paused' } : asked('accepted');
    case 'resume':
      return operation.state === 'paused' ? { ...asked('accepted'), state: 'queued' } : asked('done');
    case 'retry': {
      const { error: _error, endedAt: _endedAt, ...rest } = asked('accepted');
      return { ...rest, state: 'queued', stages: stagesForRetry(operation.stages) };
    }
  }
}

/** They are not at their end. */
export function countOpen(operations: readonly OperationRecord[], source: OperationRecord['source']): number {
  return operations.filter((one) => one.source === source && !isEnded(one.state)).length;
}
