import { expect, fixture, html } from '@open-wc/testing';
import type { Json } from '../src/protocol/index.ts';
import { type SchemaFields, schemaFields } from './schema-fields.ts';

const SCHEMA = {
  type: 'object',
  required: ['path', 'word', 'loud'],
  properties: {
    path: {
      type: 'string',
      enum: ['/livez', '/readyz'],
      default: '/readyz',
      title: 'Path',
      description: 'What it asks for',
    },
    everyMs: { type: 'integer', minimum: 250, maximum: 60_000, default: 1_000 },
    share: { type: 'number', minimum: 0, maximum: 1 },
    loud: { type: 'boolean', default: true },
    contains: { type: 'string', maxLength: 5, pattern: '^[a-z-]*$' },
    word: { type: 'string', pattern: '^[a-z]+$' },
    targets: { type: 'array', items: { type: 'string' } },
  },
} as const;

async function shown(schema: Json): Promise<{ form: HTMLFormElement; fields: SchemaFields }> {
  const form = await fixture<HTMLFormElement>(html`<form></form>`);
  const fields = schemaFields(schema, 'test');
  form.append(...fields.elements);
  return { form, fields };
}

const inputOf = <T extends HTMLElement>(form: HTMLFormElement, label: string): T =>
  [...form.querySelectorAll('label')].find(({ textContent }) => textContent.startsWith(label))?.control as T;

describe('fields for a schema', () => {
  it('are labelled, hold what is usual, and leave out what is empty', async () => {
    const { form, fields } = await shown(SCHEMA);
    expect(fields.values()).to.deep.equal({ path: '/readyz', everyMs: 1_000, loud: true });
    expect([...form.querySelectorAll('label')].map(({ textContent }) => textContent)).to.deep.equal([
      'Path',
      'everyMs',
      'share',
      'loud',
      'contains',
      'word (needed)',
      'targets',
    ]);
    const path = inputOf<HTMLSelectElement>(form, 'Path');
    const hint = form.querySelector(`#${path.getAttribute('aria-describedby')}`);
    expect(hint?.textContent).to.equal('What it asks for');
    await expect(form).to.be.accessible();
  });

  it('give values of the schema’s types', async () => {
    const { form, fields } = await shown(SCHEMA);
    inputOf<HTMLSelectElement>(form, 'Path').selectedIndex = 0;
    inputOf<HTMLInputElement>(form, 'everyMs').value = '500';
    inputOf<HTMLInputElement>(form, 'share').value = '0.25';
    inputOf<HTMLInputElement>(form, 'loud').checked = false;
    inputOf<HTMLInputElement>(form, 'contains').value = 'a-b';
    inputOf<HTMLTextAreaElement>(form, 'targets').value = '["x"]';
    expect(fields.values()).to.deep.equal({
      path: '/livez',
      everyMs: 500,
      share: 0.25,
      loud: false,
      contains: 'a-b',
      targets: ['x'],
    });
  });

  it('hold values to what the schema says', async () => {
    const { form } = await shown(SCHEMA);
    const every = inputOf<HTMLInputElement>(form, 'everyMs');
    const valid = (value: string): boolean => {
      every.value = value;
      return every.checkValidity();
    };
    expect([valid('249'), valid('250'), valid('333'), valid('333.5'), valid('60001')]).to.deep.equal([
      false,
      true,
      true,
      false,
      false,
    ]);
    const word = inputOf<HTMLInputElement>(form, 'word');
    word.value = 'aB';
    expect(word.checkValidity()).to.equal(false);
    word.value = 'ab';
    expect(word.checkValidity()).to.equal(true);
    // A pattern that fields do not take is left to the server.
    expect(inputOf<HTMLInputElement>(form, 'contains').pattern).to.equal('');
  });

  it('take as JSON what has no field, and say when it is none', async () => {
    const { form } = await shown(SCHEMA);
    const targets = inputOf<HTMLTextAreaElement>(form, 'targets');
    targets.value = '[';
    targets.dispatchEvent(new Event('input'));
    expect(targets.validationMessage).to.contain('This is not JSON');
    targets.value = '[]';
    targets.dispatchEvent(new Event('input'));
    expect(targets.checkValidity()).to.equal(true);
  });

  it('show what is wrong with one of them until it is changed', async () => {
    const { form, fields } = await shown(SCHEMA);
    expect(fields.complain('unheard-of', 'no')).to.equal(false);
    expect(fields.complain('everyMs', 'expected at least 250')).to.equal(true);
    const every = inputOf<HTMLInputElement>(form, 'everyMs');
    expect(every.getAttribute('aria-invalid')).to.equal('true');
    const [wrong = ''] = every.getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(form.querySelector(`#${wrong}`)?.textContent).to.equal('expected at least 250');
    await expect(form).to.be.accessible();
    every.dispatchEvent(new Event('input'));
    expect(every.getAttribute('aria-invalid')).to.equal('false');
    expect(form.querySelector(`#${wrong}`)?.textContent).to.equal('');
  });

  it('are none for a schema without properties', async () => {
    const { fields } = await shown(true);
    expect(fields.values()).to.deep.equal({});
  });
});
