/** Security headers of what browsers load from us; everything else has the strictest. */

/** The console's own: nothing inline, nothing foreign, no string ever becomes script. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; require-trusted-types-for 'script'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
};

/** The bundle's: every site may load it. Module scripts need CORS, and `cross-origin` keeps embedders' policies happy. */
export const BUNDLE_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
};
