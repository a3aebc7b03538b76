/** Encodes a flush: one frame a subscriber, and one buffer for all subscribers that follow the same channels. */
import type { Channel } from './channel.ts';
import { Frame, FrameNode } from './frame.ts';
import type { Subscriber } from './frame.ts';

/** What a flush wrote. */
export interface Flushed {
  readonly publications: number;
  /** Publications × readers. */
  readonly deliveries: number;
}

/** Writes every dirty channel's batch to its subscribers. */
export function flushChannels(channels: ReadonlySet<Channel>): Flushed {
  if (channels.size === 1) {
    const [channel] = channels;
    return flushChannel(channel!);
  }
  const root = new FrameNode();
  const touched: Subscriber[] = [];
  let publications = 0;
  let deliveries = 0;
  for (const channel of channels) {
    publications += channel.pending;
    deliveries += channel.pending * channel.subscribers.length;
    const batch = channel.takeBatch();
    for (const subscriber of channel.subscribers) {
      if (!subscriber.node) touched.push(subscriber);
      subscriber.node = (subscriber.node ?? root).with(channel.n, batch);
    }
  }
  for (const subscriber of touched) {
    const frame = subscriber.node!.frame();
    subscriber.node = undefined;
    subscriber.send(frame);
  }
  return { publications, deliveries };
}

/** Writes one channel's batch: everybody gets the same frame. */
export function flushChannel(channel: Channel): Flushed {
  const publications = channel.pending;
  const { length } = channel.subscribers;
  if (publications === 0) return { publications: 0, deliveries: 0 };
  const frame = new Frame(channel.takeBatch());
  // From the end: a reader that falls behind is replaced by the last one, which has had its frame.
  for (let i = length - 1; i >= 0; i -= 1) channel.subscribers[i]?.send(frame);
  return { publications, deliveries: publications * length };
}
