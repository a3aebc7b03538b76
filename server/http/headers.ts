/** Security headers. */

/** The console's own: nothing inline, nothing foreign, no string ever becomes script. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; require-trusted-types-for 'script'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
};
