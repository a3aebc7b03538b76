/** Fields of a form for what a JSON Schema describes. What they cannot offer as a field, they take as JSON. */
import type { Json } from '../src/protocol/index.ts';

/** The fields, and what stands in them. */
export interface SchemaFields {
  readonly elements: readonly HTMLElement[];
  /** What was given: nothing stands for what was left empty, so that the server's default holds. */
  values(): Readonly<Record<string, Json>>;
  /** Shows what is wrong with one of them. @returns whether there is such a field. */
  complain(name: string, message: string): boolean;
}

/** What the fields go by; the rest of a schema is the server's to check. */
interface Property {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly Json[];
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A control, and how its value is read. */
interface Control {
  readonly input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  /** Undefined: nothing was given. */
  read(): Json | undefined;
}

/** @param prefix of the ids of the fields: unique in the page. */
export function schemaFields(schema: Json, prefix: string): SchemaFields {
  const { properties = {}, required = [] } = Object(schema) as {
    properties?: Readonly<Record<string, Property>>;
    required?: readonly string[];
  };
  const fields = Object.entries(properties).map(([name, property], index) => {
    const control = controlOf(property);
    return {
      name,
      control,
      ...fieldOf(control.input, `${prefix}-${index}`, name, property, required.includes(name)),
    };
  });
  return {
    elements: fields.map(({ element }) => element),
    values: () =>
      Object.fromEntries(
        fields.flatMap(({ name, control }) => {
          const value = control.read();
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    complain(name, message) {
      const field = fields.find((one) => one.name === name);
      field?.complain(message);
      return field !== undefined;
    },
  };
}

/** A labelled field around a control, with a hint and room for what is wrong. */
export function fieldOf(
  input: Control['input'],
  id: string,
  name: string,
  { title, description }: Pick<Property, 'title' | 'description'>,
  required: boolean,
): { readonly element: HTMLElement; complain(message: string): void } {
  const element = document.createElement('div');
  const label = document.createElement('label');
  const hint = document.createElement('p');
  const wrong = document.createElement('p');
  element.className = 'field';
  input.id = label.htmlFor = id;
  hint.id = `${id}-hint`;
  wrong.id = `${id}-wrong`;
  hint.className = 'hint';
  wrong.className = 'wrong';
  // A list always has an answer, and a box that need not be ticked is no answer that is missing.
  const isNeeded = required && !(input instanceof HTMLSelectElement) && input.type !== 'checkbox';
  label.textContent = isNeeded ? `${title ?? name} (needed)` : (title ?? name);
  input.required = isNeeded;
  hint.textContent = description ?? '';
  const describe = (): void =>
    input.setAttribute('aria-describedby', wrong.textContent ? `${wrong.id} ${hint.id}` : hint.id);
  const complain = (message: string): void => {
    if (wrong.textContent === message) return;
    wrong.textContent = message;
    input.setAttribute('aria-invalid', String(message !== ''));
    describe();
  };
  input.addEventListener('input', () => complain(''));
  describe();
  element.append(label, input, hint, wrong);
  return { element, complain };
}

function controlOf(property: Property): Control {
  if (property.enum) return choice(property.enum, property.default);
  switch (property.type) {
    case 'boolean':
      return box(property.default === true);
    case 'integer':
    case 'number':
      return number(property);
    case 'string':
      return text(property);
    default:
      return json(property.default);
  }
}

function choice(values: readonly Json[], usual: Json | undefined): Control {
  const input = document.createElement('select');
  for (const value of values) input.add(new Option(textOf(value)));
  const chosen = values.findIndex((value) => value === usual);
  input.selectedIndex = Math.max(0, chosen);
  return { input, read: () => values[input.selectedIndex] };
}

function box(checked: boolean): Control {
  const input = document.createElement('input');
  input.type = 'checkbox';
  input.checked = checked;
  return { input, read: () => input.checked };
}

function number({ type, minimum, maximum, multipleOf, default: usual }: Property): Control {
  const input = document.createElement('input');
  input.type = 'number';
  if (minimum !== undefined) input.min = String(minimum);
  if (maximum !== undefined) input.max = String(maximum);
  // With a smallest value, a step counts from there: what 250 and a multiple of 100 allow is no step of the field.
  input.step =
    multipleOf !== undefined && !minimum
      ? String(multipleOf)
      : type === 'integer' && !hasFraction(minimum)
        ? '1'
        : 'any';
  if (typeof usual === 'number') input.value = String(usual);
  return { input, read: () => (input.value === '' ? undefined : Number(input.value)) };
}

function text({ minLength, maxLength, pattern, default: usual }: Property): Control {
  const input = document.createElement('input');
  input.type = 'text';
  if (minLength !== undefined) input.minLength = minLength;
  if (maxLength !== undefined) input.maxLength = maxLength;
  const whole = pattern === undefined ? '' : fieldPattern(pattern);
  if (whole) input.pattern = whole;
  if (typeof usual === 'string') input.value = usual;
  return { input, read: () => (input.value === '' ? undefined : input.value) };
}

function json(usual: Json | undefined): Control {
  const input = document.createElement('textarea');
  input.spellcheck = false;
  if (usual !== undefined) input.value = JSON.stringify(usual, undefined, 2);
  const read = (): Json | undefined =>
    input.value.trim() === '' ? undefined : (JSON.parse(input.value) as Json);
  input.addEventListener('input', () => {
    let wrong = '';
    try {
      read();
    } catch (error) {
      wrong = `This is not JSON: ${(error as Error).message}`;
    }
    input.setCustomValidity(wrong);
  });
  return { input, read };
}

/** A schema's pattern is found anywhere, a field's is all of it. One that a field does not take is the server's to check. */
function fieldPattern(pattern: string): string {
  const whole = `.*(?:${pattern}).*`;
  try {
    new RegExp(whole, 'v');
    return whole;
  } catch {
    return '';
  }
}

function hasFraction(value = 0): boolean {
  return !Number.isInteger(value);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
