import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { OPCODE, encodeFrame } from '../../testing/raw-client.ts';
import { FrameBoundary, restartFrame } from './frame-boundary.ts';

const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

describe('FrameBoundary', () => {
  it('finds where frames end, however their bytes are cut', () => {
    const next = random(8);
    for (let run = 0; run < 200; run += 1) {
      const frames = Array.from({ length: 1 + Math.floor(next() * 5) }, () =>
        encodeFrame({
          opcode: next() < 0.5 ? OPCODE.text : OPCODE.continuation,
          fin: next() < 0.5,
          masked: next() < 0.3,
          payload: Buffer.alloc(LENGTHS[Math.floor(next() * LENGTHS.length)]!),
        }),
      );
      const ends = new Set<number>();
      frames.reduce((at, frame) => {
        ends.add(at + frame.length);
        return at + frame.length;
      }, 0);
      const bytes = Buffer.concat(frames);
      const boundary = new FrameBoundary();
      for (let at = 0; at < bytes.length;) {
        const step = 1 + Math.floor(next() ** 4 * 70_000);
        const piece = bytes.subarray(at, at + step);
        const first = [...ends].find((end) => end > at && end <= at + piece.length);
        assert.equal(boundary.take(piece), first === undefined ? -1 : first - at);
        at += piece.length;
        assert.equal(boundary.between, ends.has(at));
      }
      assert.equal(boundary.closed, false);
    }
  });

  it('knows when a close frame has begun', () => {
    const boundary = new FrameBoundary();
    assert.deepEqual([boundary.between, boundary.take(new Uint8Array(0))], [true, -1]);
    const frame = encodeFrame({ opcode: OPCODE.close, payload: Buffer.alloc(2), masked: false });
    boundary.take(frame.subarray(0, 1));
    assert.equal(boundary.closed, false);
    boundary.take(frame.subarray(1));
    assert.equal(boundary.closed, true);
  });

  it('takes a length beyond all numbers for a frame that never ends', () => {
    const boundary = new FrameBoundary();
    boundary.take(Buffer.concat([Buffer.from([0x82, 127]), Buffer.alloc(8, 0xff)]));
    assert.equal(boundary.take(Buffer.alloc(1_000)), -1);
    assert.equal(boundary.between, false);
  });
});

describe('the restart frame', () => {
  it('is an unmasked close frame with 1012', () => {
    const frame = restartFrame();
    assert.deepEqual([frame[0], frame[1], frame.readUInt16BE(2)], [0x88, frame.length - 2, 1012]);
    assert.equal(frame.subarray(4).toString(), 'service restart');
  });
});
