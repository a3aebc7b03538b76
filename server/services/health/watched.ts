/** A check that is watched: what it is, what is thought of it, and how it is shown. */
import { isDeepStrictEqual } from 'node:util';
import type { CheckSource, CheckStatus, Incident, ProbeTimings } from '../../../src/protocol/index.ts';
import type { CheckInput } from '../../../src/protocol/health.schema.ts';
import type { Alerted } from './alerting.ts';
import type { FileCheck } from './checks-file.ts';
import type { Effective } from './graph.ts';
import { beginning } from './judge.ts';
import type { Judged } from './judge.ts';
import type { Probe } from './probes/probe.ts';
import type { Mended } from './remediation.ts';
import type { CheckSettings } from './settings.ts';
import { sinceOf, wordOf } from './word.ts';

/** What is to be watched. */
export interface Definition {
  readonly settings: CheckSettings;
  readonly probe: Probe;
  /** What it was made of; absent for one of a service. */
  readonly input?: CheckInput | FileCheck;
}

/** How the last run went. */
export interface LastRun {
  readonly tookMs: number;
  readonly timings?: ProbeTimings;
  readonly certificateExpiresAt?: number;
}

/** One that is watched. */
export interface Watched extends Definition {
  /** When it began to be watched, or was resumed, ms since 1970. */
  startedAt: number;
  judged: Judged;
  run?: LastRun;
  alerted?: Alerted;
  mended?: Mended;
  paused?: NonNullable<CheckStatus['paused']>;
  status: CheckStatus;
  /** It was published at least once. */
  told: boolean;
  running: boolean;
  /** It is watched no more. */
  gone: boolean;
}

/** What a restart goes on from. Plain data. */
export interface KeptCheck extends Pick<Watched, 'judged' | 'run' | 'alerted' | 'mended'> {
  /** As its alert has them. */
  readonly tags: CheckSettings['tags'];
  readonly source: CheckSource;
}

/** Begins. */
export function watch(definition: Definition, now: number, kept?: KeptCheck): Watched {
  const judged = kept?.judged ?? beginning(now);
  const { run, alerted, mended } = kept ?? {};
  const watched = {
    ...definition,
    judged,
    ...(run && { run }),
    ...(alerted && { alerted }),
    ...(mended && { mended }),
    startedAt: now,
    told: false,
    running: false,
    gone: false,
  };
  return { ...watched, status: statusOf(watched, now, { effective: { state: judged.hard } }) };
}

/** What is to be kept of it. */
export function keptOf({ settings, judged, run, alerted, mended }: Watched): KeptCheck {
  const { tags, source } = settings;
  return {
    judged,
    tags,
    source,
    ...(run && { run }),
    ...(alerted && { alerted }),
    ...(mended && { mended }),
  };
}

/** Reads it back; undefined for what another release wrote otherwise. */
export function keptCheck(value: unknown): KeptCheck | undefined {
  const { judged, tags } = (value ?? {}) as Partial<KeptCheck>;
  const same = judged && isDeepStrictEqual(Object.keys(judged.runs ?? {}), Object.keys(beginning(0).runs));
  return same && tags && typeof judged.history === 'string' && Array.isArray(judged.times)
    ? (value as KeptCheck)
    : undefined;
}

/** What stands around a check. */
export interface Around {
  readonly effective: Effective;
  readonly maintenance?: CheckStatus['maintenance'] | undefined;
  /** When the own hard state began, given only where it changed right now. */
  readonly hardSince?: number | undefined;
}

type Shown = Pick<Watched, 'settings' | 'judged' | 'run' | 'paused'> & { readonly status?: CheckStatus };

/** How it is shown at a moment, without its incident. */
export function statusOf(watched: Shown, now: number, around: Around): CheckStatus {
  const { settings, judged, run, paused, status: before } = watched;
  const { check, title, kind, source, critical, intervalMs, tags } = settings;
  const { effective, maintenance, hardSince } = around;
  const { state, causedBy, unreachableBy } = effective;
  const word = wordOf({
    state,
    paused: paused !== undefined,
    maintenance: maintenance !== undefined,
    unreachable: unreachableBy !== undefined,
  });
  const { last, soft, flapping } = judged;
  const reason = causedBy === undefined ? last?.reason : `It depends on ${causedBy}, which is down`;
  return {
    check,
    title,
    kind,
    source,
    state,
    word,
    since: before ? sinceOf(before, word, now, hardSince) : judged.since,
    ...(last && { at: last.at }),
    ...(reason !== undefined && { reason }),
    ...run,
    ...(Object.keys(tags).length > 0 && { tags }),
    critical,
    intervalMs,
    ...(soft && { soft }),
    ...(flapping && { flapping }),
    ...(unreachableBy !== undefined && { unreachableBy }),
    ...(causedBy !== undefined && { causedBy }),
    ...(maintenance && { maintenance }),
    ...(paused && { paused }),
  };
}

/** The part of an incident that a status shows. */
export function incidentPart(incident: Incident | undefined): Pick<CheckStatus, 'incident'> {
  if (!incident) return {};
  const { id, startedAt, acknowledged } = incident;
  return { incident: { id, startedAt, ...(acknowledged && { acknowledgedBy: acknowledged.by }) } };
}
