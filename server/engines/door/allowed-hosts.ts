/** Which names an agent's port is reached by: a page whose own name was made to lead here is none of them. */
import { isIP } from 'node:net';

/**
 * Addresses and `localhost` always are, as no page can have such a name of somebody else's; others are when they are listed.
 * @param allowed names, with or without a port; `*` takes any.
 */
export function allowedHosts(allowed: readonly string[]): (host: string) => boolean {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return (host) => {
    if (names.has('*')) return true;
    const whole = host.toLowerCase();
    const name = whole.replace(/:\d*$/, '');
    if (names.has(whole) || names.has(name)) return true;
    if (name === 'localhost' || name.endsWith('.localhost')) return true;
    return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  };
}
