/** From a command and what the agent is: the work, and its stages. Pure. */
import type { OperationType } from '../../../src/protocol/index.ts';
import { planOf, stagesOf } from './plans.ts';
import type { Situation } from './plans.ts';
import type { AgentSpec, StageRecord } from './record/record.ts';
import type { Before, Work } from './work.ts';

/** What the work depends on. */
export interface Wanted {
  readonly type: OperationType;
  readonly before: Before;
  /** What the agent is meant to be. */
  readonly spec: AgentSpec;
  readonly hasPort: boolean;
  /** Of `create`: it is to run. */
  readonly start: boolean;
  readonly asked: Pick<Work, 'actor' | 'requestId' | 'ip' | 'graceMs'>;
}

/** The work for a command that is legal. */
export function planWork(wanted: Wanted): { readonly work: Work; readonly stages: readonly StageRecord[] } {
  const { type, before, spec, hasPort, start, asked } = wanted;
  const running = before.live?.replicas ?? 0;
  const situation: Situation = {
    type,
    state: before.state,
    hasPort,
    start,
    replicas: { before: running, after: spec.replicas },
  };
  const plan = planOf(situation);
  const isScale = plan === 'scale-up' || plan === 'scale-down';
  const { live = spec } = before;
  const target = isScale ? { ...live, replicas: spec.replicas } : plan === 'resume' ? live : spec;
  const first = isScale ? Math.min(running, spec.replicas) : 0;
  return {
    work: { ...asked, plan, target, first, before, start, hasPort },
    stages: stagesOf(plan, situation),
  };
}
