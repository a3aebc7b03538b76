import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import '../src/elements/status-badge/define.ts';
import type { ChannelListener } from '../src/client/index.ts';
import type {
  AgentInstance,
  AgentKindInfo,
  AgentStatus,
  Json,
  NewAgent,
  OperationStatus,
} from '../src/protocol/index.ts';
import { type AgentsApi, ApiProblem } from './agents-api.ts';
import { agentsSection } from './agents-section.ts';

const KINDS: readonly AgentKindInfo[] = [
  {
    kind: 'prober',
    title: 'Prober',
    description: 'Asks an address',
    versions: ['1.0.0', '2.0.0'],
    parameters: { type: 'object', properties: { everyMs: { type: 'integer', minimum: 250 } } },
    secrets: [{ name: 'key', required: false }],
    hasPort: true,
    maxReplicas: 1,
  },
  {
    kind: 'watcher',
    title: 'Watcher',
    versions: ['1.0.0'],
    parameters: {},
    secrets: [],
    hasPort: false,
    maxReplicas: 1,
  },
];

function agent(id: string, more: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: id,
    title: id,
    kind: 'prober',
    version: '1.0.0',
    state: 'running',
    since: 1,
    desired: 'running',
    generation: 3,
    replicas: 1,
    parameters: {},
    secrets: [],
    tags: {},
    address: { host: '127.0.0.1', port: 4_711 },
    instances: [],
    restarts: 0,
    busy: false,
    actions: ['stop', 'restart', 'upgrade', 'delete'],
    createdAt: 1,
    createdBy: 'ana',
    ...more,
  };
}

function serving(version: string): AgentInstance {
  return { instance: version, generation: 1, version, state: 'running', startedAt: 1, serving: true };
}

/** What was asked of the API, and what says what became of it. */
interface Asked {
  readonly what: readonly unknown[];
  settle(error?: Error): Promise<void>;
}

interface Page {
  readonly section: HTMLElement;
  readonly operation: HTMLElement;
  readonly tracker: Element;
  readonly asked: Asked[];
  snapshot(...agents: AgentStatus[]): void;
  publish(channel: string, data: unknown): void;
  refuse(message: string): void;
  current(current: boolean): void;
  reconnect(kinds: readonly AgentKindInfo[] | Error): Promise<void>;
  readonly followed: Set<string>;
  button(agent: string, label: string): HTMLButtonElement;
  row(agent: string): HTMLElement | null;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function opened({
  role = 'operator',
  kinds = KINDS,
}: { role?: string; kinds?: readonly AgentKindInfo[] | Error } = {}): Promise<Page> {
  const whole = await fixture(html`
    <main>
      <section aria-label="Agents">
        <p data-note role="alert"></p>
        <ul data-list aria-label="Agents" hidden></ul>
        <p data-empty hidden>None yet.</p>
        <p data-kindless hidden>No kinds.</p>
        <details hidden>
          <summary>Create an agent</summary>
          <form></form>
        </details>
        <dialog aria-label="Delete">
          <form method="dialog">
            <p data-question></p>
            <button value="keep">Keep it</button><button value="delete">Delete</button>
          </form>
        </dialog>
      </section>
      <section aria-label="Operation">
        <p data-agent></p>
        <waooaw-progress-tracker></waooaw-progress-tracker>
      </section>
    </main>
  `);
  const [section, operation] = [...whole.querySelectorAll('section')] as [HTMLElement, HTMLElement];
  const listeners = new Map<string, ChannelListener>();
  const followed = new Set<string>();
  const connects: (() => void)[] = [];
  const asked: Asked[] = [];
  let known = kinds;
  const wish = (...what: unknown[]): Promise<OperationStatus> =>
    new Promise((resolve, reject) => {
      asked.push({
        what,
        async settle(error) {
          if (error) reject(error);
          else resolve({ operation: 'op-1' } as OperationStatus);
          await turn();
        },
      });
    });
  const api: AgentsApi = {
    kinds: () => (known instanceof Error ? Promise.reject(known) : Promise.resolve(known)),
    create: (wanted: NewAgent, key) => wish('create', wanted, key),
    command: (one, command, version) => wish(command, one.agent, one.generation, version),
  };
  const socket = {
    client: { identity: { role } },
    subscribe(channel: string, listener: ChannelListener) {
      listeners.set(channel, listener);
      followed.add(channel);
      return { stop: () => void followed.delete(channel), demand: () => undefined };
    },
    addEventListener: (_: string, listener: () => void) => connects.push(listener),
  };
  agentsSection(section, operation, socket as never, api);
  await turn();
  const row = (id: string): HTMLElement | null => section.querySelector(`[data-agent="${id}"]`);
  return {
    section,
    operation,
    tracker: operation.querySelector('waooaw-progress-tracker')!,
    asked,
    snapshot: (...agents) => listeners.get('agents')?.snapshot?.(agents as unknown as Json),
    publish: (channel, data) => listeners.get(channel)?.publication?.(data as Json, 1),
    refuse: (message) =>
      listeners.get('agents')?.error?.({ code: 'forbidden', message, retryable: false } as never),
    current: (current) => listeners.get('agents')?.current?.(current),
    async reconnect(now) {
      known = now;
      for (const connected of connects) connected();
      await turn();
    },
    followed,
    row,
    button: (id, label) =>
      [...row(id)!.querySelectorAll('button')].find(({ textContent }) => textContent === label)!,
  };
}

const hidden = (page: Page, selector: string): unknown =>
  page.section.querySelector<HTMLElement>(selector)?.hidden;
const noteOf = (element: Element | null): string =>
  element?.querySelector('[role=alert]')?.textContent ?? '(none)';

describe('the section of agents', () => {
  it('says what may run where there is no kind, and how the first agent is made where there is one', async () => {
    const page = await opened({ kinds: [] });
    expect(hidden(page, '[data-kindless]')).to.equal(true);
    page.snapshot();
    expect([hidden(page, '[data-kindless]'), hidden(page, 'details')]).to.deep.equal([false, true]);
    await page.reconnect(KINDS);
    expect([hidden(page, '[data-kindless]'), hidden(page, '[data-empty]')]).to.deep.equal([true, false]);
    const create = page.section.querySelector('details');
    expect([create?.hidden, create?.open]).to.deep.equal([false, true]);
    expect(page.operation.hidden).to.equal(true);
    await expect(page.section).to.be.accessible();
  });

  it('lists agents by name, with state, version, address and what they say', async () => {
    const page = await opened();
    page.snapshot(agent('zoe'), agent('ada', { state: 'stopped', restarts: 2, replicas: 3, busy: true }));
    const rows = [...page.section.querySelectorAll<HTMLElement>('.agent')];
    expect(rows.map((row) => row.dataset['agent'])).to.deep.equal(['ada', 'zoe']);
    expect(page.row('ada')?.querySelector('waooaw-status-badge')?.state).to.equal('stopped');
    expect(page.row('ada')?.querySelector('.version')?.textContent).to.equal(
      'prober 1.0.0 · × 3 · restarted 2 × · at work',
    );
    const [old, young] = [serving('1.0.0'), { ...serving('2.0.0'), serving: false }];
    page.publish('agents', agent('zoe', { version: '2.0.0', instances: [old, young], busy: true }));
    expect(page.row('zoe')?.querySelector('.version')?.textContent).to.equal(
      'prober 1.0.0 → 2.0.0 · at work',
    );
    page.publish('agents', agent('zoe', { version: '2.0.0', instances: [serving('2.0.0')] }));
    expect(page.row('zoe')?.querySelector('.version')?.textContent).to.equal('prober 2.0.0');
    expect(page.row('zoe')?.querySelector('a')?.href).to.equal('http://127.0.0.1:4711/');
    page.publish('app/agents/zoe', { summary: '41 files' });
    page.publish('app/agents/zoe', { summary: 41 });
    expect(page.row('zoe')?.querySelector('.says')?.textContent).to.equal('41 files');
    page.publish('agents', agent('zoe', { state: 'errored', reason: 'crashed' }));
    expect(page.row('zoe')?.querySelector('.says')?.textContent).to.equal('crashed');
    const { address: _, ...portless } = agent('zoe');
    page.publish('agents', portless);
    expect(page.row('zoe')?.querySelector('a')?.hidden).to.equal(true);
    page.current(false);
    expect(page.section.querySelector('.behind')).not.to.equal(null);
    page.current(true);
    expect(page.section.querySelector('.behind')).to.equal(null);
    await expect(page.section).to.be.accessible();
  });

  it('shows the operation of the first agent, and of the one that is chosen', async () => {
    const page = await opened();
    page.snapshot(agent('ada'), agent('zoe'));
    expect(page.tracker.getAttribute('agent')).to.equal('ada');
    page.button('zoe', 'zoe').click();
    expect([page.operation.hidden, page.tracker.getAttribute('agent')]).to.deep.equal([false, 'zoe']);
    expect(page.button('zoe', 'zoe').getAttribute('aria-pressed')).to.equal('true');
    expect(page.button('ada', 'ada').getAttribute('aria-pressed')).to.equal('false');
  });

  it('asks what is allowed, of the agent as it was seen, and says why not', async () => {
    const page = await opened();
    page.snapshot(agent('ada'));
    expect(page.button('ada', 'Start').getAttribute('aria-disabled')).to.equal('true');
    page.button('ada', 'Start').click();
    expect(page.asked).to.deep.equal([]);
    page.button('ada', 'Stop').click();
    expect(page.asked[0]?.what).to.deep.equal(['stop', 'ada', 3, undefined]);
    await page.asked[0]?.settle(new ApiProblem('The agent is at generation 4', 'generation_conflict'));
    expect(noteOf(page.row('ada'))).to.equal(
      'The agent is at generation 4. Somebody has changed it meanwhile. Look at what it is now, and ask again.',
    );
    page.button('ada', 'Stop').click();
    expect(noteOf(page.row('ada'))).to.equal('');
    await page.asked[1]?.settle(new Error('odd'));
    expect(noteOf(page.row('ada'))).to.equal('odd');
  });

  it('upgrades to the newest version, unless another was chosen and is still there', async () => {
    const page = await opened();
    page.snapshot(agent('ada'));
    const target = page.row('ada')!.querySelector('select')!;
    expect([...target.options].map(({ value }) => value)).to.deep.equal(['2.0.0']);
    page.button('ada', 'Upgrade').click();
    expect(page.asked[0]?.what).to.deep.equal(['upgrade', 'ada', 3, '2.0.0']);
    await page.asked[0]?.settle();
    await page.reconnect([{ ...KINDS[0]!, versions: ['1.0.0', '1.1.0', '2.0.0'] }]);
    target.value = '1.1.0';
    page.publish('agents', agent('ada', { version: '2.0.0' }));
    expect([...target.options].map(({ value }) => value)).to.deep.equal(['1.0.0', '1.1.0']);
    expect(target.value).to.equal('1.1.0');
    await page.reconnect([]);
    expect(page.button('ada', 'Upgrade').getAttribute('aria-disabled')).to.equal('true');
  });

  it('deletes only what is asked for twice, and hands the focus on', async () => {
    const page = await opened();
    page.snapshot(agent('ada'), agent('zoe'));
    const dialog = page.section.querySelector('dialog')!;
    page.button('ada', 'Delete').focus();
    await sendKeys({ press: 'Enter' });
    expect(dialog.open).to.equal(true);
    expect(dialog.textContent).to.contain('Delete ada?');
    await expect(dialog).to.be.accessible();
    await sendKeys({ press: 'Escape' });
    await turn();
    expect(page.asked).to.deep.equal([]);
    expect(document.activeElement).to.equal(page.button('ada', 'Delete'));
    await sendKeys({ press: 'Enter' });
    dialog.querySelector<HTMLButtonElement>('button[value=delete]')?.click();
    // The dialog tells of its end in a task of its own.
    while (page.asked.length === 0) await turn();
    expect(page.asked[0]?.what).to.deep.equal(['delete', 'ada', 3, undefined]);
    await page.asked[0]?.settle();
    page.publish('agents', { agent: 'ada', forgotten: true });
    expect(page.row('ada')).to.equal(null);
    expect([...page.followed]).to.deep.equal(['agents', 'app/agents/zoe']);
    expect(document.activeElement).to.equal(page.button('zoe', 'zoe'));
    expect(page.tracker.getAttribute('agent')).to.equal('zoe');
    page.snapshot();
    expect([page.operation.hidden, page.tracker.hasAttribute('agent')]).to.deep.equal([true, false]);
    page.publish('agents', { agent: 'never-seen', forgotten: true });
  });

  it('leaves readers without the role to look on', async () => {
    const page = await opened({ role: 'viewer' });
    page.snapshot(agent('ada'));
    expect(page.row('ada')?.querySelector<HTMLElement>('.actions')?.hidden).to.equal(true);
    expect(hidden(page, 'details')).to.equal(true);
  });

  it('says what cannot be shown, until it can', async () => {
    const page = await opened({ kinds: new ApiProblem('Your role may not', 'forbidden') });
    expect(noteOf(page.section)).to.equal(
      'The kinds of agents cannot be read. Your role may not. It takes the role operator or admin.',
    );
    page.refuse('There is no such channel');
    expect(page.operation.hidden).to.equal(true);
    expect(noteOf(page.section)).to.equal('The agents cannot be shown: There is no such channel');
    page.snapshot();
    expect(noteOf(page.section)).to.equal('');
  });
});

describe('the form for a new agent', () => {
  const fill = (page: Page, id: string): HTMLFormElement => {
    const form = page.section.querySelector('form')!;
    form.querySelector<HTMLInputElement>('#new-agent-id')!.value = id;
    return form;
  };

  it('asks for what the kind takes, and creates it', async () => {
    const page = await opened();
    page.snapshot();
    const form = fill(page, 'ada');
    form.querySelector<HTMLInputElement>('input[type=number]')!.value = '500';
    form.querySelector<HTMLInputElement>('input[type=password]')!.value = 'hush';
    await expect(form).to.be.accessible();
    form.requestSubmit();
    form.requestSubmit();
    expect(page.asked).to.have.length(1);
    expect(page.asked[0]?.what.slice(0, 2)).to.deep.equal([
      'create',
      {
        agent: 'ada',
        kind: 'prober',
        version: '2.0.0',
        parameters: { everyMs: 500 },
        secrets: { key: 'hush' },
      },
    ]);
    await page.asked[0]?.settle();
    expect(page.tracker.getAttribute('agent')).to.equal('ada');
    // It stays chosen although the list does not have it yet.
    page.snapshot(agent('zoe'));
    expect(page.tracker.getAttribute('agent')).to.equal('ada');
    page.publish('agents', agent('ada'));
    page.publish('agents', { agent: 'ada', forgotten: true });
    expect(page.tracker.getAttribute('agent')).to.equal('zoe');
    const { open } = page.section.querySelector('details')!;
    expect(open).to.equal(false);
    expect(form.querySelector<HTMLInputElement>('input[type=password]')?.value).to.equal('');
  });

  it('sends the same wish under the same key until it was answered, and another under another', async () => {
    const page = await opened();
    page.snapshot();
    const form = fill(page, 'ada');
    form.requestSubmit();
    await page.asked[0]?.settle(new ApiProblem('The server does not answer.'));
    expect(noteOf(form)).to.equal('The server does not answer.');
    form.requestSubmit();
    await page.asked[1]?.settle(new Error('again'));
    fill(page, 'eve').requestSubmit();
    await page.asked[2]?.settle();
    const keys = page.asked.map(({ what }) => what[2]);
    expect(keys[0])
      .to.match(/^[0-9a-f]{32}$/)
      .and.to.equal(keys[1]);
    expect(keys[2]).not.to.equal(keys[0]);
  });

  it('shows each thing that is wrong where it stands', async () => {
    const page = await opened();
    page.snapshot();
    const form = fill(page, 'ada');
    form.requestSubmit();
    await page.asked[0]?.settle(
      new ApiProblem('Two are wrong', 'bad_parameters', [
        { pointer: '/agent', message: 'is taken' },
        { pointer: '/parameters/everyMs', message: 'expected at least 250' },
        { pointer: '/secrets/key', message: 'expected a text' },
        { pointer: '/replicas', message: 'expected 1' },
      ]),
    );
    const wrong = [...form.querySelectorAll('.wrong')].map(({ textContent }) => textContent).filter(Boolean);
    expect(wrong).to.deep.equal([
      'is taken',
      'expected a text',
      'expected at least 250',
      '/replicas: expected 1',
    ]);
  });

  it('changes with the kind, and keeps what was filled in while the kinds stay', async () => {
    const page = await opened();
    page.snapshot();
    const form = fill(page, 'ada');
    await page.reconnect([...KINDS]);
    expect(form.querySelector<HTMLInputElement>('#new-agent-id')?.value).to.equal('ada');
    const kind = form.querySelector<HTMLSelectElement>('#new-agent-kind')!;
    expect(form.textContent).to.contain('Asks an address');
    kind.value = 'watcher';
    kind.dispatchEvent(new Event('change'));
    expect(form.querySelector('input[type=password]')).to.equal(null);
    await page.reconnect([...KINDS, { ...KINDS[1]!, kind: 'tailer', title: 'Tailer' }]);
    expect(kind.value).to.equal('watcher');
    await page.reconnect([KINDS[0]!]);
    expect(kind.value).to.equal('prober');
  });
});
