/** Reads what a `query/…` channel asks for out of its name. */
import { ACROSS, AGGREGATIONS, WaooawError } from '../../../../src/protocol/index.ts';
import type { MetricQuery } from '../../../../src/protocol/index.ts';

const NAME = /^query\/([^/]*)\/(.+)$/s;
const PARAMS = new Set(['across', 'agg', 'by', 'step', 'window']);

/**
 * @returns undefined for a name that is no query's.
 * @throws WaooawError `bad_channel` for a parameter that is none, or not of its kind.
 */
export function parseQueryChannel(channel: string): MetricQuery | undefined {
  const [, params = '', metric] = NAME.exec(channel) ?? [];
  if (metric === undefined) return undefined;
  const given = new Map(
    params
      .split('&')
      .filter((param) => param !== '')
      .map((param) => {
        const equals = param.indexOf('=');
        return [param.slice(0, Math.max(0, equals)), param.slice(equals + 1)] as const;
      }),
  );
  for (const name of given.keys()) {
    if (!PARAMS.has(name))
      throw new WaooawError('bad_channel', `"${name.slice(0, 40)}": expected ${[...PARAMS].join(', ')}`);
  }
  return {
    metric,
    aggregation: word('agg', given.get('agg'), AGGREGATIONS),
    across: word('across', given.get('across'), ACROSS),
    by: given.get('by')?.split(',').map(decode),
    stepMs: duration('step', given.get('step')),
    windowMs: duration('window', given.get('window')),
  };
}

function word<T extends string>(name: string, text: string | undefined, known: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((one) => one === text);
  if (found === undefined) throw bad(name, `one of ${known.join(', ')}`, text);
  return found;
}

function duration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw bad(name, 'a whole number of ms', text);
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad('by', 'tag names', text);
  }
}

function bad(name: string, expected: string, was: string): WaooawError {
  return new WaooawError('bad_channel', `${name}: expected ${expected}, was "${was.slice(0, 40)}"`);
}
