import { expect, fixture, html } from '@open-wc/testing';
import { type Opening, routeOf, router } from './router.ts';

interface Page {
  readonly main: HTMLElement;
  readonly opened: string[];
  readonly current: () => (string | undefined)[];
}

const title = document.title;

/** Goes somewhere, as a link does. */
async function go(hash: string): Promise<void> {
  if (location.hash === hash) return;
  const changed = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
  location.hash = hash;
  await changed;
}

async function opened(hash = ''): Promise<Page> {
  await go(hash || '#/');
  document.title = 'Console';
  const page = await fixture<HTMLElement>(html`
    <div>
      <nav>
        <a href="#/" data-route="overview">Overview</a>
        <a href="#/agents" data-route="agents">Agents</a>
      </nav>
      <main>
        <section data-view="overview" hidden>
          <template><h1 tabindex="-1">Overview</h1></template>
        </section>
        <section data-view="agents" hidden>
          <template><h1 tabindex="-1">Agents</h1></template>
        </section>
        <section data-view="agent" hidden>
          <template><h1 tabindex="-1">One</h1></template>
        </section>
        <section data-view="unknown" hidden>
          <template><h1 tabindex="-1">No such view</h1></template>
        </section>
      </main>
    </div>
  `);
  const said: string[] = [];
  const links = [...page.querySelectorAll('a')];
  const open: Opening = (section, argument) => {
    said.push(`${section.dataset['view']} ${argument}`);
    const heading = section.querySelector('h1');
    if (argument !== '' && heading) heading.textContent = argument;
    return () => said.push(`end ${argument}`);
  };
  router(page.querySelector('main')!, links, { overview: open, agents: open, agent: open });
  return {
    main: page.querySelector('main')!,
    opened: said,
    current: () => links.filter((link) => link.ariaCurrent === 'page').map((link) => link.dataset['route']),
  };
}

const shown = ({ main }: Page): (string | null | undefined)[] =>
  [...main.querySelectorAll<HTMLElement>(':scope > section:not([hidden])')].map(
    (section) => section.querySelector('h1')?.textContent,
  );

after(async () => {
  await go('#/');
  history.replaceState(null, '', location.pathname + location.search);
  document.title = title;
});

describe('addresses', () => {
  it('name a view, or one thing of it', () => {
    for (const none of ['', '#', '#/'])
      expect(routeOf(none)).to.deep.equal({ view: 'overview', argument: '' });
    expect(routeOf('#/agents')).to.deep.equal({ view: 'agents', argument: '' });
    expect(routeOf('#/agents/')).to.deep.equal({ view: 'agents', argument: '' });
    expect(routeOf('#/agents/a%2Fb')).to.deep.equal({ view: 'agent', argument: 'a/b' });
    expect(routeOf('#/other/%E0')).to.deep.equal({ view: 'other', argument: '%E0' });
    expect(routeOf('#main')).to.equal(undefined);
  });
});

describe('the router', () => {
  it('shows what the address names at first, and takes the focus nowhere', async () => {
    const before = document.activeElement;
    const page = await opened('#/agents');
    expect([shown(page), page.current(), document.title]).to.deep.equal([
      ['Agents'],
      ['agents'],
      'Agents · Console',
    ]);
    expect(document.activeElement).to.equal(before);
  });

  it('goes to a view and to its heading, and back, as it was left', async () => {
    const page = await opened();
    const overview = page.main.querySelector('h1');
    await go('#/agents');
    expect([shown(page), page.current()]).to.deep.equal([['Agents'], ['agents']]);
    expect(document.activeElement?.textContent).to.equal('Agents');
    await go('#/');
    expect(page.main.querySelector('h1')).to.equal(overview);
    expect(page.opened).to.deep.equal(['overview ', 'agents ']);
  });

  it('makes the view of one thing anew for each, ends it, and marks the view that lists them', async () => {
    const page = await opened();
    await go('#/agents/ada');
    await go('#/agents/zoe');
    expect([shown(page), page.current(), document.title]).to.deep.equal([
      ['zoe'],
      ['agents'],
      'zoe · Console',
    ]);
    await go('#/');
    expect(page.opened).to.deep.equal(['overview ', 'agent ada', 'end ada', 'agent zoe', 'end zoe']);
  });

  it('stays where it is for a link within the page', async () => {
    const page = await opened('#/agents');
    await go('#main');
    expect(shown(page)).to.deep.equal(['Agents']);
    expect(document.title).to.equal('Agents · Console');
  });

  it('says so where there is no such view', async () => {
    const page = await opened('#/invented');
    expect([shown(page), page.current()]).to.deep.equal([['No such view'], []]);
    page.main.querySelector('[data-view=unknown]')?.remove();
    await go('#/invented-too');
  });
});
