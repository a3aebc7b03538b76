/** Makes settings of definitions, wherever they come from. */
import { TAG_NAME, WaooawError } from '../../../src/protocol/index.ts';
import { CHECK_ID } from '../../../src/protocol/health.schema.ts';
import type { CheckInput } from '../../../src/protocol/health.schema.ts';
import type { CheckDefinition } from '../../ports/health-gate.ts';
import type { FileCheck } from './checks-file.ts';
import { createProbe, hostOf } from './probes/create-probe.ts';
import type { ProbeDeps } from './probes/create-probe.ts';
import { CHECK_DEFAULTS } from './settings.ts';
import type { CheckSettings } from './settings.ts';
import type { Definition } from './watched.ts';

/**
 * One of a service: what it says counts at once.
 * @throws WaooawError `bad_request`, `bad_tags`.
 */
export function definitionOfService(given: CheckDefinition): Definition {
  const { check, title, tags = {}, intervalMs, timeoutMs, parent, degradedAfterMs } = given;
  const { failureThreshold = 1, successThreshold = 1, startGraceMs = 0 } = given;
  if (!CHECK_ID.test(check)) throw new WaooawError('bad_request', `"${check}" is not a kebab-case check id`);
  checkNumbers(check, { intervalMs, timeoutMs, failureThreshold, successThreshold });
  checkTags(check, tags);
  const settings: CheckSettings = {
    check,
    title,
    kind: given.kind ?? 'custom',
    source: 'service',
    tags: { ...tags },
    critical: given.critical ?? CHECK_DEFAULTS.critical,
    intervalMs,
    timeoutMs,
    failureThreshold,
    successThreshold,
    startGraceMs,
    flapStartPercent: CHECK_DEFAULTS.flapStartPercent,
    flapStopPercent: CHECK_DEFAULTS.flapStopPercent,
    dependsOn: (given.dependsOn ?? []).map(({ check: id, critical = true }) => ({ check: id, critical })),
    alert: given.alert ?? false,
    ...(parent !== undefined && { parent }),
    ...(degradedAfterMs !== undefined && { degradedAfterMs }),
  };
  const probe = {
    look: (signal: AbortSignal) => given.probe(signal),
    close: () => given.close?.(),
  };
  return { settings, probe };
}

/** One of the file or of the API. @throws WaooawError `bad_request` for a probe that cannot be. */
export function definitionOf(
  input: CheckInput | FileCheck,
  source: 'file' | 'api',
  deps: ProbeDeps,
): Definition {
  const { probe: spec, ...common } = input;
  const { parent, degradedAfterMs, title = common.check, ...others } = common;
  const probe = createProbe(spec, deps);
  const host = hostOf(spec);
  const settings: CheckSettings = {
    ...others,
    title,
    kind: spec.kind,
    source,
    ...(parent !== undefined && { parent }),
    ...(degradedAfterMs !== undefined && { degradedAfterMs }),
    ...(host !== undefined && { host }),
  };
  return { settings, probe, input };
}

function checkNumbers(check: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value >= 1 && Number.isFinite(value)))
      throw new WaooawError('bad_request', `Check ${check}: ${name} is ${value}, expected 1 or more`);
  }
}

function checkTags(check: string, tags: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tags)) {
    if (!TAG_NAME.test(name) || typeof value !== 'string')
      throw new WaooawError(
        'bad_tags',
        `Check ${check}: ${JSON.stringify(name)} is not a tag name with a text`,
      );
  }
}
