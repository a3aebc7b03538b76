/** The reading end of a connection: what it follows, how it is written to, and what is done when it does not read. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { LostReason, Position } from '../../../src/protocol/index.ts';
import type { Channel } from './channel.ts';
import { Frame } from './frame.ts';
import type { FrameNode, Subscriber } from './frame.ts';
import type { Paced, ReaderHub } from './hub.ts';
import { Subscription } from './subscription.ts';
import type { Behind, Step } from './subscription.ts';
import type { Transport } from './transport.ts';

/** A reader whose carrier does not tell when it is drained has caught up at this share of the bound. */
const DRAINED = 1 / 4;

/** The share of the hard bound that a past may take: the rest is for snapshots, and for characters of several bytes. */
const PAST_SHARE = 1 / 4;

/** One reader. */
export class Reader implements Subscriber, Paced {
  node: FrameNode | undefined;

  readonly #hub: ReaderHub;
  readonly #transport: Transport;
  /** Lets go of a reader that stays over its bound. */
  readonly #giveUp: () => void;
  readonly #subscriptions = new Map<number, Subscription>();
  #ended = false;
  /** Frames written since everything was last taken. */
  #frames = 0;
  #overSince: number | undefined;
  #catchingUp = false;
  #catchUpAgain = false;

  constructor(transport: Transport, hub: ReaderHub, giveUp: () => void) {
    this.#transport = transport;
    this.#hub = hub;
    this.#giveUp = giveUp;
  }

  get subscriptions(): ReadonlyMap<number, Subscription> {
    return this.#subscriptions;
  }

  get bufferedBytes(): number {
    return this.#transport.bufferedBytes();
  }

  /** What a past that is read back may come to, characters. */
  get maxPast(): number {
    return this.#hub.limits.maxBufferedBytes * PAST_SHARE;
  }

  get paced(): boolean {
    for (const { everyMs } of this.#subscriptions.values()) if (everyMs > 0) return true;
    return false;
  }

  /** True when the channel is followed already or one more can be. */
  hasRoomFor(name: string): boolean {
    if (this.#subscriptions.size < this.#hub.limits.maxSubscriptions) return true;
    return [...this.#subscriptions.values()].some(({ channel }) => channel.name === name);
  }

  /**
   * Prepares to write what is still owed of a channel that is followed already, so that an answer stands where the
   * client does.
   * @returns the rest, after which nothing is owed. To be called once, in the turn in which the answer is sent.
   */
  async owed(channel: Channel): Promise<() => void> {
    const subscription = this.#subscriptions.get(channel.n);
    if (!subscription?.behind) return () => undefined;
    subscription.held = true;
    let take: () => Step;
    try {
      take = await subscription.prepare(this.maxPast);
    } catch (error) {
      subscription.held = false;
      throw error;
    }
    return () => {
      subscription.held = false;
      this.#hub.flush(channel);
      const past = take();
      if (!subscription.upToDate) this.#write(subscription.latest() ?? past);
    };
  }

  /** Follows a channel from its present position. Its pending publications must have been flushed. */
  follow(channel: Channel, everyMs: number | undefined): void {
    const known = this.#subscriptions.get(channel.n);
    if (!known) {
      const subscription = new Subscription(channel);
      this.#subscriptions.set(channel.n, subscription);
      channel.readers += 1;
      this.#keepUp(subscription);
    } else if (known.behind) {
      // The answer stands where the channel does: nothing before it is owed any more.
      known.fallBehind(known.behind);
    }
    if (everyMs !== undefined || !known) this.demand(channel.n, everyMs ?? 0);
  }

  /** @throws WaooawError `not_subscribed`. */
  demand(n: number, everyMs: number): void {
    const subscription = this.#subscriptionOf(n);
    subscription.everyMs = everyMs;
    if (everyMs > 0) {
      // The flush itself may show that the reader is slow.
      this.#hub.flush(subscription.channel);
      if (!subscription.behind) this.#leaveBehind(subscription, 'demand');
      subscription.dueAt = subscription.nextDue(this.#hub.clock.monotonicMs());
      this.#hub.pace(this);
    } else if (subscription.behind === 'demand') {
      subscription.dueAt = 0;
      this.catchUp();
    }
  }

  /** @throws WaooawError `not_subscribed`. */
  unsubscribe(n: number): void {
    const subscription = this.#subscriptionOf(n);
    this.#hub.flush(subscription.channel);
    this.#subscriptions.delete(n);
    this.#forget(subscription);
  }

  /** Writes a frame; a reader that does not read is written no more until it does. */
  send(frame: Frame): void {
    if (this.#ended) return;
    this.#transport.send(frame);
    this.#frames += 1;
    this.judgePace();
  }

  broken(n: number, sent: Position, lost: LostReason): void {
    this.#subscriptions.get(n)?.breakOff(sent, lost);
    this.catchUp();
  }

  /** The carrier has taken everything that was queued. */
  drained(): void {
    this.#frames = 0;
    this.#overSince = undefined;
    this.catchUp();
  }

  /** Looks after a reader whose carrier may not have told. Called about once a second. */
  beat(): void {
    this.judgePace();
    if (!this.#ended && this.bufferedBytes <= this.#hub.limits.maxPendingBytes * DRAINED) this.drained();
  }

  /** Over the bound nothing more is written but answers; over it for long, or by far, and the reader is let go. */
  judgePace(): void {
    const { maxPendingBytes, maxPendingFrames, maxBufferedBytes, slowAfterMs } = this.#hub.limits;
    const waiting = this.#transport.bufferedBytes();
    if (waiting === 0) this.#frames = 0;
    if (waiting > maxBufferedBytes) return this.#giveUp();
    if (waiting <= maxPendingBytes && this.#frames <= maxPendingFrames) {
      this.#overSince = undefined;
      return;
    }
    const now = this.#hub.clock.monotonicMs();
    this.#overSince ??= now;
    if (now - this.#overSince >= slowAfterMs) return this.#giveUp();
    for (const subscription of this.#subscriptions.values()) {
      if (!subscription.behind) this.#leaveBehind(subscription, 'slow');
    }
  }

  /** Brings what is behind, and due, up to the present, for as long as the reader reads. */
  catchUp(): void {
    if (this.#catchingUp) this.#catchUpAgain = true;
    else if (this.#someBehind()) void this.#catchUpAll();
  }

  /** Follows nothing and is written nothing any more. */
  end(): void {
    this.#ended = true;
    for (const subscription of this.#subscriptions.values()) this.#forget(subscription);
    this.#subscriptions.clear();
  }

  #subscriptionOf(n: number): Subscription {
    const subscription = this.#subscriptions.get(n);
    if (!subscription) throw new WaooawError('not_subscribed', `This connection has no channel ${n}`);
    return subscription;
  }

  #keepUp(subscription: Subscription): void {
    subscription.keepUp();
    subscription.channel.subscribers.push(this);
  }

  #leaveBehind(subscription: Subscription, why: Behind): void {
    const { subscribers } = subscription.channel;
    subscription.fallBehind(why);
    const index = subscribers.indexOf(this);
    const last = subscribers.pop();
    if (last && last !== this) subscribers[index] = last;
  }

  #forget(subscription: Subscription): void {
    const { channel } = subscription;
    if (!subscription.behind) this.#leaveBehind(subscription, 'slow');
    channel.readers -= 1;
    channel.idleSince = this.#hub.clock.monotonicMs();
  }

  #someBehind(): boolean {
    for (const { behind } of this.#subscriptions.values()) if (behind) return true;
    return false;
  }

  async #catchUpAll(): Promise<void> {
    this.#catchingUp = true;
    try {
      do {
        this.#catchUpAgain = false;
        for (const subscription of [...this.#subscriptions.values()]) {
          if (this.#ended || this.#overSince !== undefined) return;
          if (subscription.behind) await this.#bringUp(subscription);
        }
      } while (this.#catchUpAgain);
    } catch (error) {
      // The cursors stand where they stood: the next beat tries again.
      this.#hub.failed(error);
    } finally {
      this.#catchingUp = false;
    }
  }

  async #bringUp(subscription: Subscription): Promise<void> {
    const { channel, behind } = subscription;
    const now = this.#hub.clock.monotonicMs();
    if (behind === 'demand' && now < subscription.dueAt && !subscription.pressing) return;
    this.#hub.flush(channel);
    let step = subscription.upToDate ? undefined : subscription.latest();
    if (!step && !subscription.upToDate) {
      const take = await subscription.prepare(this.maxPast);
      this.#hub.flush(channel);
      step = take();
    }
    // In the turn in which the step was taken: what is published after it is published to this reader again.
    if (this.#subscriptions.get(channel.n) !== subscription || !subscription.behind || subscription.held)
      return;
    if (subscription.everyMs > 0) {
      subscription.fallBehind('demand', channel.position);
      subscription.dueAt = subscription.nextDue(now);
    } else this.#keepUp(subscription);
    if (step) this.#write(step);
  }

  #write({ message, conflated, lost }: Step): void {
    if (lost) this.#hub.recovered(lost);
    this.#hub.conflated(conflated);
    this.send(new Frame(message));
  }
}
