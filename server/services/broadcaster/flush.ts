/** Encodes a flush: one frame a subscriber, and one buffer for all subscribers that follow the same channels. */
import type { Channel } from './channel.ts';
import { FrameNode } from './frame.ts';
import type { Subscriber } from './frame.ts';

/** Writes every dirty channel's batch to its subscribers. @returns how many publications × readers were sent. */
export function flushChannels(channels: Iterable<Channel>): number {
  const root = new FrameNode();
  const touched: Subscriber[] = [];
  let deliveries = 0;
  for (const channel of channels) {
    if (channel.pending === 0) continue;
    deliveries += channel.pending * channel.subscribers.length;
    const batch = channel.takeBatch();
    for (const subscriber of channel.subscribers) {
      if (!subscriber.frame) touched.push(subscriber);
      subscriber.frame = (subscriber.frame ?? root).with(channel.n, batch);
    }
  }
  for (const subscriber of touched) {
    const frame = subscriber.frame!;
    subscriber.frame = undefined;
    subscriber.send(frame.bytes());
  }
  return deliveries;
}
