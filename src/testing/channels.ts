/** Channels of a test, and what a server answers for them. */
import { ClientChannel } from '../client/channel.ts';
import type { Seat } from '../client/channel.ts';
import type { Json, Subscribed } from '../protocol/frames.ts';
import { Recorder } from './recorder.ts';

/** A subscription’s answer with a snapshot. The hash is made of the offset. */
export function answer(o: number, more: Partial<Subscribed> = {}): Subscribed {
  return { n: 7, ch: 'metrics/a', e: 'k3', o, h: `tail${o}`, snapshot: { at: o }, ...more };
}

/** A channel with one listener that stands at offset 5. */
export function followed(): { channel: ClientChannel; first: Recorder; seat: Seat } {
  const channel = new ClientChannel('metrics/a');
  const first = new Recorder();
  const seat = channel.add(first);
  channel.subscribed(answer(5));
  first.heard.length = 0;
  return { channel, first, seat };
}

/** Answers a request to continue from where the channel stands. */
export function resumed(channel: ClientChannel, reply: Subscribed): boolean {
  return channel.subscribed(reply, channel.request(true).since);
}

/** Publications of one tick. */
export function batch(...offsets: number[]): { n: number; pubs: [number, Json][]; h: string } {
  return { n: 7, pubs: offsets.map((offset) => [offset, { at: offset }]), h: `tail${offsets.at(-1)}` };
}
