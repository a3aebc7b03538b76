/** What is done about a failure, as something that is tried once and works or does not. */
import { VERSION } from '../../../src/protocol/index.ts';
import type { CheckStatus } from '../../../src/protocol/index.ts';
import type { AgentRestarter } from '../../ports/agent-restarter.ts';
import type { Clock } from '../../ports/clock.ts';
import { SIGNATURE_HEADER, sign } from '../../signature.ts';
import { createProbe } from './probes/create-probe.ts';
import type { ProbeDeps } from './probes/create-probe.ts';
import type { Probe } from './probes/probe.ts';
import type { Remediation } from './settings.ts';

/** What remedies take. */
export interface RemedyDeps extends ProbeDeps {
  readonly clock: Clock;
  /** Absent: nobody here starts agents. */
  readonly agents: AgentRestarter | undefined;
  /** Makes requests; `fetch` fits. */
  readonly send: SendRemedy;
}

/** Makes a request. */
export type SendRemedy = (url: string, init: RequestInit) => Promise<Pick<Response, 'status' | 'body'>>;

/** What is being mended, and for which time in this incident, from 1. */
export interface Attempt {
  readonly status: CheckStatus;
  readonly attempt: number;
}

/** Up: it was done. Whether it helped, the check's next looks say. */
export function remedyOf({ action }: Remediation, attempt: Attempt, deps: RemedyDeps): Probe {
  switch (action.kind) {
    case 'webhook':
      return { look: (signal) => post(action, attempt, deps, signal) };
    case 'exec':
      return createProbe(
        {
          kind: 'exec',
          command: [...action.command],
          env: { ...action.env },
          pass: [],
          cwd: '/',
          exitCodes: 'plain',
          degradedCodes: [],
          graceMs: 2_000,
          maxOutputBytes: 65_536,
        },
        deps,
      );
    case 'restart-agent':
      return {
        async look(signal) {
          if (!deps.agents) return { state: 'down', reason: 'No agents are kept here' };
          await deps.agents.restart(action.agent, signal);
          return { state: 'up' };
        },
      };
  }
}

async function post(
  { url, secret }: Extract<Remediation['action'], { kind: 'webhook' }>,
  { status, attempt }: Attempt,
  { clock, send }: RemedyDeps,
  signal: AbortSignal,
): Promise<{ state: 'up' | 'down'; reason?: string }> {
  const { check, title, state, since, reason, tags, incident } = status;
  const now = clock.now();
  const about = { check, title, state, since, reason, tags, incident: incident?.id };
  const body = JSON.stringify({ version: 1, type: 'remediation', at: now, attempt, ...about });
  const answer = await send(url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': `waooaw/${VERSION}`,
      'idempotency-key': `${check}-${since}-${attempt}`,
      ...(secret !== undefined && { [SIGNATURE_HEADER]: sign(secret, Math.floor(now / 1_000), body) }),
    },
  });
  answer.body?.cancel().catch(() => undefined);
  const { status: code } = answer;
  return code >= 200 && code < 300 ? { state: 'up' } : { state: 'down', reason: `HTTP ${code}` };
}
