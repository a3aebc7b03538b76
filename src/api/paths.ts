/** The HTTP API as types. Written by scripts/api-types.ts from /api/openapi.json; not edited by hand. */

/** Every schema that has a name, by that name. */
export interface Schemas {
  readonly Alive: { readonly status: 'ok' };
  readonly Problem: {
    /** urn:waooaw:error:<code> */
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly code:
      | 'bad_json'
      | 'bad_request'
      | 'body_too_large'
      | 'unsupported_media_type'
      | 'not_found'
      | 'method_not_allowed'
      | 'host_not_allowed'
      | 'origin_not_allowed'
      | 'unavailable'
      | 'unauthorized'
      | 'token_expired'
      | 'token_revoked'
      | 'forbidden'
      | 'idempotency_conflict'
      | 'aborted'
      | 'internal'
      | 'bad_name'
      | 'bad_value'
      | 'bad_tags'
      | 'too_many_tags'
      | 'bad_time'
      | 'time_in_future'
      | 'time_too_old'
      | 'series_limit'
      | 'bad_selector'
      | 'bad_aggregation'
      | 'bad_exposition'
      | 'bad_kind'
      | 'bad_encoding'
      | 'source_limit'
      | 'query_limit'
      | 'unknown_series'
      | 'alert_limit'
      | 'rule_limit'
      | 'silence_limit'
      | 'conflict'
      | 'read_only'
      | 'check_limit'
      | 'window_limit'
      | 'note_limit'
      | 'unknown_kind'
      | 'unknown_version'
      | 'bad_parameters'
      | 'bad_transition'
      | 'agent_busy'
      | 'generation_conflict'
      | 'agent_limit'
      | 'operation_limit'
      | 'agent_start_failed'
      | 'agent_crashed'
      | 'not_ready'
      | 'fenced'
      | 'plan_unknown'
      | 'secret_unreadable'
      | 'bad_entry'
      | 'entry_too_large'
      | 'bad_query'
      | 'bad_cursor'
      | 'search_limit'
      | 'pruned'
      | 'audit_unavailable'
      | 'bad_frame'
      | 'binary_frame'
      | 'unknown_command'
      | 'connect_required'
      | 'connect_timeout'
      | 'already_connected'
      | 'unsupported_protocol'
      | 'unknown_channel'
      | 'bad_channel'
      | 'channel_limit'
      | 'subscription_limit'
      | 'not_subscribed'
      | 'connection_limit'
      | 'identity_limit'
      | 'disconnected'
      | 'not_connected'
      | 'unknown_method'
      | 'publication_too_large'
      | 'rate_limited'
      | 'slow'
      | 'unresponsive'
      | 'shutdown'
      | 'bad_config'
      | 'exposed_without_auth'
      | 'port_in_use'
      | 'data_folder_in_use'
      | 'folder_not_empty'
      | 'bad_backup'
      | 'restore_unfinished'
      | 'listen_failed'
      | 'database_newer'
      | 'database_failed'
      | 'database_closed'
      | 'storage_failed'
      | 'storage_full'
      | 'queue_full'
      | 'request_timeout'
      | 'connection_lost';
    readonly detail: string;
    /** True when the same call may succeed later */
    readonly retryable: boolean;
    readonly requestId: string;
    readonly errors?: readonly {
      /** JSON pointer */
      readonly pointer: string;
      readonly code: string;
      readonly message: string;
    }[];
  };
  readonly Me: {
    readonly id: string;
    readonly kind: 'anonymous' | 'key' | 'jwt';
    readonly name: string;
    readonly role?: 'viewer' | 'operator' | 'auditor' | 'admin';
    readonly grants: readonly Schemas['Grant'][];
    /** When the token expires, ms since 1970 */
    readonly expiresAt?: number;
  };
  readonly Grant: {
    /** A channel’s name, or its beginning followed by * */
    readonly channels: string;
    readonly allow: readonly ('subscribe' | 'publish')[];
  };
  readonly ApiKeyList: { readonly keys: readonly Schemas['ApiKey'][] };
  readonly ApiKey: {
    readonly id: string;
    readonly name: string;
    readonly role?: 'viewer' | 'operator' | 'auditor' | 'admin';
    readonly grants: readonly Schemas['Grant'][];
    /** ms since 1970 */
    readonly createdAt: number;
    /** ms since 1970; absent: never */
    readonly expiresAt?: number;
    /** ms since 1970; absent: not revoked */
    readonly revokedAt?: number;
    /** The agent that the server made it for; absent: somebody made it */
    readonly agent?: string;
  };
  readonly CreatedApiKey: {
    readonly id: string;
    readonly name: string;
    readonly role?: 'viewer' | 'operator' | 'auditor' | 'admin';
    readonly grants: readonly Schemas['Grant'][];
    /** ms since 1970 */
    readonly createdAt: number;
    /** ms since 1970; absent: never */
    readonly expiresAt?: number;
    /** ms since 1970; absent: not revoked */
    readonly revokedAt?: number;
    /** The agent that the server made it for; absent: somebody made it */
    readonly agent?: string;
    /** The key itself, said this once */
    readonly key: string;
  };
  readonly NewApiKey: {
    /** For people */
    readonly name: string;
    readonly role?: 'viewer' | 'operator' | 'auditor' | 'admin';
    readonly grants?: readonly Schemas['Grant'][];
    /** ms since 1970; absent: never */
    readonly expiresAt?: number;
  };
  readonly Revocation: {
    readonly subject: string;
    /** Tokens issued up to here are refused, ms since 1970 */
    readonly revokedAt: number;
  };
  readonly NewRevocation: { readonly subject: string };
  readonly Published: {
    readonly ch?: string;
    /** Epoch */
    readonly e?: string;
    /** Offset */
    readonly o?: number;
    /** The key had been used before; this is where that publication stands */
    readonly duplicate?: boolean;
  };
  readonly Publication:
    | {
        /** A channel that is open to callers, such as app/orders */
        readonly ch: string;
        /** What is published: any JSON value */
        readonly data: unknown;
        /** Idempotency key; the Idempotency-Key header is the same */
        readonly key?: string;
      }
    | {
        /** An identity: everything it has open, on user/<id> */
        readonly user: string;
        /** What is published: any JSON value */
        readonly data: unknown;
        /** Idempotency key; the Idempotency-Key header is the same */
        readonly key?: string;
      }
    | {
        /** One connection, at most once, on no channel */
        readonly session: string;
        /** What is published: any JSON value */
        readonly data: unknown;
      };
  readonly QueryAnswers: { readonly answers: readonly Schemas['QueryAnswer'][] };
  readonly QueryAnswer: {
    /** The selector in its one spelling */
    readonly metric: string;
    readonly aggregation:
      | 'avg'
      | 'min'
      | 'max'
      | 'sum'
      | 'count'
      | 'last'
      | 'rate'
      | 'increase'
      | 'delta'
      | 'p50'
      | 'p90'
      | 'p95'
      | 'p99';
    readonly across: 'avg' | 'min' | 'max' | 'sum' | 'count';
    readonly by: readonly string[];
    readonly kind?: 'gauge' | 'counter' | 'histogram';
    readonly unit?: string;
    readonly help?: string;
    readonly from: number;
    readonly to: number;
    readonly stepMs: number;
    /** Length of the buckets that it was made of, ms */
    readonly tierMs: number;
    /** Series that matched */
    readonly series: number;
    readonly groups: readonly {
      readonly key: string;
      readonly tags: { readonly [name: string]: string };
      readonly series: number;
      /** [start, value], oldest first; steps without a sample have none */
      readonly points: readonly (readonly [number, number])[];
      /** [from, to) where nothing is known */
      readonly gaps: readonly (readonly [number, number])[];
    }[];
    /** Samples of these series that came too late, since the start */
    readonly lateDropped: number;
    readonly errorBound?: { readonly relative?: number; readonly absolute?: number };
  };
  readonly MetricQueries: { readonly queries: readonly Schemas['MetricQuery'][] };
  readonly MetricQuery: {
    /** name{tag="v",tag!="v",tag=~"re",tag!~"re"} */
    readonly metric: string;
    /** How far back from now, ms. Default 3600000 */
    readonly windowMs?: number;
    /** ms since 1970, instead of windowMs */
    readonly from?: number;
    /** ms since 1970; now when absent */
    readonly to?: number;
    /** Length of a step; rounded up to what is kept */
    readonly stepMs?: number;
    /** Default: last of a gauge, rate of a counter, p95 of a histogram */
    readonly aggregation?:
      | 'avg'
      | 'min'
      | 'max'
      | 'sum'
      | 'count'
      | 'last'
      | 'rate'
      | 'increase'
      | 'delta'
      | 'p50'
      | 'p90'
      | 'p95'
      | 'p99';
    /** What is made of several series of one group */
    readonly across?: 'avg' | 'min' | 'max' | 'sum' | 'count';
    /** Tags that tell groups apart */
    readonly by?: readonly string[];
  };
  readonly IngestResult: {
    /** Samples that were taken */
    readonly accepted: number;
    /** Parts that were not */
    readonly rejected: number;
    /** The first of these, at most maxRejectedShown */
    readonly errors: readonly {
      /** `line 12` of a text, or a JSON pointer such as `/samples/3` */
      readonly place: string;
      readonly code:
        | 'bad_json'
        | 'bad_request'
        | 'body_too_large'
        | 'unsupported_media_type'
        | 'not_found'
        | 'method_not_allowed'
        | 'host_not_allowed'
        | 'origin_not_allowed'
        | 'unavailable'
        | 'unauthorized'
        | 'token_expired'
        | 'token_revoked'
        | 'forbidden'
        | 'idempotency_conflict'
        | 'aborted'
        | 'internal'
        | 'bad_name'
        | 'bad_value'
        | 'bad_tags'
        | 'too_many_tags'
        | 'bad_time'
        | 'time_in_future'
        | 'time_too_old'
        | 'series_limit'
        | 'bad_selector'
        | 'bad_aggregation'
        | 'bad_exposition'
        | 'bad_kind'
        | 'bad_encoding'
        | 'source_limit'
        | 'query_limit'
        | 'unknown_series'
        | 'alert_limit'
        | 'rule_limit'
        | 'silence_limit'
        | 'conflict'
        | 'read_only'
        | 'check_limit'
        | 'window_limit'
        | 'note_limit'
        | 'unknown_kind'
        | 'unknown_version'
        | 'bad_parameters'
        | 'bad_transition'
        | 'agent_busy'
        | 'generation_conflict'
        | 'agent_limit'
        | 'operation_limit'
        | 'agent_start_failed'
        | 'agent_crashed'
        | 'not_ready'
        | 'fenced'
        | 'plan_unknown'
        | 'secret_unreadable'
        | 'bad_entry'
        | 'entry_too_large'
        | 'bad_query'
        | 'bad_cursor'
        | 'search_limit'
        | 'pruned'
        | 'audit_unavailable'
        | 'bad_frame'
        | 'binary_frame'
        | 'unknown_command'
        | 'connect_required'
        | 'connect_timeout'
        | 'already_connected'
        | 'unsupported_protocol'
        | 'unknown_channel'
        | 'bad_channel'
        | 'channel_limit'
        | 'subscription_limit'
        | 'not_subscribed'
        | 'connection_limit'
        | 'identity_limit'
        | 'disconnected'
        | 'not_connected'
        | 'unknown_method'
        | 'publication_too_large'
        | 'rate_limited'
        | 'slow'
        | 'unresponsive'
        | 'shutdown'
        | 'bad_config'
        | 'exposed_without_auth'
        | 'port_in_use'
        | 'data_folder_in_use'
        | 'folder_not_empty'
        | 'bad_backup'
        | 'restore_unfinished'
        | 'listen_failed'
        | 'database_newer'
        | 'database_failed'
        | 'database_closed'
        | 'storage_failed'
        | 'storage_full'
        | 'queue_full'
        | 'request_timeout'
        | 'connection_lost';
      readonly message: string;
    }[];
  };
  readonly Sample: {
    /** Prometheus metric name */
    readonly name: string;
    /** A finite number */
    readonly value: number;
    readonly kind?: 'gauge' | 'counter' | 'histogram';
    readonly tags?: { readonly [name: string]: string };
    /** ms since 1970; the server's clock when absent */
    readonly time?: number;
    /** Base unit: ratio, bytes, seconds, bytes_per_second, per_second, count, … */
    readonly unit?: string;
    readonly help?: string;
  };
  readonly WindowResult: {
    /** Canonical identity, tags sorted */
    readonly series: string;
    readonly name: string;
    readonly tags: { readonly [name: string]: string };
    readonly kind: 'gauge' | 'counter' | 'histogram';
    readonly unit?: string;
    readonly help?: string;
    /** First ms of the window */
    readonly from: number;
    /** First ms after the window */
    readonly to: number;
    readonly stepMs: number;
    readonly buckets: readonly {
      readonly start: number;
      readonly min: number;
      readonly max: number;
      readonly avg: number;
      readonly sum: number;
      readonly count: number;
      readonly last: number;
    }[];
  };
  readonly SeriesList: { readonly series: readonly Schemas['SeriesInfo'][] };
  readonly SeriesInfo: {
    /** Canonical identity, tags sorted */
    readonly series: string;
    readonly name: string;
    readonly tags: { readonly [name: string]: string };
    readonly kind: 'gauge' | 'counter' | 'histogram';
    readonly unit?: string;
    readonly help?: string;
  };
  readonly LabelList: {
    readonly labels: readonly {
      readonly label: string;
      readonly values: readonly string[];
      readonly count: number;
    }[];
  };
  readonly MetadataList: {
    readonly metrics: readonly {
      readonly name: string;
      readonly kind: 'gauge' | 'counter' | 'histogram';
      readonly unit?: string;
      readonly help?: string;
      readonly series: number;
      readonly aggregations: readonly (
        | 'avg'
        | 'min'
        | 'max'
        | 'sum'
        | 'count'
        | 'last'
        | 'rate'
        | 'increase'
        | 'delta'
        | 'p50'
        | 'p90'
        | 'p95'
        | 'p99'
      )[];
    }[];
  };
  readonly Cardinality: {
    readonly series: number;
    readonly silent: number;
    readonly maxSeries: number;
    /** Series asked for beyond a limit, since the start */
    readonly overflowed: number;
    /** Those with the most series */
    readonly metrics: readonly { readonly name: string; readonly series: number }[];
    /** Those with the most values */
    readonly labels: readonly { readonly name: string; readonly values: number }[];
    /** label="value" with the most series */
    readonly pairs: readonly { readonly name: string; readonly series: number }[];
    readonly sources: readonly { readonly name: string; readonly series: number }[];
  };
  readonly TargetList: {
    readonly targets: readonly {
      readonly job: string;
      readonly target: string;
      readonly instance: string;
      readonly up?: boolean;
      readonly lastAt?: number;
      readonly tookMs?: number;
      readonly samples: number;
      readonly rejected: number;
      readonly skipped: number;
      readonly failure?: string;
      readonly error?: string;
    }[];
  };
  readonly AlertList: { readonly alerts: readonly Schemas['Alert'][] };
  readonly Alert: {
    readonly alert: string;
    readonly rule: string;
    readonly source: 'metrics' | 'health' | 'provisioning';
    readonly state: 'pending' | 'firing' | 'resolved' | 'no-data';
    readonly severity: 'degraded' | 'critical';
    readonly labels: { readonly [name: string]: string };
    readonly annotations: { readonly [name: string]: string };
    readonly summary: string;
    readonly value?: number;
    readonly activeAt: number;
    readonly firedAt?: number;
    readonly resolvedAt?: number;
    readonly updatedAt: number;
    readonly flapping: boolean;
    readonly silencedBy: readonly string[];
  };
  readonly RuleList: { readonly rules: readonly Schemas['RuleStatus'][] };
  readonly RuleStatus: {
    readonly rule: Schemas['AlertRule'];
    /** Rules of the file are changed there */
    readonly origin: 'file' | 'api';
    readonly changedAt?: number;
    readonly changedBy?: string;
    /** The last evaluation that had a result, ms since 1970 */
    readonly evaluatedAt?: number;
    /** With a result, since the start */
    readonly evaluations: number;
    /** Without one, since the start; they change no alert */
    readonly failures: number;
    /** Left out because the one before was not done */
    readonly overruns: number;
    /** What is wrong now */
    readonly error?: { readonly code: string; readonly message: string; readonly at: number };
    readonly alerts: { readonly pending: number; readonly firing: number; readonly noData: number };
  };
  readonly AlertRule: {
    readonly name: string;
    readonly query: {
      /** A selector, as in a metric query */
      readonly metric: string;
      /** How far back is looked, ms */
      readonly windowMs?: number;
      /** The span that is judged, ms: the newest complete step. Default 60,000, or half of a shorter window */
      readonly stepMs?: number;
      readonly aggregation?:
        | 'avg'
        | 'min'
        | 'max'
        | 'sum'
        | 'count'
        | 'last'
        | 'rate'
        | 'increase'
        | 'delta'
        | 'p50'
        | 'p90'
        | 'p95'
        | 'p99';
      readonly across?: 'avg' | 'min' | 'max' | 'sum' | 'count';
      /** Tags that tell alerts of one rule apart */
      readonly by?: readonly string[];
    };
    readonly condition: {
      readonly op: '>' | '>=' | '<' | '<=';
      readonly value: number;
      /** A firing alert clears only once this is passed too */
      readonly clearValue?: number;
    };
    /** How long the condition holds before it fires, ms */
    readonly forMs?: number;
    /** How long it is clear before it resolves, ms */
    readonly keepFiringForMs?: number;
    /** What no data means: an alert; that nothing changed; nothing that anybody is told */
    readonly noData?: 'alert' | 'keep' | 'ok';
    /** The oldest value that still counts, ms */
    readonly noDataAfterMs?: number;
    /** When a group without data counts as gone, ms */
    readonly goneAfterMs?: number;
    readonly severity?: 'degraded' | 'critical';
    readonly labels?: { readonly [name: string]: string };
    readonly annotations?: { readonly [name: string]: string };
    /** Between two evaluations, ms */
    readonly evaluateMs?: number;
    readonly enabled?: boolean;
  };
  readonly RuleTest: {
    readonly at: number;
    readonly alerts: readonly {
      readonly labels: { readonly [name: string]: string };
      readonly outcome: 'firing' | 'clear' | 'unknown';
      readonly state: 'inactive' | 'pending' | 'firing' | 'no-data';
      readonly value?: number;
      /** End of the step that was judged, ms since 1970 */
      readonly valueAt?: number;
      readonly summary: string;
      readonly annotations: { readonly [name: string]: string };
    }[];
  };
  readonly SilenceList: {
    readonly silences: readonly {
      readonly id: string;
      readonly matchers: readonly {
        readonly label: string;
        readonly operator?: '=' | '!=' | '=~' | '!~';
        readonly value: string;
      }[];
      readonly startsAt: number;
      readonly endsAt: number;
      readonly createdAt: number;
      /** The caller */
      readonly createdBy: string;
      readonly comment: string;
      readonly state: 'pending' | 'active' | 'ended';
    }[];
  };
  readonly Silence: {
    readonly id: string;
    readonly matchers: readonly {
      readonly label: string;
      readonly operator?: '=' | '!=' | '=~' | '!~';
      readonly value: string;
    }[];
    readonly startsAt: number;
    readonly endsAt: number;
    readonly createdAt: number;
    /** The caller */
    readonly createdBy: string;
    readonly comment: string;
  };
  readonly NewSilence: {
    /** All of them must match; alertname and severity too */
    readonly matchers: readonly {
      readonly label: string;
      readonly operator?: '=' | '!=' | '=~' | '!~';
      readonly value: string;
    }[];
    /** ms since 1970; now when absent */
    readonly startsAt?: number;
    /** ms since 1970 */
    readonly endsAt: number;
    readonly comment?: string;
  };
  readonly NoticeList: {
    readonly receivers: readonly {
      readonly receiver: string;
      /** Alerts to be told of, not in a notice yet */
      readonly due: number;
      /** Notices, since the start */
      readonly delivered: number;
      /** Attempts, since the start */
      readonly failed: number;
    }[];
    /** Under way or to be tried again, oldest first */
    readonly waiting: readonly {
      /** The idempotency key of its requests */
      readonly id: string;
      readonly receiver: string;
      readonly group: string;
      /** It tells of a resolve, and so is never given up */
      readonly resolves: boolean;
      readonly madeAt: number;
      readonly attempts: number;
      /** The next attempt, ms since 1970 */
      readonly nextAt: number;
      readonly lastError?: string;
      /** When it was given up, ms since 1970 */
      readonly deadAt?: number;
    }[];
    /** Given up, oldest first */
    readonly dead: readonly {
      /** The idempotency key of its requests */
      readonly id: string;
      readonly receiver: string;
      readonly group: string;
      /** It tells of a resolve, and so is never given up */
      readonly resolves: boolean;
      readonly madeAt: number;
      readonly attempts: number;
      /** The next attempt, ms since 1970 */
      readonly nextAt: number;
      readonly lastError?: string;
      /** When it was given up, ms since 1970 */
      readonly deadAt?: number;
    }[];
  };
  readonly CheckList: { readonly checks: readonly Schemas['CheckInput'][] };
  readonly CheckInput: {
    /** kebab-case, unique: the <check> of health/<check> */
    readonly check: string;
    /** For people; the id when absent */
    readonly title?: string;
    /** What it is about, as on series: agent, service, environment … */
    readonly tags?: { readonly [name: string]: string };
    /** Counts for the overall state */
    readonly critical?: boolean;
    /** How often it looks, ms */
    readonly intervalMs?: number;
    /** A look that takes longer has found the thing down, ms */
    readonly timeoutMs?: number;
    /** Results in a row that make it worse */
    readonly failureThreshold?: number;
    /** Results in a row that make it better */
    readonly successThreshold?: number;
    /** From its start: failures are shown and not counted, until the first success or the end of this, ms */
    readonly startGraceMs?: number;
    /** A success that took longer is degraded, ms */
    readonly degradedAfterMs?: number;
    /** Weighted share of changes among the last 21 results from which it flaps, percent */
    readonly flapStartPercent?: number;
    /** The share at which it does not any more, percent */
    readonly flapStopPercent?: number;
    /** Raises an alert when it is not up */
    readonly alert?: boolean;
    /** What else must be up */
    readonly dependsOn?: readonly Schemas['CheckDependency'][];
    /** What stands before it, such as a router: while that is down this is unreachable */
    readonly parent?: string;
    /** What is looked at */
    readonly probe:
      | Schemas['HttpProbe']
      | Schemas['TcpProbe']
      | Schemas['TlsProbe']
      | Schemas['DnsProbe']
      | Schemas['HeartbeatProbe']
      | Schemas['MetricProbe'];
  };
  readonly CheckDependency: {
    /** What must be up */
    readonly check: string;
    /** While it is down, so is this; not critical: this is degraded */
    readonly critical?: boolean;
  };
  readonly HttpProbe: {
    readonly kind: 'http';
    /** http: or https:, without user and password */
    readonly url: string;
    readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
    /** Sent with every request; nothing secret */
    readonly headers?: { readonly [name: string]: string };
    /** Sent as UTF-8; nothing secret */
    readonly body?: string;
    /** Followed at most. Default 0: an answer that points elsewhere is judged itself */
    readonly redirects?: number;
    /** Of the answer, read at most, and only where its body is judged. Default 1 MiB */
    readonly maxBodyBytes?: number;
    /** True keeps the connection for the next run, which then says nothing of name, connection and handshake */
    readonly keepAlive?: boolean;
    /** Authorities to believe in the place of the usual ones, PEM */
    readonly ca?: string;
    /** Of an https: address */
    readonly certificate?: {
      /** Fewer days left than this is degraded. Default 14 */
      readonly degradedDays?: number;
      /** Fewer days left than this is down. Default 0: only a certificate that has expired is */
      readonly downDays?: number;
    };
    readonly expect?: Schemas['ExpectedHttpAnswer'];
    /** Such as authorization: sent to the origin of `url` alone, never told again. Read back as empty texts; an empty text keeps the value that is there */
    readonly secretHeaders?: { readonly [name: string]: string };
  };
  readonly ExpectedHttpAnswer: {
    /** One of them. Default ["200-299"] */
    readonly status?: readonly (number | string)[];
    /** Headers that must be there, each with a pattern (RE2) that must match somewhere in its value */
    readonly headers?: { readonly [name: string]: string };
    /** A text that must be in it */
    readonly contains?: string;
    /** A pattern (RE2) that must match somewhere in it */
    readonly matches?: string;
    /** What must hold of a JSON body: `$.status == "up"`, `$.queues[0].depth < 100`, `$.version` (is there) */
    readonly json?: readonly string[];
  };
  readonly TcpProbe: {
    readonly kind: 'tcp';
    /** A name or an address, without a port. Every address of a name must be one that checks may reach */
    readonly host: string;
    readonly port: number;
    /** Sent as UTF-8 once connected; nothing secret */
    readonly send?: string;
    /** What must come back. Default: a connection is enough */
    readonly expect?: {
      /** A text that must be in it */
      readonly contains?: string;
      /** A pattern (RE2) that must match somewhere in it */
      readonly matches?: string;
    };
    /** Read at most. Default 64 KiB */
    readonly maxBytes?: number;
  };
  readonly TlsProbe: {
    readonly kind: 'tls';
    /** A name or an address, without a port. Every address of a name must be one that checks may reach */
    readonly host: string;
    readonly port?: number;
    /** The name that is asked for and must be in the certificate. Default `host` */
    readonly serverName?: string;
    /** Authorities to believe in the place of the usual ones, PEM */
    readonly ca?: string;
    /** Fewer days left than this is degraded. Default 14 */
    readonly degradedDays?: number;
    /** Fewer days left than this is down. Default 0: only a certificate that has expired is */
    readonly downDays?: number;
  };
  readonly DnsProbe: {
    readonly kind: 'dns';
    readonly name: string;
    readonly type?: 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';
    /** Records that must be there. Default none: any record is enough. MX as `10 mail.example`, SRV as `10 5 443 host.example` */
    readonly values?: readonly string[];
    /** True: and no others */
    readonly exact?: boolean;
    /** Who is asked, by its address: `192.0.2.53`, `[2001:db8::53]:5353`. Default: those of this machine */
    readonly server?: string;
  };
  readonly HeartbeatProbe: {
    readonly kind: 'heartbeat';
    /** A last beat that is older than this is degraded, ms */
    readonly everyMs: number;
    /** One that is older by this is down, ms. Default 60,000 */
    readonly graceMs?: number;
  };
  readonly MetricProbe: {
    readonly kind: 'metric';
    /** A selector, as in a metric query */
    readonly metric: string;
    /** How far back is looked, ms. Default 300,000 */
    readonly windowMs?: number;
    /** The span that is judged, ms: the newest complete step. Default 60,000, or half of a shorter window */
    readonly stepMs?: number;
    readonly aggregation?:
      | 'avg'
      | 'min'
      | 'max'
      | 'sum'
      | 'count'
      | 'last'
      | 'rate'
      | 'increase'
      | 'delta'
      | 'p50'
      | 'p90'
      | 'p95'
      | 'p99';
    readonly across?: 'avg' | 'min' | 'max' | 'sum' | 'count';
    readonly degradedAbove?: number;
    readonly downAbove?: number;
    readonly degradedBelow?: number;
    readonly downBelow?: number;
    /** What no sample in the window means: no result, which changes nothing; or down */
    readonly noData?: 'none' | 'down';
  };
  readonly CheckStatus: {
    readonly check: string;
    readonly title: string;
    readonly kind: 'http' | 'tcp' | 'tls' | 'dns' | 'exec' | 'heartbeat' | 'metric' | 'custom';
    /** Where it is defined */
    readonly source: 'service' | 'file' | 'api';
    /** What enough results in a row agree on, and what it depends on allows */
    readonly state: 'unknown' | 'up' | 'degraded' | 'down';
    /** What to show: the state, or what stands above it */
    readonly word: 'unknown' | 'up' | 'degraded' | 'down' | 'paused' | 'maintenance' | 'unreachable';
    /** When this word began: a failure with its first result, ms since 1970 */
    readonly since: number;
    /** When the last result came in, ms since 1970 */
    readonly at?: number;
    /** Why it is not up, or the figure that it judged */
    readonly reason?: string;
    /** How long the last run took, ms */
    readonly tookMs?: number;
    /** Where the time of the last run went, ms */
    readonly timings?: {
      readonly dnsMs?: number;
      readonly connectMs?: number;
      readonly tlsMs?: number;
      readonly firstByteMs?: number;
      readonly totalMs: number;
    };
    /** When the certificate that was seen expires, ms since 1970 */
    readonly certificateExpiresAt?: number;
    /** What it is about */
    readonly tags?: { readonly [name: string]: string };
    /** Counts for the overall state */
    readonly critical: boolean;
    /** How often it runs, ms */
    readonly intervalMs: number;
    /** What the last runs say, while they are too few to change the state */
    readonly soft?: {
      readonly state: 'up' | 'degraded' | 'down';
      /** Results in a row */
      readonly runs: number;
      /** Results in a row that change the state */
      readonly needed: number;
      /** The first of them, ms since 1970 */
      readonly since: number;
    };
    /** It changes too often to be believed */
    readonly flapping?: {
      /** Weighted share of changes among the last 21 results */
      readonly percent: number;
      /** Changes among the results of windowMs */
      readonly changes: number;
      readonly windowMs: number;
    };
    /** The parent that is down */
    readonly unreachableBy?: string;
    /** The dependency that this state comes from */
    readonly causedBy?: string;
    /** The window that it is in */
    readonly maintenance?: { readonly id: string; readonly endsAt: number; readonly reason: string };
    readonly paused?: { readonly by: string; readonly at: number };
    /** The incident that is open */
    readonly incident?: { readonly id: string; readonly startedAt: number; readonly acknowledgedBy?: string };
  };
  readonly IncidentList: { readonly incidents: readonly Schemas['Incident'][] };
  readonly Incident: {
    readonly id: string;
    readonly check: string;
    readonly title: string;
    /** The worst it came to */
    readonly worst: 'degraded' | 'down';
    /** The first failed result, ms since 1970 */
    readonly startedAt: number;
    /** When enough results agreed, ms since 1970 */
    readonly confirmedAt: number;
    /** When it was up again; absent while it is open, ms since 1970 */
    readonly endedAt?: number;
    /** The reason of the first failure */
    readonly cause: string;
    readonly tags?: { readonly [name: string]: string };
    readonly acknowledged?: { readonly by: string; readonly at: number; readonly note?: string };
    readonly notes: readonly { readonly at: number; readonly by: string; readonly text: string }[];
  };
  readonly NewAcknowledgement: {
    /** For people: who does what, or where */
    readonly note?: string;
  };
  readonly NewIncidentNote: { readonly text: string };
  readonly MaintenanceList: { readonly windows: readonly Schemas['MaintenanceWindow'][] };
  readonly MaintenanceWindow: {
    readonly id: string;
    readonly reason: string;
    readonly checks: readonly string[];
    readonly tags: { readonly [name: string]: string };
    /** Begins; of one that recurs, when it is valid from, ms since 1970 */
    readonly startsAt: number;
    /** Ends; of one that recurs, when it does not any more, ms since 1970 */
    readonly endsAt?: number;
    /** When each begins, and how long it lasts */
    readonly recurs?: { readonly cron: string; readonly durationMs: number; readonly timeZone: string };
    readonly createdBy: string;
    readonly createdAt: number;
    /** Windows of the file are changed there */
    readonly source: 'file' | 'api';
  };
  readonly NewMaintenance: {
    /** For people */
    readonly reason: string;
    /** By id */
    readonly checks?: readonly string[];
    /** And those that carry all of these tags */
    readonly tags?: { readonly [name: string]: string };
    readonly recurs?: {
      /** When each begins: minute, hour, day of the month, month, day of the week */
      readonly cron: string;
      /** How long each lasts, ms */
      readonly durationMs: number;
      /** The zone of these hours */
      readonly timeZone?: string;
    };
    /** ms since 1970; now when absent */
    readonly startsAt?: number;
    /** ms since 1970; of one that recurs, when it does not any more */
    readonly endsAt?: number;
  };
  readonly Health: {
    readonly status: 'pass' | 'warn' | 'fail';
    readonly state: 'unknown' | 'up' | 'degraded' | 'down';
    readonly version: string;
    readonly checks: { readonly [name: string]: readonly Schemas['HealthEntry'][] };
  };
  readonly HealthEntry: {
    readonly check: string;
    readonly title: string;
    readonly kind: 'http' | 'tcp' | 'tls' | 'dns' | 'exec' | 'heartbeat' | 'metric' | 'custom';
    /** Where it is defined */
    readonly source: 'service' | 'file' | 'api';
    /** What enough results in a row agree on, and what it depends on allows */
    readonly state: 'unknown' | 'up' | 'degraded' | 'down';
    /** What to show: the state, or what stands above it */
    readonly word: 'unknown' | 'up' | 'degraded' | 'down' | 'paused' | 'maintenance' | 'unreachable';
    /** When this word began: a failure with its first result, ms since 1970 */
    readonly since: number;
    /** When the last result came in, ms since 1970 */
    readonly at?: number;
    /** Why it is not up, or the figure that it judged */
    readonly reason?: string;
    /** How long the last run took, ms */
    readonly tookMs?: number;
    /** Where the time of the last run went, ms */
    readonly timings?: {
      readonly dnsMs?: number;
      readonly connectMs?: number;
      readonly tlsMs?: number;
      readonly firstByteMs?: number;
      readonly totalMs: number;
    };
    /** When the certificate that was seen expires, ms since 1970 */
    readonly certificateExpiresAt?: number;
    /** What it is about */
    readonly tags?: { readonly [name: string]: string };
    /** Counts for the overall state */
    readonly critical: boolean;
    /** How often it runs, ms */
    readonly intervalMs: number;
    /** What the last runs say, while they are too few to change the state */
    readonly soft?: {
      readonly state: 'up' | 'degraded' | 'down';
      /** Results in a row */
      readonly runs: number;
      /** Results in a row that change the state */
      readonly needed: number;
      /** The first of them, ms since 1970 */
      readonly since: number;
    };
    /** It changes too often to be believed */
    readonly flapping?: {
      /** Weighted share of changes among the last 21 results */
      readonly percent: number;
      /** Changes among the results of windowMs */
      readonly changes: number;
      readonly windowMs: number;
    };
    /** The parent that is down */
    readonly unreachableBy?: string;
    /** The dependency that this state comes from */
    readonly causedBy?: string;
    /** The window that it is in */
    readonly maintenance?: { readonly id: string; readonly endsAt: number; readonly reason: string };
    readonly paused?: { readonly by: string; readonly at: number };
    /** The incident that is open */
    readonly incident?: { readonly id: string; readonly startedAt: number; readonly acknowledgedBy?: string };
    readonly status: 'pass' | 'warn' | 'fail';
    readonly time?: string;
  };
  readonly CheckHistory: {
    readonly check: string;
    readonly uptime: {
      readonly day: Schemas['Uptime'];
      readonly week: Schemas['Uptime'];
      readonly month: Schemas['Uptime'];
      readonly quarter: Schemas['Uptime'];
    };
    /** One a day, oldest first */
    readonly segments: readonly {
      readonly upMs: number;
      readonly degradedMs: number;
      readonly downMs: number;
      readonly maintenanceMs: number;
      /** Unknown, paused, unreachable, and while the check or the server was not there */
      readonly unknownMs: number;
      readonly from: number;
      readonly to: number;
      /** What to show: the state, or what stands above it */
      readonly worst: 'unknown' | 'up' | 'degraded' | 'down' | 'paused' | 'maintenance' | 'unreachable';
    }[];
    /** Newest first */
    readonly transitions: readonly Schemas['CheckTransition'][];
    /** Newest first */
    readonly incidents: readonly Schemas['Incident'][];
  };
  readonly Uptime: {
    readonly upMs: number;
    readonly degradedMs: number;
    readonly downMs: number;
    readonly maintenanceMs: number;
    /** Unknown, paused, unreachable, and while the check or the server was not there */
    readonly unknownMs: number;
    readonly windowMs: number;
    /** (up + degraded) / (up + degraded + down); null where nothing was known */
    readonly ratio: number | null;
  };
  readonly CheckTransition: {
    readonly check: string;
    /** When, ms since 1970 */
    readonly at: number;
    /** What to show: the state, or what stands above it */
    readonly from: 'unknown' | 'up' | 'degraded' | 'down' | 'paused' | 'maintenance' | 'unreachable';
    /** What to show: the state, or what stands above it */
    readonly to: 'unknown' | 'up' | 'degraded' | 'down' | 'paused' | 'maintenance' | 'unreachable';
    readonly reason?: string;
  };
  readonly ContextPage: {
    readonly items: readonly Schemas['ContextItem'][];
    /** How many match in all */
    readonly total: number;
    /** Where the next page begins; absent on the last one */
    readonly next?: string;
  };
  readonly ContextItem: {
    /** The tag's value */
    readonly id: string;
    readonly label: string;
    /** The worst of its checks */
    readonly state?: 'unknown' | 'up' | 'degraded' | 'down';
    readonly environments?: readonly string[];
    /** Its environment, where it is in just one */
    readonly group?: string;
  };
  readonly BroadcasterStats: {
    /** Open now */
    readonly connections: number;
    /** Open now, by carrier */
    readonly transports: { readonly websocket: number; readonly sse: number };
    /** With readers, or kept for readers who may come back */
    readonly channels: number;
    /** Open now */
    readonly subscriptions: number;
    /** Subscriptions that are not up to date now, by why */
    readonly behind: { readonly slow: number; readonly demand: number; readonly broken: number };
    /** Waiting for readers now */
    readonly bufferedBytes: number;
    /** Publications that readers had not read when they last told their positions */
    readonly lag: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
    /** Since the start */
    readonly publications: number;
    /** Publications × readers, since the start */
    readonly deliveries: number;
    /** Deliveries left out because a later publication stood for them, since the start */
    readonly conflated: number;
    /** Since the start */
    readonly flushes: number;
    /** Publications of a flush, cumulative; the last bucket has no bound */
    readonly flushSizes: {
      readonly buckets: readonly { readonly upTo: number | null; readonly count: number }[];
      readonly sum: number;
      readonly count: number;
    };
    /** Publications that the bus refused, since the start */
    readonly failures: number;
    /** Pasts that were asked to be continued, by outcome, since the start */
    readonly recoveries: {
      readonly recovered?: number;
      readonly epoch?: number;
      readonly tail?: number;
      readonly history?: number;
      readonly slow?: number;
    };
    /** Connections ended by the server, by reason */
    readonly closed: { readonly [name: string]: number };
  };
  readonly Connections: {
    readonly connections: readonly Schemas['Connection'][];
    readonly next: string | null;
  };
  readonly Connection: {
    readonly session: string;
    readonly transport: 'websocket' | 'sse';
    readonly address: string;
    /** Null until it has connected */
    readonly identity: string | null;
    readonly client: { readonly name: string; readonly version: string } | null;
    /** ms since 1970 */
    readonly since: number;
    /** ms since 1970 */
    readonly heardAt: number;
    readonly lag: number | null;
    readonly bufferedBytes: number;
    readonly channels: readonly {
      readonly channel: string;
      readonly everyMs: number;
      readonly behind: 'slow' | 'demand' | 'broken' | null;
    }[];
  };
  readonly AgentKindList: { readonly kinds: readonly Schemas['AgentKind'][] };
  readonly AgentKind: {
    readonly kind: string;
    readonly title: string;
    readonly description?: string;
    /** Newest last */
    readonly versions: readonly string[];
    /** JSON Schema of the parameters */
    readonly parameters: { readonly [name: string]: unknown };
    /** The secrets it takes */
    readonly secrets: readonly { readonly name: string; readonly required: boolean }[];
    /** It has a stable port */
    readonly hasPort: boolean;
    readonly maxReplicas: number;
  };
  readonly AgentList: { readonly agents: readonly Schemas['AgentStatus'][] };
  readonly AgentStatus: {
    readonly agent: string;
    readonly title: string;
    readonly kind: string;
    readonly version: string;
    /** What a rollback goes back to */
    readonly previousVersion?: string;
    readonly state:
      'draft' | 'provisioned' | 'deployed' | 'running' | 'stopped' | 'suspended' | 'errored' | 'revoked';
    /** Why it is errored */
    readonly reason?: string;
    /** When this state began, ms since 1970 */
    readonly since: number;
    /** What it is meant to be in; the server brings it there again and again */
    readonly desired: 'running' | 'stopped' | 'suspended' | 'revoked';
    /** Counts changes of what it is meant to be; the ETag for If-Match */
    readonly generation: number;
    readonly replicas: number;
    readonly parameters: { readonly [name: string]: unknown };
    /** Names of the secrets it was given */
    readonly secrets: readonly string[];
    readonly tags: { readonly [name: string]: string };
    /** Where its stable port listens; absent for a kind without one */
    readonly address?: { readonly host: string; readonly port: number };
    readonly instances: readonly Schemas['AgentInstance'][];
    /** Since it was created, those that nobody asked for */
    readonly restarts: number;
    /** The active operation, or the last one */
    readonly operation?: string;
    /** That operation is not at its end */
    readonly busy: boolean;
    /** What may be asked of it now */
    readonly actions: readonly (
      | 'create'
      | 'start'
      | 'stop'
      | 'restart'
      | 'upgrade'
      | 'rollback'
      | 'scale'
      | 'suspend'
      | 'resume'
      | 'delete'
    )[];
    /** When it was created, ms since 1970 */
    readonly createdAt: number;
    readonly createdBy: string;
  };
  readonly AgentInstance: {
    readonly instance: string;
    readonly generation: number;
    readonly version: string;
    readonly state: 'starting' | 'running' | 'suspended' | 'exited' | 'lost';
    /** When it was started, ms since 1970 */
    readonly startedAt: number;
    /** Takes requests of the agent’s stable port */
    readonly serving: boolean;
    readonly pid?: number;
    /** How it ended */
    readonly exit?: {
      readonly at: number;
      readonly code?: number;
      readonly signal?: string;
      readonly reason?: 'stopped' | 'memory';
    };
  };
  readonly OperationStatus: {
    /** Its id */
    readonly operation: string;
    /** What is done: one of the server’s own, or a host’s, in kebab-case */
    readonly type: string;
    /** For people */
    readonly title: string;
    /** Who does it: this server, or somebody else who tells of it */
    readonly source: 'engine' | 'host';
    readonly agent?: string;
    readonly state:
      'queued' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'rolling-back' | 'rolled-back';
    readonly stages: readonly Schemas['OperationStage'][];
    /** Of the whole */
    readonly percent: number;
    /** When it was asked for, ms since 1970 */
    readonly createdAt: number;
    /** When it was begun, ms since 1970 */
    readonly startedAt?: number;
    /** When it ended, ms since 1970 */
    readonly endedAt?: number;
    /** Who asked for it */
    readonly by: string;
    /** The agent’s generation that it makes */
    readonly generation?: number;
    readonly error?: Schemas['OperationError'];
    /** What came of it, such as the counts of requests of an upgrade */
    readonly result?: { readonly [name: string]: unknown };
    /** What may be asked of it now */
    readonly actions: readonly ('cancel' | 'pause' | 'resume' | 'retry')[];
    /** The last thing that was asked of it, and how far that is */
    readonly action?: {
      readonly name: 'cancel' | 'pause' | 'resume' | 'retry';
      readonly phase: 'accepted' | 'in-effect' | 'done';
      readonly by: string;
      readonly at: number;
    };
    /** Place in the queue, from 1; absent unless queued */
    readonly queuePlace?: number;
    readonly tags: { readonly [name: string]: string };
    /** A host’s page of it */
    readonly url?: string;
    /** Counts changes; the ETag of a host’s own operation */
    readonly revision: number;
  };
  readonly OperationStage: {
    /** kebab-case, unique in its operation */
    readonly name: string;
    /** For people */
    readonly title: string;
    readonly description?: string;
    readonly state: 'pending' | 'running' | 'completed' | 'failed' | 'skipped' | 'cancelled';
    /** When it was begun, ms since 1970 */
    readonly startedAt?: number;
    /** When it ended, ms since 1970 */
    readonly endedAt?: number;
    /** Share done while it runs; absent: not known */
    readonly percent?: number;
    /** What it does just now, in one line */
    readonly detail?: string;
    readonly error?: Schemas['OperationError'];
    /** How long it took before, ms */
    readonly expected?: {
      readonly p50Ms: number;
      readonly p90Ms: number;
      /** Of how many runs */
      readonly runs: number;
    };
    /** How often it was begun */
    readonly attempts: number;
  };
  readonly OperationError: {
    /** One of the registry, or the host’s own */
    readonly code: string;
    readonly message: string;
  };
  readonly NewAgent: {
    /** kebab-case, unique among agents that are not revoked */
    readonly agent: string;
    /** One of those that GET /api/kinds lists */
    readonly kind: string;
    /** One of the kind’s; its newest when absent */
    readonly version?: string;
    /** For people; the id when absent */
    readonly title?: string;
    /** As the kind’s schema asks: they are values, and never part of a command’s text */
    readonly parameters?: { readonly [name: string]: unknown };
    /** Kept encrypted; no answer, log or audit entry ever has their values */
    readonly secrets?: { readonly [name: string]: string };
    /** What it is about, as on series; agent and kind are added */
    readonly tags?: { readonly [name: string]: string };
    /** Instances that run at once, at most as its kind allows */
    readonly replicas?: number;
    /** The stable port; one that is free when absent */
    readonly port?: number;
    /** False leaves it provisioned; default true */
    readonly start?: boolean;
  };
  readonly LogPage: {
    /** In order */
    readonly lines: readonly {
      /** Its place: higher is later */
      readonly n: number;
      readonly at: number;
      readonly stream: 'stdout' | 'stderr' | 'engine';
      readonly text: string;
      readonly instance?: string;
      readonly stage?: string;
    }[];
    /** There is more before the first, or with after, behind the last */
    readonly more: boolean;
  };
  readonly AgentStorage: {
    readonly bytes: number;
    readonly files: number;
    readonly quotaBytes: number;
    /** It holds more than its quota */
    readonly over: boolean;
    /** There is more: only so many files are counted */
    readonly partial?: boolean;
  };
  readonly AgentConfigurationList: {
    /** Newest first */
    readonly configurations: readonly {
      readonly generation: number;
      readonly version: string;
      readonly replicas: number;
      /** ms since 1970 */
      readonly at: number;
      /** Id of whoever asked for it */
      readonly by: string;
      readonly parameters: { readonly [name: string]: unknown };
    }[];
  };
  readonly BulkOutcomes: {
    readonly outcomes: readonly {
      readonly agent: string;
      readonly operation?: Schemas['OperationStatus'];
      readonly error?: Schemas['OperationError'];
    }[];
  };
  readonly BulkRequest: {
    readonly selection: {
      /** By id */
      readonly agents?: readonly string[];
      /** All that carry these tags; agent and kind are tags, too */
      readonly tags?: { readonly [name: string]: string };
    };
    readonly command: Schemas['AgentCommand'];
  };
  readonly AgentCommand:
    | { readonly type: 'start' }
    | {
        readonly type: 'stop';
        /** How long it is waited for before it is forced, ms; 0 forces at once. Default: as its kind says */
        readonly graceMs?: number;
      }
    | { readonly type: 'restart' }
    | {
        readonly type: 'upgrade';
        /** Default: as it is */
        readonly version?: string;
        /** In the place of all it had; default: as they are */
        readonly parameters?: { readonly [name: string]: unknown };
        /** Beside those it had */
        readonly secrets?: { readonly [name: string]: string };
      }
    | { readonly type: 'rollback' }
    | {
        readonly type: 'scale';
        /** Instances that run at once, at most as its kind allows */
        readonly replicas: number;
      }
    | { readonly type: 'suspend' }
    | { readonly type: 'resume' }
    | {
        readonly type: 'delete';
        /** How long it is waited for before it is forced, ms; 0 forces at once. Default: as its kind says */
        readonly graceMs?: number;
      };
  readonly OperationList: { readonly operations: readonly Schemas['OperationStatus'][] };
  readonly NewOperation: {
    /** What is done, in kebab-case, such as release */
    readonly type: string;
    /** For people */
    readonly title: string;
    /** Its steps, in order */
    readonly stages: readonly {
      /** kebab-case, unique in its operation */
      readonly name: string;
      /** For people; the name when absent */
      readonly title?: string;
      readonly description?: string;
    }[];
    /** The agent that it is about */
    readonly agent?: string;
    readonly tags?: { readonly [name: string]: string };
    /** A page that has more of it, http or https */
    readonly url?: string;
  };
  readonly StageUpdate: {
    readonly state?: 'pending' | 'running' | 'completed' | 'failed' | 'skipped' | 'cancelled';
    /** Share done */
    readonly percent?: number;
    /** What it does just now, in one line */
    readonly detail?: string;
    readonly error?: Schemas['OperationError'];
    /** Lines that are added to the operation’s log */
    readonly log?: readonly string[];
  };
  readonly RecordedEntries: {
    readonly sequences: readonly number[];
    /** The key had been used before; this is where those entries stand */
    readonly replayed: boolean;
  };
  readonly NewAuditEntries:
    Schemas['NewAuditEntry'] | { readonly entries: readonly Schemas['NewAuditEntry'][] };
  readonly NewAuditEntry: {
    /** Default: whoever asks */
    readonly actor?: {
      readonly id: string;
      readonly kind: 'user' | 'service' | 'agent' | 'system' | 'anonymous';
      /** For people */
      readonly name?: string;
    };
    /** create, update, delete, start, stop, restart, upgrade, rollback, login, logout, access, modify_config, or one of your own */
    readonly action: string;
    readonly level?: 'info' | 'warning' | 'error' | 'critical';
    readonly resource: Schemas['AuditResource'];
    readonly result?: 'success' | 'failure' | 'refused';
    /** Why it was done, in the words of whoever did it */
    readonly reason?: string;
    /** Why it failed or was refused */
    readonly error?: string;
    readonly ip?: string;
    /** Connection or login that it belongs to */
    readonly session?: string;
    readonly requestId?: string;
    /** What it was: any JSON value */
    readonly before?: unknown;
    /** What it is: any JSON value */
    readonly after?: unknown;
    /** Whatever else is worth knowing: any JSON value */
    readonly details?: unknown;
    /** `agent`, `service` and `environment` are those that a page’s context narrows by */
    readonly tags?: { readonly [name: string]: string };
  };
  readonly AuditResource: {
    readonly type: string;
    readonly id: string;
    /** For people */
    readonly name?: string;
  };
  readonly AuditPage: {
    readonly items: readonly Schemas['AuditRecord'][];
    /** Where the next page begins; absent on the last one */
    readonly next?: string;
  };
  readonly AuditRecord: {
    /** From 1, without a hole */
    readonly sequence: number;
    /** µs since 1970 */
    readonly time: number;
    /** Absent: hidden or erased */
    readonly actor?: {
      readonly id: string;
      readonly kind: 'user' | 'service' | 'agent' | 'system' | 'anonymous';
      /** For people */
      readonly name?: string;
    };
    readonly action: string;
    readonly level: 'info' | 'warning' | 'error' | 'critical';
    readonly resource?: Schemas['AuditResource'];
    readonly result: 'success' | 'failure' | 'refused';
    /** Why it was done, in the words of whoever did it */
    readonly reason?: string;
    /** Why it failed or was refused */
    readonly error?: string;
    readonly ip?: string;
    /** Connection or login that it belongs to */
    readonly session?: string;
    readonly requestId?: string;
    /** What it was: any JSON value */
    readonly before?: unknown;
    /** What it is: any JSON value */
    readonly after?: unknown;
    /** Whatever else is worth knowing: any JSON value */
    readonly details?: unknown;
    /** `agent`, `service` and `environment` are those that a page’s context narrows by */
    readonly tags?: { readonly [name: string]: string };
    /** Fields kept from this reader, or erased: the hash that stands for each in the tree, base64 */
    readonly hidden?: {
      readonly actor?: string;
      readonly after?: string;
      readonly before?: string;
      readonly details?: string;
      readonly error?: string;
      readonly ip?: string;
      readonly reason?: string;
      readonly resource?: string;
      readonly session?: string;
      readonly tags?: string;
    };
  };
  readonly AuditProof: {
    readonly entry: Schemas['AuditRecord'];
    /** Of the salted fields that are shown, base64 */
    readonly salts: {
      readonly actor?: string;
      readonly after?: string;
      readonly before?: string;
      readonly details?: string;
      readonly error?: string;
      readonly ip?: string;
      readonly reason?: string;
      readonly resource?: string;
      readonly session?: string;
      readonly tags?: string;
    };
    /** Inclusion proof (RFC 6962) of leaf `sequence - 1`, from the leaf up, base64 */
    readonly path: readonly string[];
    /** A signed C2SP tlog-checkpoint */
    readonly checkpoint: string;
  };
  readonly AuditCheckpoints: {
    readonly checkpoints: readonly {
      readonly size: number;
      readonly text: string;
      /** ms since 1970 */
      readonly at: number;
    }[];
  };
  readonly AuditConsistency: {
    readonly first: number;
    readonly second: number;
    /** Hashes, base64 */
    readonly path: readonly string[];
  };
  readonly AuditKeys: {
    /** Oldest first; the last one signs now */
    readonly keys: readonly Schemas['AuditKey'][];
  };
  readonly AuditKey: {
    /** <name>+<id>+<base64>: what whoever verifies pins */
    readonly verifier: string;
    /** ms since 1970 */
    readonly since: number;
    /** When another took its place, ms since 1970 */
    readonly until?: number;
  };
  readonly AuditFacet: {
    readonly field: string;
    /** Most first */
    readonly values: readonly { readonly value: string; readonly count: number }[];
    /** More values than are listed */
    readonly more: boolean;
  };
  readonly AuditStatistics: {
    /** ms since 1970, inclusive */
    readonly from: number;
    /** ms since 1970, exclusive */
    readonly to: number;
    readonly total: number;
    readonly actions: readonly { readonly value: string; readonly count: number }[];
    readonly levels: readonly { readonly value: string; readonly count: number }[];
    readonly results: readonly { readonly value: string; readonly count: number }[];
    /** Those that acted most */
    readonly actors: readonly { readonly value: string; readonly count: number }[];
    readonly days: readonly {
      /** UTC, as 2026-11-23 */
      readonly day: string;
      readonly count: number;
    }[];
  };
  readonly AuditReport: {
    readonly origin: string;
    /** µs since 1970 */
    readonly from: number;
    /** µs since 1970, exclusive */
    readonly to: number;
    /** ms since 1970 */
    readonly madeAt: number;
    readonly hours: {
      readonly timeZone: string;
      /** Minutes since midnight */
      readonly from: number;
      /** Minutes since midnight; below `from`: over midnight */
      readonly to: number;
      /** 1 is Monday */
      readonly days: readonly number[];
    };
    /** Sequences */
    readonly range?: { readonly first: number; readonly last: number };
    readonly entries: number;
    readonly results: { readonly success: number; readonly failure: number; readonly refused: number };
    readonly actors: {
      /** The largest, by entries */
      readonly items: readonly {
        /** Absent: erased */
        readonly actor?: {
          readonly id: string;
          readonly kind: 'user' | 'service' | 'agent' | 'system' | 'anonymous';
          readonly name?: string;
        };
        readonly entries: number;
        readonly success: number;
        readonly failure: number;
        readonly refused: number;
        /** Of people, outside of the hours */
        readonly outOfHours: number;
        /** µs since 1970 */
        readonly first: number;
        /** µs since 1970 */
        readonly last: number;
      }[];
      /** Groups that are not listed */
      readonly more: number;
      /** There are more than that */
      readonly orMore?: true;
    };
    readonly deeds: {
      /** The largest, by entries */
      readonly items: readonly {
        /** Absent: erased */
        readonly actor?: {
          readonly id: string;
          readonly kind: 'user' | 'service' | 'agent' | 'system' | 'anonymous';
          readonly name?: string;
        };
        readonly action: string;
        /** Absent: erased */
        readonly resource?: { readonly type: string; readonly id: string; readonly name?: string };
        readonly entries: number;
        readonly success: number;
        readonly failure: number;
        readonly refused: number;
        /** Of people, outside of the hours */
        readonly outOfHours: number;
        /** µs since 1970 */
        readonly first: number;
        /** µs since 1970 */
        readonly last: number;
      }[];
      /** Groups that are not listed */
      readonly more: number;
      /** There are more than that */
      readonly orMore?: true;
    };
    readonly credentials: {
      /** The largest, by entries */
      readonly items: readonly {
        readonly credential: string;
        readonly addresses: {
          /** The largest, by entries */
          readonly items: readonly string[];
          /** Groups that are not listed */
          readonly more: number;
          /** There are more than that */
          readonly orMore?: true;
        };
        readonly entries: number;
        readonly success: number;
        readonly failure: number;
        readonly refused: number;
        /** Of people, outside of the hours */
        readonly outOfHours: number;
        /** µs since 1970 */
        readonly first: number;
        /** µs since 1970 */
        readonly last: number;
      }[];
      /** Groups that are not listed */
      readonly more: number;
      /** There are more than that */
      readonly orMore?: true;
    };
    readonly failures: {
      /** Newest first */
      readonly items: readonly Schemas['AuditRecord'][];
      /** Entries that are not listed */
      readonly more: number;
    };
    readonly outOfHours: {
      /** Newest first */
      readonly items: readonly Schemas['AuditRecord'][];
      /** Entries that are not listed */
      readonly more: number;
    };
    readonly verification: {
      readonly verified: boolean;
      readonly checkpoint: string;
      readonly size: number;
      readonly checked: number;
      readonly problem?: { readonly sequence: number; readonly message: string };
    };
  };
}

/** Every address by its method: what it takes, and what it answers. */
export interface Paths {
  readonly get: {
    /** The process answers. */
    readonly '/livez': { readonly answer: Schemas['Alive'] };
    /** The server takes requests. */
    readonly '/readyz': { readonly answer: Schemas['Alive'] };
    /** The server itself, as Prometheus text. */
    readonly '/metrics': { readonly answer: string };
    /** Whoever asks, as the server knows them. */
    readonly '/api/me': { readonly answer: Schemas['Me'] };
    /** Every API key, revoked and expired ones too, oldest first. */
    readonly '/api/keys': { readonly answer: Schemas['ApiKeyList'] };
    /** Metrics over time, made of one or many series. */
    readonly '/api/metrics/query': {
      readonly query: {
        /** name{tag="v",tag!="v",tag=~"re",tag!~"re"}; more than one asks for several */
        readonly metric: readonly string[];
        /** How far back from now, ms */
        readonly windowMs?: number;
        readonly from?: number | null;
        readonly to?: number | null;
        readonly stepMs?: number;
        /** Default: last of a gauge, rate of a counter, p95 of a histogram */
        readonly aggregation?:
          | 'avg'
          | 'min'
          | 'max'
          | 'sum'
          | 'count'
          | 'last'
          | 'rate'
          | 'increase'
          | 'delta'
          | 'p50'
          | 'p90'
          | 'p95'
          | 'p99';
        /** What is made of several series of one group */
        readonly across?: 'avg' | 'min' | 'max' | 'sum' | 'count';
        /** Tags that tell groups apart, comma-separated */
        readonly by?: string;
      };
      readonly answer: Schemas['QueryAnswers'];
    };
    /** The finest buckets of one series. */
    readonly '/api/metrics/window': {
      readonly query: {
        /** name{tag="value",…}, all of its tags */
        readonly series: string;
        /** How far back, ms; all that is kept when absent */
        readonly windowMs?: number | null;
      };
      readonly answer: Schemas['WindowResult'];
    };
    /** Every series with a recent sample. */
    readonly '/api/metrics/series': { readonly answer: Schemas['SeriesList'] };
    /** Labels in use, with their values. */
    readonly '/api/metrics/labels': {
      readonly query?: {
        /** Only of these series */
        readonly metric?: string;
      };
      readonly answer: Schemas['LabelList'];
    };
    /** Metrics in use, with kind, unit, help and what they can be asked for. */
    readonly '/api/metrics/metadata': { readonly answer: Schemas['MetadataList'] };
    /** Who has how many series. */
    readonly '/api/metrics/cardinality': {
      readonly query?: { readonly top?: number };
      readonly answer: Schemas['Cardinality'];
    };
    /** Targets that are scraped, and how it goes. */
    readonly '/api/metrics/targets': { readonly answer: Schemas['TargetList'] };
    /** Alerts that stand, and those that were resolved lately. */
    readonly '/api/alerts': {
      readonly query?: {
        readonly state?: 'pending' | 'firing' | 'resolved' | 'no-data';
        /** Those of one rule */
        readonly rule?: string;
      };
      readonly answer: Schemas['AlertList'];
    };
    /** Every rule, and how its evaluations go. */
    readonly '/api/alerts/rules': { readonly answer: Schemas['RuleList'] };
    /** One rule. */
    readonly '/api/alerts/rules/{name}': {
      readonly path: { readonly name: string };
      readonly answer: Schemas['RuleStatus'];
    };
    /** Silences, and those that ended lately. */
    readonly '/api/alerts/silences': { readonly answer: Schemas['SilenceList'] };
    /** The outbox: what waits, and what was given up. */
    readonly '/api/alerts/notices': { readonly answer: Schemas['NoticeList'] };
    /** The checks that the API defined, as they are defined. */
    readonly '/api/health/checks': { readonly answer: Schemas['CheckList'] };
    /** Incidents, newest first. */
    readonly '/api/health/incidents': {
      readonly query?: {
        /** Those of one check */
        readonly check?: string;
        /** Open, or ended; both when absent */
        readonly open?: 'true' | 'false';
        /** Those that began before, ms since 1970 */
        readonly before?: number | null;
        readonly limit?: number;
      };
      readonly answer: Schemas['IncidentList'];
    };
    /** Maintenance windows, and those that ended lately. */
    readonly '/api/health/maintenance': { readonly answer: Schemas['MaintenanceList'] };
    /** The worst state of the critical checks, and every check. */
    readonly '/api/health': {
      readonly query?: {
        /** Only checks with this tag, as service=payments; more than one: with all of them */
        readonly tag?: string | readonly string[];
      };
      readonly answer: Schemas['Health'];
    };
    /** A check’s past: how available it was, day by day, what changed, and its incidents. */
    readonly '/api/health/{check}/history': {
      readonly path: { readonly check: string };
      readonly query?: {
        /** Days, one segment each */
        readonly days?: number;
      };
      readonly answer: Schemas['CheckHistory'];
    };
    /** One check. */
    readonly '/api/health/{check}': {
      readonly path: { readonly check: string };
      readonly answer: Schemas['CheckStatus'];
    };
    /** The agents, services or environments that series and checks are tagged with. */
    readonly '/api/contexts/{kind}': {
      readonly path: { readonly kind: 'agents' | 'services' | 'environments' };
      readonly query?: {
        /** Text to be found in them, in any case and with or without accents */
        readonly q?: string;
        /** Items of a page */
        readonly limit?: number;
        /** The `next` of the page before */
        readonly cursor?: string;
      };
      readonly answer: Schemas['ContextPage'];
    };
    /** What is open, and what was delivered. */
    readonly '/api/broadcaster': { readonly answer: Schemas['BroadcasterStats'] };
    /** Open connections, oldest first. */
    readonly '/api/broadcaster/connections': {
      readonly query?: {
        readonly limit?: number;
        /** Session that the previous page ended with */
        readonly after?: string;
      };
      readonly answer: Schemas['Connections'];
    };
    /** The kinds of agents that local configuration defines. */
    readonly '/api/kinds': { readonly answer: Schemas['AgentKindList'] };
    /** Every agent that is not revoked. */
    readonly '/api/agents': { readonly answer: Schemas['AgentList'] };
    /** One agent. */
    readonly '/api/agents/{agent}': {
      readonly path: { readonly agent: string };
      readonly answer: Schemas['AgentStatus'];
    };
    /** What an agent wrote to its output. */
    readonly '/api/agents/{agent}/logs': {
      readonly path: { readonly agent: string };
      readonly query?: {
        /** Only lines after this one */
        readonly after?: number | null;
        /** Only lines before this one */
        readonly before?: number | null;
        /** At most; the last ones, or with after the first ones */
        readonly limit?: number;
      };
      readonly answer: Schemas['LogPage'];
    };
    /** How much an agent keeps. */
    readonly '/api/agents/{agent}/storage': {
      readonly path: { readonly agent: string };
      readonly answer: Schemas['AgentStorage'];
    };
    /** The configurations that an agent had. */
    readonly '/api/agents/{agent}/configurations': {
      readonly path: { readonly agent: string };
      readonly answer: Schemas['AgentConfigurationList'];
    };
    /** Operations, newest first: the server’s own and those that hosts tell of. */
    readonly '/api/operations': {
      readonly query?: {
        /** Those of one agent */
        readonly agent?: string;
        readonly state?:
          | 'queued'
          | 'running'
          | 'paused'
          | 'completed'
          | 'failed'
          | 'cancelled'
          | 'rolling-back'
          | 'rolled-back';
        /** Such as upgrade */
        readonly type?: string;
        /** This server’s own, or a host’s */
        readonly source?: 'engine' | 'host';
        /** Those before this operation, by id */
        readonly before?: string;
        readonly limit?: number;
      };
      readonly answer: Schemas['OperationList'];
    };
    /** One operation. */
    readonly '/api/operations/{operation}': {
      readonly path: { readonly operation: string };
      readonly answer: Schemas['OperationStatus'];
    };
    /** What was said while an operation went on. */
    readonly '/api/operations/{operation}/logs': {
      readonly path: { readonly operation: string };
      readonly query?: {
        /** Only lines after this one */
        readonly after?: number | null;
        /** Only lines before this one */
        readonly before?: number | null;
        /** At most; the last ones, or with after the first ones */
        readonly limit?: number;
      };
      readonly answer: Schemas['LogPage'];
    };
    /** Entries, newest first. */
    readonly '/api/audit': {
      readonly query?: {
        /** Query language, such as `actor:ana action:upgrade -result:success "memory leak"` */
        readonly q?: string;
        /** Ids of who acted; any of them */
        readonly actor?: string | readonly string[];
        readonly actorKind?:
          | 'user'
          | 'service'
          | 'agent'
          | 'system'
          | 'anonymous'
          | readonly ('user' | 'service' | 'agent' | 'system' | 'anonymous')[];
        /** Actions; any of them */
        readonly action?: string | readonly string[];
        readonly level?:
          'info' | 'warning' | 'error' | 'critical' | readonly ('info' | 'warning' | 'error' | 'critical')[];
        readonly result?: 'success' | 'failure' | 'refused' | readonly ('success' | 'failure' | 'refused')[];
        /** Types of what was acted on; any of them */
        readonly resourceType?: string | readonly string[];
        /** Ids of what was acted on; any of them */
        readonly resourceId?: string | readonly string[];
        /** Addresses; any of them */
        readonly ip?: string | readonly string[];
        /** Sessions; any of them */
        readonly session?: string | readonly string[];
        /** Request ids; any of them */
        readonly requestId?: string | readonly string[];
        /** name=value: one of the values of each name; any of them */
        readonly tag?: string | readonly string[];
        /** No older: ISO 8601, or ms since 1970 */
        readonly from?: string;
        /** Older: ISO 8601, or ms since 1970 */
        readonly to?: string;
        /** Words, all of which occur */
        readonly text?: string;
        /** Entries of a page */
        readonly limit?: number;
        /** The `next` of the page before */
        readonly cursor?: string;
      };
      readonly answer: Schemas['AuditPage'];
    };
    /** One entry. */
    readonly '/api/audit/entries/{sequence}': {
      readonly path: {
        /** From 1 */
        readonly sequence: number;
      };
      readonly answer: Schemas['AuditRecord'];
    };
    /** What it takes to check that an entry stands in the trail. */
    readonly '/api/audit/entries/{sequence}/proof': {
      readonly path: {
        /** From 1 */
        readonly sequence: number;
      };
      readonly answer: Schemas['AuditProof'];
    };
    /** A signed checkpoint (C2SP tlog-checkpoint). */
    readonly '/api/audit/checkpoint': {
      readonly query?: {
        /** Entries; the newest one when absent */
        readonly atLeast?: number;
      };
      readonly answer: string;
    };
    /** Checkpoints that were signed, newest first. */
    readonly '/api/audit/checkpoints': {
      readonly query?: { readonly limit?: number };
      readonly answer: Schemas['AuditCheckpoints'];
    };
    /** A proof that the tree of `first` entries is the beginning of that of `second`. */
    readonly '/api/audit/consistency': {
      readonly query: { readonly first: number; readonly second: number };
      readonly answer: Schemas['AuditConsistency'];
    };
    /** Keys that checkpoints were signed with. */
    readonly '/api/audit/keys': { readonly answer: Schemas['AuditKeys'] };
    /** Values of a field, and how many entries have each. */
    readonly '/api/audit/facets': {
      readonly query: {
        /** Query language, such as `actor:ana action:upgrade -result:success "memory leak"` */
        readonly q?: string;
        /** Ids of who acted; any of them */
        readonly actor?: string | readonly string[];
        readonly actorKind?:
          | 'user'
          | 'service'
          | 'agent'
          | 'system'
          | 'anonymous'
          | readonly ('user' | 'service' | 'agent' | 'system' | 'anonymous')[];
        /** Actions; any of them */
        readonly action?: string | readonly string[];
        readonly level?:
          'info' | 'warning' | 'error' | 'critical' | readonly ('info' | 'warning' | 'error' | 'critical')[];
        readonly result?: 'success' | 'failure' | 'refused' | readonly ('success' | 'failure' | 'refused')[];
        /** Types of what was acted on; any of them */
        readonly resourceType?: string | readonly string[];
        /** Ids of what was acted on; any of them */
        readonly resourceId?: string | readonly string[];
        /** Addresses; any of them */
        readonly ip?: string | readonly string[];
        /** Sessions; any of them */
        readonly session?: string | readonly string[];
        /** Request ids; any of them */
        readonly requestId?: string | readonly string[];
        /** name=value: one of the values of each name; any of them */
        readonly tag?: string | readonly string[];
        /** No older: ISO 8601, or ms since 1970 */
        readonly from?: string;
        /** Older: ISO 8601, or ms since 1970 */
        readonly to?: string;
        /** Words, all of which occur */
        readonly text?: string;
        /** actor, action, level, result, resourceType, tag for the names of tags, or tag:<name> */
        readonly field: string;
        readonly limit?: number;
      };
      readonly answer: Schemas['AuditFacet'];
    };
    /** How many entries there are, by action, level, result, actor and day. */
    readonly '/api/audit/statistics': {
      readonly query?: {
        /** Query language, such as `actor:ana action:upgrade -result:success "memory leak"` */
        readonly q?: string;
        /** Ids of who acted; any of them */
        readonly actor?: string | readonly string[];
        readonly actorKind?:
          | 'user'
          | 'service'
          | 'agent'
          | 'system'
          | 'anonymous'
          | readonly ('user' | 'service' | 'agent' | 'system' | 'anonymous')[];
        /** Actions; any of them */
        readonly action?: string | readonly string[];
        readonly level?:
          'info' | 'warning' | 'error' | 'critical' | readonly ('info' | 'warning' | 'error' | 'critical')[];
        readonly result?: 'success' | 'failure' | 'refused' | readonly ('success' | 'failure' | 'refused')[];
        /** Types of what was acted on; any of them */
        readonly resourceType?: string | readonly string[];
        /** Ids of what was acted on; any of them */
        readonly resourceId?: string | readonly string[];
        /** Addresses; any of them */
        readonly ip?: string | readonly string[];
        /** Sessions; any of them */
        readonly session?: string | readonly string[];
        /** Request ids; any of them */
        readonly requestId?: string | readonly string[];
        /** name=value: one of the values of each name; any of them */
        readonly tag?: string | readonly string[];
        /** No older: ISO 8601, or ms since 1970 */
        readonly from?: string;
        /** Older: ISO 8601, or ms since 1970 */
        readonly to?: string;
        /** Words, all of which occur */
        readonly text?: string;
      };
      readonly answer: Schemas['AuditStatistics'];
    };
    /** The trail, or part of it, with what it takes to check it. */
    readonly '/api/audit/export': {
      readonly query?: {
        /** Query language, such as `actor:ana action:upgrade -result:success "memory leak"` */
        readonly q?: string;
        /** Ids of who acted; any of them */
        readonly actor?: string | readonly string[];
        readonly actorKind?:
          | 'user'
          | 'service'
          | 'agent'
          | 'system'
          | 'anonymous'
          | readonly ('user' | 'service' | 'agent' | 'system' | 'anonymous')[];
        /** Actions; any of them */
        readonly action?: string | readonly string[];
        readonly level?:
          'info' | 'warning' | 'error' | 'critical' | readonly ('info' | 'warning' | 'error' | 'critical')[];
        readonly result?: 'success' | 'failure' | 'refused' | readonly ('success' | 'failure' | 'refused')[];
        /** Types of what was acted on; any of them */
        readonly resourceType?: string | readonly string[];
        /** Ids of what was acted on; any of them */
        readonly resourceId?: string | readonly string[];
        /** Addresses; any of them */
        readonly ip?: string | readonly string[];
        /** Sessions; any of them */
        readonly session?: string | readonly string[];
        /** Request ids; any of them */
        readonly requestId?: string | readonly string[];
        /** name=value: one of the values of each name; any of them */
        readonly tag?: string | readonly string[];
        /** No older: ISO 8601, or ms since 1970 */
        readonly from?: string;
        /** Older: ISO 8601, or ms since 1970 */
        readonly to?: string;
        /** Words, all of which occur */
        readonly text?: string;
        readonly format?: 'json' | 'ndjson' | 'csv';
        /** No entry of a lower sequence */
        readonly from_sequence?: number;
        /** Entries in the checkpoint that it is checked against: that of the export which it goes on with */
        readonly checkpoint_size?: number;
        /** `tree`, where nothing is left out: entries prove each other. `paths`: each for itself */
        readonly proof?: 'tree' | 'paths';
      };
      readonly answer: Response;
    };
    /** Compliance report: who did what to which resources in a period. */
    readonly '/api/audit/report': {
      readonly query?: {
        /** No older: ISO 8601, or ms since 1970; 30 days before `to` unless told */
        readonly from?: string;
        /** Older: ISO 8601, or ms since 1970; now unless told */
        readonly to?: string;
        readonly format?: 'html' | 'json';
        /** When people are expected to act */
        readonly hours?: string;
        /** On which days of the week; 1 is Monday */
        readonly days?: string;
        /** IANA name of the time zone of hours and days */
        readonly time_zone?: string;
      };
      readonly answer: Schemas['AuditReport'] | string;
    };
  };
  readonly post: {
    /** Connects, and streams the server’s frames as server-sent events. */
    readonly '/sse': {
      readonly body?: { readonly [name: string]: unknown } | readonly { readonly [name: string]: unknown }[];
      readonly answer: Response;
    };
    /** Sends messages of a streaming connection; its answers come down the stream. */
    readonly '/sse/{session}': {
      readonly path: { readonly session: string };
      readonly body?: { readonly [name: string]: unknown } | readonly { readonly [name: string]: unknown }[];
      readonly answer: undefined;
    };
    /** Make an API key. */
    readonly '/api/keys': { readonly body: Schemas['NewApiKey']; readonly answer: Schemas['CreatedApiKey'] };
    /** Revoke every JWT of a subject issued until now. */
    readonly '/api/revocations': {
      readonly body: Schemas['NewRevocation'];
      readonly answer: Schemas['Revocation'];
    };
    /** Publishes to a channel, a user or a connection. */
    readonly '/api/publish': {
      readonly headers?: { readonly 'idempotency-key'?: string };
      readonly body?: Schemas['Publication'];
      readonly answer: Schemas['Published'];
    };
    /** The same, each metric with settings of its own. */
    readonly '/api/metrics/query': {
      readonly body: Schemas['MetricQueries'];
      readonly answer: Schemas['QueryAnswers'];
    };
    /** Take samples. */
    readonly '/api/metrics': {
      readonly body: { readonly samples: readonly Schemas['Sample'][] } | string | Uint8Array;
      readonly answer: Schemas['IngestResult'];
    };
    /** Take metrics of OpenTelemetry. */
    readonly '/api/otlp/v1/metrics': { readonly body: unknown; readonly answer: unknown };
    /** Make a rule. */
    readonly '/api/alerts/rules': {
      readonly body: Schemas['AlertRule'];
      readonly answer: Schemas['RuleStatus'];
    };
    /** What a rule would say now. */
    readonly '/api/alerts/rules/test': {
      readonly body: Schemas['AlertRule'];
      readonly answer: Schemas['RuleTest'];
    };
    /** Make a silence. */
    readonly '/api/alerts/silences': {
      readonly body: Schemas['NewSilence'];
      readonly answer: Schemas['Silence'];
    };
    /** Define a check. */
    readonly '/api/health/checks': {
      readonly body: Schemas['CheckInput'];
      readonly answer: Schemas['CheckStatus'];
    };
    /** Look no more until it is resumed. */
    readonly '/api/health/{check}/pause': {
      readonly path: { readonly check: string };
      readonly answer: Schemas['CheckStatus'];
    };
    /** Look again. */
    readonly '/api/health/{check}/resume': {
      readonly path: { readonly check: string };
      readonly answer: Schemas['CheckStatus'];
    };
    /** Look now, and answer with what became of it. */
    readonly '/api/health/{check}/run': {
      readonly path: { readonly check: string };
      readonly answer: Schemas['CheckStatus'];
    };
    /** Tell a heartbeat that its sender lives. */
    readonly '/api/health/{check}/beat': {
      readonly path: { readonly check: string };
      readonly answer: undefined;
    };
    /** Say that somebody is at it. */
    readonly '/api/health/incidents/{id}/acknowledge': {
      readonly path: { readonly id: string };
      readonly body: Schemas['NewAcknowledgement'];
      readonly answer: Schemas['Incident'];
    };
    /** Write something into an incident. */
    readonly '/api/health/incidents/{id}/notes': {
      readonly path: { readonly id: string };
      readonly body: Schemas['NewIncidentNote'];
      readonly answer: Schemas['Incident'];
    };
    /** Announce maintenance. */
    readonly '/api/health/maintenance': {
      readonly body: Schemas['NewMaintenance'];
      readonly answer: Schemas['MaintenanceWindow'];
    };
    /** Create an agent of a kind, and start it. */
    readonly '/api/agents': {
      readonly body: Schemas['NewAgent'];
      readonly answer: Schemas['OperationStatus'];
    };
    /** Start an agent. */
    readonly '/api/agents/{agent}/start': {
      readonly path: { readonly agent: string };
      readonly body?: Record<string, never>;
      readonly answer: Schemas['OperationStatus'];
    };
    /** Stop an agent: its requests are answered first. */
    readonly '/api/agents/{agent}/stop': {
      readonly path: { readonly agent: string };
      readonly body?: {
        /** How long it is waited for before it is forced, ms; 0 forces at once. Default: as its kind says */
        readonly graceMs?: number;
      };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Restart an agent; one with a stable port fails no request. */
    readonly '/api/agents/{agent}/restart': {
      readonly path: { readonly agent: string };
      readonly body?: Record<string, never>;
      readonly answer: Schemas['OperationStatus'];
    };
    /** Give an agent another version, parameters or secrets; one with a stable port fails no request. */
    readonly '/api/agents/{agent}/upgrade': {
      readonly path: { readonly agent: string };
      readonly body?: {
        /** Default: as it is */
        readonly version?: string;
        /** In the place of all it had; default: as they are */
        readonly parameters?: { readonly [name: string]: unknown };
        /** Beside those it had */
        readonly secrets?: { readonly [name: string]: string };
      };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Give an agent back what it was before its last upgrade. */
    readonly '/api/agents/{agent}/rollback': {
      readonly path: { readonly agent: string };
      readonly body?: Record<string, never>;
      readonly answer: Schemas['OperationStatus'];
    };
    /** Change how many instances of an agent run. */
    readonly '/api/agents/{agent}/scale': {
      readonly path: { readonly agent: string };
      readonly body: {
        /** Instances that run at once, at most as its kind allows */
        readonly replicas: number;
      };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Halt an agent where it stands. */
    readonly '/api/agents/{agent}/suspend': {
      readonly path: { readonly agent: string };
      readonly body?: Record<string, never>;
      readonly answer: Schemas['OperationStatus'];
    };
    /** Let a suspended agent go on. */
    readonly '/api/agents/{agent}/resume': {
      readonly path: { readonly agent: string };
      readonly body?: Record<string, never>;
      readonly answer: Schemas['OperationStatus'];
    };
    /** The same command for many agents. */
    readonly '/api/agents/bulk': {
      readonly body: Schemas['BulkRequest'];
      readonly answer: Schemas['BulkOutcomes'];
    };
    /** Tell of an operation of your own. */
    readonly '/api/operations': {
      readonly body: Schemas['NewOperation'];
      readonly answer: Schemas['OperationStatus'];
    };
    /** Cancel an operation: what it did is taken back. */
    readonly '/api/operations/{operation}/cancel': {
      readonly path: { readonly operation: string };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Pause an operation once its running stage is done. */
    readonly '/api/operations/{operation}/pause': {
      readonly path: { readonly operation: string };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Let a paused operation go on. */
    readonly '/api/operations/{operation}/resume': {
      readonly path: { readonly operation: string };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Take a failed operation up again, from the stage that failed. */
    readonly '/api/operations/{operation}/retry': {
      readonly path: { readonly operation: string };
      readonly answer: Schemas['OperationStatus'];
    };
    /** Record what was done. */
    readonly '/api/audit': {
      readonly headers?: { readonly 'idempotency-key'?: string };
      readonly body: Schemas['NewAuditEntries'];
      readonly answer: Schemas['RecordedEntries'];
    };
    /** Put another key in the place of the one that signs. */
    readonly '/api/audit/keys/rotate': { readonly answer: Schemas['AuditKey'] };
  };
  readonly put: {
    /** Replace a rule. */
    readonly '/api/alerts/rules/{name}': {
      readonly path: { readonly name: string };
      readonly body: Schemas['AlertRule'];
      readonly answer: Schemas['RuleStatus'];
    };
    /** Replace a check. */
    readonly '/api/health/checks/{check}': {
      readonly path: { readonly check: string };
      readonly body: Schemas['CheckInput'];
      readonly answer: Schemas['CheckStatus'];
    };
  };
  readonly patch: {
    /** Move a stage of an operation of your own. */
    readonly '/api/operations/{operation}/stages/{stage}': {
      readonly path: { readonly operation: string; readonly stage: string };
      readonly body: Schemas['StageUpdate'];
      readonly answer: Schemas['OperationStatus'];
    };
  };
  readonly delete: {
    /** Revoke an API key. */
    readonly '/api/keys/{id}': { readonly path: { readonly id: string }; readonly answer: Schemas['ApiKey'] };
    /** Remove a rule. */
    readonly '/api/alerts/rules/{name}': {
      readonly path: { readonly name: string };
      readonly answer: undefined;
    };
    /** End a silence now. */
    readonly '/api/alerts/silences/{id}': {
      readonly path: { readonly id: string };
      readonly answer: undefined;
    };
    /** Remove a check. */
    readonly '/api/health/checks/{check}': {
      readonly path: { readonly check: string };
      readonly answer: undefined;
    };
    /** End maintenance now, and its recurrences. */
    readonly '/api/health/maintenance/{id}': {
      readonly path: { readonly id: string };
      readonly answer: Schemas['MaintenanceWindow'];
    };
    /** Ends a connection for good. */
    readonly '/api/broadcaster/connections/{session}': {
      readonly path: { readonly session: string };
      readonly answer: undefined;
    };
    /** Delete an agent, with its storage, configuration and secrets. */
    readonly '/api/agents/{agent}': {
      readonly path: { readonly agent: string };
      readonly query?: {
        /** How long it is waited for before it is forced, ms. Default: as its kind says */
        readonly graceMs?: number | null;
      };
      readonly answer: Schemas['OperationStatus'];
    };
  };
}

/** Addresses whose answers are handed over as they come. */
export const STREAMED = ['/sse', '/api/audit/export'] as const;
