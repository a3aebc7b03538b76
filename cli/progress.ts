/** An operation in words: as a block that is drawn again and again, and as lines of what changed. */
import { isEnded } from '../src/protocol/index.ts';
import type { OperationStage, OperationStatus, StageState } from '../src/protocol/index.ts';
import { duration, plain } from './columns.ts';

/** A figure beside each word, as everywhere: none of them needs a colour. */
const FIGURES: Readonly<Record<StageState, string>> = {
  pending: '·',
  running: '▸',
  completed: '✓',
  failed: '✗',
  skipped: '–',
  cancelled: '–',
};

/**
 * The whole of an operation, a line a stage.
 * @param now ms since 1970, by the server's clock.
 */
export function progressBlock(status: OperationStatus, now: number): string[] {
  const names = Math.max(...status.stages.map(({ name }) => name.length), 0);
  const stages = status.stages.map((stage) => {
    const said = [figuresOf(stage, now), stage.error ? errorText(stage.error) : stage.detail];
    const text = said.filter((part) => part !== undefined && part !== '').join('  ');
    return `  ${FIGURES[stage.state]} ${stage.name.padEnd(names)}  ${text}`.trimEnd();
  });
  return [headline(status, now), ...stages].map(plain);
}

/** What is new since an earlier state, a line each: for logs, and for those who read by ear. */
export function progressLines(before: OperationStatus | undefined, status: OperationStatus): string[] {
  const lines: string[] = [];
  const earlier = new Map(before?.stages.map((stage) => [stage.name, stage.state]));
  if (!before) lines.push(`${status.operation}: ${status.title}`);
  if (status.state === 'queued' && before?.queuePlace !== status.queuePlace)
    lines.push(`queued, place ${status.queuePlace ?? '?'}`);
  for (const stage of status.stages) {
    const known = earlier.get(stage.name) ?? 'pending';
    if (known === stage.state) continue;
    const took = tookMs(stage);
    const parts = [
      `${stage.name}: ${stage.state}`,
      ...(took === undefined || stage.state === 'running' ? [] : [`after ${duration(took)}`]),
      ...(stage.error ? [`(${errorText(stage.error)})`] : []),
    ];
    lines.push(parts.join(' '));
  }
  if (before?.state !== status.state && status.state !== 'queued') lines.push(endOf(status));
  return lines.map(plain);
}

/** What became of it, in one line. */
export function endOf({ state, error, result }: OperationStatus): string {
  const requests = result?.['requests'];
  const counts =
    typeof requests === 'object' && requests !== null && !Array.isArray(requests)
      ? Object.entries(requests as Readonly<Record<string, number>>).map(
          ([name, count]) => `${name} ${count}`,
        )
      : [];
  const said = [error && errorText(error), counts.length > 0 ? `requests: ${counts.join(', ')}` : undefined];
  const more = said.filter((part) => part !== undefined);
  return [state, ...more].join(': ');
}

function headline(status: OperationStatus, now: number): string {
  const { title, state, percent, createdAt, startedAt = createdAt, endedAt = now, queuePlace } = status;
  const place = queuePlace === undefined ? '' : `, place ${queuePlace}`;
  const took = duration(endedAt - startedAt);
  const word = isEnded(state) ? endOf(status) : `${state}${place}  ${Math.round(percent)} %`;
  return `${title}  ${word}  ${took}`;
}

function figuresOf(stage: OperationStage, now: number): string {
  const { state, percent, expected, startedAt, attempts } = stage;
  const again = attempts > 1 ? `  attempt ${attempts}` : '';
  if (state !== 'running') {
    const took = tookMs(stage);
    return took === undefined ? '' : `${duration(took)}${again}`;
  }
  const share = percent === undefined ? '' : `${Math.round(percent)} %  `;
  const range = expected ? ` of ${duration(expected.p50Ms)} to ${duration(expected.p90Ms)}` : '';
  return `${share}${duration(now - (startedAt ?? now))}${range}${again}`;
}

function tookMs({ startedAt, endedAt }: OperationStage): number | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt;
}

function errorText({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${code}: ${message}`;
}
