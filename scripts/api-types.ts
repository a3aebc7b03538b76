/**
 * src/api/paths.ts: the types of the HTTP client, made from the API's own description.
 *
 *     node scripts/api-types.ts            prints them
 *     node scripts/api-types.ts --write    writes them
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { createWaooaw } from '../server/create.ts';
import { operationsOf } from '../server/http/openapi-document.ts';
import type { ApiDocument, Content, Operation, Parameter } from '../server/http/openapi-document.ts';
import { typeText, union } from '../server/http/openapi-type.ts';
import { root } from './run.ts';

/** The types' file. */
export const FILE = join(root, 'src/api/paths.ts');

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** What comes for as long as it comes: the client hands the answer over as it is. */
const STREAMS = /^(application\/x-ndjson|text\/event-stream)/;
const JSON_TYPE = /^application\/([\w.-]+\+)?json$/;
const STYLE = {
  ref: (name: string) => `Schemas[${JSON.stringify(name)}]`,
  readonly: true,
  empty: 'Record<string, never>',
  descriptions: true,
};

/** What the check finds. */
export interface ApiTypesCheck {
  readonly operations: number;
  readonly stale: boolean;
}

/** The API's description, as a server of this source serves it; it need not listen. */
export async function readApiDocument(): Promise<ApiDocument> {
  const waooaw = createWaooaw({ logLevel: 'silent' });
  const response = await waooaw.fetch(
    new Request('http://localhost/api/openapi.json', { headers: { host: 'localhost' } }),
  );
  const document = (await response.json()) as ApiDocument;
  await waooaw.stop();
  return document;
}

/** The file's text. */
export async function apiTypes(document: ApiDocument): Promise<string> {
  const operations = operationsOf(document);
  const isStreamed = ({ responses }: Operation): boolean =>
    Object.keys(responses['200']?.content ?? {}).some((type) => STREAMS.test(type));
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `readonly ${JSON.stringify(name)}: ${typeText(schema, STYLE)};`,
  );
  const paths = METHODS.map((method) => {
    const entries = operations
      .filter((one) => one.method === method)
      .map(({ path, operation }) => {
        const doc = operation.summary === undefined ? '' : `/** ${operation.summary}. */\n`;
        return `${doc}readonly ${JSON.stringify(path)}: ${entryOf(operation, isStreamed(operation))};`;
      });
    return `readonly ${method}: {\n${entries.join('\n')}\n};`;
  });
  const streamed = operations.filter(({ operation }) => isStreamed(operation)).map(({ path }) => path);
  const text = `/** The HTTP API as types. Written by scripts/api-types.ts from /api/openapi.json; not edited by hand. */

/** Every schema that has a name, by that name. */
export interface Schemas {
${schemas.join('\n')}
}

/** Every address by its method: what it takes, and what it answers. */
export interface Paths {
${paths.join('\n')}
}

/** Addresses whose answers are handed over as they come. */
export const STREAMED = ${JSON.stringify(streamed)} as const;
`;
  return format(text, { ...(await resolveConfig(FILE)), filepath: FILE });
}

/** Compares the file with what it should be. @param fix writes it. */
export async function checkApiTypes(fix: boolean): Promise<ApiTypesCheck> {
  const document = await readApiDocument();
  const text = await apiTypes(document);
  const stale = readFileSync(FILE, 'utf8') !== text;
  if (stale && fix) writeFileSync(FILE, text);
  return { operations: operationsOf(document).length, stale: stale && !fix };
}

function entryOf({ parameters = [], requestBody, responses }: Operation, streamed: boolean): string {
  const of = (where: Parameter['in']): Parameter[] => parameters.filter((one) => one.in === where);
  const body = requestBody
    ? [`readonly body${requestBody.required ? '' : '?'}: ${bodyOf(requestBody.content)};`]
    : [];
  const parts = [
    ...groupOf('path', of('path')),
    ...groupOf('query', of('query')),
    ...groupOf('headers', of('header')),
    ...body,
    `readonly answer: ${streamed ? 'Response' : answerOf(responses)};`,
  ];
  return `{ ${parts.join(' ')} }`;
}

function groupOf(name: string, parameters: readonly Parameter[]): string[] {
  if (parameters.length === 0) return [];
  const properties = Object.fromEntries(
    parameters.map(({ name, schema = {}, description }) => [
      name,
      description === undefined ? schema : { ...schema, description },
    ]),
  );
  const required = parameters.filter(({ required }) => required).map(({ name }) => name);
  const type = typeText({ type: 'object', properties, required }, STYLE);
  return [`readonly ${name}${required.length > 0 ? '' : '?'}: ${type};`];
}

/** JSON is typed; another type is a text or bytes, and the call names it. */
function bodyOf(content: Content): string {
  const types = Object.entries(content).map(([type, { schema }]) =>
    JSON_TYPE.test(type) ? typeText(schema, STYLE) : 'string | Uint8Array',
  );
  return union(types);
}

function answerOf(responses: Operation['responses']): string {
  const types = Object.entries(responses)
    .filter(([status, { content = {} }]) => status.startsWith('2') || 'application/health+json' in content)
    .flatMap(([, { content = {} }]) => {
      const entries = Object.entries(content);
      if (entries.length === 0) return ['undefined'];
      return entries.map(([type, { schema }]) => (JSON_TYPE.test(type) ? typeText(schema, STYLE) : 'string'));
    });
  return union(types);
}

if (import.meta.main) {
  const text = await apiTypes(await readApiDocument());
  if (process.argv.includes('--write')) writeFileSync(FILE, text);
  else process.stdout.write(text);
}
