/** Fills the gallery: what attributes cannot say. */
import '/server/waooaw.js';

const { customElements, document, localStorage, location, setTimeout, HTMLElement, URLSearchParams } =
  globalThis;
const query = new URLSearchParams(location.search);
document.documentElement.dir = query.get('dir') ?? 'ltr';
document.documentElement.lang = query.get('lang') ?? 'en';

/** @returns {HTMLElement} */
const make = (tag, attributes, parent) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
};

const WORDS =
  'up degraded pending down critical offline running starting queued stopped maintenance unknown'.split(' ');
const words = document.querySelector('#words');
for (const state of WORDS) make('waooaw-status-badge', { state, label: 'API' }, words);
const sizes = document.querySelector('#sizes');
for (const size of ['s', 'm', 'l']) {
  make('waooaw-status-badge', { state: 'degraded', label: 'Queue', size }, sizes);
  make('waooaw-status-badge', { state: 'down', label: 'Queue', size, 'icon-only': '' }, sizes);
}

const now = Date.now();
const HOUR_MS = 3_600_000;
const lastDays = Array.from({ length: 90 }, (_, i) => {
  const worst = { 20: 'degraded', 41: 'down', 42: 'down', 60: 'maintenance', 75: 'unreachable' }[i];
  const spent = { degradedMs: 0, downMs: worst ? HOUR_MS : 0, maintenanceMs: 0, unknownMs: 0 };
  const from = now - (90 - i) * 24 * HOUR_MS;
  return {
    ...{ from, to: from + 24 * HOUR_MS, upMs: 23 * HOUR_MS, ...spent },
    worst: i < 5 ? 'unknown' : (worst ?? 'up'),
  };
});
const uptime = (days, ratio) => ({ windowMs: days * 24 * HOUR_MS, ratio });
const failing = {
  ...{ check: 'payments-api', title: 'Payments API', word: 'down', reason: 'HTTP 503, expected 200 to 299' },
  ...{ since: now - 14 * 60_000, at: now - 4_000, tookMs: 182, certificateExpiresAt: now + 300 * HOUR_MS },
  timings: { dnsMs: 1, connectMs: 12, tlsMs: 31, firstByteMs: 138, totalMs: 182 },
  flapping: { percent: 62, changes: 7, windowMs: 300_000 },
  incident: { id: 'i1', startedAt: now - 14 * 60_000, acknowledgedBy: 'Ada Lovelace' },
  history: {
    uptime: {
      day: uptime(1, 0.9903),
      week: uptime(7, 0.9986),
      month: uptime(30, 1),
      quarter: uptime(90, null),
    },
    segments: lastDays,
    incidents: [
      { id: 'i1', worst: 'down', startedAt: now - 14 * 60_000, cause: 'HTTP 503, expected 200 to 299' },
      {
        id: 'i0',
        worst: 'degraded',
        startedAt: now - 70 * HOUR_MS,
        endedAt: now - 69 * HOUR_MS,
        cause: 'slow',
      },
    ],
  },
};
for (const id of ['tooltip', 'badge-panel', 'flapping']) document.querySelector(`#${id}`).status = failing;
document.querySelector('#badges').items = WORDS.map((word, i) => ({
  ...{ check: `c${i}`, title: `Service ${i}`, word },
  ...(word === 'down' && { reason: 'connection refused' }),
}));
document.querySelector('#controlled').rows = Array.from({ length: 60 }, (_, i) => [
  now - (60 - i) * 5_000,
  i > 25 && i < 34 ? null : 0.5 + Math.sin(i / 5) / 3,
]).filter(([, value]) => value !== null);

const wave = (height) =>
  Array.from({ length: 60 }, (_, i) => [now - (60 - i) * 5_000, height * (0.6 + Math.sin(i / 7) / 3)]);
document.querySelector('#judged').rows = wave(1);
const marked = document.querySelector('#marked');
marked.rows = wave(40);
marked.markers = [
  { time: now - 240_000, title: 'mail 1.4.2', kind: 'deploy' },
  { time: now - 150_000, end: now - 90_000, title: 'Queue stuck', kind: 'incident' },
];

document.querySelector('#refused').token = 'not-a-token';
document.querySelector('#closed').disconnect?.();
setTimeout(() => document.querySelector('#closed').disconnect(), 500);

const STATES = ['up', 'up', 'degraded', 'down', 'stopped'];
const options = (count) =>
  Array.from({ length: count }, (_, i) => ({
    id: `agent-${i}`,
    label: i % 7 === 3 ? `Überwachung ${i}, a name that does not end where others do` : `Agent ${i}`,
    group: i < count / 2 ? 'Production' : 'Staging',
    state: STATES[i % STATES.length],
  }));
const selectors = {
  empty: options(10_000),
  single: options(40),
  multiple: options(400),
  required: options(5),
  disabled: options(5),
  none: [],
};
for (const [id, list] of Object.entries(selectors)) document.querySelector(`#${id}`).options = list;
document.querySelector('#failing').provider = () => Promise.reject(new Error('the directory is away'));
await customElements.whenDefined('waooaw-context-selector');
document.querySelector('#single').value = 'agent-3';
document.querySelector('#multiple').value = ['agent-1', 'agent-2', 'agent-3'];
document.querySelector('#disabled').value = 'agent-2';

const MINUTE = 60_000;
const people = [
  { id: 'u1', name: 'Ada Lovelace', kind: 'user' },
  { id: 'a7', name: 'invoice-agent-7', kind: 'agent' },
  { id: 's1', name: 'scheduler', kind: 'service' },
  { name: 'System', kind: 'system' },
];
const happened = (id, minutes, title, type, status, actor, more = {}) => ({
  ...{ id, time: now - minutes * MINUTE, title, type, status, actor: people[actor] },
  ...more,
});
const events = [
  happened('upgrade', 0.2, 'Upgrade of billing-agent to 2.4.1 started', 'upgrade', 'running', 0),
  happened('deploy', 3, 'Deployment of checkout failed', 'deploy', 'failed', 2, {
    durationMs: 183_000,
    description:
      'Health check did not pass: three of five probes timed out. Rolled back to the version before.',
    before: { version: '1.8.2', replicas: 4 },
    after: { version: '1.9.0', replicas: 6 },
  }),
  ...Array.from({ length: 214 }, (_, i) =>
    happened(`retry${i}`, 10 + i / 71, 'Retry of a payment', 'retry', 'warning', 1),
  ),
  happened('config', 25, 'Changed: <b>retention</b> \u202egpj.exe', 'modify_config', 'completed', 0),
  happened('login', 70, 'Login', 'login', 'success', 0, { href: 'https://example.com/' }),
  happened('stop', 1_300, 'Agent invoice-agent-7 stopped', 'stop', 'stopped', 3),
  happened(
    'role',
    4_400,
    'Role of Grace changed to operator, which she had asked for',
    'update',
    'completed',
    0,
  ),
  happened('start', 60_000, 'Platform started', 'start', 'up', 3),
];
const timeline = (id) => document.querySelector(`#${id}`);
await customElements.whenDefined('waooaw-timeline');
for (const id of ['events', 'opened', 'narrowed', 'older']) timeline(id).events = events;
localStorage.setItem('waooaw.timeline.seen.sheet', String(now - 20 * MINUTE));
Object.assign(timeline('dense'), { remember: 'sheet', events });
timeline('quiet').events = [];
Object.assign(timeline('nomatch'), { events, filter: { types: ['nothing'] } });
timeline('waiting').provider = () => new Promise(() => undefined);
timeline('older').provider = () => Promise.reject(new Error('the archive is away'));
const press = (id, selector) => timeline(id).shadowRoot.querySelector(selector)?.click();
await timeline('opened').find('check');
press('opened', '.end button');
await timeline('narrowed').find('');
press('narrowed', '#filter');
const tracker = (id) => document.getElementById(`tracker-${id}`);
const usual = (p50, p90) => ({ p50Ms: p50 * 1_000, p90Ms: p90 * 1_000, runs: 12 });
const stage = (title, state = 'pending', more = {}) => ({ name: title.toLowerCase(), title, state, ...more });
const ran = (from, to) => ({ startedAt: now - from * 1_000, endedAt: now - to * 1_000, attempts: 1 });
const upgrade = (more) => ({
  ...{
    operation: 'op',
    type: 'upgrade',
    title: 'Upgrade of invoices to 2.4.0',
    state: 'running',
    percent: 48,
  },
  ...{
    createdAt: now - 70_000,
    startedAt: now - 60_000,
    by: 'ana',
    actions: ['cancel', 'pause'],
    revision: 1,
  },
  stages: [
    stage('Prepare', 'completed', { ...ran(60, 48), expected: usual(10, 14) }),
    stage('Start', 'completed', { ...ran(47, 42), expected: usual(5, 8) }),
    stage('Ready', 'running', {
      ...{ startedAt: now - 38_000, percent: 40, attempts: 1, expected: usual(60, 120) },
      detail: 'Waits for port 8080 to answer',
    }),
    stage('Switch', 'pending', { expected: usual(1, 2) }),
    stage('Watch', 'pending', { expected: usual(60, 70), description: 'The old version stays warm' }),
    stage('Drain', 'pending', { expected: usual(10, 40) }),
  ],
  ...more,
});
const error = { code: 'not_ready', message: 'GET /health answered 503, 41 times' };
tracker('wide').status = upgrade();
tracker('opened').status = upgrade({ action: { name: 'pause', phase: 'accepted', by: 'ana', at: now } });
tracker('back').status = upgrade({
  ...{ state: 'rolled-back', actions: ['retry'], endedAt: now, error },
  stages: [
    stage('Prepare', 'completed', ran(60, 48)),
    stage('Ready', 'failed', { ...ran(47, 2), attempts: 2, error }),
    stage('Switch', 'skipped'),
    stage('Drain', 'cancelled'),
  ],
  result: { requests: { failed: 0, retried: 2, drained: 31, socketsClosed: 4 } },
});
tracker('done').status = upgrade({
  ...{ state: 'completed', percent: 100, actions: [], endedAt: now },
  stages: ['Prepare', 'Start', 'Ready', 'Switch'].map((title, i) =>
    stage(title, 'completed', ran(60 - i * 15, 50 - i * 15)),
  ),
});
tracker('queued').status = upgrade({
  ...{ title: 'Create mailer', state: 'queued', percent: 0, queuePlace: 3, startedAt: undefined },
  ...{ actions: ['cancel'], stages: [stage('Allocate'), stage('Start')] },
});
tracker('late').stages = [
  { title: 'Build', status: 'completed', durationMs: 73_000 },
  {
    ...{ title: 'Test, with a name that needs a second line', status: 'current', percent: 66 },
    ...{ startedAt: now - 500_000, expected: usual(100, 240) },
    logs: ['\u001b[32m812 passed\u001b[0m', 'one failed: totals are rounded', 'x'.repeat(200)],
  },
  { title: 'Odd', status: 'mauve' },
];
await customElements.whenDefined('waooaw-progress-tracker');
await tracker('opened').toggleStage('ready', true);
await tracker('late').toggleStage('2 Test, with a name that needs a second line', true);
if (!(document.querySelector('#single') instanceof HTMLElement)) throw new Error('the gallery is broken');
document.documentElement.dataset.ready = '';
