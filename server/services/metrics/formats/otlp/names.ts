/** OpenTelemetry's names, units and attribute keys as Prometheus writes them (OpenTelemetry's compatibility specification). */

/** Units of UCUM, as a base word and as a name's ending. What is not here stands as it was sent. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['ns', 'nanoseconds'],
  ['us', 'microseconds'],
  ['ms', 'milliseconds'],
  ['s', 'seconds'],
  ['min', 'minutes'],
  ['h', 'hours'],
  ['d', 'days'],
  ['By', 'bytes'],
  ['kBy', 'kilobytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tebibytes'],
  ['bit', 'bits'],
  ['m', 'meters'],
  ['g', 'grams'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['W', 'watts'],
  ['J', 'joules'],
  ['Hz', 'hertz'],
  ['Cel', 'celsius'],
  ['%', 'percent'],
]);

/** What stands below a slash. */
const PER: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['min', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** A metric's name and unit, as they are kept. */
export interface PrometheusName {
  readonly name: string;
  /** `ratio`, `bytes`, `seconds`, `bytes_per_second`, `per_second`, `count`, or what was sent, in words that a name may hold. */
  readonly unit: string | undefined;
}

/**
 * A metric's name with its unit at the end, and `_total` where it is a counter: `http.server.duration` in `s` is
 * `http_server_duration_seconds`. A word that the name holds already is not said twice. Values are not converted: what was
 * sent in `ms` ends in `_milliseconds`.
 *
 * @param name as OpenTelemetry has it; one without a single letter or digit comes back as '' .
 * @param unit UCUM; annotations in braces are left out.
 * @param kind a gauge without dimension (`1`) is a ratio; a counter ends in `_total`.
 */
export function prometheusName(
  name: string,
  unit: string,
  kind: 'gauge' | 'counter' | 'histogram',
): PrometheusName {
  const words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  if (words.length === 0) return { name: '', unit: undefined };
  const bare = unit.replace(/\{[^}]*\}/g, '').trim();
  const word = bare === '1' ? (kind === 'gauge' ? 'ratio' : '') : unitWords(bare);

  // These two stand last, wherever the sender had them.
  const last = [word === 'ratio' ? 'ratio' : '', kind === 'counter' ? 'total' : ''].filter(
    (end) => end !== '',
  );
  const kept = words.length > 1 ? words.filter((own) => !last.includes(own)) : words;
  const ending = word === 'ratio' ? [] : word.split('_').filter((part) => part !== '');
  const added = ending.every((part) => kept.includes(part)) ? [] : ending;
  const text = [...kept, ...added, ...last.filter((end) => kept.at(-1) !== end)].join('_');
  return {
    name: /^[0-9]/.test(text) ? `_${text}` : text,
    unit: word === '' ? (unit === '' ? undefined : 'count') : word,
  };
}

/**
 * An attribute's key as a tag's name: `http.route` is `http_route`. What may not begin a name, and what Prometheus reserves
 * (`__`), stands behind `key_`.
 */
export function tagName(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^([0-9]|__|$)/.test(name) ? `key_${name}` : name;
}

/** `By/s` → `bytes_per_second`, `{request}/s` → `per_second`. */
function unitWords(unit: string): string {
  const [over = '', under, ...more] = unit.split('/');
  if (under === undefined || more.length > 0) return clean(UNITS.get(unit) ?? unit);
  const above = over === '1' ? '' : (UNITS.get(over) ?? over);
  return clean(`${above}_per_${PER.get(under) ?? under}`);
}

function clean(words: string): string {
  return words.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_+|_+$/g, '');
}
