/** The operations console: all components on real input. Each view's markup stands in index.html, in a template of its own. */
import '../src/define.ts';
import { pageContext } from '../src/context/index.ts';
import type { WaooawSocket } from '../src/elements/socket/socket.ts';
import { VERSION } from '../src/protocol/version.ts';
import { agentPage } from './agent-page.ts';
import { agentsView } from './agents-view.ts';
import { alertList } from './alert-list.ts';
import { breaker } from './breaker.ts';
import { CHOICE_KEYS, type Choice, pageChoice } from './choice.ts';
import { teachCommands } from './command.ts';
import { fleetOf } from './fleet.ts';
import { incidentList } from './incident-list.ts';
import { incidentsOf } from './incidents.ts';
import { navigationCount } from './navigation.ts';
import { overview } from './overview.ts';
import { type Opening, router } from './router.ts';
import { followAgent, followScope } from './scope.ts';
import { signIn } from './sign-in.ts';

const find = <T extends HTMLElement>(selector: string, within: ParentNode = document): T =>
  within.querySelector<T>(selector)!;

for (const choice of Object.keys(CHOICE_KEYS) as Choice[])
  pageChoice(find<HTMLSelectElement>(`#${choice}`), choice, document.documentElement, () => localStorage);

// The scope first: widgets that come later then follow it at once.
followScope();
followAgent();
const scopeButton = find<HTMLButtonElement>('#scope-button');
scopeButton.addEventListener('click', () => {
  const isOpen = find('#scope').toggleAttribute('data-open');
  scopeButton.ariaExpanded = String(isOpen);
});

const socket = find<WaooawSocket>('waooaw-socket');
signIn(find<HTMLFormElement>('#sign-in'), socket);
const fleet = fleetOf(socket);
const incidents = incidentsOf(fleet);
navigationCount(find('[data-open-incidents]'), incidents);
const server = new URL('.', location.href).href.replace(/\/$/, '');

/** A view that stays, and is shown anew whenever the scope changes. */
const scoped = (open: (section: HTMLElement) => () => void): Opening =>
  taught((section) => void pageContext().subscribe(open(section)));

const taught =
  (open: Opening = () => undefined): Opening =>
  (section, argument) => {
    teachCommands(section, server);
    return open(section, argument);
  };

router(find('main'), document.querySelectorAll<HTMLElement>('[data-route]'), {
  overview: scoped((section) => overview(section, fleet, incidents)),
  agents: scoped((section) => agentsView(section, fleet)),
  agent: taught((section, agent) => agentPage(section, agent, fleet)),
  activity: taught(),
  incidents: taught((section) => {
    const part = (name: string): HTMLElement => find(`[data-${name}]`, section);
    incidentList({ list: part('list'), empty: part('empty'), note: part('note') }, incidents, fleet);
    alertList(find('#alerts', section), part('no-alerts'), fleet.socket);
    breaker(find('#break', section), fleet.socket);
  }),
  metrics: taught(),
});

find('#version').textContent = `waooaw ${VERSION}`;
