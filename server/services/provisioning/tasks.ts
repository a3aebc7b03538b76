/** What a stage is given to work with: its operation and agent as they are, and its way to say how far it is. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ExecutorDeps } from './executing.ts';
import type { StageRecord } from './record/record.ts';
import type { Task } from './stages/index.ts';
import { workOf } from './work.ts';

/** A task for one attempt at a stage. */
export function taskOf(deps: ExecutorDeps, id: string, stage: string, signal: AbortSignal): Task {
  const { ledger, kinds, tools, supervisor, limits, say } = deps;
  const operation = () => {
    const now = ledger.operation(id);
    if (!now) throw new WaooawError('not_found', `There is no operation "${id}"`);
    return now;
  };
  const agent: Task['agent'] = () => {
    const now = ledger.agent(operation().agent ?? '');
    if (!now) throw new WaooawError('not_found', `There is no agent "${operation().agent}"`);
    return now;
  };
  const { type } = operation();
  return {
    ...tools,
    supervisor,
    type,
    work: workOf(operation()),
    signal,
    agent,
    kind: () => kinds.get(agent().kind),
    drainMs: () =>
      kinds.list().find(({ kind }) => kind === agent().kind)?.upgrade.drainMs ?? limits.agentDrainMs,
    external: (name) => operation().stages.find((one) => one.name === name)?.external ?? {},
    portsTaken: () =>
      ledger
        .agents()
        .flatMap((one) => (one.port === undefined || one.agent === agent().agent ? [] : [one.port])),
    say: (text) => say(id, stage, text),

    progress(percent, detail) {
      const now = operation();
      const stages = now.stages.map((one): StageRecord => {
        if (one.name !== stage || one.state !== 'running') return one;
        const { percent: _before, ...rest } = one;
        return { ...rest, detail, ...(percent !== undefined && { percent: Math.round(percent) }) };
      });
      const before = now.stages.find(({ name }) => name === stage);
      const after = stages.find(({ name }) => name === stage);
      if (before?.percent === after?.percent && before?.detail === after?.detail) return;
      ledger.progress({ ...now, stages });
    },
  };
}
