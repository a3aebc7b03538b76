/** What a selector is, by its attributes and its preset. */
import { kindOf, presetOf } from './presets.ts';
import type { Kind, Preset } from './presets.ts';

/** What says it: the properties of the element. */
export interface TraitSettings {
  readonly preset: string;
  readonly source: string;
  readonly kind: string;
  readonly multiple: boolean;
  readonly recent: string;
  readonly name: string;
  readonly options: unknown;
}

/** What it is. */
export interface Traits {
  readonly preset: Preset | undefined;
  /** The server's list that it shows; empty: its options come from elsewhere. */
  readonly source: string;
  /** The part of the page's context that it is about. */
  readonly kind: Kind | undefined;
  readonly several: boolean;
  /** Under which name recent choices are kept; empty: they are not. */
  readonly recents: string;
}

/** Reads what a selector is. */
export function traitsOf(settings: TraitSettings): Traits {
  const { multiple, name, options, recent } = settings;
  const preset = presetOf(settings.preset);
  const kind = kindOf(settings.kind) ?? preset?.kind ?? kindOf(settings.source);
  const source = settings.source || (preset && options === undefined ? preset.kind : '');
  const several = kind !== 'range' && (multiple || preset?.multiple === true);
  const kept = recent !== 'none' && kind !== 'range';
  const recents = kept ? recent || source || settings.preset || name : '';
  return { preset, source, kind, several, recents };
}
