/** A target's answer: in which format it is, and whether it holds too much. */
import type { MetricFormat } from '../formats/format.ts';
import { ScrapeError } from './failure.ts';
import type { Exposition } from './request.ts';

/** OpenMetrics first, as it says more; what else a target may have is worth a try. */
export const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

/** What a target that does not say sends, as exporters did before they said. */
const UNSAID = 'text/plain';

/** A line of a sample: `a 1` and its end, bytes. */
const SHORTEST = 4;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const HASH = 0x23;

/** @throws ScrapeError `content_type` where none of the formats reads it. */
export function formatOf({ mediaType }: Exposition, formats: readonly MetricFormat[]): MetricFormat {
  const wanted = mediaType === '' ? UNSAID : mediaType;
  const format = formats.find(({ mediaTypes }) => mediaTypes.includes(wanted));
  if (format) return format;
  throw new ScrapeError(
    'content_type',
    `The answer is ${JSON.stringify(wanted.slice(0, 80))}, which holds no metrics`,
  );
}

/**
 * Holds an answer to its number of samples: lines that are neither empty nor a comment. They are only counted where there could be
 * too many, as counting takes as long as reading lines that are known.
 * @throws ScrapeError `too_many_samples`.
 */
export function checkSamples(body: Buffer, max: number): void {
  if (body.length <= max * SHORTEST) return;
  let samples = 0;
  for (let at = 0; at < body.length;) {
    const first = body[at];
    if (first !== HASH && first !== NEWLINE && first !== RETURN) samples += 1;
    if (samples > max) throw new ScrapeError('too_many_samples', `The answer holds more than ${max} samples`);
    const end = body.indexOf(NEWLINE, at);
    at = end < 0 ? body.length : end + 1;
  }
}
