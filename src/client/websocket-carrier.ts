/** Messages over a WebSocket, the browser's or Node's. */
import { SUBPROTOCOLS } from '../protocol/version.ts';
import type { OpenCarrier } from './carrier.ts';

/** Opens a WebSocket. */
export const openWebSocket: OpenCarrier = (url, events) => {
  const socket = new WebSocket(url, [...SUBPROTOCOLS]);
  socket.onopen = () => events.open();
  socket.onmessage = ({ data }: MessageEvent) => events.text(String(data));
  socket.onclose = ({ code, reason }) => events.close({ code, reason });
  const send = (message: string): void => {
    if (socket.readyState === 1) socket.send(message);
  };
  return {
    introduce: (id, connect) => send(JSON.stringify({ id, connect })),
    send,
    close(code) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      if (socket.readyState < 2) socket.close(code);
    },
  };
};
