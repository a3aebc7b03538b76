/** Everything that RFC 6455 forbids a client to send, sent by hand. Section numbers are the RFC's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CLOSE } from '../src/protocol/index.ts';
import { createManualClock } from './engines/memory/clock.ts';
import { DEFAULT_LIMITS } from './services/broadcaster/index.ts';
import { Reader, startServer } from './testing/harness.ts';
import type { Running } from './testing/harness.ts';
import { OPCODE, RawClient, closePayload, encodeFrame, upgradeRequest } from './testing/raw-client.ts';
import type { RawFrame } from './testing/raw-client.ts';

const { text, binary, continuation, close, ping } = OPCODE;
const CONNECT = '{"id":1,"connect":{}}';
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const ACCENTED = Buffer.from('{"id":1,"connect":{"client":{"name":"é","version":"1"}}}');
/** In the middle of the accented letter. */
const SPLIT = ACCENTED.indexOf(0xc3) + 1;

const WARM_UP_ROUNDS = 5;
const ROUNDS = 10;
/** A connection that is not let go of would keep some 10,000. */
const MAX_KEPT_BYTES = 1_500;

const PROTOCOL_ERROR = 1002;
const INVALID_PAYLOAD = 1007;
const TOO_BIG = 1009;

/** What is forbidden, how it is answered, and the frames that do it. */
type Forbidden = readonly [what: string, code: number, ...frames: (RawFrame | Uint8Array)[]];

const FRAMES: readonly Forbidden[] = [
  ['an unmasked frame (5.1)', PROTOCOL_ERROR, { opcode: text, payload: CONNECT, masked: false }],
  ['an unmasked ping (5.1)', PROTOCOL_ERROR, { opcode: ping, masked: false }],
  ...[1, 2, 3, 4, 5, 6, 7].map((reserved): Forbidden => [
    `reserved bits ${reserved.toString(2).padStart(3, '0')} (5.2)`,
    PROTOCOL_ERROR,
    { opcode: text, payload: CONNECT, reserved },
  ]),
  [
    'a reserved bit in a continuation (5.2)',
    PROTOCOL_ERROR,
    { opcode: text, fin: false },
    { opcode: continuation, reserved: 4 },
  ],
  ['a reserved bit in a ping (5.2)', PROTOCOL_ERROR, { opcode: ping, reserved: 4 }],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): Forbidden => [
    `the reserved opcode ${opcode} (5.2)`,
    PROTOCOL_ERROR,
    { opcode, payload: CONNECT },
  ]),
  ...Object.entries({ close, ping, pong: OPCODE.pong }).flatMap(([name, opcode]): Forbidden[] => [
    [`a fragmented ${name} (5.5)`, PROTOCOL_ERROR, { opcode, fin: false }],
    [`a ${name} of 126 bytes (5.5)`, PROTOCOL_ERROR, { opcode, payload: Buffer.alloc(126, 'x') }],
    [`a ${name} that claims 2^40 bytes (5.5)`, PROTOCOL_ERROR, { opcode, claims: 2n ** 40n }],
  ]),
  ['a continuation of nothing (5.4)', PROTOCOL_ERROR, { opcode: continuation, payload: 'x' }],
  [
    'a last continuation of nothing (5.4)',
    PROTOCOL_ERROR,
    { opcode: continuation, payload: 'x', fin: false },
  ],
  [
    'a second end of a fragmented message (5.4)',
    PROTOCOL_ERROR,
    { opcode: text, payload: CONNECT.slice(0, 5), fin: false },
    { opcode: continuation, payload: CONNECT.slice(5) },
    { opcode: continuation, payload: 'x' },
  ],
  [
    'a text inside a fragmented message (5.4)',
    PROTOCOL_ERROR,
    { opcode: text, payload: '{', fin: false },
    { opcode: text, payload: CONNECT },
  ],
  [
    'a binary inside a fragmented message (5.4)',
    PROTOCOL_ERROR,
    { opcode: text, payload: '{', fin: false },
    { opcode: binary, payload: CONNECT },
  ],
  [
    'a stray continuation byte of UTF-8 (8.1)',
    INVALID_PAYLOAD,
    { opcode: text, payload: bytes(0x22, 0x80, 0x22) },
  ],
  ['UTF-8 that breaks off (8.1)', INVALID_PAYLOAD, { opcode: text, payload: bytes(0x22, 0xe2, 0x82) }],
  ['overlong UTF-8 of two bytes (8.1)', INVALID_PAYLOAD, { opcode: text, payload: bytes(0xc0, 0xaf) }],
  [
    'overlong UTF-8 of three bytes (8.1)',
    INVALID_PAYLOAD,
    { opcode: text, payload: bytes(0xe0, 0x80, 0xaf) },
  ],
  [
    'overlong UTF-8 of four bytes (8.1)',
    INVALID_PAYLOAD,
    { opcode: text, payload: bytes(0xf0, 0x80, 0x80, 0xaf) },
  ],
  ['a high surrogate in UTF-8 (8.1)', INVALID_PAYLOAD, { opcode: text, payload: bytes(0xed, 0xa0, 0x80) }],
  ['a low surrogate in UTF-8 (8.1)', INVALID_PAYLOAD, { opcode: text, payload: bytes(0xed, 0xbf, 0xbf) }],
  [
    'a code point beyond U+10FFFF (8.1)',
    INVALID_PAYLOAD,
    { opcode: text, payload: bytes(0xf4, 0x90, 0x80, 0x80) },
  ],
  ['the bytes FE FF (8.1)', INVALID_PAYLOAD, { opcode: text, payload: bytes(0xfe, 0xff) }],
  [
    'invalid UTF-8 split over fragments (8.1)',
    INVALID_PAYLOAD,
    { opcode: text, payload: bytes(0x22, 0xe2), fin: false },
    { opcode: continuation, payload: bytes(0x28, 0xa1, 0x22) },
  ],
  [
    'a surrogate split over fragments, with a ping between (8.1)',
    INVALID_PAYLOAD,
    { opcode: text, payload: bytes(0xed), fin: false },
    { opcode: ping },
    { opcode: continuation, payload: bytes(0xa0, 0x80) },
  ],
  ['a close of one byte (5.5.1)', PROTOCOL_ERROR, { opcode: close, payload: bytes(3) }],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code): Forbidden => [
    `the close code ${code} (7.4)`,
    PROTOCOL_ERROR,
    { opcode: close, payload: closePayload(code) },
  ]),
  [
    'a close whose reason is no UTF-8 (5.5.1)',
    INVALID_PAYLOAD,
    { opcode: close, payload: closePayload(1000, bytes(0x67, 0xed, 0xa0, 0x80)) },
  ],
  ['a length with its top bit set (5.2)', TOO_BIG, { opcode: text, claims: 2n ** 63n }],
  ['a length of all bits (5.2)', TOO_BIG, { opcode: text, claims: 2n ** 64n - 1n }],
  ['a length of 2^53 (5.2)', TOO_BIG, { opcode: text, claims: 2n ** 53n }],
  ['one byte over maxFrameBytes, claimed and never sent', TOO_BIG, { opcode: text, claims: 65_537n }],
  [
    'fragments that together are over maxFrameBytes',
    TOO_BIG,
    { opcode: text, payload: Buffer.alloc(40_000, 'x'), fin: false },
    { opcode: continuation, payload: Buffer.alloc(40_000, 'x') },
  ],
  ['a binary frame, which waooaw.v1 has none of', CLOSE.binary_frame, { opcode: binary, payload: CONNECT }],
  ['an empty binary frame', CLOSE.binary_frame, { opcode: binary }],
];

/** What is no handshake, and the status that says so. */
type BadHandshake = readonly [
  what: string,
  status: number,
  changed: Readonly<Record<string, string | undefined>>,
  start?: string,
];

const HANDSHAKES: readonly BadHandshake[] = [
  ['no key (4.2.1)', 400, { 'Sec-WebSocket-Key': undefined }],
  ['an empty key (4.2.1)', 400, { 'Sec-WebSocket-Key': '' }],
  ['a key of 15 bytes (4.2.1)', 400, { 'Sec-WebSocket-Key': Buffer.alloc(15).toString('base64') }],
  ['a key of 17 bytes (4.2.1)', 400, { 'Sec-WebSocket-Key': Buffer.alloc(17).toString('base64') }],
  ['a key that is no base64 (4.2.1)', 400, { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
  ['no version (4.2.1)', 400, { 'Sec-WebSocket-Version': undefined }],
  ['version 7 (4.4)', 400, { 'Sec-WebSocket-Version': '7' }],
  ['version 14 (4.4)', 400, { 'Sec-WebSocket-Version': '14' }],
  ['a version that is no number (4.4)', 400, { 'Sec-WebSocket-Version': 'thirteen' }],
  ['another upgrade (4.2.1)', 400, { Upgrade: 'h2c' }],
  ['POST (4.1)', 405, { 'Content-Length': '0' }, 'POST /ws HTTP/1.1'],
  ['PUT (4.1)', 405, { 'Content-Length': '0' }, 'PUT /ws HTTP/1.1'],
  ['no Upgrade header (4.2.1)', 404, { Upgrade: undefined }],
  ['no Connection header (4.2.1)', 404, { Connection: undefined }],
  ['a Connection header that does not upgrade (4.2.1)', 404, { Connection: 'keep-alive' }],
  ['no Host (RFC 9112, 3.2)', 421, { Host: undefined }],
  ['a Host that is not ours', 421, { Host: 'evil.example' }],
  ['a subprotocol that is no token (4.1)', 400, { 'Sec-WebSocket-Protocol': 'waooaw.v1, (x)' }],
  ['a subprotocol twice (4.1)', 400, { 'Sec-WebSocket-Protocol': 'waooaw.v1, waooaw.v1' }],
  ['an empty subprotocol (4.1)', 400, { 'Sec-WebSocket-Protocol': ',' }],
  ['no HTTP at all', 400, {}, 'HELO'],
];

/** What `ws` or Node takes although the RFC has it refused. Nothing follows from it: the connection is like any other. */
const TOLERATED: readonly (readonly [
  what: string,
  changed: Readonly<Record<string, string>>,
  start?: string,
])[] = [
  ['version 8, a draft of the same protocol (4.4)', { 'Sec-WebSocket-Version': '8' }],
  ['HTTP/1.0 (4.1)', {}, 'GET /ws HTTP/1.0'],
  ['HTTP/0.9 (4.1)', {}, 'GET /ws HTTP/0.9'],
];

/** What is allowed, however odd: a connect message comes of it. */
const ODD: readonly (readonly [what: string, ...frames: RawFrame[]])[] = [
  [
    'a message in fragments, with a ping between',
    { opcode: text, payload: CONNECT.slice(0, 3), fin: false },
    { opcode: ping, payload: 'x' },
    { opcode: continuation, payload: CONNECT.slice(3) },
  ],
  [
    'fragments of nothing',
    { opcode: text, fin: false },
    { opcode: continuation, fin: false },
    { opcode: continuation, payload: CONNECT },
  ],
  ['a pong that nobody asked for', { opcode: OPCODE.pong, payload: 'x' }, { opcode: text, payload: CONNECT }],
  // 5.2 asks for the fewest bytes; what ws takes beyond them harms nobody.
  ['a length in 64 bits that needs 7', { opcode: text, payload: CONNECT, lengthBits: 64 }],
  ['a length in 16 bits that needs 7', { opcode: text, payload: CONNECT, lengthBits: 16 }],
  [
    'a character split over fragments',
    { opcode: text, payload: ACCENTED.subarray(0, SPLIT), fin: false },
    { opcode: continuation, payload: ACCENTED.subarray(SPLIT) },
  ],
];

/** A server, somebody who follows a channel throughout, and what both must be like afterwards. */
class Neighbourhood {
  readonly running: Running;
  readonly #neighbour: Reader;
  #said = 0;

  private constructor(running: Running, neighbour: Reader) {
    this.running = running;
    this.#neighbour = neighbour;
  }

  static async open(t: TestContext): Promise<Neighbourhood> {
    const running = await startServer(t, { collectIntervalMs: 3_600_000 });
    const neighbour = await Reader.connected(t, running.socketUrl);
    await neighbour.ask({ subscribe: { ch: 'app/neighbour' } });
    return new Neighbourhood(running, neighbour);
  }

  get host(): string {
    return this.running.host;
  }

  /** The neighbour hears the very next publication, and nobody else is connected. */
  async isWell(): Promise<void> {
    const { broadcaster } = this.running.waooaw;
    this.#said += 1;
    broadcaster.publish('app/neighbour', { said: this.#said });
    const { pubs } = await this.#neighbour.next();
    assert.deepEqual(pubs, [[this.#said, { said: this.#said }]]);
    // The server hears of an end when it hears of it; nothing else is waited for.
    while (broadcaster.stats().connections > 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(broadcaster.stats().connections, 1);
  }
}

/** Everything that the frames hold. */
function bytesOf(frames: readonly (RawFrame | Uint8Array)[]): Buffer {
  return Buffer.concat(frames.map((frame) => (frame instanceof Uint8Array ? frame : encodeFrame(frame))));
}

/** What `--expose-gc` offers, without the flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Lets everything that is due now happen. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('RFC 6455: frames', () => {
  it('closes with its code for each that is forbidden, and harms nobody else', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const [what, code, ...frames] of FRAMES) {
      await t.test(what, async (t) => {
        const client = await RawClient.upgraded(t, neighbourhood.host);
        client.send(...frames);
        assert.equal((await client.ended).code, code);
        await neighbourhood.isWell();
      });
    }
  });

  it('does so after connecting, and when they come byte by byte', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const [what, code, ...frames] of FRAMES) {
      await t.test(what, async (t) => {
        const client = await RawClient.upgraded(t, neighbourhood.host);
        client.send({ opcode: text, payload: CONNECT });
        assert.match(await client.text(), /"session"/);
        const all = bytesOf(frames);
        for (const byte of all.subarray(0, 64)) {
          client.send(Uint8Array.of(byte));
          await turn();
        }
        client.send(all.subarray(64));
        assert.equal((await client.ended).code, code);
        await neighbourhood.isWell();
      });
    }
  });

  it('takes what is allowed, however odd', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const [what, ...frames] of ODD) {
      await t.test(what, async (t) => {
        const client = await RawClient.upgraded(t, neighbourhood.host);
        client.send(...frames);
        assert.match(await client.text(), /"session"/);
        client.send({ opcode: close, payload: closePayload(1000) });
        assert.equal((await client.ended).code, 1000);
        await neighbourhood.isWell();
      });
    }
  });

  it('answers a close with its own code', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999]) {
      const client = await RawClient.upgraded(t, neighbourhood.host);
      client.send({ opcode: close, payload: closePayload(code, 'enough') });
      assert.equal((await client.ended).code, code);
    }
    await neighbourhood.isWell();
  });

  it('takes nothing after a close', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    const client = await RawClient.upgraded(t, neighbourhood.host);
    client.send({ opcode: close }, { opcode: text, payload: CONNECT });
    assert.equal((await client.ended).code, undefined);
    assert.deepEqual(client.texts, []);
    await neighbourhood.isWell();
  });

  it('keeps nothing of all that is forbidden', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    const heapAfter = async (rounds: number): Promise<number> => {
      for (let round = 0; round < rounds; round += 1) {
        // No hook holds the clients: each is over when it has ended.
        const alone = { after: () => undefined };
        const clients = await Promise.all(FRAMES.map(() => RawClient.upgraded(alone, neighbourhood.host)));
        FRAMES.forEach(([, , ...frames], i) => clients[i]!.send(...frames));
        await Promise.all(clients.map(({ ended }) => ended));
      }
      await neighbourhood.isWell();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await heapAfter(WARM_UP_ROUNDS);
    const growth = (await heapAfter(ROUNDS)) - before;
    const each = growth / (ROUNDS * FRAMES.length);
    assert.ok(each < MAX_KEPT_BYTES, `${each.toFixed(0)} bytes are kept of each connection`);
  });
});

describe('RFC 6455: handshakes', () => {
  it('answers each that is none with its status, and harms nobody else', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const [what, status, changed, start] of HANDSHAKES) {
      await t.test(what, async (t) => {
        const client = await RawClient.open(t, neighbourhood.host);
        client.socket.write(upgradeRequest(neighbourhood.host, changed, start));
        assert.match(await client.answer, new RegExp(`^HTTP/1.1 ${status} `));
        client.socket.end();
        await client.ended;
        await neighbourhood.isWell();
      });
    }
  });

  it('takes a few that the RFC would have refused', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const [what, changed, start] of TOLERATED) {
      await t.test(what, async (t) => {
        const client = await RawClient.open(t, neighbourhood.host);
        client.socket.write(upgradeRequest(neighbourhood.host, changed, start));
        client.send({ opcode: text, payload: CONNECT });
        assert.match(await client.text(), /"session"/);
        client.socket.destroy();
        await client.ended;
        await neighbourhood.isWell();
      });
    }
  });

  it('ignores extensions, however absurd the offer', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    const offers = [
      'permessage-deflate; '.repeat(300),
      'x'.repeat(8_000),
      '=;,="',
      'permessage-deflate; server_max_window_bits=99',
    ];
    for (const offer of offers) {
      const client = await RawClient.open(t, neighbourhood.host);
      client.socket.write(upgradeRequest(neighbourhood.host, { 'Sec-WebSocket-Extensions': offer }));
      const answer = await client.answer;
      assert.match(answer, /^HTTP\/1\.1 101 /);
      assert.doesNotMatch(answer, /extensions/i);
      client.socket.destroy();
      await client.ended;
    }
    await neighbourhood.isWell();
  });

  it('refuses headers that are larger than any should be', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    const client = await RawClient.open(t, neighbourhood.host);
    const huge = { 'Sec-WebSocket-Protocol': 'x'.repeat(100_000) };
    client.socket.write(upgradeRequest(neighbourhood.host, huge));
    assert.match(await client.answer, /^HTTP\/1\.1 431 /);
    await client.ended;
    await neighbourhood.isWell();
  });

  it('closes with unsupported_protocol for a thousand subprotocols that are not ours', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    const client = await RawClient.open(t, neighbourhood.host);
    const offered = Array.from({ length: 1_000 }, (_, i) => `p${i}`).join(', ');
    client.socket.write(upgradeRequest(neighbourhood.host, { 'Sec-WebSocket-Protocol': offered }));
    assert.match(await client.answer, /^HTTP\/1\.1 101 /);
    client.send({ opcode: close, payload: closePayload(1000) });
    assert.equal((await client.ended).code, CLOSE.unsupported_protocol);
    await neighbourhood.isWell();
  });

  it('takes frames that came before its answer', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    for (const [early, expected] of [
      [encodeFrame({ opcode: text, payload: CONNECT }), undefined],
      [encodeFrame({ opcode: 3 }), PROTOCOL_ERROR],
    ] as const) {
      const client = await RawClient.open(t, neighbourhood.host);
      client.socket.write(Buffer.concat([Buffer.from(upgradeRequest(neighbourhood.host)), early]));
      if (expected === undefined) {
        assert.match(await client.text(), /"session"/);
        client.socket.destroy();
      }
      assert.equal((await client.ended).code, expected);
      await neighbourhood.isWell();
    }
  });
});

describe('RFC 6455: a client that stops in the middle', () => {
  const HALVES: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['a frame’s first byte', Buffer.of(0x81)],
    ['a frame without its mask', encodeFrame({ opcode: text, payload: CONNECT }).subarray(0, 3)],
    ['a frame without its end', encodeFrame({ opcode: text, payload: CONNECT }).subarray(0, -1)],
    ['a message without its end', encodeFrame({ opcode: text, payload: CONNECT, fin: false })],
    ['a long frame of which nothing came', encodeFrame({ opcode: text, claims: 65_536n })],
  ];

  it('is closed when it has not connected in time', async (t) => {
    const clock = createManualClock();
    const { host } = await startServer(t, {}, { clock });
    const clients: RawClient[] = [];
    for (const [, half] of HALVES) {
      const client = await RawClient.upgraded(t, host);
      client.send(half);
      clients.push(client);
    }
    clock.advance(DEFAULT_LIMITS.connectTimeoutMs);
    for (const client of clients) assert.equal((await client.ended).code, CLOSE.connect_timeout);
  });

  it('is closed when it has connected, and does not answer a ping', async (t) => {
    const clock = createManualClock();
    const { host } = await startServer(t, {}, { clock });
    const clients: RawClient[] = [];
    for (const [, half] of HALVES) {
      const client = await RawClient.upgraded(t, host);
      client.send({ opcode: text, payload: CONNECT });
      assert.match(await client.text(), /"session"/);
      client.send(half);
      clients.push(client);
    }
    clock.advance(DEFAULT_LIMITS.pingMs + DEFAULT_LIMITS.pongTimeoutMs + 3_000);
    for (const client of clients) assert.equal((await client.ended).code, CLOSE.unresponsive);
  });

  it('harms nobody by leaving', async (t) => {
    const neighbourhood = await Neighbourhood.open(t);
    const request = upgradeRequest(neighbourhood.host);
    for (const [, half] of HALVES) {
      const client = await RawClient.upgraded(t, neighbourhood.host);
      client.send(half);
      client.socket.end();
      await client.ended;
    }
    for (const length of [1, 20, request.length - 2]) {
      const client = await RawClient.open(t, neighbourhood.host);
      client.socket.write(request.slice(0, length));
      client.socket.end();
      await client.ended;
    }
    await neighbourhood.isWell();
  });
});
