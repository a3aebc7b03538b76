/** The far end of the page's WebSocket, without a network: answers as a server does, and says what the bench has it say. */
import type { Connected, Subscribed, SubscribeRequest } from '../../src/protocol/frames.ts';
import { CHANNELS, snapshotOf } from './feed.ts';

type Command = {
  readonly id: number;
  readonly connect?: { readonly subs?: readonly SubscribeRequest[] };
  readonly subscribe?: SubscribeRequest;
};

/** Takes the place of the browser's. */
export class ScriptedSocket {
  static newest: ScriptedSocket | undefined;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;

  constructor() {
    ScriptedSocket.newest = this;
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }

  /** The server says something. */
  say(text: string): void {
    this.onmessage?.({ data: text });
  }

  send(text: string): void {
    for (const line of text.split('\n')) {
      const { id, connect, subscribe } = JSON.parse(line) as Command;
      const ok = connect ? admission(connect.subs ?? []) : subscribe ? answer(subscribe) : {};
      setTimeout(() => this.say(JSON.stringify({ id, ok })));
    }
  }

  close(): void {
    this.readyState = 3;
  }
}

function admission(subs: readonly SubscribeRequest[]): Connected {
  return {
    session: 'bench',
    t: Date.now(),
    pingMs: 600_000,
    maxFrameBytes: 1_048_576,
    server: { version: 'bench', protocol: 'waooaw.v1' },
    identity: { id: 'bench', name: 'Bench' },
    subs: subs.map(answer),
  };
}

function answer({ ch }: SubscribeRequest): Subscribed {
  const n = CHANNELS.indexOf(ch) + 1;
  return {
    n,
    ch,
    e: 'bench',
    o: 0,
    h: 'h0',
    snapshot: snapshotOf(n) as unknown as NonNullable<Subscribed['snapshot']>,
  };
}
