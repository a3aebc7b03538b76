/** Hands a connection's report to the browser as a file. */
import type { ConnectionReport } from '../../client/report.ts';

/** By then the browser has the file, ms. */
const REVOKE_MS = 10_000;

/** `waooaw-connection-ops.example-2026-11-23T09-10-55Z.json` */
export function reportName({ url, at }: Pick<ConnectionReport, 'url' | 'at'>): string {
  const host = new URL(url).host.replace(/[^\w.-]+/g, '-');
  const time = new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  return `waooaw-connection-${host}-${time}.json`;
}

/** Downloads the report. A link that is in no document: the page’s own click handlers do not hear of it. */
export function downloadReport(report: ConnectionReport): void {
  const file = new Blob([`${JSON.stringify(report, undefined, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = reportName(report);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}
