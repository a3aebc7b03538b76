/** What do clients notice of an upgrade? The same agent under the same load: through its stable port, and under `pm2 reload`. */
import { Load } from '../faults/upgrades/load.ts';
import type { LoadReport } from '../faults/upgrades/load.ts';
import { run } from '../faults/upgrades/run.ts';
import { Sockets } from '../faults/upgrades/sockets.ts';
import type { SocketsReport } from '../faults/upgrades/sockets.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { round, show, showSpread, summarize } from './lib/stats.ts';
import { Pm2 } from './upgrades/pm2.ts';

const CLIENTS = 50;
const SOCKETS = 100;
/** Between two reloads, so that what comes of one is not counted to the next, ms. */
const REST_MS = 1_500;

interface Found {
  readonly upgrades: number;
  readonly load: LoadReport;
  readonly sockets: SocketsReport;
  readonly seconds: readonly number[];
}

/** Runs it. */
export async function upgrades({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const count = quick ? 2 : 12;
  const ours = await byUs(count);
  const theirs = await byPm2(count);
  const row = (name: string, { load, sockets, seconds }: Found): string[] => [
    name,
    String(count),
    load.asked.toLocaleString('en'),
    String(load.failures.length),
    show((load.failures.length / load.asked) * 100),
    String(sockets.restarted),
    String(sockets.failures.length),
    showSpread(summarize(seconds)),
  ];
  const raw = ({ load, sockets, seconds }: Found) => ({
    asked: load.asked,
    failures: kindsOf(load.failures),
    sockets: { ...sockets, failures: kindsOf(sockets.failures) },
    seconds: seconds.map((one) => round(one)),
  });
  return {
    tables: [
      {
        id: 'upgrades',
        title: `${CLIENTS} clients, ${SOCKETS} WebSockets, ${count} upgrades`,
        head: [
          'Way',
          'upgrades',
          'requests',
          'failed',
          'failed, %',
          'WebSockets closed with 1012',
          'in another way',
          'one upgrade, s',
        ],
        rows: [row('waooaw', ours), row(`\`pm2 reload\`, ${peerVersions().pm2 ?? ''}`, theirs)],
      },
    ],
    raw: { ours: raw(ours), pm2: raw(theirs) },
  };
}

async function byUs(count: number): Promise<Found> {
  const steps = Array.from({ length: count }, () => ({ way: 'well' as const }));
  const { load, sockets, ...seen } = await run({ clients: CLIENTS, sockets: SOCKETS, steps }, (line) =>
    console.error(line),
  );
  return { upgrades: count, load, sockets, seconds: seen.steps.map(({ seconds }) => seconds) };
}

async function byPm2(count: number): Promise<Found> {
  const pm2 = await Pm2.start();
  const seconds: number[] = [];
  try {
    const load = new Load(pm2.port, CLIENTS);
    const sockets = new Sockets(pm2.port, SOCKETS);
    try {
      for (let i = 0; i < count; i += 1) {
        await rest();
        const started = performance.now();
        await pm2.reload();
        seconds.push((performance.now() - started) / 1_000);
      }
      await rest();
    } finally {
      await load.stop();
      sockets.stop();
    }
    return { upgrades: count, load: load.report, sockets: sockets.report, seconds };
  } finally {
    await pm2.stop();
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}

/** How often each, without what differs from one to the next. */
function kindsOf(failures: readonly string[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const failure of failures) {
    const kind = failure.replace(/^\S+ /, '').replace(/\/\S+/, '…');
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}
