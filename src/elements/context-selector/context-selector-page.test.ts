import { expect, fixture, html } from '@open-wc/testing';
import { pageContext } from '../../context/page-context.ts';
import { scriptSockets } from '../../testing/script.ts';
import { FLEET, selectorPage, someOptions } from '../../testing/selectors.ts';
import { until } from '../../testing/until.ts';
import { pageSockets } from '../socket-context.ts';
import '../socket/define.ts';
import './define.ts';

let made = 0;
const fresh = (): string => `test-${(made += 1)}`;

describe('<waooaw-context-selector context>', () => {
  it('tells the page’s context, and hears of it', async () => {
    const name = fresh();
    const page = await selectorPage(
      html`<waooaw-context-selector
        kind="services"
        context=${name}
        .options=${FLEET}
      ></waooaw-context-selector>`,
    );
    const context = pageContext(name);
    await page.open();
    await page.choose('Orders');
    await until(() => context.get().services.join() === 'ord', 'the context');
    const heard: string[] = [];
    page.element.addEventListener('waooaw-change', () => heard.push('change'));
    context.set({ services: ['pay'] });
    await page.settle();
    expect([page.element.value, page.text, heard]).to.deep.equal(['pay', 'Payments', []]);
    context.clear();
    await page.settle();
    expect(page.element.value).to.equal('');
  });

  it('begins with what the page is about, and else says the first word', async () => {
    const name = fresh();
    pageContext(name).set({ agents: ['zur'] });
    const taken = await selectorPage(
      html`<waooaw-context-selector
        kind="agents"
        context=${name}
        .options=${FLEET}
        value="pay"
      ></waooaw-context-selector>`,
    );
    await until(() => taken.element.value === 'zur', 'the page’s');
    const other = fresh();
    await selectorPage(
      html`<waooaw-context-selector
        kind="agents"
        context=${other}
        .options=${FLEET}
        value="pay"
      ></waooaw-context-selector>`,
    );
    await until(() => pageContext(other).get().agents.join() === 'pay', 'its own');
  });

  it('agrees with another of the same name, without an end to it', async () => {
    const name = fresh();
    let told = 0;
    pageContext(name).subscribe(() => (told += 1));
    const page = await selectorPage(html`
      <waooaw-context-selector
        kind="agents"
        multiple
        context=${name}
        name="x"
        .options=${FLEET}
      ></waooaw-context-selector>
      <waooaw-context-selector
        kind="agents"
        multiple
        context=${name}
        name="x"
        .options=${FLEET}
      ></waooaw-context-selector>
    `);
    const [, other] = document.querySelectorAll('waooaw-context-selector');
    await page.open();
    await page.choose('Orders');
    await page.choose('Canary');
    await until(() => other?.values.join() === 'ord,canary', 'the other');
    expect(told).to.equal(2);
  });

  it('hands over rules and ranges', async () => {
    const name = fresh();
    const page = await selectorPage(html`
      <waooaw-context-selector
        kind="agents"
        multiple
        context=${name}
        .options=${FLEET}
      ></waooaw-context-selector>
      <waooaw-context-selector preset="range" context=${name}></waooaw-context-selector>
    `);
    const context = pageContext(name);
    await page.open();
    await page.choose('All in prod, new ones too');
    await page.choose('Canary');
    await until(() => context.get().agents.join() === 'pay,ord', 'the rule');
    expect(context.get().rules?.agents?.except).to.deep.equal(['canary']);
    page.element.options = [...FLEET, { id: 'new', label: 'New', group: 'prod' }];
    await until(() => context.get().agents.join() === 'pay,ord,new', 'the new one');
    const range = document.querySelectorAll('waooaw-context-selector')[1]!;
    range.set({ range: { last: 900 } });
    expect(context.get().range).to.deep.equal({ last: 900 });
    context.set({ range: { last: 300 } });
    expect(range.value).to.equal('PT5M');
    range.clear();
    expect(context.get().range).to.equal(undefined);
    await page.choose('All, new ones too');
    expect([context.get().agents, page.text]).to.deep.equal([[], 'All']);
  });
});

describe('<waooaw-context-selector preset="range">', () => {
  it('takes a range of one’s own', async () => {
    const page = await selectorPage(html`<waooaw-context-selector preset="range"></waooaw-context-selector>`);
    expect(page.find('#label')?.textContent).to.equal('Time range');
    await page.open();
    await page.choose('From … to …');
    await until(() => page.find('.range input'), 'the form');
    const [from, to] = page.all('.range input') as HTMLInputElement[];
    from!.value = '2026-01-02T10:00';
    to!.value = '2026-01-01T10:00';
    await page.click('[part=apply]');
    expect(page.find('#problem')?.textContent).to.contain('after the beginning');
    expect(page.element.value).to.equal('');
    to!.value = '2026-01-03T10:00';
    await page.click('[part=apply]');
    expect(page.element.get().range).to.deep.equal({
      from: new Date(2026, 0, 2, 10).getTime(),
      to: new Date(2026, 0, 3, 10).getTime(),
    });
    expect(page.element.open).to.equal(false);
    await page.open();
    await page.choose('From … to …');
    await until(() => page.find('[part=back]'), 'the form');
    await page.click('[part=back]');
    expect(page.labels.length).to.equal(7);
    await page.choose('Last 6 hours');
    expect([page.element.value, page.text]).to.deep.equal(['PT6H', 'Last 6 hours']);
  });

  it('takes nothing that is no range', async () => {
    const page = await selectorPage(html`<waooaw-context-selector preset="range"></waooaw-context-selector>`);
    for (const bad of [
      'nonsense',
      'custom',
      { range: { last: -1 } },
      { range: { from: 2, to: 1 } },
      null,
      5,
      {},
    ]) {
      page.element.set(bad as string);
      expect(page.element.value).to.equal('');
    }
  });
});

describe('<waooaw-context-selector source>', () => {
  it('follows the server: what comes, changes and goes', async () => {
    sessionStorage.clear();
    const script = scriptSockets();
    const page = await selectorPage(
      html`<waooaw-context-selector preset="agents" recent="none"></waooaw-context-selector>`,
    );
    await page.open();
    await until(() => page.note === 'Loading…' && page.element.matches(':state(loading)'), 'loading');
    await until(() => pageSockets().listeners.size > 0, 'it looks for a socket');
    const socket = await fixture(html`<waooaw-socket url="/"></waooaw-socket>`);
    await until(() => script.sockets.length > 0, 'a socket');
    script.socket.accept();
    const item = (id: string, state: string): object => ({
      id,
      label: id,
      state,
      environments: ['prod'],
      group: 'prod',
    });
    const say = (more: object): void =>
      script.socket.say({ n: 1, lost: 'tail', e: 'k', o: 0, h: 'h', ...more });
    say({ snapshot: { items: [item('a', 'up'), item('b', 'down')] } });
    await until(() => page.labels.includes('a'), 'the snapshot');
    expect(page.labels).to.deep.equal(['All, new ones too', 'All in prod, new ones too', 'a', 'b']);
    expect(page.all('.state span').map((state) => state.textContent)).to.deep.equal(['Up', 'Down']);
    await page.choose('a');
    script.socket.say({
      n: 1,
      pubs: [[1, { put: [item('a', 'degraded'), item('c', 'up')], gone: ['b'] }]],
      h: 'h1',
    });
    await until(() => page.labels.includes('c'), 'the change');
    expect(page.labels.slice(2)).to.deep.equal(['a', 'c']);
    expect(page.element.values).to.deep.equal(['a']);
    script.socket.say({ n: 1, pubs: [[2, { put: [item('d', 'up')], gone: [], all: true }]], h: 'h2' });
    await until(() => page.labels.join() === 'All in prod, new ones too,d', 'everything anew');
    script.socket.say({ n: 1, end: { code: 'forbidden', message: 'not yours', retryable: false } });
    await until(() => page.note.includes('not yours'), 'the refusal');
    expect(page.element.matches(':state(error)')).to.equal(true);
    await page.click('[part=retry]');
    page.element.preset = '';
    page.element.multiple = true;
    await page.settle();
    socket.remove();
    script.restore();
  });

  it('takes the host’s options before the server’s in a preset', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector
        preset="environment"
        .options=${someOptions(3)}
      ></waooaw-context-selector>`,
    );
    expect([page.find('#label')?.textContent, page.input.placeholder]).to.deep.equal([
      'Environment',
      'All environments',
    ]);
    await page.open();
    expect(page.labels.length).to.equal(3);
  });
});
