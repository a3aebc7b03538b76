/** Secrets of probes that the API defines: taken, kept, and never told again. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { ProbeSpec } from '../../../../src/protocol/probe.schema.ts';

/** The settings as they may be shown: an empty text stands where a secret is. */
export function withoutSecrets<T extends ProbeSpec>(spec: T): T {
  if (spec.kind !== 'http') return spec;
  const names = Object.keys(spec.secretHeaders);
  return { ...spec, secretHeaders: Object.fromEntries(names.map((name) => [name, ''])) };
}

/**
 * The settings with the secrets that they leave as they are.
 * @param before undefined of a check that is new.
 * @throws WaooawError `bad_request` where there is none to be kept, and where it would be sent to another origin: that would
 * be a way to read it.
 */
export function keepSecrets<T extends ProbeSpec>(next: T, before: ProbeSpec | undefined): T {
  if (next.kind !== 'http') return next;
  const known = before?.kind === 'http' ? before : undefined;
  const kept = Object.entries(next.secretHeaders).map(([name, value]) => {
    if (value !== '') return [name, value] as const;
    const there = Object.entries(known?.secretHeaders ?? {}).find(
      ([other]) => other.toLowerCase() === name.toLowerCase(),
    );
    if (!known || !there) throw bad(name, 'is empty, and there is none to be kept');
    if (new URL(known.url).origin !== new URL(next.url).origin)
      throw bad(name, 'is to be said anew, as the address is of another origin');
    return [name, there[1]] as const;
  });
  return { ...next, secretHeaders: Object.fromEntries(kept) };
}

function bad(name: string, why: string): WaooawError {
  return new WaooawError('bad_request', `probe.secretHeaders.${name} ${why}`);
}
