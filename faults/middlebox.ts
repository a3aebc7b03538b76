/** Middleboxes that lie: they tamper with the WebSocket text frames of a server. For proving that this is noticed. */
import { Frame } from '../server/services/broadcaster/index.ts';
import type { Rewrite } from './flow.ts';

const TEXT = 1;
const UPGRADED = Buffer.from('HTTP/1.1 101 ');
const HEAD_END = Buffer.from('\r\n\r\n');

/** Is given every text frame's text. @returns the frames to send in its place. */
export type Edit = (text: string) => readonly string[];

/** Reads what a server says on one connection, and lets through what is made of it. */
export function frameEditor(edit: Edit): Rewrite {
  let rest = Buffer.alloc(0);
  let upgraded: boolean | undefined;
  return (bytes) => {
    if (upgraded === false) return bytes;
    rest = Buffer.concat([rest, bytes]);
    const passed: Buffer[] = [];
    if (upgraded === undefined) {
      const end = rest.indexOf(HEAD_END);
      if (end < 0) return Buffer.alloc(0);
      upgraded = rest.subarray(0, UPGRADED.length).equals(UPGRADED);
      // Whatever else HTTP answers is let through.
      if (!upgraded) return rest;
      passed.push(rest.subarray(0, end + HEAD_END.length));
      rest = rest.subarray(end + HEAD_END.length);
    }
    for (let frame = frameAt(rest); frame; frame = frameAt(rest)) {
      const whole = rest.subarray(0, frame.end);
      if ((whole[0]! & 0x0f) !== TEXT) passed.push(whole);
      else passed.push(...edit(whole.subarray(frame.start).toString()).map(frameOf));
      rest = rest.subarray(frame.end);
    }
    return Buffer.concat(passed);
  };
}

/** Where the payload of the first frame begins and ends, once it is there whole. Servers do not mask. */
function frameAt(bytes: Buffer): { start: number; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < start + length ? undefined : { start, end: start + length };
}

function frameOf(text: string): Buffer {
  return new Frame(text).websocket;
}
