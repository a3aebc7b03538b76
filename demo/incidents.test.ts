import { expect } from '@open-wc/testing';
import { pageContext } from '../src/context/index.ts';
import { ApiProblem } from './agents-api.ts';
import { alertList } from './alert-list.ts';
import { incidentList } from './incident-list.ts';
import { type Incidents, incidentsOf } from './incidents.ts';
import { navigationCount } from './navigation.ts';
import { overview } from './overview.ts';
import {
  type World,
  agent,
  button,
  hidden,
  incident,
  texts,
  turn,
  viewOf,
  worldOf,
} from './testing/world.ts';

const check = (id: string, more: object = {}): object => ({ check: id, state: 'up', ...more });

/** What is known of incidents, once it is. */
async function known(world: World): Promise<Incidents> {
  const incidents = incidentsOf(world.fleet);
  world.snapshot('health', { state: 'up', checks: [check('api')] });
  while (incidents.all === undefined) await turn();
  return incidents;
}

/** Resolves at the next change. */
const next = (incidents: Incidents): Promise<void> =>
  new Promise((resolve) => {
    let told = 0;
    incidents.follow(() => {
      told += 1;
      if (told === 2) resolve();
    });
  });

afterEach(() => pageContext().clear());

describe('incidents', () => {
  it('are read again when a check says that one began, was acknowledged or ended, and not else', async () => {
    const world = await worldOf();
    const incidents = await known(world);
    const count = document.createElement('span');
    navigationCount(count, incidents);
    expect([incidents.all, count.textContent]).to.deep.equal([[], '']);
    world.incidents = [incident('one'), incident('two', { endedAt: 2_000_000 })];
    world.publish('health', check('api'));
    world.publish('health', { check: 'gone', removed: true });
    await turn();
    expect(incidents.all).to.deep.equal([]);
    const read = next(incidents);
    world.publish('health', check('api', { state: 'down', incident: { id: 'one', startedAt: 1 } }));
    await read;
    expect(incidents.open.map(({ id }) => id)).to.deep.equal(['one']);
    expect([count.textContent, count.title]).to.deep.equal(['1', '1 open']);
  });

  it('say why they cannot be read, and keep what was read', async () => {
    const world = await worldOf();
    world.incidents = [incident('one')];
    const incidents = await known(world);
    world.incidents = new ApiProblem('The server does not answer.');
    const read = next(incidents);
    world.publish('health', check('api', { incident: { id: 'one', startedAt: 1, acknowledgedBy: 'ana' } }));
    await read;
    expect(incidents.problem).to.equal('The incidents cannot be read. The server does not answer.');
    expect(incidents.open).to.have.length(1);
  });
});

describe('the list of incidents', () => {
  async function opened(role?: string): Promise<{ world: World; view: HTMLElement; incidents: Incidents }> {
    const world = await worldOf(role);
    world.incidents = [incident('one'), incident('two', { endedAt: 1_090_000, worst: 'degraded' })];
    const view = await viewOf('incidents');
    const part = (name: string): HTMLElement => view.querySelector(`[data-${name}]`)!;
    const incidents = await known(world);
    incidentList({ list: part('list'), empty: part('empty'), note: part('note') }, incidents, world.fleet);
    return { world, view, incidents };
  }

  it('says what was not up, since when, for how long and why', async () => {
    const { view } = await opened();
    expect(texts(view, '.incident h3')).to.deep.equal(['The API, one', 'The API, two']);
    expect(
      [...view.querySelectorAll('.incident waooaw-status-badge')].map(
        (badge) => (badge as HTMLElementTagNameMap['waooaw-status-badge']).state,
      ),
    ).to.deep.equal(['down', 'resolved']);
    const [open, over] = texts(view, '.incident .times');
    expect(open).to.match(/^Began .+ · still open$/);
    expect(over).to.match(/ · over after 1 min, 30 sec$/);
    expect(texts(view, '.cause')).to.deep.equal(['HTTP 503', 'HTTP 503']);
    await expect(view).to.be.accessible();
  });

  it('lets operators say that they are at it, goes on at its name, and says why not', async () => {
    const { world, view } = await opened();
    expect([...view.querySelectorAll('.incident button')]).to.have.length(1);
    const other = view.querySelectorAll('.incident')[1];
    button(view, 'Acknowledge').click();
    await world.asked[0]?.settle(new ApiProblem('It is over', 'conflict'));
    expect(texts(view, '[data-note]')[0]).to.equal('The API, one: It is over. (conflict)');
    button(view, 'Acknowledge').click();
    expect(world.asked[1]?.what).to.deep.equal(['acknowledge', 'one']);
    await world.asked[1]?.settle(incident('one', { acknowledged: { by: 'ana', at: 1_050_000 } }));
    expect(texts(view, '.incident .times')[1]).to.match(/^Acknowledged by ana, /);
    expect(view.querySelector('.incident button')).to.equal(null);
    expect(document.activeElement).to.equal(view.querySelector('.incident h3'));
    expect(view.querySelectorAll('.incident')[1], 'what says the same stays').to.equal(other);
  });

  it('offers nothing to readers without the role', async () => {
    const { view } = await opened('viewer');
    expect(view.querySelector('.incident button')).to.equal(null);
  });

  it('teaches how a check is made where there was none, and says what cannot be read', async () => {
    const { world, view, incidents } = await opened();
    world.incidents = [];
    let read = next(incidents);
    world.publish('health', check('api', { incident: { id: 'one', startedAt: 1 } }));
    await read;
    expect([hidden(view, '[data-list]'), hidden(view, '[data-empty]')]).to.deep.equal([true, false]);
    await expect(view).to.be.accessible();
    world.incidents = new Error('odd');
    read = next(incidents);
    world.publish('health', check('api'));
    await read;
    expect(texts(view, '[data-note]')[0]).to.equal('The incidents cannot be read. odd');
    world.incidents = [incident('three')];
    read = next(incidents);
    world.publish('health', check('api', { incident: { id: 'three', startedAt: 1 } }));
    await read;
    expect(texts(view, '[data-note]')[0]).to.equal('');
  });
});

describe('the list of alerts', () => {
  const alert = (id: string, more: object = {}): object => ({
    alert: id,
    state: 'firing',
    severity: 'critical',
    summary: `${id} is down`,
    labels: {},
    activeAt: 1,
    ...more,
  });

  it('is hidden while there are none, and shows each once, newest first', async () => {
    const world = await worldOf();
    const view = await viewOf('incidents');
    const list = view.querySelector<HTMLElement>('#alerts')!;
    alertList(list, view.querySelector('[data-no-alerts]')!, world.fleet.socket);
    world.snapshot('alerts', { alerts: [] });
    expect([list.hidden, hidden(view, '[data-no-alerts]')]).to.deep.equal([true, false]);
    world.publish('alerts', alert('a'));
    world.publish('alerts', alert('b', { activeAt: 2, state: 'pending' }));
    world.publish('alerts', alert('a', { state: 'resolved' }));
    const shown = [...list.querySelectorAll('waooaw-status-badge')];
    expect(shown.map(({ state, label }) => [state, label])).to.deep.equal([
      ['pending-alert', 'b is down'],
      ['resolved', 'a is down'],
    ]);
    expect([list.hidden, hidden(view, '[data-no-alerts]')]).to.deep.equal([false, true]);
    world.snapshot('alerts', { alerts: [alert('c')] });
    expect(list.querySelectorAll('waooaw-status-badge')).to.have.length(1);
  });

  it('and the overview show what stands, within the scope', async () => {
    const world = await worldOf();
    world.incidents = [
      incident('one', { tags: { agent: 'ada' } }),
      incident('two', { tags: { agent: 'zoe' } }),
      incident('over', { endedAt: 1_090_000 }),
    ];
    const incidents = await known(world);
    const view = await viewOf('overview');
    const show = overview(view, world.fleet, incidents);
    const labels = (): string[] =>
      [...view.querySelectorAll('[data-alerts] waooaw-status-badge')].map(
        (badge) => (badge as HTMLElementTagNameMap['waooaw-status-badge']).label,
      );
    expect(hidden(view, '[data-no-agents]'), 'nothing is known yet').to.equal(true);
    world.snapshot('agents', []);
    expect(hidden(view, '[data-no-agents]')).to.equal(false);
    world.snapshot('agents', [agent('ada'), agent('zoe')]);
    world.snapshot('alerts', { alerts: [alert('a'), alert('b', { state: 'resolved' })] });
    expect(texts(view, '.incident h3')).to.deep.equal(['The API, one', 'The API, two']);
    expect([texts(view, '.agent .name'), labels()]).to.deep.equal([['ada', 'zoe'], ['a is down']]);
    expect(hidden(view, '[data-only]')).to.equal(true);
    await expect(view).to.be.accessible();
    pageContext().set({ agents: ['zoe'] });
    show();
    expect(texts(view, '.incident h3, .agent .name, [data-only]')).to.deep.equal([
      'Open the page of zoe',
      'zoe',
      'The API, two',
    ]);
    expect(view.querySelector('[data-only]')?.getAttribute('href')).to.equal('#/agents/zoe');
    pageContext().set({ agents: ['eve'] });
    show();
    expect([hidden(view, '[data-narrowed]'), hidden(view, '[data-no-incidents]')]).to.deep.equal([
      false,
      false,
    ]);
  });
});
