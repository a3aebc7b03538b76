/** Operations of hosts: a CI job, an orchestrator, a workflow tell how far their own work is. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json, NewOperation, StageUpdate } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { actionEntry } from './entries.ts';
import { derive, moveStage } from './host-stages.ts';
import type { Idempotency } from './idempotency.ts';
import type { Ledger } from './ledger.ts';
import type { ProvisioningLimits } from './limits.ts';
import { operationId } from './operation-id.ts';
import { countOpen } from './operations.ts';
import type { Operations } from './operations.ts';
import { PLAN_VERSION } from './plans.ts';
import type { Asked } from './provisioning.ts';
import type { OperationRecord } from './record/record.ts';

/** What it takes. */
export interface HostsDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly idempotency: Idempotency;
  readonly operations: Pick<Operations, 'get'>;
  readonly limits: Pick<ProvisioningLimits, 'maxHostOperations'>;
  readonly say: (operation: string, stage: string | undefined, texts: readonly string[]) => void;
}

/** Takes what hosts tell. */
export class Hosts {
  readonly #deps: HostsDeps;
  #coming = 0;

  constructor(deps: HostsDeps) {
    this.#deps = deps;
  }

  create(input: NewOperation, asked: Asked): Promise<OperationRecord> {
    const question = { content: { operation: input as unknown as Json } };
    return this.#deps.idempotency.once(asked, question, async (key) => {
      const { ledger, clock, limits } = this.#deps;
      const { type, title, stages, agent, tags, url } = input;
      if (new Set(stages.map(({ name }) => name)).size !== stages.length || stages.length === 0)
        throw new WaooawError('bad_request', 'Expected at least one stage, and names that are unique');
      if (countOpen(ledger.operations(), 'host') + this.#coming >= limits.maxHostOperations)
        throw new WaooawError(
          'operation_limit',
          `There are ${limits.maxHostOperations} operations of hosts that have not ended (maxHostOperations)`,
        );
      const at = clock.now();
      const operation: OperationRecord = {
        operation: operationId(at),
        type,
        title,
        source: 'host',
        ...(agent !== undefined && { agent }),
        state: 'queued',
        planVersion: PLAN_VERSION,
        input: {},
        stages: stages.map(({ name, title: said = name, description }) => ({
          name,
          title: said,
          ...(description !== undefined && { description }),
          state: 'pending',
          attempts: 0,
        })),
        createdAt: at,
        by: asked.by,
        tags: { ...tags, ...(agent !== undefined && { agent }) },
        ...(url !== undefined && { url }),
        revision: 1,
      };
      this.#coming += 1;
      try {
        await ledger.change(operation.operation, () => ({
          operation,
          ...(key && { key: { ...key, operation: operation.operation } }),
          event: actionEntry(operation, 'create', asked),
        }));
      } finally {
        this.#coming -= 1;
      }
      return operation;
    });
  }

  /** @throws WaooawError as `Provisioning.updateStage`. */
  async update(id: string, stage: string, update: StageUpdate, asked: Asked): Promise<OperationRecord> {
    const { ledger, clock, operations, say } = this.#deps;
    const known = await operations.get(id);
    await ledger.change(id, () => {
      const operation = ledger.operation(id) ?? known;
      const moved = movedBy(operation, stage, update, asked, clock.now());
      const isNews = moved.state !== undefined;
      const next = moved.operation;
      if (!isNews) {
        // How far it is may be lost: it is told again soon.
        ledger.progress(next);
        return undefined;
      }
      const { error } = update;
      return {
        operation: next,
        event: actionEntry(
          next,
          'update',
          asked,
          { stage, state: moved.state ?? null },
          moved.state === 'failed' ? (error ?? { code: 'failed', message: `${stage} failed` }) : undefined,
        ),
      };
    });
    if (update.log && update.log.length > 0) say(id, stage, update.log);
    return ledger.operation(id) ?? known;
  }
}

/** The operation after what was told; `state` is that of the stage where it is another than before. */
function movedBy(
  operation: OperationRecord,
  name: string,
  update: StageUpdate,
  { ifMatch }: Asked,
  at: number,
): {
  readonly operation: OperationRecord;
  readonly state: OperationRecord['stages'][number]['state'] | undefined;
} {
  const { operation: id, source, revision, stages } = operation;
  if (source !== 'host')
    throw new WaooawError(
      'read_only',
      `Operation ${id} is the server's own: its stages are not moved from outside`,
    );
  const stage = stages.find((one) => one.name === name);
  if (!stage) throw new WaooawError('not_found', `Operation ${id} has no stage "${name}"`);
  if (ifMatch !== undefined && ifMatch !== revision)
    throw new WaooawError('generation_conflict', `Operation ${id} is at revision ${revision}`);
  const after = moveStage(stage, update, at);
  const { startedAt, endedAt, error: _error, ...rest } = operation;
  const next = stages.map((one) => (one === stage ? after : one));
  const times = { ...(startedAt !== undefined && { startedAt }), ...(endedAt !== undefined && { endedAt }) };
  return {
    operation: { ...rest, ...derive({ stages: next, ...times }, at), stages: next, revision: revision + 1 },
    state: after.state === stage.state ? undefined : after.state,
  };
}
