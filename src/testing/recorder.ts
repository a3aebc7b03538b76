/** A listener that remembers what it was told. */
import type { ChannelListener } from '../client/channel.ts';
import type { ErrorBody, Json, LostReason } from '../protocol/frames.ts';

/** One thing that a listener was told. */
export type Heard =
  | readonly ['snapshot', Json]
  | readonly ['publication', number, Json]
  | readonly ['lost', LostReason]
  | readonly ['error', string];

/** Remembers, in order. */
export class Recorder implements ChannelListener {
  readonly heard: Heard[] = [];

  /** The kinds of what was heard. */
  get kinds(): string[] {
    return this.heard.map(([kind]) => kind);
  }

  /** Offsets of the publications. */
  get offsets(): number[] {
    return this.heard.flatMap((entry) => (entry[0] === 'publication' ? entry[1] : []));
  }

  snapshot(data: Json): void {
    this.heard.push(['snapshot', data]);
  }

  publication(data: Json, offset: number): void {
    this.heard.push(['publication', offset, data]);
  }

  lost(why: LostReason): void {
    this.heard.push(['lost', why]);
  }

  error(error: ErrorBody): void {
    this.heard.push(['error', error.code]);
  }
}
