/** Port: how a service asks for the metrics' present. Implemented by the metrics service. */
import type { MetricQuery, QueryAnswer } from '../../src/protocol/index.ts';

/** The metrics service's narrow door. */
export interface MetricReader {
  /**
   * Answers a query as of now. Where only the fine tiers are needed it does not wait for the disk.
   * @throws WaooawError `bad_request`, `bad_selector`, `bad_aggregation`.
   */
  query(query: MetricQuery): Promise<QueryAnswer>;
}
