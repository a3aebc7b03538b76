import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Screen } from './screen.ts';

/** CSI, a count, and a letter (ECMA-48). */
const ESC = String.raw`\x1b`;
const SEQUENCE = String.raw`${ESC}\[(\d+)([A-Z])`;
const PARTS = new RegExp(`${SEQUENCE}|\\n|[^\\n${ESC}]+`, 'g');

/** What a terminal of this size shows after what was written to it: it knows the two sequences that are used. */
class FakeTerminal {
  readonly columns: number;
  readonly rows: number;
  writes = 0;
  #lines: string[] = [''];

  constructor(columns = 20, rows = 5) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes += 1;
    for (const [part] of text.matchAll(PARTS)) {
      const [, count = '', code] = new RegExp(`^${SEQUENCE}$`).exec(part) ?? [];
      if (code === 'F') this.#lines = [...this.#lines.slice(0, -1 - Number(count)), ''];
      else if (code === 'J') assert.equal(this.#lines.at(-1), '', 'cleared from the start of a line');
      else if (part === '\n') this.#lines.push('');
      else this.#lines[this.#lines.length - 1] += part;
    }
  }

  get shown(): readonly string[] {
    return this.#lines.slice(0, -1);
  }
}

function opened(t: TestContext, terminal: FakeTerminal): Screen {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const screen = new Screen(terminal);
  t.after(() => screen.close());
  return screen;
}

describe('a block in a terminal', () => {
  it('is drawn over in its place, at most once in its interval, with the last of what it was given', (t) => {
    const terminal = new FakeTerminal();
    const screen = opened(t, terminal);
    for (let n = 0; n < 1_000; n++) screen.show(() => [`n ${n}`, 'x']);
    assert.equal(terminal.writes, 0);
    t.mock.timers.tick(100);
    assert.deepEqual([terminal.writes, terminal.shown], [1, ['n 999', 'x']]);
    screen.show(() => ['one line now']);
    t.mock.timers.tick(99);
    assert.equal(terminal.writes, 1);
    t.mock.timers.tick(1);
    assert.deepEqual([terminal.writes, terminal.shown], [2, ['one line now']]);
  });

  it('goes on by itself, so that times do', (t) => {
    const terminal = new FakeTerminal();
    const screen = opened(t, terminal);
    let asked = 0;
    screen.show(() => [`${(asked += 1)}`]);
    t.mock.timers.tick(100);
    t.mock.timers.tick(900);
    t.mock.timers.tick(100);
    assert.deepEqual(terminal.shown, ['2']);
  });

  it('is never higher or wider than the window', (t) => {
    const terminal = new FakeTerminal(10, 4);
    const screen = opened(t, terminal);
    screen.show(() => ['a'.repeat(10), '✓'.repeat(11), 'c', 'd', 'e']);
    t.mock.timers.tick(100);
    assert.deepEqual(terminal.shown, ['a'.repeat(10), `${'✓'.repeat(9)}…`, '  … 3 more']);
  });

  it('keeps what is said above it, and its last state when it is closed', (t) => {
    const terminal = new FakeTerminal();
    const screen = opened(t, terminal);
    screen.say('first');
    screen.show(() => ['block']);
    t.mock.timers.tick(100);
    screen.say('lost');
    assert.deepEqual(terminal.shown, ['first', 'lost', 'block']);
    screen.show(() => ['end']);
    screen.close();
    const { writes } = terminal;
    t.mock.timers.tick(10_000);
    assert.deepEqual([terminal.writes, terminal.shown], [writes, ['first', 'lost', 'end']]);
  });

  it('is drawn for 80 columns and 24 rows where the terminal does not know its size', (t) => {
    const terminal = new FakeTerminal(0, 0);
    const screen = opened(t, terminal);
    const lines = ['a'.repeat(80), 'b'.repeat(81), ...Array.from({ length: 23 }, (_, n) => `n ${n}`)];
    screen.show(() => lines);
    t.mock.timers.tick(100);
    const shown = [lines[0], `${'b'.repeat(79)}…`, ...lines.slice(2, 22), '  … 3 more'];
    assert.deepEqual(terminal.shown, shown);
  });

  it('leaves its last state whole, wider and higher than the window, in the place of what was drawn', (t) => {
    const terminal = new FakeTerminal(10, 3);
    const screen = opened(t, terminal);
    const lines = ['completed: requests: failed 0', 'b', 'c', 'd'];
    screen.show(() => lines);
    t.mock.timers.tick(100);
    assert.deepEqual(terminal.shown, ['completed…', '  … 3 more']);
    screen.say('The server is back');
    assert.deepEqual(terminal.shown, ['The server is back', 'completed…', '  … 3 more']);
    screen.close();
    assert.deepEqual(terminal.shown, ['The server is back', ...lines]);
    screen.close();
    assert.deepEqual(terminal.shown, ['The server is back', ...lines], 'and once');
  });
});
