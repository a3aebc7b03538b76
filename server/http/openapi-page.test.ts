import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request, startServer } from '../testing/harness.ts';
import { operationsOf } from './openapi-document.ts';
import type { ApiDocument } from './openapi-document.ts';
import { ApiPage, MAX_SEARCH } from './openapi-html.ts';
import { typeText } from './openapi-type.ts';
import type { Schema } from './openapi-document.ts';
import { ADMIN_KEY } from '../testing/authenticating.ts';

const idsOf = (html: string): string[] => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
const linksOf = (html: string): string[] => [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id = '']) => id);
const articlesOf = (html: string): number => html.split('<article id="').length - 1;

const DOCUMENT: ApiDocument = {
  info: { title: '<b>t</b>', version: '1.0.0' },
  paths: {
    '/a/{id}': {
      get: {
        summary: 'Reads <script>alert(1)</script> & more',
        tags: ['a'],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 9 } }],
        responses: {
          200: {
            description: 'It',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
      },
      delete: { summary: 'Removes it', tags: ['a'], responses: { 204: { description: 'Gone' } } },
    },
    '/b': { get: { summary: 'Lists others', tags: ['b'], responses: { 200: { description: 'They' } } } },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        properties: { part: { $ref: '#/components/schemas/Part' } },
        required: ['part'],
      },
      Part: { type: 'object', properties: { 'odd "name"': { enum: ['<', '>'] } } },
      Unused: { type: 'string' },
    },
  },
};

describe('/docs/api', () => {
  it('shows every operation of the live description to anybody, with no script and nothing from elsewhere', async (t) => {
    const { url } = await startServer(t, { basePath: '/ops', adminKey: ADMIN_KEY });
    const answer = await request(`${url}/docs/api`);
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['content-type']), /^text\/html; charset=utf-8/i);
    const policy = String(answer.headers['content-security-policy']);
    assert.match(
      policy,
      /^default-src 'none'; style-src 'self'; form-action 'self'; .*frame-ancestors 'none'/,
    );
    assert.doesNotMatch(answer.text, /<script| style=|javascript:|https?:\/\//);

    const document = (await request(`${url}/api/openapi.json`)).json<ApiDocument>();
    const operations = operationsOf(document);
    assert.ok(operations.length > 50);
    const schemas = Object.keys(document.components.schemas).length;
    assert.equal(articlesOf(answer.text), operations.length + schemas);
    const ids = idsOf(answer.text);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      linksOf(answer.text).filter((id) => !ids.includes(id)),
      [],
    );
    for (const href of ['../waooaw.css', 'api.css', '../api/openapi.json'])
      assert.ok(answer.text.includes(`href="${href}"`), href);
    const style = await request(`${url}/docs/api.css`);
    assert.match(String(style.headers['content-type']), /^text\/css/);
    assert.match(style.text, /color-scheme: light dark/);
  });

  it('finds operations by all of the words, and keeps the schemas that these are made of', async (t) => {
    const { url } = await startServer(t);
    const html = (await request(`${url}/docs/api?q=upgrade%20AGENT`)).text;
    assert.match(html, /2 of \d+ operations/);
    assert.match(html, /<details open><summary><h3><b class="method post">POST/);
    assert.match(html, /id="schema-OperationStatus"/);
    const ids = idsOf(html);
    assert.deepEqual(
      linksOf(html).filter((id) => !ids.includes(id)),
      [],
    );
    assert.match(
      (await request(`${url}/docs/api?q=nothingofthekind`)).text,
      /No operation has all of these words/,
    );
  });
});

describe('the API’s page', () => {
  it('writes what a description says as text', () => {
    const html = new ApiPage(DOCUMENT).html('"><script>x</script>');
    assert.doesNotMatch(html, /<script|<b>t/);
    assert.match(html, /&lt;b&gt;t&lt;\/b&gt;/);
    const all = new ApiPage(DOCUMENT).html('');
    assert.match(all, /Reads &lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; more/);
    assert.match(all, /odd &quot;name&quot;/);
    assert.match(all, /&quot;&lt;&quot; \| &quot;&gt;&quot;/);
    assert.match(all, /at most 9 characters/);
    assert.match(all, /<a href="#schema-Part">Part<\/a>/);
  });

  it('leaves out schemas that nothing on it is made of', () => {
    const page = new ApiPage(DOCUMENT);
    assert.deepEqual(
      idsOf(page.html('reads')).filter((id) => id.startsWith('schema-')),
      ['schema-Thing', 'schema-Part'],
    );
    assert.match(page.html(''), /schema-Unused/);
    assert.equal(articlesOf(page.html(`${' '.repeat(MAX_SEARCH)}nothing`)), 6);
  });
});

describe('a schema as a type', () => {
  it('says what can be said of it', () => {
    const cases: [Schema | boolean | undefined, string][] = [
      [undefined, 'unknown'],
      [true, 'unknown'],
      [{}, 'unknown'],
      [{ $ref: '#/components/schemas/A' }, 'A'],
      [{ const: 'x' }, '"x"'],
      [{ enum: ['a', 1, null] }, '"a" | 1 | null'],
      [{ type: ['string', 'null'] }, 'string | null'],
      [{ type: 'integer' }, 'number'],
      [{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
      [{ type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }] }, '[number, string]'],
      [{ type: 'array', prefixItems: [{ type: 'number' }], items: { type: 'null' } }, '[number, ...null[]]'],
      [{ anyOf: [{ type: 'string' }, { type: 'string' }, { type: 'null' }] }, 'string | null'],
      [{ anyOf: [{ type: 'string' }, {}] }, 'unknown'],
      [{ anyOf: [] }, 'never'],
      [{ allOf: [{ $ref: 'x/A' }, { anyOf: [{ $ref: 'x/B' }, { $ref: 'x/C' }] }] }, 'A & (B | C)'],
      [{ type: 'object' }, '{}'],
      [{ type: 'object', additionalProperties: { type: 'number' } }, '{ [name: string]: number }'],
      [
        { type: 'object', properties: { a: {}, 'b-c': { type: 'null' } }, required: ['a'] },
        '{ a: unknown; "b-c"?: null }',
      ],
    ];
    for (const [schema, expected] of cases) assert.equal(typeText(schema), expected);
    const object: Schema = {
      type: 'object',
      properties: { a: { type: 'array', items: {}, description: 'x */ y' } },
    };
    assert.equal(
      typeText(object, { readonly: true, descriptions: true }),
      '{ /** x *\u200b/ y */\nreadonly a?: readonly unknown[] }',
    );
  });
});
