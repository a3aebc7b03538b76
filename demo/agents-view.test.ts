import { expect } from '@open-wc/testing';
import { pageContext } from '../src/context/index.ts';
import { setPagePace } from '../src/a11y/page-pace.ts';
import { ApiProblem } from './agents-api.ts';
import { agentsView } from './agents-view.ts';
import { type World, KINDS, agent, hidden, serving, texts, viewOf, worldOf } from './testing/world.ts';

interface Opened {
  readonly world: World;
  readonly view: HTMLElement;
  readonly gone: string[];
  row(agent: string): HTMLElement | null;
  show(): void;
}

async function opened(role?: string, kinds?: World['kinds']): Promise<Opened> {
  const world = await worldOf(role, kinds);
  const view = await viewOf('agents');
  const gone: string[] = [];
  const show = agentsView(view, world.fleet, (hash) => gone.push(hash));
  return { world, view, gone, show, row: (id) => view.querySelector(`[data-agent="${id}"]`) };
}

const noteOf = (element: Element): string | undefined =>
  element.querySelector('[role=alert]')?.textContent ?? undefined;

afterEach(() => {
  pageContext().clear();
  setPagePace({ paused: false });
});

describe('the view of all agents', () => {
  it('says what may run where there is no kind, and how the first agent is made where there is one', async () => {
    const { world, view } = await opened('operator', []);
    expect(hidden(view, '[data-kindless]')).to.equal(true);
    world.snapshot('agents', []);
    expect([hidden(view, '[data-kindless]'), hidden(view, 'details')]).to.deep.equal([false, true]);
    await expect(view).to.be.accessible();
    world.kinds = KINDS;
    await world.reconnect();
    expect([hidden(view, '[data-kindless]'), hidden(view, '[data-empty]')]).to.deep.equal([true, false]);
    const create = view.querySelector('details');
    expect([create?.hidden, create?.open]).to.deep.equal([false, true]);
    await expect(view).to.be.accessible();
  });

  it('lists agents by name, each a link to its page, with state, version and what they say', async () => {
    const { world, view, row } = await opened();
    world.snapshot('agents', [agent('zoe'), agent('ada', { state: 'stopped', restarts: 2, replicas: 3 })]);
    const rows = [...view.querySelectorAll<HTMLElement>('.agent')];
    expect(rows.map((one) => one.dataset['agent'])).to.deep.equal(['ada', 'zoe']);
    expect(row('zoe')?.querySelector('a')?.getAttribute('href')).to.equal('#/agents/zoe');
    expect(row('ada')?.querySelector('waooaw-status-badge')?.state).to.equal('stopped');
    expect(texts(row('ada')!, '.version')).to.deep.equal(['prober 1.0.0 · × 3 · restarted 2 ×']);
    const [old, young] = [serving('1.0.0'), { ...serving('2.0.0'), serving: false }];
    world.publish('agents', agent('zoe', { version: '2.0.0', instances: [old, young], busy: true }));
    expect(texts(row('zoe')!, '.version')).to.deep.equal(['prober 1.0.0 → 2.0.0']);
    expect(row('zoe')?.querySelector('waooaw-status-badge')?.state).to.equal('working');
    world.publish('app/agents/zoe', { summary: '41 files', requests: 1_204 });
    world.publish('app/agents/zoe', { summary: 41 });
    expect(texts(row('zoe')!, '.says, .served')).to.deep.equal(['41 files', '1,204 requests served']);
    world.publish('app/agents/zoe', { summary: '42 files', requests: 1 });
    expect(texts(row('zoe')!, '.served')).to.deep.equal(['1 request served']);
    setPagePace({ paused: true });
    world.publish('app/agents/zoe', { summary: '43 files' });
    expect(texts(row('zoe')!, '.says')).to.deep.equal(['42 files']);
    world.publish('agents', agent('zoe', { state: 'errored', reason: 'crashed' }));
    setPagePace({ paused: false });
    world.publish('app/agents/zoe', { summary: 'a last word' });
    expect(texts(row('zoe')!, '.says, .served')).to.deep.equal(['crashed', '']);
    world.current('agents', false);
    expect(view.querySelector('.behind')).not.to.equal(null);
    world.current('agents', true);
    expect(view.querySelector('.behind')).to.equal(null);
    await expect(view).to.be.accessible();
  });

  it('forgets those that are gone, and what they said', async () => {
    const { world, view, row } = await opened();
    world.snapshot('agents', [agent('ada'), agent('zoe')]);
    const zoe = row('zoe');
    world.publish('agents', { agent: 'ada', forgotten: true });
    world.publish('agents', { agent: 'never-seen', forgotten: true });
    expect([row('ada'), row('zoe')]).to.deep.equal([null, zoe]);
    expect([...world.followed]).to.deep.equal(['agents', 'app/agents/zoe']);
    world.snapshot('agents', []);
    expect(hidden(view, '[data-list]')).to.equal(true);
  });

  it('shows those that are in the scope, and says so where none of them is', async () => {
    const { world, view, row, show } = await opened();
    world.snapshot('agents', [agent('ada'), agent('zoe')]);
    pageContext().set({ agents: ['zoe'] });
    show();
    expect([row('ada'), hidden(view, '[data-narrowed]')]).to.deep.equal([null, true]);
    pageContext().set({ agents: ['eve'] });
    show();
    expect([row('zoe'), hidden(view, '[data-narrowed]')]).to.deep.equal([null, false]);
  });

  it('leaves readers without the role to look on, and names the roles that may act', async () => {
    const { world, view } = await opened('viewer');
    world.snapshot('agents', []);
    expect([hidden(view, 'details'), hidden(view, '[data-viewer]')]).to.deep.equal([true, false]);
    expect(texts(view, '[data-role]')).to.deep.equal(['viewer']);
    expect([hidden(view, '[data-empty]'), hidden(view, '[data-none]')]).to.deep.equal([true, false]);
  });

  it('says what cannot be shown, by its code, until it can', async () => {
    const { world, view } = await opened('viewer', new ApiProblem('Your role may not', 'forbidden'));
    const kinds =
      'The kinds of agents cannot be read. Your role may not. It takes the role operator or admin. (forbidden)';
    expect(noteOf(view)).to.equal(kinds);
    world.refuse('agents', 'There is no such channel');
    expect(noteOf(view)).to.equal(
      `The agents cannot be shown: There is no such channel. (forbidden) ${kinds}`,
    );
    world.kinds = KINDS;
    await world.reconnect();
    world.snapshot('agents', []);
    expect(noteOf(view)).to.equal('');
  });
});

describe('the form for a new agent', () => {
  const fill = (view: Element, id: string): HTMLFormElement => {
    const form = view.querySelector('form')!;
    form.querySelector<HTMLInputElement>('#new-agent-id')!.value = id;
    return form;
  };

  it('asks for what the kind takes, creates it, and opens its page', async () => {
    const { world, view, gone } = await opened();
    world.snapshot('agents', []);
    const form = fill(view, 'ada');
    form.querySelector<HTMLInputElement>('input[type=number]')!.value = '500';
    form.querySelector<HTMLInputElement>('input[type=password]')!.value = 'hush';
    await expect(form).to.be.accessible();
    form.requestSubmit();
    form.requestSubmit();
    expect(world.asked).to.have.length(1);
    expect(world.asked[0]?.what.slice(0, 2)).to.deep.equal([
      'create',
      {
        agent: 'ada',
        kind: 'prober',
        version: '2.0.0',
        parameters: { everyMs: 500 },
        secrets: { key: 'hush' },
      },
    ]);
    await world.asked[0]?.settle();
    expect(gone).to.deep.equal(['#/agents/ada']);
    expect(view.querySelector('details')?.open).to.equal(false);
    expect(form.querySelector<HTMLInputElement>('input[type=password]')?.value).to.equal('');
  });

  it('sends the same wish under the same key until it was answered, and another under another', async () => {
    const { world, view } = await opened();
    world.snapshot('agents', []);
    const form = fill(view, 'ada');
    form.requestSubmit();
    await world.asked[0]?.settle(new ApiProblem('The server does not answer.'));
    expect(noteOf(form)).to.equal('The server does not answer.');
    form.requestSubmit();
    await world.asked[1]?.settle(new Error('again'));
    fill(view, 'eve').requestSubmit();
    await world.asked[2]?.settle();
    const keys = world.asked.map(({ what }) => what[2]);
    expect(keys[0])
      .to.match(/^[0-9a-f]{32}$/)
      .and.to.equal(keys[1]);
    expect(keys[2]).not.to.equal(keys[0]);
  });

  it('shows each thing that is wrong where it stands', async () => {
    const { world, view } = await opened();
    world.snapshot('agents', []);
    const form = fill(view, 'ada');
    form.requestSubmit();
    await world.asked[0]?.settle(
      new ApiProblem('Two are wrong', 'bad_parameters', [
        { pointer: '/agent', message: 'is taken' },
        { pointer: '/parameters/everyMs', message: 'expected at least 250' },
        { pointer: '/secrets/key', message: 'expected a text' },
        { pointer: '/replicas', message: 'expected 1' },
      ]),
    );
    expect(texts(form, '.wrong').filter(Boolean)).to.deep.equal([
      'is taken',
      'expected a text',
      'expected at least 250',
      '/replicas: expected 1',
    ]);
  });

  it('changes with the kind, and keeps what was filled in while the kinds stay', async () => {
    const { world, view } = await opened();
    const offer = async (kinds: typeof KINDS): Promise<void> => {
      world.kinds = kinds;
      await world.reconnect();
    };
    world.snapshot('agents', []);
    const form = fill(view, 'ada');
    await offer([...KINDS]);
    expect(form.querySelector<HTMLInputElement>('#new-agent-id')?.value).to.equal('ada');
    const kind = form.querySelector<HTMLSelectElement>('#new-agent-kind')!;
    expect(form.textContent).to.contain('Asks an address');
    kind.value = 'watcher';
    kind.dispatchEvent(new Event('change'));
    expect(form.querySelector('input[type=password]')).to.equal(null);
    await offer([...KINDS, { ...KINDS[1]!, kind: 'tailer', title: 'Tailer' }]);
    expect(kind.value).to.equal('watcher');
    await offer([KINDS[0]!]);
    expect(kind.value).to.equal('prober');
  });
});
