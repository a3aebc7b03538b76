import { expect } from '@open-wc/testing';
import { seededRandom } from '../testing/random.ts';
import { SseParser } from './sse-parser.ts';
import type { SseEvent } from './sse-parser.ts';

/** What comes out of pieces. */
function parse(...pieces: string[]): SseEvent[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const message = (data: string): SseEvent => ({ type: 'message', data });

describe('SseParser', () => {
  it('reads an event at the blank line, and not before', () => {
    const parser = new SseParser();
    expect(parser.push('data: one\n')).to.deep.equal([]);
    expect(parser.push('\n')).to.deep.equal([message('one')]);
  });

  for (const [name, end] of [
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ] as const) {
    it(`takes ${name} for the end of a line`, () => {
      expect(parse(`data: a${end}data: b${end}${end}data: c${end}${end}`)).to.deep.equal([
        message('a\nb'),
        message('c'),
      ]);
    });
  }

  it('takes CRLF for one end of a line also where the pieces part', () => {
    expect(parse('data: a\r', '\ndata: b\r', '', '\n\r', '\n')).to.deep.equal([message('a\nb')]);
    expect(parse('data: a\r', '\r')).to.deep.equal([message('a')]);
    expect(parse('data: a\r', 'data: b\r\r')).to.deep.equal([message('a\nb')]);
  });

  it('joins data lines, and takes one space after the colon away', () => {
    expect(parse('data:a\ndata:  b\ndata\ndata:\n\n')).to.deep.equal([message('a\n b\n\n')]);
  });

  it('names the event for once', () => {
    expect(parse('event: close\ndata: {}\n\ndata: x\n\n')).to.deep.equal([
      { type: 'close', data: '{}' },
      message('x'),
    ]);
  });

  it('drops an event without data, and its name with it', () => {
    expect(parse('event: close\n\ndata: x\n\n\n\n')).to.deep.equal([message('x')]);
  });

  it('keeps an event whose data is empty', () => {
    expect(parse('data\n\n')).to.deep.equal([message('')]);
  });

  it('passes over comments, ids, retries and what it does not know', () => {
    const text = ': comment\n:\nid: 7\nretry: 1000\nfoo: bar\ndata: x\nDATA: y\n data: z\n\n';
    expect(parse(text)).to.deep.equal([message('x')]);
  });

  it('passes over a byte order mark at the start, and only there', () => {
    expect(parse('\uFEFFdata: x\n\n')).to.deep.equal([message('x')]);
    expect(parse('', '\uFEFF', 'data: x\n\n')).to.deep.equal([message('x')]);
    expect(parse('data: x\n\n\uFEFFdata: y\n\n')).to.deep.equal([message('x')]);
  });

  it('drops what the stream ended in the midst of', () => {
    expect(parse('data: x\n\ndata: y\n')).to.deep.equal([message('x')]);
  });

  it('reads the same events however the stream is cut', () => {
    const random = seededRandom(20_261_123);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const lines = ['data: a', 'data:b', 'data', 'event: close', ': note', 'id: 1', 'data: {"n":1}', '', ''];
    for (let round = 0; round < 300; round++) {
      let text = random() < 0.3 ? '\uFEFF' : '';
      for (let i = 0; i < 30; i++) text += pick(lines) + pick(['\n', '\r', '\r\n']);
      const whole = parse(text);
      const pieces: string[] = [];
      for (let i = 0; i < text.length;) {
        const length = Math.floor(random() * 5);
        pieces.push(text.slice(i, i + length));
        i += length;
      }
      expect(parse(...pieces), JSON.stringify(pieces)).to.deep.equal(whole);
    }
  });
});
