/** Usual timelines by name. Whatever a timeline sets itself goes before its preset. */
import type { EventFilter } from './event-filter.ts';
import type { TimelineMessages } from './words.ts';

/** What a preset sets. */
export interface TimelinePreset {
  /** `audit`, or a channel. */
  readonly source: string;
  readonly filter: EventFilter;
  /** Name of its label's text. */
  readonly label: Extract<
    keyof TimelineMessages,
    'agentActivity' | 'auditLog' | 'systemEvents' | 'recentChanges'
  >;
  readonly compact?: boolean;
  readonly avatars?: boolean;
}

/** What is done to agents, and by them, over their life. */
const LIFE = ['create', 'start', 'stop', 'restart', 'upgrade', 'rollback', 'delete'];

/** By name. */
export const PRESETS: Readonly<Record<string, TimelinePreset>> = {
  'agent-activity': { source: 'audit', filter: { types: LIFE }, label: 'agentActivity' },
  'audit-log': { source: 'audit', filter: {}, label: 'auditLog' },
  // What failed, was refused, or wants a look.
  'system-events': {
    source: 'audit',
    filter: { statuses: ['warning', 'error', 'failed', 'critical'] },
    label: 'systemEvents',
    compact: true,
    avatars: false,
  },
  'recent-changes': {
    source: 'audit',
    filter: { types: ['create', 'update', 'delete', 'upgrade', 'rollback', 'modify_config'] },
    label: 'recentChanges',
  },
};

/** The preset of a name; undefined for none. */
export function presetOf(name: string): TimelinePreset | undefined {
  return Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
}
