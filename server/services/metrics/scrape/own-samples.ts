/** What a scrape says of itself, as series of the target: whether it is up, how long it took, how much it brought. */
import { CODES, WaooawError } from '../../../../src/protocol/index.ts';
import type { Identity, Intake, MetricParser, SeriesRef } from '../formats/format.ts';

/** One scrape in numbers. */
export interface ScrapeNumbers {
  readonly up: boolean;
  readonly tookMs: number;
  readonly samples: number;
  readonly rejected: number;
}

const gauge = (name: string, unit: string, help: string): Identity => ({
  name,
  labels: [],
  kind: 'gauge',
  unit,
  help,
});

const SERIES: readonly (readonly [identity: Identity, value: (numbers: ScrapeNumbers) => number])[] = [
  [gauge('up', 'count', '1 where the last scrape succeeded, 0 where it failed'), ({ up }) => (up ? 1 : 0)],
  [gauge('scrape_duration_seconds', 'seconds', 'What the scrape took'), ({ tookMs }) => tookMs / 1_000],
  [
    gauge('scrape_samples_scraped', 'count', 'Samples that the target brought, a histogram being one'),
    ({ samples }) => samples,
  ],
  [
    gauge('scrape_samples_rejected', 'count', 'Samples of them that were not taken'),
    ({ rejected }) => rejected,
  ],
];

/** A parser without a body: it reads the numbers that it was given last. */
export class OwnSamples implements MetricParser {
  readonly #refs: SeriesRef[] = [];
  #numbers: ScrapeNumbers = { up: false, tookMs: 0, samples: 0, rejected: 0 };

  /** The series that they are in. */
  get refs(): readonly SeriesRef[] {
    return this.#refs;
  }

  /** What the next `parse` reads. */
  set(numbers: ScrapeNumbers): void {
    this.#numbers = numbers;
  }

  *parse(_body: Buffer, intake: Intake): Generator<void, void, void> {
    for (const [index, [identity, value]] of SERIES.entries()) {
      try {
        const known = this.#refs[index];
        const ref = known && !known.gone ? known : intake.series(identity);
        this.#refs[index] = ref;
        const code = intake.sample(ref, value(this.#numbers), NaN);
        if (code !== undefined) intake.reject(`/${identity.name}`, code, CODES[code].title);
      } catch (error) {
        if (!(error instanceof WaooawError)) throw error;
        intake.reject(`/${identity.name}`, error.code, error.message);
      }
    }
    yield;
  }
}
