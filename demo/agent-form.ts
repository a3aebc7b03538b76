/** The form that creates an agent: made from the kinds that the server knows. */
import type { AgentKindInfo, NewAgent, OperationStatus } from '../src/protocol/index.ts';
import { type AgentsApi, ApiProblem } from './agents-api.ts';
import { type SchemaFields, fieldOf, schemaFields } from './schema-fields.ts';

/** What an id is made of. The server has the last word. */
const ID_PATTERN = '[a-z0-9]+(?:-[a-z0-9]+)*';
const MAX_ID = 64;
const KEY_BYTES = 16;

/** A field of the form that no schema describes. */
interface Field {
  readonly name: string;
  readonly element: HTMLElement;
  readonly input: HTMLInputElement | HTMLSelectElement;
  complain(message: string): void;
}

/** The form, once the kinds are known. */
export interface AgentForm {
  /** Offers these kinds; what was filled in for one that is still there stays. */
  offer(kinds: readonly AgentKindInfo[]): void;
}

/**
 * Fills the form, and creates what it says.
 * @param form empty; it is filled.
 * @param created hears of every agent that was asked for.
 */
export function agentForm(
  form: HTMLFormElement,
  api: AgentsApi,
  created: (agent: string, operation: OperationStatus) => void,
): AgentForm {
  const kind = document.createElement('select');
  const chosen = document.createElement('div');
  const note = document.createElement('p');
  const send = document.createElement('button');
  chosen.className = 'fields';
  note.className = 'wrong';
  note.setAttribute('role', 'alert');
  send.textContent = 'Create';
  const kindField = fieldOf(kind, 'new-agent-kind', 'kind', { title: 'Kind' }, true);
  form.replaceChildren(kindField.element, chosen, note, send);

  let kinds: readonly AgentKindInfo[] = [];
  let parameters: SchemaFields | undefined;
  let fields: readonly Field[] = [];
  /** Of one wish: what is sent again, because no answer came, is done once. */
  let wish: { readonly body: string; readonly key: string } | undefined;

  const fill = (): void => {
    const info = kinds.find((one) => one.kind === kind.value);
    fields = info ? fieldsOf(info) : [];
    parameters = info && schemaFields(info.parameters, 'new-agent-parameter');
    describe(kindField.element, info?.description ?? '');
    chosen.replaceChildren(...fields.map(({ element }) => element), ...(parameters?.elements ?? []));
  };
  kind.addEventListener('change', fill);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (send.getAttribute('aria-disabled') === 'true') return;
    const agent = agentOf(kind.value, fields, parameters);
    const body = JSON.stringify(agent);
    if (wish?.body !== body) wish = { body, key: newKey() };
    note.textContent = '';
    // Still there for the focus.
    send.setAttribute('aria-disabled', 'true');
    api
      .create(agent, wish.key)
      .then((operation) => {
        wish = undefined;
        fill();
        created(agent.agent, operation);
      })
      .catch((error: unknown) => complain(error, note, fields, parameters))
      .finally(() => send.removeAttribute('aria-disabled'));
  });

  return {
    offer(now) {
      const same = JSON.stringify(now) === JSON.stringify(kinds);
      kinds = now;
      if (same) return;
      const before = kind.value;
      kind.replaceChildren(...now.map(({ kind: value, title }) => new Option(title, value)));
      if (now.some((one) => one.kind === before)) kind.value = before;
      fill();
    },
  };
}

function fieldsOf(info: AgentKindInfo): readonly Field[] {
  const id = document.createElement('input');
  id.pattern = ID_PATTERN;
  id.maxLength = MAX_ID;
  id.autocomplete = 'off';
  id.spellcheck = false;
  const version = document.createElement('select');
  for (const one of [...info.versions].reverse()) version.add(new Option(one));
  const secrets = info.secrets.map(({ name, required }) => {
    const input = document.createElement('input');
    input.type = 'password';
    input.autocomplete = 'off';
    const about = { title: name, description: 'A secret: it is kept sealed, and shown to nobody' };
    return {
      name: `secrets/${name}`,
      input,
      ...fieldOf(input, `new-agent-secret-${name}`, name, about, required),
    };
  });
  const idAbout = { title: 'Name', description: 'Small letters, digits and hyphens, such as orders-eu' };
  return [
    { name: 'agent', input: id, ...fieldOf(id, 'new-agent-id', 'agent', idAbout, true) },
    {
      name: 'version',
      input: version,
      ...fieldOf(version, 'new-agent-version', 'version', { title: 'Version' }, true),
    },
    ...secrets,
  ];
}

function agentOf(kind: string, fields: readonly Field[], parameters: SchemaFields | undefined): NewAgent {
  const values = new Map(fields.map(({ name, input }) => [name, input.value]));
  const secrets = Object.fromEntries(
    [...values].flatMap(([name, value]) =>
      name.startsWith('secrets/') && value !== '' ? [[name.slice('secrets/'.length), value]] : [],
    ),
  );
  return {
    agent: values.get('agent') ?? '',
    kind,
    version: values.get('version') ?? '',
    parameters: parameters?.values() ?? {},
    ...(Object.keys(secrets).length > 0 && { secrets }),
  };
}

/** Each bad part at its field; what has none in the note. */
function complain(
  error: unknown,
  note: HTMLElement,
  fields: readonly Field[],
  parameters: SchemaFields | undefined,
): void {
  const parts = error instanceof ApiProblem ? error.parts : [];
  const left = parts.filter(({ pointer, message }) => {
    const path = pointer.replace(/^\//, '');
    const field = fields.find(({ name }) => name === path);
    field?.complain(message);
    const [, parameter] = /^parameters\/([^/]+)/.exec(path) ?? [];
    return !field && !(parameter !== undefined && parameters?.complain(unescaped(parameter), message));
  });
  if (parts.length === 0) note.textContent = error instanceof Error ? error.message : String(error);
  else note.textContent = left.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
}

function describe(field: HTMLElement, text: string): void {
  const hint = field.querySelector('.hint');
  if (hint) hint.textContent = text;
}

/** RFC 6901. */
function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Random, also where the page is plain http. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(KEY_BYTES))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
