/** What OTLP bodies may hold, and which of their attributes become tags. */

/** Options of the OTLP formats. */
export interface OtlpOptions {
  /**
   * Keys of resource attributes that become tags beside `service` (service.name), `instance` (service.instance.id) and
   * `environment` (deployment.environment.name). Default none: each would multiply what a series carries.
   */
  readonly resourceTags: readonly string[];
  /**
   * True adds the instrumentation scope as `otel_scope_name` and `otel_scope_version`. Default false; it is needed where two
   * scopes of one service count under the same name.
   */
  readonly scopeTags: boolean;
  /** Most buckets of one histogram point. Default 2,048. */
  readonly maxBuckets: number;
  /** Most quantiles of one summary point. Default 64. */
  readonly maxQuantiles: number;
  /** What one source's series may take to be known again in its next body, bytes, roughly. Default 32 MiB. */
  readonly maxRememberedBytes: number;
}

/** What holds unless said otherwise. */
export const DEFAULT_OTLP_OPTIONS: OtlpOptions = Object.freeze({
  resourceTags: [],
  scopeTags: false,
  maxBuckets: 2_048,
  maxQuantiles: 64,
  maxRememberedBytes: 33_554_432,
});
