/** Idempotency keys: the same question asked again is the same operation. */
import { createHash, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { canonical } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json } from '../../../src/protocol/index.ts';
import { Lanes } from './lanes.ts';
import type { Asked } from './provisioning.ts';
import type { KeptKey, OperationRecord, ProvisioningRecord } from './record/record.ts';

/** What is asked for. */
export interface Question {
  /** All of it but the secrets. */
  readonly content: Json;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
}

/** Secrets may be short: who reads the row must not find them out by trying. */
const ITERATIONS = 210_000;

const derive = promisify(pbkdf2);

/** Answers questions once. */
export class Idempotency {
  readonly #record: Pick<ProvisioningRecord, 'findKey'>;
  readonly #find: (operation: string) => Promise<OperationRecord | undefined>;
  readonly #lanes = new Lanes();

  constructor(
    record: Pick<ProvisioningRecord, 'findKey'>,
    find: (operation: string) => Promise<OperationRecord | undefined>,
  ) {
    this.#record = record;
    this.#find = find;
  }

  /**
   * @param accept does what is asked for, and commits the key with it.
   * @throws WaooawError `idempotency_conflict` for a key that named something else.
   */
  async once(
    { by, idempotencyKey: key, onRepeated }: Asked,
    question: Question,
    accept: (key: Omit<KeptKey, 'operation'> | undefined) => Promise<OperationRecord>,
  ): Promise<OperationRecord> {
    if (key === undefined) return accept(undefined);
    return this.#lanes.run(JSON.stringify([by, key]), async () => {
      const hash = await hashOf(question, JSON.stringify([by, key]));
      const kept = await this.#record.findKey(by, key);
      if (!kept) return accept({ by, key, hash });
      if (kept.hash !== hash)
        throw new WaooawError(
          'idempotency_conflict',
          'The idempotency key was used before for something else',
        );
      const operation = await this.#find(kept.operation);
      if (!operation)
        throw new WaooawError('not_found', `There is no operation "${kept.operation}" any more`);
      onRepeated?.();
      return operation;
    });
  }
}

async function hashOf({ content, secrets = {} }: Question, salt: string): Promise<string> {
  const names = Object.keys(secrets);
  const sealed =
    names.length === 0
      ? ''
      : (await derive(canonical(secrets), salt, ITERATIONS, 32, 'sha256')).toString('hex');
  return createHash('sha256')
    .update(canonical([content, sealed]))
    .digest('hex');
}
