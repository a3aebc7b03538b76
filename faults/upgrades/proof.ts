/** What is proved, and what would disprove it. */
import type { Outcome, Step } from './run.ts';

/** Twelve upgrades: one is never ready, one crashes once it serves, and the server dies in the middle of two. */
export const PROOF: readonly Step[] = [
  { way: 'well' },
  { way: 'well' },
  { way: 'never' },
  { way: 'well' },
  { way: 'well', killAt: 'watch' },
  { way: 'well' },
  { way: 'crash' },
  { way: 'well' },
  { way: 'well', killAt: 'ready' },
  { way: 'well' },
  { way: 'well' },
  { way: 'well' },
];

/** A part of it that is short enough for every run of the tests. */
export const SHORT_PROOF: readonly Step[] = [{ way: 'well', killAt: 'watch' }, { way: 'crash' }];

/** What is not as it must be. */
export function judge({ steps, load, sockets, version, expected }: Outcome, plan: readonly Step[]): string[] {
  const problems = [...load.failures, ...sockets.failures.map((failure) => `WebSocket: ${failure}`)];
  for (const [i, { state, asked }] of steps.entries()) {
    const wanted = plan[i]?.way === 'well' ? 'completed' : 'rolled-back';
    if (state !== wanted) problems.push(`upgrade ${i + 1} is ${state} and should be ${wanted}`);
    // A run without load proves nothing.
    if (asked === 0) problems.push(`nobody asked during upgrade ${i + 1}`);
  }
  if (steps.length !== plan.length) problems.push(`${steps.length} of ${plan.length} upgrades`);
  if (version !== expected) problems.push(`the agent has version ${version} and should have ${expected}`);
  const well = plan.filter(({ way }) => way === 'well').length;
  if (load.versions.size <= well) problems.push(`only ${load.versions.size} versions answered`);
  if (sockets.echoes === 0) problems.push('no message was said back');
  return problems;
}
