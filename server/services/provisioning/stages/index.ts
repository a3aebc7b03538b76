/** Every stage, by its public name. */
import type { StageName } from '../plans.ts';
import { allocate } from './allocate.ts';
import { release, retire, stop } from './ending.ts';
import type { Stage } from './stage.ts';
import { prepare, ready, resume, start, suspend } from './starting.ts';
import { conceal, drain, expose, switchOver, watch } from './traffic.ts';

export type { Outcome, Stage, Task, Tools } from './stage.ts';

/** What is done under each name. */
export const STAGE_WORK: Readonly<Record<StageName, Stage>> = {
  allocate,
  prepare,
  start,
  ready,
  expose,
  switch: switchOver,
  watch,
  conceal,
  drain,
  stop,
  retire,
  suspend,
  resume,
  release,
};
