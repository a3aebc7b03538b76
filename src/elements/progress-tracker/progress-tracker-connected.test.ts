import { expect, fixture, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { setPagePace } from '../../a11y/page-pace.ts';
import { pageContext } from '../../context/page-context.ts';
import type { AgentStatus, LogLine } from '../../protocol/agents.ts';
import type { Role } from '../../protocol/roles.ts';
import { FarEnd } from '../../testing/far-end.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { TrackerOnPage, operationNow, stageNow } from '../../testing/trackers.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import { WaooawProgressTracker } from './progress-tracker.ts';
import type { TrackerAction } from './progress-tracker.ts';

const OP = 'operation/op-1';
const LOG = 'logs/operation/op-1';

let far: FarEnd;

before(() => WaooawProgressTracker.disableWarning?.('change-in-update'));
before(() => pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 }));
beforeEach(() => {
  far = new FarEnd();
});
afterEach(() => {
  far.restore();
  pageContext().clear();
  setPagePace({ paused: false });
});

/** A tracker behind a socket that is up, as somebody of this role. */
async function behind(attributes: Readonly<Record<string, string>>, role?: Role): Promise<TrackerOnPage> {
  const element = document.createElement('waooaw-progress-tracker');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  await fixture(html`<waooaw-socket url="https://ops.example" .token=${'secret'}>${element}</waooaw-socket>`);
  await far.accept(role);
  return new TrackerOnPage(element);
}

async function following(role: Role = 'operator'): Promise<TrackerOnPage> {
  const page = await behind({ operation: 'op-1' }, role);
  await far.admit(OP, operationNow());
  await until(() => page.has('live') && page.all('.stage').length > 0, 'it is live');
  return page;
}

const agentNow = (operation?: string): AgentStatus =>
  ({ agent: 'invoices', title: 'Invoices', ...(operation && { operation }) }) as AgentStatus;

describe('<waooaw-progress-tracker operation>', () => {
  it('shows the operation as it is, and as it becomes', async () => {
    const page = await behind({ operation: 'op-1' });
    await until(() => page.has('loading'), 'it waits');
    expect(page.text('.note')).to.equal('Loading…');
    await far.admit(OP, operationNow());
    await until(() => page.has('live'), 'it is live');
    await page.settle();
    expect(page.text('.label')).to.equal('Upgrade of invoices');
    expect(page.stages[2]).to.equal('3Ready: Running 40%');
    far.publish(OP, operationNow({ state: 'completed', percent: 100, revision: 8, actions: [] }));
    await until(() => page.text('.state') === 'Completed', 'its end');
    expect(page.text('.percent')).to.equal('100%');
  });

  it('is not taken back by what is older', async () => {
    const page = await following();
    far.publish(OP, operationNow({ state: 'paused', revision: 9 }));
    await until(() => page.text('.state') === 'Paused', 'it is paused');
    far.publish(OP, operationNow({ state: 'running', revision: 8 }));
    far.publish(OP, operationNow({ state: 'paused', percent: 77, revision: 10 }));
    await until(() => page.text('.percent') === '77%', 'the next');
    expect(page.text('.state')).to.equal('Paused');
  });

  it('says why it is not to be had', async () => {
    const page = await behind({ operation: 'gone' });
    await far.refuse('operation/gone', 'not_found', 'There is no operation "gone".');
    await until(() => page.has('error'), 'it says so');
    await page.settle();
    expect(page.text('.note')).to.equal('Not available: There is no operation "gone".');
    expect(page.text('.label')).to.equal('Progress');
  });

  it('keeps what was known when the line is lost, marked as stale', async () => {
    const page = await following();
    far.script.socket.end(1006);
    await until(() => page.has('stale'), 'it is stale');
    await page.settle();
    expect(page.text('.note')).to.equal('Not up to date: the connection is interrupted.');
    expect(page.all('.stage')).to.have.length(5);
  });

  it('shows another operation when it is told to, without a word of the one before', async () => {
    const page = await following();
    const speech = recordSpeech();
    page.element.operation = 'op-2';
    await page.settle();
    expect(page.all('.stage')).to.deep.equal([]);
    await far.admit('operation/op-2', operationNow({ operation: 'op-2', title: 'Restart of mailer' }));
    await until(() => page.text('.label') === 'Restart of mailer', 'the other');
    speech.stop();
    expect(speech.said).to.deep.equal([]);
  });

  it('forgets what another server said', async () => {
    const page = await following();
    const socket = page.element.parentElement as HTMLElement & { url: string };
    socket.url = 'https://other.example';
    await far.accept('operator');
    await until(() => page.all('.stage').length === 0, 'nothing of the other');
    await far.admit(OP, operationNow({ title: 'Another upgrade', revision: 1 }));
    await until(() => page.text('.label') === 'Another upgrade', 'this server’s');
  });

  it('unsubscribes when it leaves, and asks again when it is back', async () => {
    const page = await following();
    const { element } = page;
    const parent = element.parentElement!;
    element.remove();
    await until(() => far.script.socket.count('unsubscribe') > 0, 'it lets go');
    parent.append(element);
    await far.admit(OP, operationNow({ percent: 50 }));
    await until(() => page.text('.percent') === '50%', 'it is back');
  });
});

describe('<waooaw-progress-tracker agent>', () => {
  it('follows the agent’s latest operation, and the next one', async () => {
    const page = await behind({ agent: 'invoices' });
    await far.admit('agent/invoices', agentNow('op-1'));
    await far.admit(OP, operationNow());
    await until(() => page.text('.label') === 'Upgrade of invoices', 'its operation');
    far.publish('agent/invoices', agentNow('op-2'));
    await far.admit('operation/op-2', operationNow({ operation: 'op-2', title: 'Stop of invoices' }));
    await until(() => page.text('.label') === 'Stop of invoices', 'the next');
  });

  it('says so where there was none yet', async () => {
    const page = await behind({ agent: 'invoices' });
    await far.admit('agent/invoices', agentNow());
    await until(() => page.has('empty'), 'nothing');
    await page.settle();
    expect(page.text('.note')).to.equal('No operation yet.');
    expect(page.text('.label')).to.equal('invoices');
  });

  it('says why where the agent is not known', async () => {
    const page = await behind({ agent: 'nobody' });
    await far.refuse('agent/nobody', 'not_found', 'There is no agent "nobody".');
    await until(() => page.has('error'), 'it says so');
    await page.settle();
    expect(page.text('.note')).to.equal('Not available: There is no agent "nobody".');
  });
});

describe('<waooaw-progress-tracker context>', () => {
  it('follows the one agent that is chosen, and says so while none or several are', async () => {
    const page = await behind({ context: '' });
    await until(() => page.text('.note') === 'No agent is chosen.', 'none');
    pageContext().set({ agents: ['a', 'b'] });
    await until(() => page.text('.note') === 'Choose one agent to see its latest operation.', 'several');
    expect(page.has('empty')).to.equal(true);
    pageContext().set({ agents: ['invoices'] });
    await far.admit('agent/invoices', agentNow('op-1'));
    await far.admit(OP, operationNow());
    await until(() => page.text('.label') === 'Upgrade of invoices', 'one');
    pageContext().set({ agents: [] });
    await until(() => page.text('.note') === 'No agent is chosen.', 'none again');
    expect(page.all('.stage')).to.deep.equal([]);
  });

  it('gives way to an agent of its own', async () => {
    pageContext().set({ agents: ['other'] });
    await behind({ context: '', agent: 'invoices' });
    await far.admit('agent/invoices', agentNow());
  });
});

describe('<waooaw-progress-tracker operation>: actions', () => {
  const PAUSED = { name: 'pause', by: 'me', at: 5 } as const;

  for (const role of ['viewer', 'auditor'] as const) {
    it(`are not offered to the role ${role}`, async () => {
      const page = await following(role);
      expect(page.texts('.action')).to.deep.equal([]);
    });
  }

  it('go to the server as whoever the socket is, and through four phases by its answers', async () => {
    const page = await following('admin');
    const heard: string[] = [];
    const speech = recordSpeech();
    page.element.addEventListener('waooaw-action', (event) => {
      heard.push((event as CustomEvent<TrackerAction>).detail.phase);
    });
    await page.click('Pause');
    expect(page.text('.phase')).to.equal('Pause: requested');
    const request = await far.question(0);
    await page.click('Pause');
    expect([request.method, request.url.href, request.body]).to.deep.equal([
      'POST',
      'https://ops.example/api/operations/op-1/pause',
      '{}',
    ]);
    expect(request.headers.get('content-type')).to.equal('application/json');
    expect(request.headers.get('authorization')).to.equal('Bearer secret');
    expect(far.questions, 'once').to.have.length(1);
    request.answer(operationNow({ revision: 8, action: { ...PAUSED, phase: 'accepted' } }));
    await until(() => page.text('.phase') === 'Pause: accepted', 'it is accepted');
    await until(() => speech.said.some(({ text }) => text === 'Pause: accepted'), 'it is said');
    speech.stop();
    far.publish(
      OP,
      operationNow({
        ...{ revision: 9, state: 'paused', actions: ['resume'] },
        action: { ...PAUSED, phase: 'in-effect' },
      }),
    );
    await until(() => page.text('.phase') === 'Pause: in effect', 'it is in effect');
    far.publish(OP, operationNow({ revision: 10, action: { ...PAUSED, phase: 'done' } }));
    await until(() => page.text('.phase') === 'Pause: done', 'it is done');
    expect(heard).to.deep.equal(['requested', 'accepted', 'in-effect', 'done']);
  });

  it('that are refused say why, on the page and aloud, and can be asked for again', async () => {
    const page = await following();
    const speech = recordSpeech();
    await page.click('Cancel');
    (await far.question(0)).answer({ code: 'bad_transition', title: 'x', detail: 'It has switched.' }, 409);
    await until(() => page.find('.refused'), 'it is refused');
    expect(page.text('.refused')).to.equal('Cancel was refused: It has switched.');
    const cut = (): string[] =>
      speech.said.flatMap(({ text, urgency }) => (urgency === 'assertive' ? [text] : []));
    await until(() => cut().length > 0, 'it is said');
    speech.stop();
    expect(cut()).to.deep.equal(['Cancel was refused: It has switched.']);
    await page.click('Cancel');
    (await far.question(1)).answer({ code: 'forbidden' }, 403);
    await until(() => page.text('.refused') === 'Cancel is not for your role.', 'nor for the role');
  });

  it('that nobody answered may have been taken all the same, and it is said so', async () => {
    const page = await following();
    await page.click('Pause');
    (await far.question(0)).fail();
    await until(() => page.find('.refused'), 'no answer');
    expect(page.text('.refused')).to.equal(
      'Pause: the server did not answer. It may have been taken all the same.',
    );
    far.publish(OP, operationNow({ revision: 8, action: { ...PAUSED, phase: 'accepted' } }));
    await until(() => page.text('.phase').startsWith('Pause: accepted'), 'the server says that it was');
  });

  it('are given up with their operation', async () => {
    const page = await following();
    await page.click('Pause');
    const request = await far.question(0);
    page.element.operation = 'op-2';
    await until(() => request.signal?.aborted, 'given up');
    await far.admit('operation/op-2', operationNow({ operation: 'op-2', title: 'Other' }));
    await until(() => page.text('.label') === 'Other', 'the other');
    expect(page.find('.phase, .refused')).to.equal(null);
  });

  it('of somebody else are shown with who asked, and not said', async () => {
    const page = await following();
    const speech = recordSpeech();
    far.publish(
      OP,
      operationNow({ revision: 8, action: { name: 'cancel', by: 'bo', at: 9, phase: 'accepted' } }),
    );
    await until(() => page.text('.phase') === 'Cancel: accepted, asked for by bo', 'it is shown');
    speech.stop();
    expect(speech.said).to.deep.equal([]);
  });
});

describe('<waooaw-progress-tracker operation>: its log', () => {
  const lines = (from: number, to: number, more: Partial<LogLine> = {}): LogLine[] =>
    Array.from({ length: to - from + 1 }, (_, i) => ({
      ...{ n: from + i, at: 1_700_000_000_000 + i, stream: 'stdout', text: `line ${from + i}` },
      ...more,
    }));
  const shown = (page: TrackerOnPage): string[] => page.texts('.row .text');

  async function reading(snapshot: readonly LogLine[] = lines(1, 3)): Promise<TrackerOnPage> {
    const page = await following();
    await page.click('Log');
    await far.admit(LOG, { lines: snapshot });
    await until(() => page.all('.row').length > 0 || snapshot.length === 0, 'lines');
    await page.settle();
    return page;
  }

  it('is not followed before somebody opens it, nor after it was closed', async () => {
    const page = await following();
    const asks = (): boolean => JSON.stringify(far.script.socket.sent).includes(LOG);
    expect(asks()).to.equal(false);
    await page.click('Log');
    await far.admit(LOG, { lines: lines(1, 2) });
    await until(() => shown(page).length === 2, 'lines');
    far.publish(LOG, { lines: lines(3, 3, { stream: 'stderr' }) });
    await until(() => shown(page).join() === 'line 1,line 2,line 3', 'the next');
    expect(page.texts('.stream')).to.deep.equal(['error output']);
    expect(page.find('[role=region]')?.ariaLabel).to.equal('Log of Upgrade of invoices');
    await expect(page.element).to.be.accessible();
    await page.click('Log');
    await until(() => far.script.socket.count('unsubscribe') > 0, 'it lets go');
    expect(page.find('.log')).to.equal(null);
  });

  it('fetches what was before, page by page, back to its beginning', async () => {
    const page = await reading(lines(1_001, 1_200));
    const scroller = page.find('.lines')!;
    const bottom = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    await until(() => scroller.scrollHeight > scroller.clientHeight && bottom() <= 1, 'it is at its end');
    await page.click('Show older lines');
    const request = await far.question(0);
    expect(`${request.url.pathname}${request.url.search}`).to.equal(
      '/api/operations/op-1/logs?limit=500&before=1001',
    );
    expect(page.button('Loading older').ariaDisabled).to.equal('true');
    request.answer({ lines: lines(501, 1_000), more: true });
    await until(() => page.find('.older')?.ariaDisabled === null, 'they are there');
    await page.click('Show older lines');
    (await far.question(1)).answer({ code: 'internal', detail: 'the disk is away' }, 500);
    await until(() => page.find('.wrong'), 'it is said');
    expect(page.text('.wrong')).to.equal('The log is not available: the disk is away');
    await page.click('Try again');
    (await far.question(2)).answer({ lines: lines(1, 500), more: false });
    await until(() => !page.find('.older'), 'all of it');
    scroller.scrollTop = 0;
    await until(() => shown(page)[0] === 'line 1', 'the first line');
    expect(page.all('.row').length, 'those in view').to.be.lessThan(100);
  });

  it('stays at its end for as long as the reader is there, however much is said', async () => {
    const page = await reading(lines(1, 150));
    for (let last = 150; last < 1_000; last += 50) {
      far.publish(LOG, { lines: lines(last + 1, last + 50) });
      await until(() => shown(page).at(-1) === `line ${last + 50}`, `line ${last + 50}`);
    }
    expect(page.find('.newest')).to.equal(null);
    expect(page.all('.row').length).to.be.lessThan(100);
  });

  it('stays where the reader is, and tells how many lines have come', async () => {
    const page = await reading(lines(1, 150));
    const scroller = page.find('.lines')!;
    await until(() => scroller.scrollTop > 500, 'it is at its end');
    scroller.scrollTop = 100;
    await until(() => shown(page).includes('line 5'), 'further up');
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    far.publish(LOG, { lines: lines(151, 152) });
    await until(() => page.find('.newest'), 'the button');
    expect(page.text('.newest')).to.equal('2 new lines');
    expect(scroller.scrollTop).to.be.lessThan(200);
    await page.click('2 new lines');
    await until(() => shown(page).includes('line 152'), 'the end');
    expect(page.find('.newest')).to.equal(null);
    expect(page.element.shadowRoot?.activeElement).to.equal(scroller);
  });

  it('asks for what was said while the line was slow, and marks what nobody could give', async () => {
    const page = await reading(lines(1, 3));
    far.lose(LOG, { lines: lines(8, 9) });
    const request = await far.question(0);
    expect(request.url.searchParams.get('after')).to.equal('3');
    request.answer({ lines: lines(4, 9), more: false });
    await until(() => shown(page).length === 9, 'all of them');
    expect(page.find('.gap')).to.equal(null);
    far.lose(LOG, { lines: lines(20, 21) });
    (await far.question(1)).fail();
    await until(() => page.find('.gap'), 'the gap');
    expect(page.texts('.row')[9]).to.match(/^Lines are missing here\. .*line 20$/);
  });

  it('asks for 20 pages of what was missed, and marks the rest', async () => {
    const page = await reading(lines(1, 1));
    far.lose(LOG, { lines: lines(90_000, 90_001) });
    for (let i = 0; i < 20; i++) {
      const request = await far.question(i);
      const after = Number(request.url.searchParams.get('after'));
      request.answer({ lines: lines(after + 1, after + 500), more: true });
    }
    const scroller = page.find('.lines')!;
    await until(() => page.find('.gap'), 'the gap');
    expect(far.questions).to.have.length(20);
    expect(scroller.scrollHeight).to.be.greaterThan(10_000 * 15);
  });

  it('is of one stage in that stage, and of the whole below', async () => {
    const page = await following();
    await page.element.toggleStage('start');
    await far.admit(LOG, {
      lines: [...lines(1, 2, { stage: 'prepare' }), ...lines(3, 4, { stage: 'start', stream: 'engine' })],
    });
    await until(() => shown(page).join() === 'line 3,line 4', 'those of the stage');
    expect(page.texts('.stream')).to.deep.equal(['server', 'server']);
    await page.click('Log');
    await until(() => page.all('.row').length === 6, 'all of them too');
  });

  it('says why there is nothing to read', async () => {
    const page = await following();
    await page.click('Log');
    await until(() => page.text('.quiet') === 'Loading the log…', 'it waits');
    await far.refuse(LOG, 'forbidden', 'not yours');
    await until(() => page.text('.quiet') === 'The log is not available: not yours', 'it is refused');
  });

  it('says so when nothing was logged', async () => {
    const page = await reading([]);
    await until(() => page.text('.quiet') === 'Nothing was logged.', 'nothing');
  });

  it('is another one’s with another operation, and its questions are given up', async () => {
    const page = await reading(lines(1_001, 1_200));
    await page.click('Show older lines');
    far.lose(LOG, { lines: lines(2_000, 2_001) });
    const [older, missed] = [await far.question(0), await far.question(1)];
    page.element.operation = 'op-2';
    await far.admit('operation/op-2', operationNow({ operation: 'op-2', stages: [stageNow('stop')] }));
    await far.admit('logs/operation/op-2', { lines: lines(7, 7) });
    await until(() => shown(page).join() === 'line 7', 'its own lines');
    expect([older.signal?.aborted, missed.signal?.aborted]).to.deep.equal([true, true]);
  });
});
