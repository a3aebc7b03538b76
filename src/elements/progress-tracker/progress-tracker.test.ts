import { expect, html } from '@open-wc/testing';
import { emulateMedia, setViewport } from '@web/test-runner-commands';
import { setPagePace } from '../../a11y/page-pace.ts';
import type { OperationStatus } from '../../protocol/operations.ts';
import { hearWarnings } from '../../testing/console.ts';
import { countWindowListeners } from '../../testing/listeners.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { fakeTimers } from '../../testing/timers.ts';
import { operationNow, plain, stageNow, trackerPage } from '../../testing/trackers.ts';
import type { TrackerOnPage } from '../../testing/trackers.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { StageChange, TrackerAction, WaooawProgressTracker, WorkChange } from './progress-tracker.ts';

before(followColorScheme);
afterEach(async () => {
  await emulateMedia(MEDIA.light);
  await setViewport({ width: 800, height: 600 });
  setPagePace({ paused: false });
});

const ANNOUNCER = Symbol.for('waooaw.announcer');

const usual = (p50: number, p90: number) => ({ p50Ms: p50 * 1_000, p90Ms: p90 * 1_000, runs: 12 });

function tracker(status: unknown = operationNow(), orientation = 'vertical'): Promise<TrackerOnPage> {
  return trackerPage(
    html`<waooaw-progress-tracker .status=${status} orientation=${orientation}></waooaw-progress-tracker>`,
  );
}

/** An upgrade that went back. */
function rolledBack(): OperationStatus {
  const now = Date.now();
  return operationNow({
    state: 'rolled-back',
    actions: ['retry'],
    endedAt: now,
    error: { code: 'not_ready', message: 'It did not become ready.' },
    stages: [
      stageNow('prepare', { state: 'completed', startedAt: now - 50_000, endedAt: now - 40_000 }),
      stageNow('ready', {
        state: 'failed',
        startedAt: now - 39_000,
        endedAt: now - 1_000,
        attempts: 2,
        error: { code: 'not_ready', message: 'GET /health answered 503' },
      }),
      stageNow('switch', { state: 'skipped' }),
      stageNow('drain', { state: 'cancelled' }),
    ],
    result: { requests: { failed: 0, socketsClosed: 4 } },
    action: { name: 'cancel', phase: 'done', by: 'bo', at: 1 },
  });
}

const BUILD = [
  { title: 'Build', state: 'completed', durationMs: 73_000 },
  { title: 'Test', state: 'current', percent: 66, logs: ['\u001b[32m812 passed\u001b[0m', '1 failed'] },
  { title: 'Release' },
];

/** Every state that a tracker without a server can be in. */
const STATES: Readonly<Record<string, () => Promise<TrackerOnPage>>> = {
  running: () => tracker(),
  horizontal: () => tracker(operationNow(), 'horizontal'),
  'rolled back': () => tracker(rolledBack()),
  queued: () =>
    tracker(operationNow({ state: 'queued', queuePlace: 3, percent: 0, stages: [stageNow('allocate')] })),
  preset: () =>
    trackerPage(html`<waooaw-progress-tracker preset="agent-provisioning"></waooaw-progress-tracker>`),
  nothing: () => trackerPage(html`<waooaw-progress-tracker></waooaw-progress-tracker>`),
  opened: async () => {
    const page = await trackerPage(
      html`<waooaw-progress-tracker
        .stages=${[{ title: 'Build', state: 'completed', startedAt: 1, endedAt: 9_000 }, ...BUILD.slice(1)]}
        waterfall
      ></waooaw-progress-tracker>`,
    );
    await page.element.toggleStage('2 Test');
    await until(() => page.find('.row') && page.find('.waterfall li'), 'its lines and the waterfall');
    return page;
  },
};

for (const [state, make] of Object.entries(STATES)) {
  describe(`<waooaw-progress-tracker>, ${state}`, () => {
    for (const [name, media] of Object.entries(MEDIA)) {
      it(`is accessible in ${name}`, async () => {
        await emulateMedia(media);
        const page = await make();
        await expect(page.element).to.be.accessible();
      });
    }
  });
}

describe('<waooaw-progress-tracker status>', () => {
  it('shows name, state, share, who began it and each stage in words', async () => {
    const page = await tracker();
    expect(page.text('.label')).to.equal('Upgrade of invoices');
    expect(page.text('.state')).to.equal('Running');
    expect(page.text('.facts')).to.match(/^48% started .* by ana$/);
    expect(page.stages).to.deep.equal([
      '1Prepare: Completed',
      '2Start: Completed',
      '3Ready: Running 40%',
      '4Switch: Pending',
      '5Drain: Pending',
    ]);
    expect(page.texts('.time').slice(0, 2)).to.deep.equal(['12 sec', '5 sec']);
    expect(page.texts('.description')).to.deep.equal([
      'waits for port 8080',
      'Connections end by themselves',
    ]);
  });

  it('is a progressbar with a sentence, and an ordered list with one current step', async () => {
    const page = await tracker();
    const bar = page.find('[role=progressbar]');
    expect(bar?.ariaValueNow).to.equal('48');
    expect(bar?.ariaValueText).to.equal('Running, stage 3 of 5: Ready, 48%');
    expect(bar?.ariaLabel).to.equal('Upgrade of invoices');
    expect(page.find('ol')?.ariaLabel).to.equal('Stages');
    const current = page.all('[aria-current]');
    expect(current.map((stage) => [plain(stage.querySelector('.name')), stage.ariaCurrent])).to.deep.equal([
      ['Ready', 'step'],
    ]);
    expect(page.find('[aria-live], [role=status], [role=alert], [role=log]')).to.equal(null);
  });

  it('says what went wrong, of the whole and of its stage, and what came of it', async () => {
    const page = await tracker(rolledBack());
    expect(page.text('.state')).to.equal('Rolled back');
    expect(page.text('.card > .error')).to.equal('It did not become ready.');
    expect(plain(page.stage('Ready').querySelector('.error'))).to.equal('GET /health answered 503');
    expect(plain(page.stage('Ready').querySelector('.time'))).to.equal('38 sec attempt 2');
    expect(page.text('.result')).to.equal('Result requests failed 0 requests sockets closed 4');
    expect(page.stage('Ready').ariaCurrent, 'where it stands').to.equal('step');
  });

  it('links to a host’s own page, if it is of the web', async () => {
    const page = await tracker(operationNow({ url: 'https://ci.example/runs/7' }));
    expect(page.find('a')?.getAttribute('href')).to.equal('https://ci.example/runs/7');
    for (const url of ['javascript:alert(1)', 'nowhere', '']) {
      page.element.status = operationNow({ url });
      await page.settle();
      expect(page.find('a'), url).to.equal(null);
    }
  });

  it('tells its place in the queue', async () => {
    const page = await tracker({ ...operationNow({ state: 'queued', queuePlace: 3 }), startedAt: undefined });
    expect(page.text('.facts')).to.equal('48% place 3 in the queue');
  });

  it('tells how much longer it may take, and by how much it is over the usual', async () => {
    const now = Date.now();
    const stages = [
      stageNow('ready', { state: 'running', startedAt: now, expected: usual(180, 300) }),
      stageNow('switch', { expected: usual(1, 1) }),
    ];
    const page = await tracker(operationNow({ stages }));
    expect(page.text('.left')).to.equal('About 3–5 min left');
    expect(page.find('[role=progressbar]')?.ariaValueText).to.contain('About 3–5 min left');
    const late = stageNow('ready', { state: 'running', startedAt: now - 540_000, expected: usual(180, 300) });
    page.element.status = operationNow({ stages: [late] });
    await page.settle();
    expect(page.text('.left')).to.equal('4 min over usual');
    expect(plain(page.stage('Ready').querySelector('.over'))).to.equal('4 min over usual');
  });

  it('never throws at bad data, and shows what there is', async () => {
    const page = await tracker();
    for (const status of [null, 7, [], { stages: 'x' }, { stages: [{}], actions: 7, result: 3, error: 5 }]) {
      page.element.status = status as unknown as OperationStatus;
      await page.settle();
      expect(page.find('.card')).to.not.equal(null);
    }
    expect(page.text('.label')).to.equal('Progress');
  });

  it('shows a word that is not listed as unknown, as it stands, and warns once', async () => {
    const warnings = hearWarnings();
    const page = await trackerPage(
      html`<waooaw-progress-tracker
        .stages=${[
          { title: 'Odd', state: 'mauve' },
          { title: 'Too', state: 'mauve' },
        ]}
      ></waooaw-progress-tracker>`,
    );
    warnings.restore();
    expect(page.stages).to.deep.equal(['1Odd: mauve', '2Too: mauve']);
    expect(page.all('.stage > .question')).to.have.length(2);
    expect(warnings.lines.filter((line) => line.includes('mauve'))).to.have.length(1);
  });

  it('shows markup and marks that turn text around as what they are', async () => {
    const page = await tracker(operationNow({ title: '<b>x</b>' }));
    expect(page.text('.label')).to.equal('<b>x</b>');
    expect(page.find('.label')?.localName).to.equal('bdi');
  });
});

describe('<waooaw-progress-tracker stages>', () => {
  it('takes the familiar words, and tells the whole by them', async () => {
    const page = await trackerPage(
      html`<waooaw-progress-tracker label="Shop" .stages=${BUILD} no-numbers></waooaw-progress-tracker>`,
    );
    expect(page.text('.label')).to.equal('Shop');
    expect(page.text('.state')).to.equal('Running');
    expect(page.text('.percent')).to.equal('55%');
    expect(page.stages).to.deep.equal(['Build: Completed', 'Test: Running 66%', 'Release: Pending']);
    expect(page.texts('.time')[0]).to.equal('1 min, 13 sec');
    page.element.stages = [{ title: 'Build', status: 'error', error: 'no disk' }];
    page.element.percent = 12;
    await page.settle();
    expect(page.text('.state')).to.equal('Failed');
    expect(page.text('.percent')).to.equal('12%');
    expect(page.has('critical')).to.equal(true);
  });

  it('shows the stages of a preset until there are others, in the page’s language', async () => {
    const page = await trackerPage(
      html`<waooaw-progress-tracker preset="upgrade-workflow" lang="de"></waooaw-progress-tracker>`,
    );
    await until(() => page.text('.label') === 'Aktualisierung', 'its German name');
    expect(page.texts('.name')).to.deep.equal([
      ...['Vorbereiten', 'Starten', 'Bereit werden', 'Umschalten', 'Beobachten'],
      ...['Auslaufen lassen', 'Die alte Version entfernen'],
    ]);
    expect(page.stages[0]).to.equal('1Vorbereiten: Ausstehend');
    page.element.stages = ['Eins'];
    await page.settle();
    expect(page.texts('.name')).to.deep.equal(['Eins']);
    page.element.stages = undefined;
    page.element.preset = 'constructor';
    await page.settle();
    expect(page.all('.stage')).to.deep.equal([]);
  });

  it('takes its own texts above all others', async () => {
    const page = await trackerPage(
      html`<waooaw-progress-tracker
        .stages=${BUILD}
        .messages=${{ label: 'Pipeline', running: 'Busy', times: 'Clock' }}
      ></waooaw-progress-tracker>`,
    );
    expect(page.text('.label')).to.equal('Pipeline');
    expect(page.text('.state')).to.equal('Busy');
  });
});

describe('<waooaw-progress-tracker orientation>', () => {
  const isHorizontal = (page: TrackerOnPage): boolean => page.find('ol.horizontal') !== null;

  it('is side by side where there is room for all stages, and else one below the other', async () => {
    await setViewport({ width: 1_000, height: 600 });
    const page = await tracker(operationNow(), 'auto');
    await until(() => isHorizontal(page), 'room');
    await setViewport({ width: 480, height: 600 });
    await until(() => !isHorizontal(page), 'none');
    page.element.orientation = 'horizontal';
    await page.settle();
    expect(isHorizontal(page)).to.equal(true);
    await setViewport({ width: 320, height: 600 });
    expect(document.documentElement.scrollWidth).to.be.at.most(320);
  });

  it('opens a stage in its place, or below all where it stands beside others', async () => {
    const page = await tracker();
    await page.element.toggleStage('ready');
    await until(() => page.find('.stage .details dl'), 'in its place');
    page.element.orientation = 'horizontal';
    await page.settle();
    expect(page.find('.stage .details')).to.equal(null);
    expect(page.text('.opened .caption')).to.equal('Ready');
    const trigger = page.stage('Ready').querySelector('button');
    expect(page.find(`#${trigger?.getAttribute('aria-controls')}`)).to.not.equal(null);
  });
});

describe('<waooaw-progress-tracker>: what opens', () => {
  it('is a disclosure by key, and tells the page', async () => {
    const page = await tracker();
    const toggles: unknown[] = [];
    page.element.addEventListener('waooaw-toggle', ({ detail }: CustomEventInit) => toggles.push(detail));
    const button = page.stage('Ready').querySelector('button')!;
    button.focus();
    expect(button.ariaExpanded).to.equal('false');
    await page.press('Enter');
    expect(button.ariaExpanded).to.equal('true');
    await until(() => page.find('.details dl'), 'the facts');
    expect(page.text('.details dl')).to.match(/^Started .* Ran \d+ sec$/);
    await page.press('Space');
    expect(page.find('.details')).to.equal(null);
    expect(page.element.shadowRoot?.activeElement).to.equal(button);
    expect(toggles).to.deep.equal([
      { stage: 'ready', open: true },
      { stage: 'ready', open: false },
    ]);
    await page.element.toggleStage('no such stage', true);
    await page.element.toggleStage('ready', false);
    expect(toggles).to.have.length(2);
  });

  it('has 24 px for a finger', async () => {
    const page = await tracker();
    for (const button of page.all('button')) {
      const { width, height } = button.getBoundingClientRect();
      const over = getComputedStyle(button, '::after');
      const more = over.content === 'none' ? 0 : 8;
      expect(height + more, plain(button)).to.be.at.least(24);
      expect(width + more, plain(button)).to.be.at.least(24);
    }
  });

  it('shows the lines of a stage in a named region that takes the focus and says nothing', async () => {
    const page = await trackerPage(
      html`<waooaw-progress-tracker .stages=${BUILD}></waooaw-progress-tracker>`,
    );
    expect(page.stage('Release').querySelector('button'), 'nothing to open').to.equal(null);
    await page.element.toggleStage('2 Test');
    const region = await until(() => page.find('[role=region]'), 'the region');
    await until(() => page.all('.row').length === 2, 'its lines');
    expect(region.ariaLabel).to.equal('Log of Test');
    expect(region.tabIndex).to.equal(0);
    expect(page.texts('.row')).to.deep.equal(['812 passed', '1 failed']);
    page.element.stages = BUILD.map((stage) => ({ ...stage, logs: ['only'] }));
    await until(() => page.texts('.row').join() === 'only', 'other lines');
  });

  it('shows when each stage waited and ran, in words beside the bars', async () => {
    const page = await tracker();
    await page.click('Times');
    await until(() => page.find('.waterfall li'), 'the waterfall');
    expect(page.text('.waterfall .caption')).to.equal('When each stage waited and ran');
    const rows = page.texts('.waterfall li');
    expect(rows[0]).to.equal('Prepare waited 1 sec, ran 12 sec');
    expect(rows[2]).to.match(/^Ready ran 4\d sec$/);
    expect(rows[3]).to.equal('Switch not begun');
    const [waited, ran] = page.all('.waterfall li')[0]?.querySelectorAll('rect') ?? [];
    expect(Number(waited?.getAttribute('width'))).to.be.greaterThan(0);
    expect(Number(ran?.getAttribute('x'))).to.be.closeTo(Number(waited?.getAttribute('width')), 1);
    await page.click('Times');
    expect(page.find('.waterfall')).to.equal(null);
  });

  it('can be left out', async () => {
    const page = await tracker();
    page.element.noDetails = page.element.noActions = true;
    await page.settle();
    expect(page.texts('button')).to.deep.equal(['Times']);
    page.element.stages = BUILD;
    page.element.status = undefined;
    await page.settle();
    expect(page.texts('button')).to.deep.equal([]);
  });
});

describe('<waooaw-progress-tracker>: time', () => {
  it('goes on by itself while a stage runs, and stands still while the page is paused or nothing runs', async () => {
    const timers = fakeTimers();
    try {
      const now = Date.now();
      const stage = (more = {}) => stageNow('ready', { state: 'running', startedAt: now - 5_000, ...more });
      const page = await tracker(operationNow({ stages: [stage()] }));
      const beat = async (): Promise<string> => {
        timers.advance(1_000);
        await page.settle();
        return page.text('.time');
      };
      expect(page.text('.time')).to.equal('5 sec');
      expect(await beat()).to.equal('6 sec');
      expect(await beat()).to.equal('7 sec');
      setPagePace({ paused: true });
      await page.settle();
      expect(page.text('.note')).to.equal('Updates paused');
      await beat();
      expect(await beat()).to.equal('7 sec');
      setPagePace({ paused: false });
      await page.settle();
      expect(page.text('.time')).to.equal('9 sec');
      page.element.status = operationNow({ stages: [stage({ state: 'completed', endedAt: now })] });
      await page.settle();
      expect(await beat()).to.equal('5 sec');
    } finally {
      timers.restore();
    }
  });
});

describe('<waooaw-progress-tracker>: news', () => {
  it('is told as events, but for what was first heard of', async () => {
    const heard: unknown[] = [];
    const page = await tracker();
    for (const type of ['waooaw-stage-change', 'waooaw-state-change'])
      page.element.addEventListener(type, (event) =>
        heard.push((event as CustomEvent<StageChange | WorkChange>).detail),
      );
    page.element.status = operationNow({
      state: 'completed',
      stages: operationNow().stages.map((stage) => ({ ...stage, state: 'completed' })),
    });
    await page.settle();
    const operation = 'op-1';
    expect(heard).to.deep.equal([
      { operation, stage: 'ready', state: 'completed', previous: 'running' },
      { operation, stage: 'switch', state: 'completed', previous: 'pending' },
      { operation, stage: 'drain', state: 'completed', previous: 'pending' },
      { operation, state: 'completed', previous: 'running' },
    ]);
    page.element.status = operationNow({ operation: 'op-2' });
    await page.settle();
    expect(heard).to.have.length(4);
  });

  it('is said: a stage and an end when there is a pause, a failure at once, and each once', async () => {
    // As a page that was just loaded: what other tests had to say waits for another clock.
    delete (globalThis as { [ANNOUNCER]?: unknown })[ANNOUNCER];
    const timers = fakeTimers();
    const speech = recordSpeech();
    try {
      const page = await tracker();
      const now = async (more: Partial<OperationStatus>): Promise<void> => {
        page.element.status = operationNow(more);
        await page.settle();
      };
      const stages = (...states: readonly ('completed' | 'running' | 'pending' | 'failed')[]) =>
        states.map((state, i) => ({ ...operationNow().stages[i]!, state }));
      let heard = 0;
      const said = (): string[] =>
        speech.said
          .slice(heard, (heard = speech.said.length))
          .map(({ text, urgency }) => (urgency === 'assertive' ? `!${text}` : text));
      timers.advance(5_000);
      expect(said(), 'what is first shown is no news').to.deep.equal([]);
      await now({ stages: stages('completed', 'completed', 'completed', 'running', 'pending') });
      await now({ stages: stages('completed', 'completed', 'completed', 'completed', 'running') });
      timers.advance(5_000);
      expect(said(), 'the newest of what waits').to.deep.equal(['Upgrade of invoices: stage 5 of 5, Drain']);
      await now({
        state: 'paused',
        stages: stages('completed', 'completed', 'completed', 'completed', 'running'),
      });
      timers.advance(5_000);
      expect(said()).to.deep.equal(['Upgrade of invoices: Paused']);
      await now({
        state: 'failed',
        stages: [
          ...stages('completed', 'completed', 'completed', 'completed'),
          stageNow('drain', { state: 'failed', error: { code: 'x', message: 'it hangs' } }),
        ],
      });
      timers.advance(500);
      expect(said()).to.deep.equal(['!Upgrade of invoices: Drain, Failed: it hangs']);
    } finally {
      speech.stop();
      timers.restore();
    }
  });
});

describe('<waooaw-progress-tracker>: actions of a page’s own', () => {
  it('offers what the status lists, tells the page, and shows how far it is by what the page says', async () => {
    const page = await tracker();
    const asked: TrackerAction[] = [];
    page.element.addEventListener('waooaw-action', (event) =>
      asked.push((event as CustomEvent<TrackerAction>).detail),
    );
    expect(page.texts('.action')).to.deep.equal(['Pause', 'Cancel']);
    expect(page.find('.actions')?.getAttribute('role')).to.equal('group');
    await page.click('Pause');
    expect(page.text('.phase')).to.equal('Pause: requested');
    expect(page.button('Pause').ariaDisabled).to.equal('true');
    await page.click('Pause');
    page.element.status = operationNow({
      revision: 8,
      action: { name: 'pause', phase: 'accepted', by: 'ana', at: 5 },
    });
    await page.settle();
    expect(page.text('.phase')).to.equal('Pause: accepted');
    expect(page.all('.reached')).to.have.length(2);
    page.element.status = operationNow({
      revision: 9,
      state: 'paused',
      actions: ['resume', 'cancel'],
      action: { name: 'pause', phase: 'in-effect', by: 'ana', at: 5 },
    });
    await page.settle();
    expect(page.texts('.action')).to.deep.equal(['Resume', 'Cancel']);
    expect(asked.map(({ action, phase }) => `${action} ${phase}`)).to.deep.equal([
      'pause requested',
      'pause accepted',
      'pause in-effect',
    ]);
  });

  it('leaves the focus on what takes a button’s place', async () => {
    const page = await tracker();
    page.button('Pause').focus();
    page.element.status = operationNow({ state: 'paused', actions: ['resume'] });
    await page.settle();
    expect(plain(page.element.shadowRoot?.activeElement)).to.equal('Resume');
    page.element.status = operationNow({ state: 'completed', actions: [] });
    await page.settle();
    expect(page.element.shadowRoot?.activeElement?.id).to.equal('label');
  });

  it('does nothing when the page prevents it, or it is not offered', async () => {
    const page = await tracker();
    let asked = 0;
    page.element.addEventListener('waooaw-action', (event) => {
      asked += 1;
      event.preventDefault();
    });
    await page.element.act('cancel');
    await page.settle();
    expect(page.find('.phase')).to.equal(null);
    await page.element.act('retry');
    expect(asked).to.equal(1);
  });

  it('names the stage that a retry begins with', async () => {
    const page = await tracker(rolledBack());
    expect(page.texts('.action')).to.deep.equal(['Retry from “Ready”']);
  });
});

describe('<waooaw-progress-tracker>: a good guest', () => {
  it('leaves nothing behind, and comes back as it was', async () => {
    const listeners = countWindowListeners();
    const timers = fakeTimers();
    try {
      const page = await tracker();
      await page.element.toggleStage('ready');
      await until(() => page.find('.details dl'), 'the facts');
      const { element } = page;
      const parent = element.parentElement!;
      element.remove();
      expect(listeners.count()).to.equal(0);
      let updates = 0;
      const { requestUpdate } = element;
      element.requestUpdate = (...args: Parameters<typeof requestUpdate>) => {
        updates += 1;
        requestUpdate.apply(element, args);
      };
      timers.advance(10_000);
      setPagePace({ paused: true });
      setPagePace({ paused: false });
      expect(updates, 'no clock runs on, and nobody listens').to.equal(0);
      delete (element as Partial<WaooawProgressTracker>).requestUpdate;
      parent.append(element);
      await page.settle();
      expect(page.find('.details dl')).to.not.equal(null);
    } finally {
      timers.restore();
      listeners.restore();
    }
  });

  it('writes no style into the markup, which a strict CSP would refuse', async () => {
    const page = await tracker(rolledBack());
    await page.click('Times');
    await until(() => page.find('.waterfall li'), 'the waterfall');
    expect(page.all('[style]')).to.deep.equal([]);
  });

  it('changes nothing in the document when nothing changed', async () => {
    const page = await tracker(rolledBack());
    const records: MutationRecord[] = [];
    const observer = new MutationObserver((found) => records.push(...found));
    observer.observe(page.element.shadowRoot!, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    page.element.requestUpdate();
    await page.settle();
    records.push(...observer.takeRecords());
    observer.disconnect();
    expect(records).to.deep.equal([]);
  });
});
