/** For tests: a WebSocket client made by hand, which can send what no library would. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { SUBPROTOCOLS } from '../../src/protocol/index.ts';

/** What kind of frame. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame, in every part that can be wrong. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as a number of three bits. Default 0. */
  readonly reserved?: number;
  /** Default true, as a client must. */
  readonly masked?: boolean;
  /** Bits of the length that are written, and the length that is claimed. Default: the fewest, and the payload's. */
  readonly lengthBits?: 7 | 16 | 64;
  readonly claims?: bigint;
}

/** How a connection ended. */
export interface RawEnd {
  /** The close frame's code; undefined when there was none. */
  readonly code: number | undefined;
  readonly reason: string;
}

/** The bytes of a frame. */
export function encodeFrame({
  opcode,
  payload = '',
  fin = true,
  reserved = 0,
  masked = true,
  ...length
}: RawFrame): Buffer {
  const data = Buffer.from(payload as string);
  const claims = length.claims ?? BigInt(data.length);
  const bits = length.lengthBits ?? (claims < 126n ? 7 : claims < 65_536n ? 16 : 64);
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (bits === 7 ? Number(claims) : bits === 16 ? 126 : 127);
  if (bits === 16) head.writeUInt16BE(Number(claims), 2);
  if (bits === 64) head.writeBigUInt64BE(claims, 2);
  if (!masked) return Buffer.concat([head, data]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, data.map((byte, i) => byte ^ mask[i % 4]!)]);
}

/** A close frame's payload. */
export function closePayload(code: number, reason: Uint8Array | string = ''): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason as string)]);
}

/** The text of an upgrade request. @param changed headers to put, or with undefined to leave out. */
export function upgradeRequest(
  host: string,
  changed: Readonly<Record<string, string | undefined>> = {},
  start = 'GET /ws HTTP/1.1',
): string {
  const headers = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': SUBPROTOCOLS[0],
    ...changed,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[start, ...lines].join('\r\n')}\r\n\r\n`;
}

/** A connection. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves with the answer's head once it is there, or with what there was when the connection ended. */
  readonly answer: Promise<string>;
  /** Resolves when the connection is over. */
  readonly ended: Promise<RawEnd>;
  /** Text frames that the server sent. */
  readonly texts: string[] = [];
  #close: RawEnd = { code: undefined, reason: '' };
  #rest = Buffer.alloc(0);
  #onText: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    let answered: (head: string) => void = () => undefined;
    this.answer = new Promise((resolve) => (answered = resolve));
    let upgraded = false;
    socket.on('data', (bytes: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      if (!upgraded) {
        const end = this.#rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        answered(this.#rest.subarray(0, end).toString('latin1'));
        this.#rest = this.#rest.subarray(end + 4);
        upgraded = true;
      }
      this.#read();
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        answered(this.#rest.toString('latin1'));
        resolve(this.#close);
      });
    });
  }

  /** Connects by TCP alone. */
  static async open(t: Pick<TestContext, 'after'>, host: string): Promise<RawClient> {
    const { hostname, port } = new URL(`http://${host}`);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    t.after(() => socket.destroy());
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Connects, and upgrades. */
  static async upgraded(t: Pick<TestContext, 'after'>, host: string): Promise<RawClient> {
    const client = await RawClient.open(t, host);
    client.socket.write(upgradeRequest(host));
    const answer = await client.answer;
    if (!answer.startsWith('HTTP/1.1 101 ')) throw new Error(`not upgraded: ${answer}`);
    return client;
  }

  /** Writes frames, or any bytes. */
  send(...frames: (RawFrame | Uint8Array)[]): void {
    this.socket.write(
      Buffer.concat(frames.map((frame) => (frame instanceof Uint8Array ? frame : encodeFrame(frame)))),
    );
  }

  /** The first text frame of the server, once it is there. */
  async text(): Promise<string> {
    while (this.texts.length === 0) await new Promise<void>((resolve) => (this.#onText = resolve));
    return this.texts.shift()!;
  }

  #read(): void {
    for (;;) {
      const [first, second] = this.#rest;
      if (first === undefined || second === undefined) return;
      const start = second < 126 ? 2 : second === 126 ? 4 : 10;
      if (this.#rest.length < start) return;
      const length =
        second < 126
          ? second
          : second === 126
            ? this.#rest.readUInt16BE(2)
            : Number(this.#rest.readBigUInt64BE(2));
      if (this.#rest.length < start + length) return;
      const payload = this.#rest.subarray(start, start + length);
      this.#rest = this.#rest.subarray(start + length);
      const opcode = first & 0x0f;
      if (opcode === OPCODE.text) this.texts.push(payload.toString());
      if (opcode === OPCODE.close) {
        if (length >= 2)
          this.#close = { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
        // As every client must (5.5.1).
        this.socket.end(encodeFrame({ opcode, payload }));
      }
      this.#onText();
    }
  }
}
