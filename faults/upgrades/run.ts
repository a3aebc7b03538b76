/** Upgrades under load, one after the other, and what was seen of each. */
import type { OperationStatus } from '../../src/protocol/index.ts';
import { versionOf } from './kinds.ts';
import type { Way } from './kinds.ts';
import { Load } from './load.ts';
import type { LoadReport } from './load.ts';
import { Site } from './site.ts';
import { Sockets } from './sockets.ts';
import type { SocketsReport } from './sockets.ts';

/** One upgrade. */
export interface Step {
  readonly way: Way;
  /** The server is killed and started again while this stage runs. */
  readonly killAt?: string;
}

/** What is run. */
export interface Plan {
  readonly clients: number;
  readonly sockets: number;
  readonly steps: readonly Step[];
}

/** What became of an upgrade. */
export interface StepReport {
  readonly step: Step;
  readonly state: OperationStatus['state'];
  readonly error: string | undefined;
  readonly result: OperationStatus['result'];
  readonly seconds: number;
  /** Requests that were asked during it, and failed. */
  readonly asked: number;
  readonly failed: number;
  readonly restarted: number;
}

/** What became of all. */
export interface Outcome {
  readonly steps: readonly StepReport[];
  readonly load: LoadReport;
  readonly sockets: SocketsReport;
  /** The version that the agent has at the end, and the one it should have. */
  readonly version: string;
  readonly expected: string;
  readonly doorLog: string;
}

/** Upgrades to each step's version under load. */
export async function run(
  { clients, sockets: count, steps }: Plan,
  tell: (line: string) => void,
): Promise<Outcome> {
  const site = new Site(['well', ...steps.map(({ way }) => way)]);
  try {
    const port = await site.begin();
    const load = new Load(port, clients);
    const sockets = new Sockets(port, count);
    const reports: StepReport[] = [];
    let expected = versionOf(0);
    try {
      for (const [i, step] of steps.entries()) {
        const report = await upgrade(site, load, sockets, step, versionOf(i + 1));
        reports.push(report);
        tell(lineOf(i + 1, report));
        if (step.way === 'well') expected = versionOf(i + 1);
      }
    } finally {
      await load.stop();
      sockets.stop();
    }
    const { version } = await site.agent();
    return {
      ...{ steps: reports, load: load.report, sockets: sockets.report, version, expected },
      doorLog: site.doorLog(),
    };
  } catch (error) {
    throw new Error(`the server said:\n${site.output}`, { cause: error });
  } finally {
    await site.close();
  }
}

async function upgrade(
  site: Site,
  load: Load,
  sockets: Sockets,
  step: Step,
  version: string,
): Promise<StepReport> {
  const [started, asked, failed, restarted] = [
    performance.now(),
    load.report.asked,
    load.report.failures.length,
    sockets.report.restarted,
  ];
  load.allowsPost = step.way !== 'crash';
  const operation = await site.upgrade(version);
  if (step.killAt !== undefined) {
    await site.until(operation, step.killAt);
    await site.killServer();
  }
  const { state, error, result } = await site.end(operation);
  return {
    ...{ step, state, error: error?.code, result },
    seconds: (performance.now() - started) / 1_000,
    asked: load.report.asked - asked,
    failed: load.report.failures.length - failed,
    restarted: sockets.report.restarted - restarted,
  };
}

function lineOf(number: number, { step, state, error, result, ...seen }: StepReport): string {
  const how = `${step.way}${step.killAt === undefined ? '' : `, server killed at ${step.killAt}`}`;
  return (
    `${String(number).padStart(2)} ${how}: ${state}${error === undefined ? '' : ` (${error})`} in ${seen.seconds.toFixed(1)} s, ` +
    `${seen.asked} requests, ${seen.failed} failed, ${seen.restarted} WebSockets told to come again; ` +
    `the server counted ${JSON.stringify(result?.requests ?? null)}`
  );
}
