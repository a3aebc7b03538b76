/** For tests: the Publisher port, writing down what it is given. */
import type { Json } from '../../src/protocol/index.ts';
import type { Publisher } from '../ports/publisher.ts';

/** Wants everything until told otherwise. */
export class FakePublisher implements Publisher {
  /** The channels that somebody follows; undefined for all. */
  wanted: Set<string> | undefined;
  readonly published: [channel: string, data: Json][] = [];

  wants(channel: string): boolean {
    return this.wanted?.has(channel) ?? true;
  }

  publish(channel: string, data: Json): void {
    this.published.push([channel, data]);
  }

  /** What was published since the last time it was asked. */
  take(): [channel: string, data: Json][] {
    return this.published.splice(0);
  }
}
