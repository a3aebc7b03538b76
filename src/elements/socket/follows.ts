/** What the page follows through the element. It outlasts the client, which comes and goes with the document and the url. */
import type { ChannelListener } from '../../client/channel.ts';
import type { SocketClient } from '../../client/socket.ts';
import type { Subscription } from '../../client/subscriptions.ts';

/** One listener's wish. */
interface Follow {
  readonly channel: string;
  readonly listener: ChannelListener;
  everyMs: number;
  subscription: Subscription | undefined;
}

/** Follows channels through one client after another. */
export class Follows {
  readonly #all = new Set<Follow>();
  #client: SocketClient | undefined;

  /** From now on this client brings the publications; undefined: none does. The one before has been hung up. */
  use(client: SocketClient | undefined): void {
    this.#client = client;
    for (const follow of this.#all) this.#join(follow);
  }

  /** Follows a channel, as {@link SocketClient.subscribe} does. */
  add(channel: string, listener: ChannelListener, everyMs = 0): Subscription {
    const follow: Follow = { channel, listener, everyMs, subscription: undefined };
    this.#all.add(follow);
    this.#join(follow);
    return {
      stop: () => {
        this.#all.delete(follow);
        follow.subscription?.stop();
      },
      demand: (ms) => {
        follow.everyMs = ms;
        follow.subscription?.demand(ms);
      },
    };
  }

  #join(follow: Follow): void {
    const { channel, listener, everyMs } = follow;
    follow.subscription = this.#client?.subscribe(channel, listener, { everyMs });
  }
}
