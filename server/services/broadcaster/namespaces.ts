/** The namespaces that every broadcaster has: the host's own channels, and each identity's. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Namespace } from '../../ports/publisher.ts';
import { APP_ACCESS, USER } from './access.ts';
import type { BroadcasterLimits } from './limits.ts';

/** Segments of printable ASCII without spaces, so that a name reads the same in a log, a grant and a URL. */
const NAME = /^[!-.0-~]+(\/[!-.0-~]+)*$/;
/** Whatever a JWT's subject may be. */
const IDENTITY = /^\P{Cc}+$/u;

/** `app/…` and `user/…`. */
export function ownNamespaces({
  appHistorySize: size,
  appHistoryAgeMs: ageMs,
}: BroadcasterLimits): Namespace[] {
  const history = { size, ageMs };
  const isName = (rest: string): boolean => NAME.test(rest) && !rest.includes('*');
  return [
    {
      name: 'app',
      history,
      onDemand: true,
      access: APP_ACCESS,
      resolve: below('app', isName, 'segments of printable ASCII, without *'),
    },
    // Followed by whom it is for (see `mayUse`), written by whom may write to the host's channels.
    {
      name: USER,
      history,
      onDemand: true,
      access: { subscribe: [], publish: APP_ACCESS.publish },
      resolve: below(USER, (rest) => IDENTITY.test(rest), 'the id of an identity'),
    },
  ];
}

function below(
  namespace: string,
  isOne: (rest: string) => boolean,
  expected: string,
): (channel: string) => string | undefined {
  return (channel) => {
    const rest = channel.slice(namespace.length + 1);
    if (rest === '') return undefined;
    if (!isOne(rest)) throw new WaooawError('bad_channel', `"${channel}": expected ${expected}`);
    return channel;
  };
}
