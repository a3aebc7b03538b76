/** Which Host and Origin headers are answered: what keeps foreign pages and rebound names away from a local server. */

/** The two lists of the configuration. */
export interface AllowListConfig {
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** Judges headers. */
export interface AllowList {
  /** A Host header, with or without its port. */
  host(host: string | undefined): boolean;
  /**
   * An Origin header. Absent is allowed: browsers always send it with WebSockets and with mutations, and programs
   * that are no browsers need no protection from themselves.
   * @param host the same request's Host header; its own origin is always allowed.
   */
  origin(origin: string | undefined, host: string | undefined): boolean;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Reads the lists once. */
export function allowList(config: AllowListConfig): AllowList {
  const hosts = new Set([...LOOPBACK, ...config.allowedHosts.map((host) => host.toLowerCase())]);
  const origins = new Set(config.allowedOrigins.map((origin) => origin.toLowerCase()));
  const allowsHost = (host: string | undefined): boolean => {
    if (host === undefined) return false;
    const lower = host.toLowerCase();
    return hosts.has(lower) || hosts.has(lower.replace(/:\d+$/, ''));
  };
  return {
    host: allowsHost,
    origin(origin, host) {
      if (origin === undefined) return true;
      const lower = origin.toLowerCase();
      if (origins.has(lower)) return true;
      const own = /^https?:\/\/(.+)$/.exec(lower)?.[1];
      return own !== undefined && own === host?.toLowerCase() && allowsHost(host);
    },
  };
}
