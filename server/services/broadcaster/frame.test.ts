import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventParser } from '../../testing/event-reader.ts';
import { Frame, FrameNode } from './frame.ts';

/** A frame read as RFC 6455 §5.2 lays it out: written anew here, so that it is no mirror of the encoder. */
function decoded(bytes: Buffer): { head: string; start: number; length: bigint; text: string } {
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  const length =
    short === 127 ? bytes.readBigUInt64BE(2) : BigInt(short === 126 ? bytes.readUInt16BE(2) : short);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start));
  return { head: bytes.readUInt8(0).toString(2), start, length, text };
}

describe('a frame for a WebSocket', () => {
  for (const [bytes, start] of [
    [0, 2],
    [1, 2],
    [125, 2],
    [126, 4],
    [127, 4],
    [65_535, 4],
    [65_536, 10],
    [1_000_000, 10],
  ] as const) {
    it(`of ${bytes} bytes has a header of ${start}, the shortest there is`, () => {
      const text = 'x'.repeat(bytes);
      const frame = new Frame(text).websocket;
      assert.equal(frame.length, start + bytes);
      assert.deepEqual(decoded(frame), { head: '10000001', start, length: BigInt(bytes), text });
      assert.equal(frame.readUInt8(1) & 0x80, 0, 'a server does not mask');
    });
  }

  it('counts bytes, not characters', () => {
    for (const text of [
      'é'.repeat(62),
      'é'.repeat(63),
      '𝄞'.repeat(31),
      '€'.repeat(21_845),
      '€'.repeat(21_846),
    ]) {
      const { length, text: read } = decoded(new Frame(text).websocket);
      assert.deepEqual([length, read], [BigInt(Buffer.byteLength(text)), text]);
    }
  });

  it('is valid UTF-8 also where the text is no valid UTF-16', () => {
    const { text, length } = decoded(new Frame('a\ud800b').websocket);
    assert.deepEqual([text, length], ['a\ufffdb', 5n]);
  });
});

describe('a frame for a stream', () => {
  it('is one event that reads back as the same text', () => {
    for (const text of [
      '{"a":1}',
      '{"a":1}\n{"b":2}\n{"c":3}',
      '{"text":"one\\ntwo\\r\\n: x"}',
      '"é€𝄞\u2028\u2029"',
      ' {}',
    ]) {
      assert.deepEqual(new EventParser().push(new Frame(text).sse.toString()), [
        { name: 'message', data: text },
      ]);
    }
  });

  it('is whole by itself: several in a row are as many events, in whatever pieces they come', () => {
    const texts = ['{"a":1}\n{"b":2}', '{}', '{"c":"é"}'];
    const stream = Buffer.concat(texts.map((text) => new Frame(text).sse)).toString();
    const parser = new EventParser();
    const events = [...stream].flatMap((letter) => parser.push(letter));
    assert.deepEqual(
      events.map(({ data }) => data),
      texts,
    );
  });
});

describe('a frame', () => {
  it('is encoded once a carrier, however many it is written to', () => {
    const frame = new Frame('{}');
    assert.equal(frame.websocket, frame.websocket);
    assert.equal(frame.sse, frame.sse);
  });

  it('is the same for all whose channels are the same, in the order of the flush', () => {
    const root = new FrameNode();
    const one = root.with(1, 'a').with(2, 'b');
    const other = root.with(1, 'a').with(2, 'b');
    assert.equal(one.frame(), other.frame());
    assert.equal(one.frame().text, 'a\nb');
    assert.equal(root.with(1, 'a').frame().text, 'a');
    assert.notEqual(root.with(2, 'b').frame(), root.with(1, 'a').frame());
  });
});
