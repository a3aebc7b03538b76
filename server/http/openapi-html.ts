/** The API's page: its description rendered for people, as plain HTML without any script. */
import { nameOf, operationsOf } from './openapi-document.ts';
import type { ApiDocument, Content, Operation, Parameter, Schema } from './openapi-document.ts';
import { typeText } from './openapi-type.ts';

/** Longest search that is read, characters. */
export const MAX_SEARCH = 200;
/** So few operations that were found are shown open. */
const OPEN = 3;

/** A piece of the page, with what it is found by. */
interface Piece {
  readonly html: string;
  /** In lower case. */
  readonly text: string;
  readonly tag: string;
  readonly id: string;
  readonly title: string;
  /** Names of schemas, also of those that these are made of. */
  readonly uses: ReadonlySet<string>;
}

/** Renders a page. What does not depend on the search is made once. */
export class ApiPage {
  readonly #document: ApiDocument;
  readonly #operations: readonly Piece[];
  readonly #schemas: readonly Piece[];

  constructor(document: ApiDocument) {
    this.#document = document;
    const { schemas } = document.components;
    const uses = usesOf(schemas);
    this.#operations = operationsOf(document).map(({ method, path, operation }) =>
      operationPiece(method, path, operation, uses),
    );
    this.#schemas = Object.entries(schemas).map(([name, schema]) => schemaPiece(name, schema, uses));
  }

  /** @param search words that all have to be in an operation; empty for all. */
  html(search: string): string {
    const words = search.slice(0, MAX_SEARCH).toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ text }: Piece): boolean => words.every((word) => text.includes(word));
    const operations = this.#operations.filter(fits);
    const used = new Set(operations.flatMap(({ uses }) => [...uses]));
    const schemas = this.#schemas.filter((piece) => fits(piece) || used.has(piece.title));
    const { title, version } = this.#document.info;
    const isSearch = words.length > 0;
    const count = isSearch
      ? `${operations.length} of ${this.#operations.length} operations`
      : `${this.#operations.length} operations`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${isSearch ? `${escape(search)} – ` : ''}HTTP API – ${escape(title)}</title>
<link rel="stylesheet" href="../waooaw.css">
<link rel="stylesheet" href="api.css">
</head>
<body class="waooaw-page">
<a class="skip" href="#operations">To the operations</a>
<header>
<h1>HTTP API <small>${escape(title)} ${escape(version)}</small></h1>
<form role="search" action="api"><label for="q">Search</label>
<input id="q" name="q" type="search" maxlength="${MAX_SEARCH}" value="${escape(isSearch ? search : '')}" placeholder="agents upgrade">
<button>Search</button></form>
<p>${count}${isSearch ? ' · <a href="api">show all</a>' : ''} · <a href="../api/openapi.json">OpenAPI 3.1</a></p>
</header>
<nav aria-label="Operations">${contents(operations, isSearch)}</nav>
<main id="operations" tabindex="-1">
${operations.length === 0 ? EMPTY : sections(operations, operations.length <= OPEN)}
${schemas.length === 0 ? '' : `<h2 id="schemas">Schemas</h2>\n${schemas.map(({ html }) => html).join('\n')}`}
</main>
</body>
</html>
`;
  }
}

const EMPTY = '<p class="empty">No operation has all of these words. <a href="api">Show all</a></p>';

function byTag(pieces: readonly Piece[]): [string, Piece[]][] {
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) groups.set(piece.tag, [...(groups.get(piece.tag) ?? []), piece]);
  return [...groups];
}

function contents(pieces: readonly Piece[], open: boolean): string {
  return byTag(pieces)
    .map(
      ([tag, ones]) =>
        `<details${open ? ' open' : ''}><summary>${escape(tag)} <small>${ones.length}</small></summary><ul>${ones
          .map(({ id, title }) => `<li><a href="#${id}">${breakable(title)}</a></li>`)
          .join('')}</ul></details>`,
    )
    .join('\n');
}

function sections(pieces: readonly Piece[], open: boolean): string {
  return byTag(pieces)
    .map(
      ([tag, ones]) =>
        `<section aria-labelledby="tag-${slug(tag)}"><h2 id="tag-${slug(tag)}">${escape(tag)}</h2>\n${ones
          .map(({ html }) => (open ? html.replace('<details>', '<details open>') : html))
          .join('\n')}</section>`,
    )
    .join('\n');
}

function operationPiece(method: string, path: string, operation: Operation, uses: Uses): Piece {
  const { summary = '', description, tags = [], parameters = [], requestBody, responses } = operation;
  const [tag = 'other'] = tags;
  const id = slug(`${method}-${path}`);
  const parts = [
    ...(description === undefined ? [] : [`<p>${textHtml(description)}</p>`]),
    ...(['path', 'query', 'header'] as const).map((where) =>
      parametersHtml(
        where,
        parameters.filter((parameter) => parameter.in === where),
      ),
    ),
    ...(requestBody
      ? [`<h4>Body${requestBody.required ? '' : ', optional'}</h4>${contentHtml(requestBody.content)}`]
      : []),
    answersHtml(responses),
  ];
  const html = `<article id="${id}"><details><summary><h3><b class="method ${method}">${method.toUpperCase()}</b> <code>${breakable(path)}</code></h3> <span>${textHtml(summary)}</span></summary>
${parts.filter(Boolean).join('\n')}</details></article>`;
  const names = new Set(refsIn(operation).flatMap((name) => [name, ...(uses.get(name) ?? [])]));
  const text = [method, path, summary, description ?? '', tag, ...parameters.map(({ name }) => name)]
    .join(' ')
    .toLowerCase();
  return { html, text, tag, id, title: `${method.toUpperCase()} ${path}`, uses: names };
}

const PROBLEM = 'application/problem+json';

/** What is answered when all is well, and in one line why it may not be. */
function answersHtml(responses: Operation['responses']): string {
  const all = Object.entries(responses);
  const isError = ({ content = {} }: Operation['responses'][string]): boolean =>
    Object.keys(content).join() === PROBLEM;
  const good = all
    .filter(([, answer]) => !isError(answer))
    .map(
      ([status, { description, content }]) =>
        `<dt><b class="status">${escape(status)}</b> ${textHtml(description)}</dt><dd>${contentHtml(content ?? {})}</dd>`,
    );
  const errors = all.filter(([, answer]) => isError(answer));
  const problem = errors[0]?.[1].content?.[PROBLEM]?.schema;
  const listed = errors.map(
    ([status, { description }]) =>
      `<li><b class="status">${escape(status)}</b> ${textHtml(description)}</li>`,
  );
  return `<h4>Answers</h4><dl>${good.join('')}</dl>${
    listed.length === 0
      ? ''
      : `<h4>Errors, each a ${problem ? typeHtml(problem) : 'problem'}</h4><ul class="errors">${listed.join('')}</ul>`
  }`;
}

function schemaPiece(name: string, schema: Schema, uses: Uses): Piece {
  const html = `<article id="schema-${slug(name)}"><h3><code>${escape(name)}</code></h3>${schemaHtml(schema)}</article>`;
  return { html, text: name.toLowerCase(), tag: '', id: '', title: name, uses: uses.get(name) ?? new Set() };
}

const WHERE = { path: 'In the path', query: 'In the query', header: 'Headers' } as const;

function parametersHtml(where: keyof typeof WHERE, parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, required, schema = {}, description }) =>
    fieldHtml(name, schema, required === true, description ?? schema.description),
  );
  return `<h4>${WHERE[where]}</h4><dl>${rows.join('')}</dl>`;
}

function contentHtml(content: Content): string {
  return Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${escape(type)}</code></p>${schema ? schemaHtml(schema) : ''}`)
    .join('');
}

/** An object is a list of its fields, and everything else its type. */
function schemaHtml(schema: Schema): string {
  const { properties, required = [], description } = schema;
  const said = description === undefined ? '' : `<p>${textHtml(description)}</p>`;
  if (!properties || Object.keys(properties).length === 0)
    return `${said}<p class="type">${typeHtml(schema)}${limitsHtml(schema)}</p>`;
  const rows = Object.entries(properties).map(([name, field]) =>
    fieldHtml(name, field, required.includes(name), field.description),
  );
  return `${said}<dl>${rows.join('')}</dl>`;
}

function fieldHtml(name: string, schema: Schema, required: boolean, description: string | undefined): string {
  const text = description === undefined ? '' : ` ${textHtml(description)}`;
  return `<dt><code>${escape(name)}</code>${required ? ' <em>needed</em>' : ''}</dt><dd><span class="type">${typeHtml(schema)}</span>${limitsHtml(schema)}${text}</dd>`;
}

function typeHtml(schema: Schema): string {
  const marked = typeText(schema, { ref: (name) => `\u0001${name}\u0001` });
  return escape(marked).replaceAll(
    // eslint-disable-next-line no-control-regex -- it marks names, and stands in no schema
    /\u0001([^\u0001]*)\u0001/g,
    (_, name: string) => `<a href="#schema-${slug(name)}">${name}</a>`,
  );
}

function limitsHtml(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, format } = schema;
  const range = (low: number | undefined, high: number | undefined, what: string): string[] => {
    const top = high === Number.MAX_SAFE_INTEGER ? undefined : high;
    const bottom = low === Number.MIN_SAFE_INTEGER ? undefined : low;
    if (bottom === undefined && top === undefined) return [];
    const text =
      top === undefined
        ? `at least ${bottom}`
        : bottom === undefined
          ? `at most ${top}`
          : `${bottom} to ${top}`;
    return [`${text}${what}`];
  };
  const limits = [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(minItems, maxItems, ' items'),
    ...(format === undefined ? [] : [format]),
    ...(pattern === undefined || pattern.length > 80 ? [] : [`matches ${pattern}`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
  return limits.length === 0 ? '' : ` <small>${limits.map(escape).join(', ')}</small>`;
}

type Uses = ReadonlyMap<string, ReadonlySet<string>>;

/** The schemas that each is made of, all the way down. */
function usesOf(schemas: Readonly<Record<string, Schema>>): Uses {
  const direct = new Map(Object.entries(schemas).map(([name, schema]) => [name, refsIn(schema)]));
  const all = new Map<string, Set<string>>();
  for (const name of direct.keys()) {
    const found = new Set<string>();
    const open = [...(direct.get(name) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(direct.get(next) ?? []));
    }
    all.set(name, found);
  }
  return all;
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { $ref } = value as { $ref?: unknown };
  return [
    ...(typeof $ref === 'string' ? [nameOf($ref)] : []),
    ...Object.values(value).flatMap((part) => refsIn(part)),
  ];
}

/** Descriptions have code between backticks, and no other mark. */
function textHtml(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

/** A path may be broken after each of its slashes. */
function breakable(path: string): string {
  return escape(path).replaceAll('/', '/<wbr>');
}

function slug(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
