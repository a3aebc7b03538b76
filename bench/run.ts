/**
 * The benchmarks, each of which prints its tables and keeps its raw numbers in `bench/results/`.
 *
 *     npm run bench                       all of them, about forty minutes
 *     npm run bench -- fanout render      some: fanout, rush, idle, cuts, deploy, latency, render, …
 *     npm run bench -- --write            puts the tables into docs/benchmarks.md
 *     npm run bench -- --quick            fewer repetitions: shows that they work, and keeps nothing
 */
import { parseArgs } from 'node:util';
import { auditAppend } from './audit-append.ts';
import { auditQuery } from './audit-query.ts';
import { auditVerify } from './audit-verify.ts';
import { cuts } from './cuts.ts';
import { deploy } from './deploy.ts';
import { fanout } from './fanout.ts';
import { health } from './health.ts';
import { idle } from './idle.ts';
import { ingest } from './ingest.ts';
import { latency } from './latency.ts';
import { liveQuery } from './live-query.ts';
import { load } from './load.ts';
import { metricsParse } from './metrics-parse.ts';
import { metricsQuery } from './metrics-query.ts';
import { metricsStore } from './metrics-store.ts';
import { provisioning } from './provisioning.ts';
import { proxy } from './proxy.ts';
import { render } from './render.ts';
import { rush } from './rush.ts';
import { selector } from './selector.ts';
import { size } from './size.ts';
import { timeline } from './timeline.ts';
import { upgrades } from './upgrades.ts';
import { widgets } from './widgets.ts';
import { type Report, type RunOptions, machine, markdown, writePage, writeRaw } from './lib/report.ts';

const BENCHES: Readonly<Record<string, (options: RunOptions) => Promise<Report>>> = {
  fanout,
  rush,
  idle,
  cuts,
  deploy,
  latency,
  render,
  selector,
  timeline,
  widgets,
  load,
  ingest,
  health,
  'metrics-parse': metricsParse,
  'metrics-query': metricsQuery,
  'live-query': liveQuery,
  'metrics-store': metricsStore,
  'audit-append': auditAppend,
  'audit-query': auditQuery,
  'audit-verify': auditVerify,
  proxy,
  provisioning,
  upgrades,
  size,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  throw new Error(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
}
if (values.write && values.quick)
  throw new Error('--quick measures too little for the page: leave out --write');

for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const where = machine();
  const started = performance.now();
  const report = await bench({ quick: values.quick });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n## ${name} (${seconds} s, load average ${where.loadAverage.join(' ')} at the start)`);
  for (const table of report.tables) console.log(`\n${table.title}\n\n${markdown(table)}`);
  if (!values.quick) console.log(`\n${writeRaw(name, where, report)}`);
  if (values.write) await writePage(name, where, report.tables);
}
