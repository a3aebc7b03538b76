/** Port: how a service hands in figures of its own. Implemented by the metrics service. */
import type { Sample } from '../../src/protocol/index.ts';

/** The metrics service's narrow door for what is measured elsewhere in this process. */
export interface MetricIntake {
  /** Takes the good samples. Never throws. */
  ingest(samples: readonly Sample[]): void;
}
