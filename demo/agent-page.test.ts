import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { setPagePace } from '../src/a11y/page-pace.ts';
import { pageContext } from '../src/context/index.ts';
import { setPageTimeZone } from '../src/i18n/page-time-zone.ts';
import { agentPage } from './agent-page.ts';
import { ApiProblem } from './agents-api.ts';
import { type World, KINDS, agent, button, hidden, texts, turn, viewOf, worldOf } from './testing/world.ts';

interface Opened {
  readonly world: World;
  readonly view: HTMLElement;
  end(): void;
}

async function opened(role?: string): Promise<Opened> {
  const world = await worldOf(role);
  const view = await viewOf('agent');
  const end = agentPage(view, 'ada', world.fleet);
  return { world, view, end };
}

const noteOf = (view: Element): string => texts(view, '[data-note]').join();
const mayNot = (view: Element, label: string): boolean =>
  button(view, label).getAttribute('aria-disabled') === 'true';

afterEach(() => {
  setPagePace({ paused: false });
  setPageTimeZone('local');
});

describe('the view of one agent', () => {
  it('says what it is and what it says, and is what its widgets are about', async () => {
    const { world, view } = await opened();
    expect(texts(view, 'h1')).to.deep.equal(['ada']);
    expect(pageContext('agent').get().agents).to.deep.equal(['ada']);
    world.snapshot('agents', [agent('ada', { title: 'Ada of the mail' })]);
    expect(texts(view, 'h1, [data-version], [data-address]')).to.deep.equal([
      'Ada of the mail',
      'prober 1.0.0',
      '127.0.0.1:4711',
    ]);
    expect(view.querySelector<HTMLAnchorElement>('[data-address]')?.href).to.equal('http://127.0.0.1:4711/');
    expect(view.querySelector<HTMLElementTagNameMap['waooaw-status-badge']>('[data-state]')?.state).to.equal(
      'running',
    );
    world.publish('app/agents/ada', { summary: '41 files', requests: 3 });
    expect(texts(view, '[data-says]')).to.deep.equal(['41 files · 3 requests served']);
    const { address: _, ...portless } = agent('ada', { state: 'errored', reason: 'crashed' });
    world.publish('agents', portless);
    world.publish('app/agents/ada', { summary: 'a last word' });
    expect([texts(view, '[data-says]'), hidden(view, '[data-address]')]).to.deep.equal([['crashed'], true]);
    world.current('agents', false);
    expect(view.classList.contains('behind')).to.equal(true);
    await expect(view).to.be.accessible();
  });

  it('asks what is allowed, of the agent as it was seen, and says why not, by the code', async () => {
    const { world, view } = await opened();
    world.snapshot('agents', [agent('ada')]);
    expect(mayNot(view, 'Start')).to.equal(true);
    button(view, 'Start').click();
    expect(world.asked).to.deep.equal([]);
    button(view, 'Stop').click();
    expect(world.asked[0]?.what).to.deep.equal(['stop', 'ada', 3, {}]);
    await world.asked[0]?.settle(new ApiProblem('The agent is at generation 4', 'generation_conflict'));
    expect(noteOf(view)).to.equal(
      'The agent is at generation 4. Somebody has changed it meanwhile. Look at what it is now, and ask again. (generation_conflict)',
    );
    button(view, 'Suspend').click();
    expect(noteOf(view)).to.equal('');
    await world.asked[1]?.settle(new ApiProblem('Too odd', 'oddity'));
    expect(noteOf(view)).to.equal('Too odd. (oddity)');
    button(view, 'Restart').click();
    await world.asked[2]?.settle(new Error('odd'));
    expect(noteOf(view)).to.equal('odd');
  });

  it('upgrades to the newest version, unless another was chosen and is still there', async () => {
    const { world, view } = await opened();
    world.snapshot('agents', [agent('ada')]);
    const target = view.querySelector('select')!;
    expect([...target.options].map(({ value }) => value)).to.deep.equal(['2.0.0']);
    button(view, 'Upgrade').click();
    expect(world.asked[0]?.what).to.deep.equal(['upgrade', 'ada', 3, { version: '2.0.0' }]);
    world.kinds = [{ ...KINDS[0]!, versions: ['1.0.0', '1.1.0', '2.0.0'] }];
    await world.reconnect();
    target.value = '1.1.0';
    world.publish('agents', agent('ada', { version: '2.0.0' }));
    expect([...target.options].map(({ value }) => value)).to.deep.equal(['1.0.0', '1.1.0']);
    expect(target.value).to.equal('1.1.0');
    world.kinds = [];
    await world.reconnect();
    expect([mayNot(view, 'Upgrade'), target.disabled]).to.deep.equal([true, true]);
  });

  it('changes its scale within what its kind allows, and keeps what is being typed', async () => {
    const { world, view } = await opened();
    world.snapshot('agents', [agent('ada')]);
    const replicas = view.querySelector<HTMLInputElement>('input[type=number]')!;
    expect([replicas.value, replicas.max]).to.deep.equal(['1', '4']);
    replicas.value = '5';
    world.publish('agents', agent('ada', { restarts: 1 }));
    button(view, 'Scale').click();
    expect([replicas.value, world.asked.length]).to.deep.equal(['5', 0]);
    replicas.value = '3';
    button(view, 'Scale').click();
    expect(world.asked[0]?.what).to.deep.equal(['scale', 'ada', 3, { replicas: 3 }]);
    world.publish('agents', agent('ada', { replicas: 2 }));
    expect(replicas.value).to.equal('2');
  });

  it('deletes only what is asked for twice, and says then that it is gone', async () => {
    const { world, view } = await opened();
    world.snapshot('agents', [agent('ada')]);
    const dialog = view.querySelector('dialog')!;
    button(view, 'Delete').focus();
    await sendKeys({ press: 'Enter' });
    expect(dialog.open).to.equal(true);
    expect(dialog.textContent).to.contain('Delete ada?');
    await expect(dialog).to.be.accessible();
    await sendKeys({ press: 'Escape' });
    await turn();
    expect(world.asked).to.deep.equal([]);
    expect(document.activeElement).to.equal(button(view, 'Delete'));
    await sendKeys({ press: 'Enter' });
    const request = world.request();
    dialog.querySelector<HTMLButtonElement>('button[value=delete]')?.click();
    // The dialog tells of its end in a task of its own.
    expect((await request).what).to.deep.equal(['delete', 'ada', 3, {}]);
    button(view, 'Delete').focus();
    world.publish('agents', { agent: 'ada', forgotten: true });
    expect([hidden(view, '[data-gone]'), hidden(view, '[data-there]')]).to.deep.equal([false, true]);
    expect(document.activeElement).to.equal(view.querySelector('h1'));
    await expect(view).to.be.accessible();
  });

  it('leaves readers without the role to look on, and says which roles may act', async () => {
    const { world, view } = await opened('viewer');
    world.snapshot('agents', [agent('ada')]);
    expect([hidden(view, '[data-actions]'), hidden(view, '[data-viewer]')]).to.deep.equal([true, false]);
    expect(texts(view, '[data-role]')).to.deep.equal(['viewer']);
  });

  it('shows what it writes, stays at its end, and stands still while the page is paused', async () => {
    const { world, view, end } = await opened();
    setPageTimeZone('UTC');
    const log = view.querySelector<HTMLElement>('[data-log]')!;
    log.style.cssText = 'block-size: 60px; overflow: auto';
    const line = (n: number, stream = 'stdout'): object => ({ n, at: n * 1_000, stream, text: `line ${n}` });
    const lines = (from: number, to: number): object[] =>
      Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
    world.snapshot('logs/ada', { lines: [] });
    expect(texts(view, '[data-log-note]')).to.deep.equal(['It has written nothing yet.']);
    world.snapshot('logs/ada', { lines: [line(1), line(2, 'stderr')] });
    expect(texts(log, '.line')).to.deep.equal(['00:00:01line 1', '00:00:02stderrline 2']);
    world.publish('logs/ada', { lines: lines(2, 400) });
    expect([log.childElementCount, texts(log, '.line span').at(-1)]).to.deep.equal([300, 'line 400']);
    expect(log.scrollTop).to.be.greaterThan(0);
    expect(Math.abs(log.scrollHeight - log.scrollTop - log.clientHeight)).to.be.lessThan(2);
    log.scrollTop = 0;
    setPagePace({ paused: true });
    world.publish('logs/ada', { lines: lines(401, 402) });
    expect(texts(log, '.line span').at(-1)).to.equal('line 400');
    setPagePace({ everyMs: 1_000 });
    expect(texts(log, '.line span').at(-1)).to.equal('line 400');
    setPagePace({ everyMs: 0, paused: false });
    expect([texts(log, '.line span').at(-1), log.scrollTop]).to.deep.equal(['line 402', 0]);
    world.current('logs/ada', false);
    expect(log.classList.contains('behind')).to.equal(true);
    world.refuse('logs/ada', 'Your role may not');
    expect(texts(view, '[data-log-note]')).to.deep.equal(['Your role may not. (forbidden)']);
    end();
    expect([...world.followed]).to.deep.equal(['agents']);
  });
});
