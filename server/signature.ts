/** How requests of ours to other programs are signed. */
import { createHmac } from 'node:crypto';

/** The signature's header: `t=<unix s>,v1=<hex HMAC-SHA256 of "t.body">`. */
export const SIGNATURE_HEADER = 'x-waooaw-signature';

/** Signs a body. @param seconds since 1970, so that an old request cannot be played again unseen. */
export function sign(secret: string, seconds: number, body: string): string {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${v1}`;
}
