/** An alert as it is kept, and as others see it. */
import { createHash } from 'node:crypto';
import type { Alert, AlertSource } from '../../../src/protocol/index.ts';
import type { AlertRule } from '../../../src/protocol/alerts.schema.ts';
import type { AlertSignal } from '../../ports/alert-sink.ts';
import type { Standing } from './machine.ts';
import { figure, fillIn } from './template.ts';

/** Tags or labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** One alert: what it is about, and how it stands. Plain data. */
export interface AlertRecord {
  readonly id: string;
  readonly rule: string;
  readonly source: AlertSource;
  /** What the rule asked when this began; another shape is another alert. Empty for signals. */
  readonly shape: string;
  readonly severity: 'degraded' | 'critical';
  /** The group's own tags. */
  readonly tags: Labels;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly summary: string;
  readonly standing: Standing;
  /** No data is something to be told. */
  readonly tellsNoData: boolean;
  /** When something was last known of it, ms since 1970. */
  readonly seenAt: number;
  readonly updatedAt: number;
}

/** The same alert has the same fingerprint, always: 16 hexadecimal digits. */
export function fingerprint(source: AlertSource, rule: string, labels: Labels): string {
  const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return digest([source, rule, sorted]);
}

const shapes = new WeakMap<AlertRule, string>();

/** Changes when a rule asks something else, so that what it said before does not stand for what it says now. */
export function shapeOf(rule: AlertRule): string {
  let shape = shapes.get(rule);
  if (shape === undefined) {
    const { metric, aggregation, across, by } = rule.query;
    shape = digest([metric, aggregation ?? '', across ?? '', by, Object.entries(rule.labels).sort()]);
    shapes.set(rule, shape);
  }
  return shape;
}

/** What notices and silences go by: the labels, and what is said of every alert. */
export function toldLabels({ rule, severity, labels }: AlertRecord): Labels {
  return { ...labels, alertname: rule, severity };
}

/** A group's labels. Its own tags win, so that two groups are never one. */
export function labelsOf(rule: AlertRule, tags: Labels): Labels {
  return { ...rule.labels, ...tags };
}

/** The record of a rule's group, said in the rule's words of now. */
export function recordOf(
  rule: AlertRule,
  id: string,
  tags: Labels,
  standing: Standing,
  seenAt: number,
): AlertRecord {
  const labels = labelsOf(rule, tags);
  return {
    id,
    rule: rule.name,
    source: 'metrics',
    shape: shapeOf(rule),
    severity: rule.severity,
    tags,
    labels,
    ...wordsOf(rule, labels, standing),
    standing,
    tellsNoData: rule.noData === 'alert',
    seenAt,
    updatedAt: standing.activeAt,
  };
}

/** The record of a signal. */
export function signalRecord(signal: AlertSignal, standing: Standing): AlertRecord {
  const { key, source, severity, tags, summary, at } = signal;
  return {
    id: fingerprint(source, key, tags),
    rule: key,
    source,
    shape: '',
    severity,
    tags,
    labels: tags,
    annotations: { summary },
    summary,
    standing,
    tellsNoData: false,
    seenAt: at,
    updatedAt: at,
  };
}

/** Whether it is anybody's business: something stands, or stood until lately. */
export function isShown({ standing: { state } }: AlertRecord): boolean {
  return state !== 'inactive';
}

/** As it is published. One that was only ever pending is over without having fired: `resolved` without `firedAt`. */
export function alertOf(record: AlertRecord, silencedBy: readonly string[]): Alert {
  const { standing, id, rule, source, severity, labels, annotations, summary, updatedAt } = record;
  const { state, value, activeAt, firedAt, resolvedAt, flapping, reason } = standing;
  const ended = state === 'inactive' ? updatedAt : resolvedAt;
  return {
    alert: id,
    rule,
    source,
    state: state === 'inactive' ? 'resolved' : state,
    severity,
    labels,
    annotations: reason === undefined ? annotations : { ...annotations, reason },
    summary: reason === undefined ? summary : `${summary} (${reason})`,
    ...(value !== undefined && { value }),
    activeAt,
    ...(firedAt !== undefined && { firedAt }),
    ...(ended !== undefined && { resolvedAt: ended }),
    updatedAt,
    flapping,
    silencedBy: [...silencedBy],
  };
}

/** Annotations and a summary for a standing. */
export function wordsOf(
  rule: AlertRule,
  labels: Labels,
  standing: Standing,
): Pick<AlertRecord, 'annotations' | 'summary'> {
  const { state, value } = standing;
  const fill = (text: string): string => fillIn(text, { value, labels });
  const annotations = Object.fromEntries(
    Object.entries(rule.annotations).map(([name, text]) => [name, fill(text)]),
  );
  if (state === 'no-data') return { annotations, summary: `${rule.name}: no data` };
  const { op, value: limit } = rule.condition;
  const plain = `${rule.name}: ${value === undefined ? 'no value' : figure(value)}, limit ${op} ${limit}`;
  return { annotations, summary: annotations['summary'] ?? plain };
}

function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
