/** The one registry of error codes. `docs/errors.md` has a heading for each; a test holds the two together. */

/** What a code means to whoever receives it. */
export interface CodeInfo {
  /** HTTP status when the code answers a request. */
  readonly status: number;
  /** True when the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** One line, for people; the code is for programs. */
  readonly title: string;
}

/** Every error code. The name is the contract, the title is not. */
export const CODES = {
  // Requests
  bad_json: { status: 400, retryable: false, title: 'The body is not valid JSON' },
  bad_request: { status: 400, retryable: false, title: 'The request does not match its schema' },
  body_too_large: { status: 413, retryable: false, title: 'The body is larger than maxBodyBytes' },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    title: 'Mutations need content-type application/json',
  },
  not_found: { status: 404, retryable: false, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, retryable: false, title: 'This address does not take this method' },
  host_not_allowed: { status: 421, retryable: false, title: 'The Host header is not on the allow-list' },
  origin_not_allowed: { status: 403, retryable: false, title: 'The Origin is not on the allow-list' },
  unavailable: { status: 503, retryable: true, title: 'The server is starting or draining' },
  unauthorized: { status: 401, retryable: false, title: 'The token is missing or not valid here' },
  token_expired: { status: 401, retryable: true, title: 'The token has expired; come back with a new one' },
  token_revoked: { status: 401, retryable: false, title: 'The token was revoked' },
  forbidden: { status: 403, retryable: false, title: 'The identity may not do this' },
  idempotency_conflict: {
    status: 422,
    retryable: false,
    title: 'The idempotency key was used before with other content',
  },
  aborted: { status: 499, retryable: true, title: 'Whoever asked did not wait for the answer' },
  internal: { status: 500, retryable: true, title: 'The server failed; its log has the request id' },

  // Metrics
  bad_name: { status: 400, retryable: false, title: 'A metric name must match [a-zA-Z_:][a-zA-Z0-9_:]*' },
  bad_value: { status: 400, retryable: false, title: 'A sample value must be a finite number' },
  bad_tags: { status: 400, retryable: false, title: 'A tag name or value is not valid' },
  too_many_tags: { status: 400, retryable: false, title: 'A sample has more than maxTags tags' },
  bad_time: { status: 400, retryable: false, title: 'A sample time must be milliseconds since 1970' },
  time_in_future: {
    status: 400,
    retryable: false,
    title: 'A sample is more than maxFutureMs ahead of the server',
  },
  time_too_old: { status: 400, retryable: false, title: 'A sample came later than maxLateMs' },
  series_limit: { status: 429, retryable: true, title: 'The server already keeps maxSeries series' },
  bad_selector: { status: 400, retryable: false, title: 'A series selector must read name{tag="value",…}' },
  bad_aggregation: {
    status: 400,
    retryable: false,
    title: 'A metric of this kind cannot be aggregated like this',
  },
  bad_exposition: { status: 400, retryable: false, title: 'A line does not follow the text format' },
  bad_kind: { status: 400, retryable: false, title: 'The series is of another kind' },
  bad_encoding: {
    status: 415,
    retryable: false,
    title: 'The body is encoded in a way that is not read here',
  },
  source_limit: { status: 429, retryable: true, title: 'The source already has maxSeriesPerSource series' },
  query_limit: { status: 422, retryable: false, title: 'The query asks for more than is answered at once' },
  unknown_series: { status: 404, retryable: true, title: 'No sample of this series is retained' },

  // Alerts
  alert_limit: { status: 429, retryable: true, title: 'The server already watches maxAlerts alerts' },
  rule_limit: { status: 429, retryable: true, title: 'The server already has maxRules alert rules' },
  silence_limit: { status: 429, retryable: true, title: 'The server already has maxSilences silences' },
  conflict: { status: 409, retryable: false, title: 'It contradicts what is there, such as a name in use' },
  read_only: { status: 403, retryable: false, title: 'It comes from a file, and is changed there' },

  // Health
  check_limit: { status: 429, retryable: true, title: 'The server already has maxChecks checks' },
  window_limit: {
    status: 429,
    retryable: true,
    title: 'The server already has maxWindows maintenance windows',
  },
  note_limit: { status: 422, retryable: false, title: 'The incident already has maxIncidentNotes notes' },

  // Agents
  unknown_kind: { status: 400, retryable: false, title: 'The agents file defines no kind of this name' },
  unknown_version: { status: 400, retryable: false, title: 'The kind has no version of this name' },
  bad_parameters: {
    status: 400,
    retryable: false,
    title: 'Parameters or secrets do not match what the kind takes',
  },
  bad_transition: { status: 409, retryable: false, title: 'What is asked for does not follow this state' },
  agent_busy: { status: 409, retryable: true, title: 'Another operation works on the agent' },
  generation_conflict: { status: 412, retryable: false, title: 'It was changed since it was read' },
  agent_limit: { status: 429, retryable: true, title: 'The server already has as many agents as it may' },
  operation_limit: {
    status: 429,
    retryable: true,
    title: 'The server already has as many operations under way as it keeps',
  },
  agent_start_failed: { status: 502, retryable: false, title: 'The agent’s program could not be started' },
  agent_crashed: { status: 502, retryable: false, title: 'The agent ended by itself' },
  not_ready: { status: 504, retryable: false, title: 'The agent was not ready in time' },
  fenced: { status: 503, retryable: true, title: 'Another server has taken the data folder over' },
  plan_unknown: {
    status: 500,
    retryable: false,
    title: 'The operation was begun by another release, which alone can go on with it',
  },
  secret_unreadable: {
    status: 500,
    retryable: false,
    title: 'A secret was sealed with a key that is not there any more',
  },

  // Audit
  bad_entry: { status: 400, retryable: false, title: 'An audit entry does not match its schema' },
  entry_too_large: { status: 413, retryable: false, title: 'An audit entry is larger than maxEntryBytes' },
  bad_query: { status: 400, retryable: false, title: 'The query cannot be understood at a place' },
  bad_cursor: {
    status: 400,
    retryable: false,
    title: 'The cursor was not made here, or belongs to another query',
  },
  search_limit: {
    status: 429,
    retryable: true,
    title: 'As many searches of the audit trail as may be are under way',
  },
  pruned: { status: 410, retryable: false, title: 'The entry was archived and pruned' },
  audit_unavailable: {
    status: 503,
    retryable: true,
    title: 'The audit trail cannot be written, and what must be recorded is refused',
  },

  // Broadcaster
  bad_frame: {
    status: 400,
    retryable: false,
    title: 'A frame must be text holding JSON objects, one a line',
  },
  binary_frame: { status: 400, retryable: false, title: 'The protocol has no binary frames' },
  unknown_command: { status: 400, retryable: false, title: 'A message names no known command' },
  connect_required: { status: 400, retryable: false, title: 'The first message must be connect' },
  connect_timeout: { status: 408, retryable: true, title: 'No connect arrived within connectTimeoutMs' },
  already_connected: { status: 409, retryable: false, title: 'A connection takes connect once' },
  unsupported_protocol: { status: 400, retryable: false, title: 'No offered subprotocol is spoken here' },
  unknown_channel: { status: 404, retryable: false, title: 'No namespace serves this channel' },
  bad_channel: {
    status: 400,
    retryable: false,
    title: 'A channel name is empty or longer than maxChannelLength',
  },
  channel_limit: { status: 429, retryable: true, title: 'The server already serves maxChannels channels' },
  subscription_limit: { status: 429, retryable: false, title: 'The connection already has maxSubscriptions' },
  not_subscribed: {
    status: 404,
    retryable: false,
    title: 'The connection is not subscribed to this channel',
  },
  connection_limit: { status: 429, retryable: true, title: 'The server already has maxConnections' },
  identity_limit: {
    status: 429,
    retryable: true,
    title: 'The identity already has maxConnectionsPerIdentity',
  },
  disconnected: { status: 403, retryable: false, title: 'An administrator ended the connection' },
  not_connected: { status: 404, retryable: false, title: 'There is no connection of this session' },
  unknown_method: { status: 404, retryable: false, title: 'Nobody answers requests of this method' },
  publication_too_large: {
    status: 413,
    retryable: false,
    title: 'A publication is larger than maxPublicationBytes',
  },
  rate_limited: { status: 429, retryable: true, title: 'Too many messages; wait afterMs' },
  slow: { status: 429, retryable: true, title: 'The reader stayed over maxPendingBytes for slowAfterMs' },
  unresponsive: { status: 408, retryable: true, title: 'No pong arrived within pongTimeoutMs' },
  shutdown: { status: 503, retryable: true, title: 'The server is shutting down' },

  // Start-up and storage
  bad_config: { status: 500, retryable: false, title: 'A setting is not valid' },
  exposed_without_auth: {
    status: 500,
    retryable: false,
    title: 'Listening beyond loopback needs authentication',
  },
  port_in_use: { status: 409, retryable: false, title: 'Another program listens on this port' },
  data_folder_in_use: {
    status: 409,
    retryable: false,
    title: 'Another server works with this data folder',
  },
  folder_not_empty: {
    status: 409,
    retryable: false,
    title: 'The folder that is to be made has something in it',
  },
  bad_backup: { status: 422, retryable: false, title: 'The folder holds no backup, or a damaged one' },
  restore_unfinished: {
    status: 409,
    retryable: false,
    title: 'A restore into this data folder was broken off',
  },
  listen_failed: { status: 500, retryable: false, title: 'The address cannot be listened on' },
  database_newer: { status: 500, retryable: false, title: 'The database was written by a newer release' },
  database_failed: { status: 503, retryable: true, title: 'The database refused a statement' },
  database_closed: { status: 503, retryable: true, title: 'The database is closed' },
  storage_failed: {
    status: 503,
    retryable: true,
    title: 'The disk failed to keep what was written; the server must be restarted',
  },
  storage_full: { status: 507, retryable: true, title: 'The disk is full' },

  // Client
  queue_full: { status: 429, retryable: true, title: 'More than maxQueued calls wait for a connection' },
  request_timeout: { status: 504, retryable: true, title: 'No answer arrived within requestTimeoutMs' },
  connection_lost: { status: 503, retryable: true, title: 'The connection was lost before the answer' },
} as const satisfies Record<string, CodeInfo>;

/** The name of an error code. */
export type ErrorCode = keyof typeof CODES;
