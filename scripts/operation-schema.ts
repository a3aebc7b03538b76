/**
 * docs/operation-status.schema.json: how work in stages is told, for programs. JSON Schema 2020-12, made of the schemas that the
 * server validates with.
 *
 *     node scripts/operation-schema.ts            prints it
 *     node scripts/operation-schema.ts --write    writes it
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { newOperation, operationStatus, stageUpdate } from '../src/protocol/operations.schema.ts';
import { root } from './run.ts';

/** The document's file. */
export const FILE = join(root, 'docs/operation-status.schema.json');

/** What is answered is open to fields of later releases; what is sent is not. */
const SENT = { NewOperation: newOperation, StageUpdate: stageUpdate };

/** The document. Its root is the status; what a host sends stands beside its parts. */
export function operationSchema(): object {
  const { $schema, $defs = {}, ...status } = open(z.toJSONSchema(operationStatus));
  const sent = Object.entries(SENT).map(([name, schema]) => {
    const { $schema: _, $defs: parts = {}, ...own } = z.toJSONSchema(schema, { io: 'input' });
    return { [name]: own, ...parts };
  });
  return {
    $schema,
    title: 'Operation status',
    description:
      'Work in stages: what GET /api/operations/{operation} answers, and the channels operations and operation/<id> publish. NewOperation and StageUpdate, among the parts, are what a host sends of its own. Ignore fields that you do not know.',
    ...status,
    // Parts of what is answered win: they are open.
    $defs: Object.assign({}, ...sent, $defs) as object,
  };
}

/** The document as its file has it. */
export async function operationSchemaText(): Promise<string> {
  return format(JSON.stringify(operationSchema()), { ...(await resolveConfig(FILE)), filepath: FILE });
}

/** Within a version fields are only ever added: whoever validates an answer must not refuse them. */
function open<T>(value: T): T {
  const text = JSON.stringify(value, (key, part: unknown) =>
    key === 'additionalProperties' && part === false ? undefined : part,
  );
  return JSON.parse(text) as T;
}

if (import.meta.main) {
  if (process.argv.includes('--write')) writeFileSync(FILE, await operationSchemaText());
  else process.stdout.write(await operationSchemaText());
}
