/** Who is asked for a record, as settings say it. */
import { isIP } from 'node:net';

/** An address and a port. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

const PORT = 53;

/** Reads `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` and `[2001:db8::53]:5353`. @throws RangeError. */
export function serverOf(text: string): DnsServer {
  const [, bracketed, port4, port6] = /^(?:\[([^\]]*)\](?::(\d{1,5}))?|[^:]*:(\d{1,5}))$/.exec(text) ?? [];
  const address = bracketed ?? (port6 === undefined ? text : text.slice(0, text.indexOf(':')));
  const port = Number(port4 ?? port6 ?? PORT);
  if (isIP(address) === 0 || port < 1 || port > 65_535)
    throw new RangeError('expected an address such as 192.0.2.53 or [2001:db8::53]:5353');
  return { address, port };
}
