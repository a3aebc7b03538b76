/** A look at the browser's own WebSockets, to put noise on a real line. */

/** The sockets opened since. */
export interface SocketSpy {
  readonly opened: readonly WebSocket[];
  /** Frames, of all sockets. */
  readonly sent: readonly string[];
  readonly received: readonly string[];
  /** Lets the newest socket receive what no server said. */
  receive(frame: string, socket?: WebSocket): void;
  /** Loses the next frame with this text on its way to the newest socket. @returns when it is lost. */
  lose(text: string): Promise<void>;
  restore(): void;
}

/** Remembers every WebSocket that is opened from now on. They work as before. */
export function spyOnSockets(): SocketSpy {
  const real = globalThis.WebSocket;
  const opened: WebSocket[] = [];
  const sent: string[] = [];
  const received: string[] = [];
  globalThis.WebSocket = class extends real {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      opened.push(this);
      this.addEventListener('message', (event: MessageEvent) => received.push(String(event.data)));
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (typeof data === 'string') sent.push(data);
      super.send(data);
    }
  };
  return {
    opened,
    sent,
    received,
    receive(frame, socket = opened.at(-1)) {
      socket?.onmessage?.(new MessageEvent('message', { data: frame }));
    },
    lose(text) {
      const socket = opened.at(-1);
      const heard = socket?.onmessage;
      return new Promise((resolve) => {
        if (!socket || !heard) throw new Error('there is no line to lose a frame on');
        socket.onmessage = (event: MessageEvent) => {
          if (!String(event.data).includes(text)) {
            heard.call(socket, event);
            return;
          }
          socket.onmessage = heard;
          resolve();
        };
      });
    },
    restore() {
      globalThis.WebSocket = real;
    },
  };
}
