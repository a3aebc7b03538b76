/** For tests: servers that fail as real ones do, and know who is still connected. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { Worker } from 'node:worker_threads';
import type { KeyAndCertificate } from './certificates.ts';
import { turn } from './event-loop.ts';
import { until } from './scraping.ts';

export { until } from './scraping.ts';

/** Turns of the loop after which what was sent over loopback has been read, as both ends share the loop. */
const TURNS = 50;

/** A server that runs until its test ends. */
export interface FaultServer {
  readonly port: number;
  /** Connections that it ever had. */
  readonly connections: () => number;
  /** Resolves once nobody is connected any more. */
  readonly left: () => Promise<void>;
}

/** Lets everything that was sent arrive. */
export async function arrived(): Promise<void> {
  for (let turns = 0; turns < TURNS; turns++) await turn();
}

/** Does with each connection what it is told, from the moment that it is accepted. */
export function startServer(t: TestContext, each: (socket: Socket) => void): Promise<FaultServer> {
  return watched(t, createServer(each));
}

/** Speaks HTTP. */
export function startHttp(t: TestContext, answer: RequestListener): Promise<FaultServer> {
  return watched(t, createHttpServer(answer));
}

/** Shakes hands with this certificate, and then does with each connection what it is told. */
export function startTls(
  t: TestContext,
  certificate: KeyAndCertificate,
  each: (socket: Socket) => void = () => undefined,
): Promise<FaultServer> {
  return watched(t, createTlsServer({ ...certificate }, each));
}

/** Sends one thing after the other, a little at each turn of the loop, until nobody listens. */
export function drip(socket: Socket, parts: () => string): void {
  const next = (): void => {
    if (socket.destroyed || !socket.writable) return;
    socket.write(parts());
    setTimeout(next, 1);
  };
  next();
}

/**
 * A port that nobody accepts connections of: the system makes the first few itself, as its backlog is for, and lets others wait.
 * @returns the port, and how to fill the backlog, after which not even a connection is made.
 */
export async function startDeaf(t: TestContext): Promise<{ port: number; fill: () => Promise<void> }> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const worker = new Worker(code, { eval: true });
  const waiting: Socket[] = [];
  t.after(async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    port,
    async fill() {
      // With a backlog of 1 the system makes two; the third waits, and so does whoever comes behind it.
      for (let made = 0; made < 2; made++) {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        waiting.push(socket);
        await once(socket, 'connect');
      }
    },
  };
}

/** What a DNS server answers. */
export interface DnsAnswer {
  /** 0 no error, 2 server failure, 3 no such name, 5 refused. Default 0. */
  readonly code?: number;
  /** Contents of records of the type that was asked for. Default none. */
  readonly records?: readonly Uint8Array[];
}

/** Answers questions over UDP; undefined: not at all. */
export async function startDns(
  t: TestContext,
  answer: (name: string, type: number) => DnsAnswer | undefined,
): Promise<{ port: number; asked: string[] }> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question, { address, port }) => {
    const { name, type, end } = readQuestion(question);
    asked.push(name);
    const found = answer(name, type);
    if (!found) return;
    const { code = 0, records = [] } = found;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(records.length, 6);
    // Without what a question may bring beside itself (EDNS).
    header.writeUInt32BE(0, 8);
    const parts = records.map((record) => {
      const head = Buffer.alloc(12);
      head.writeUInt16BE(0xc00c, 0);
      head.writeUInt16BE(type, 2);
      head.writeUInt16BE(1, 4);
      head.writeUInt32BE(60, 6);
      head.writeUInt16BE(record.length, 10);
      return Buffer.concat([head, record]);
    });
    socket.send(Buffer.concat([header, question.subarray(12, end), ...parts]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return { port: socket.address().port, asked };
}

/** A name as it stands in a DNS message. */
export function dnsName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

async function watched(t: TestContext, server: Server): Promise<FaultServer> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
  });
  // Of a handshake that a client did not like.
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    left: () => until('the last connection ends', () => open.size === 0),
  };
}
