/** Selectors that need no further attribute: what they are about, and how they look while nothing is chosen. */
import type { ListName } from '../../context/selection.ts';
import type { SelectorMessages } from './words.ts';

/** The part of a page's context that a selector is about. */
export type Kind = ListName | 'range';

/** One preset. */
export interface Preset {
  readonly kind: Kind;
  readonly multiple: boolean;
  /** Names of its texts. */
  readonly label: 'agents' | 'services' | 'environments' | 'range';
  readonly placeholder: 'allAgents' | 'allServices' | 'allEnvironments' | 'anyTime';
}

const PRESETS: Readonly<Record<string, Preset>> = {
  agents: { kind: 'agents', multiple: true, label: 'agents', placeholder: 'allAgents' },
  services: { kind: 'services', multiple: true, label: 'services', placeholder: 'allServices' },
  environment: {
    kind: 'environments',
    multiple: false,
    label: 'environments',
    placeholder: 'allEnvironments',
  },
  range: { kind: 'range', multiple: false, label: 'range', placeholder: 'anyTime' },
};

/** The preset of a name; undefined for none. */
export function presetOf(name: string): Preset | undefined {
  return Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
}

/** A part of the page's context by name; undefined for what is none. */
export function kindOf(name: string): Kind | undefined {
  return Object.values(PRESETS).find(({ kind }) => kind === name)?.kind;
}

/** The texts of a preset; empty without one. */
export function presetTexts(
  preset: Preset | undefined,
  texts: SelectorMessages,
): { readonly label: string; readonly placeholder: string } {
  return preset
    ? { label: texts[preset.label], placeholder: texts[preset.placeholder] }
    : { label: '', placeholder: texts.choose };
}
