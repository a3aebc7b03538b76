/** What happened, as a channel of the page's own tells it: deploys, incidents and whatever else. */
import type { ReactiveControllerHost } from 'lit';
import { ChannelController } from '../channel-controller.ts';
import type { ChartMarker } from './chart-options.ts';

/** So many are kept: the newest. */
const MOST = 200;
const MOST_TITLE = 200;

/** Follows one channel for one widget. */
export class FollowedEvents {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #changed: () => void;
  #channel: ChannelController | undefined;
  #markers: readonly ChartMarker[] = [];

  /** @param changed there is more. */
  constructor(host: ReactiveControllerHost & HTMLElement, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  /** Oldest first. */
  get markers(): readonly ChartMarker[] {
    return this.#markers;
  }

  /** Follows a channel, or none. */
  follow(channel: string): void {
    if (!channel && !this.#channel) return;
    this.#channel ??= new ChannelController(this.#host, {
      snapshot: (data) => this.#hear(data),
      publication: (data) => this.#hear(data),
      forget: () => this.#forget(),
      dataTime: () => undefined,
      staleAfterMs: () => Infinity,
    });
    this.#channel.follow(channel || undefined);
  }

  /** Another channel is followed: what the one before told is not of it. */
  forget(): void {
    this.#forget();
  }

  #forget(): void {
    this.#markers = [];
    this.#changed();
  }

  /** One event, or a list of them. What was told of already is replaced: an incident has ended. */
  #hear(data: unknown): void {
    const markers = readMarkers(Array.isArray(data) ? data : [data]);
    if (markers.length === 0) return;
    const keyOf = ({ time, title }: ChartMarker): string => `${time} ${title}`;
    const all = new Map([...this.#markers, ...markers].map((marker) => [keyOf(marker), marker]));
    this.#markers = [...all.values()].sort((a, b) => a.time - b.time).slice(-MOST);
    this.#changed();
  }
}

/** What is an event becomes a marker; the rest is left out. */
export function readMarkers(given: unknown): ChartMarker[] {
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).flatMap((one) => {
    const { time, end, title, kind } = Object(one) as Readonly<Record<string, unknown>>;
    const at = readTime(time);
    if (at === undefined) return [];
    const until = readTime(end);
    return {
      time: at,
      ...(until !== undefined && until > at && { end: until }),
      title: typeof title === 'string' ? title.slice(0, MOST_TITLE) : '',
      kind: kind === 'deploy' || kind === 'incident' ? kind : 'other',
    };
  });
}

/** ms since 1970, or ISO 8601. */
function readTime(given: unknown): number | undefined {
  const time = typeof given === 'string' ? Date.parse(given) : given;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}
