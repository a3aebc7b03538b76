import { expect } from '@open-wc/testing';
import { setHidden } from '../../testing/visibility.ts';
import { FrameQueue, pageFrames } from './frames.ts';
import type { FrameHost } from './frames.ts';

/** A browser whose frames and time the test gives. */
class Stage implements FrameHost {
  ms = 1_000;
  isHidden = false;
  canTell = true;
  readonly stopped: string[] = [];
  #frames: (() => void)[] = [];
  #timers: { at: number; run: () => void }[] = [];
  #shown: () => void = () => undefined;
  tellLong: () => void = () => undefined;

  now(): number {
    return this.ms;
  }

  frame(run: () => void): void {
    this.#frames.push(run);
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.ms + ms, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  hidden(): boolean {
    return this.isHidden;
  }

  onVisibility(run: () => void): () => void {
    this.#shown = run;
    return () => void this.stopped.push('visibility');
  }

  watchLong(tell: () => void): (() => void) | undefined {
    this.tellLong = tell;
    return this.canTell ? () => void this.stopped.push('long frames') : undefined;
  }

  /** Frames and timers that are wanted. */
  get wanted(): [frames: number, timers: number] {
    return [this.#frames.length, this.#timers.length];
  }

  /** The next frame, so many ms later. */
  next(ms = 16): void {
    this.pass(ms);
    const frames = this.#frames;
    this.#frames = [];
    for (const run of frames) run();
  }

  /** Time without a frame. */
  pass(ms: number): void {
    this.ms += ms;
    const due = this.#timers.filter(({ at }) => at <= this.ms);
    this.#timers = this.#timers.filter(({ at }) => at > this.ms);
    for (const { run } of due) run();
  }

  show(hidden: boolean): void {
    this.isHidden = hidden;
    this.#shown();
  }
}

/** Charts that note when they are drawn, each of which takes so many ms. */
function charts(
  stage: Stage,
  names: string,
  takesMs = 0,
): { queue: FrameQueue; drawn: string[]; seats: ReturnType<FrameQueue['join']>[] } {
  const queue = new FrameQueue(stage);
  const drawn: string[] = [];
  const seats = [...names].map((name) =>
    queue.join(() => {
      drawn.push(name);
      stage.ms += takesMs;
    }),
  );
  return { queue, drawn, seats };
}

describe('the page’s frames', () => {
  it('draw everything that was asked for together, each once however often it was asked for', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'abc');
    for (const seat of [...seats, ...seats]) seat.ask();
    expect([drawn.join(''), ...stage.wanted]).to.deep.equal(['', 1, 0]);
    stage.next();
    stage.next();
    expect(drawn.join('')).to.equal('abc');
    expect(stage.wanted).to.deep.equal([0, 0]);
  });

  it('draw again what asks for it while drawing, in the frame after', () => {
    const stage = new Stage();
    const queue = new FrameQueue(stage);
    let count = 0;
    const seat = queue.join(() => (count += 1) < 3 && seat.ask());
    seat.ask();
    for (const expected of [1, 2, 3, 3]) {
      stage.next();
      expect(count).to.equal(expected);
    }
  });

  it('draw nothing for what was taken back', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'ab');
    for (const seat of seats) seat.ask();
    seats[0]?.leave();
    seats[0]?.leave();
    seats[0]?.ask();
    stage.next();
    expect(drawn.join('')).to.equal('b');
  });

  it('take six milliseconds at most, and go round', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'abcde', 2);
    const all = (): void => seats.forEach((seat) => seat.ask());
    all();
    stage.next();
    expect(drawn.join('')).to.equal('abc');
    all();
    stage.next();
    expect(drawn.join('')).to.equal('abcdea');
    stage.next();
    expect(drawn.join('')).to.equal('abcdeabc');
  });

  it('draw what can wait and finds no room with the next quarter of a second, not in a frame for itself', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'abcde', 2);
    for (const seat of seats) seat.ask();
    stage.next();
    stage.next();
    expect(drawn.splice(0).join('')).to.equal('abcde');
    for (const seat of seats) seat.ask(100);
    stage.pass(1_250 - stage.ms);
    stage.next();
    expect([drawn.join(''), ...stage.wanted]).to.deep.equal(['abc', 0, 1]);
    seats[4]?.ask();
    stage.next();
    expect(drawn.join(''), 'what is asked for at once takes none of the others along').to.equal('abce');
    stage.pass(1_500 - stage.ms);
    stage.next();
    expect([drawn.join(''), ...stage.wanted]).to.deep.equal(['abced', 0, 0]);
  });

  it('draw at least one, however long that takes', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'ab', 40);
    for (const seat of seats) seat.ask();
    stage.next();
    expect(drawn.join('')).to.equal('a');
    stage.next();
    expect(drawn.join('')).to.equal('ab');
  });

  it('draw the others when one throws', () => {
    const stage = new Stage();
    const { drawn, seats, queue } = charts(stage, 'a');
    const errors: unknown[] = [];
    const { reportError } = globalThis;
    globalThis.reportError = (error) => errors.push(error);
    queue
      .join(() => {
        throw new Error('no canvas');
      })
      .ask();
    seats[0]?.ask();
    stage.next();
    globalThis.reportError = reportError;
    expect([drawn.join(''), errors.length]).to.deep.equal(['a', 1]);
  });

  it('draw none more often than it asks for, without a frame until it is due', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'a');
    seats[0]?.ask(100);
    stage.next();
    expect(drawn.length).to.equal(1);
    for (let i = 0; i < 5; i += 1) seats[0]?.ask(100);
    expect(stage.wanted).to.deep.equal([0, 1]);
    // Drawn at 1,016 ms: due at 1,116, with all others at 1,250.
    stage.pass(233);
    expect(stage.wanted).to.deep.equal([0, 1]);
    stage.pass(1);
    expect(stage.wanted).to.deep.equal([1, 0]);
    stage.next(0);
    expect(drawn.length).to.equal(2);
  });

  it('draw sooner what asks again with less', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'ab');
    for (const seat of seats) seat.ask(500);
    stage.next();
    for (const seat of seats) seat.ask(500);
    seats[1]?.ask();
    stage.next();
    expect(drawn.join('')).to.equal('abb');
    stage.pass(750);
    stage.next();
    expect(drawn.join('')).to.equal('abba');
  });

  it('draw nothing in a hidden page, not even a frame is asked for', () => {
    const stage = new Stage();
    const { drawn, seats } = charts(stage, 'a');
    seats[0]?.ask();
    stage.isHidden = true;
    stage.next();
    seats[0]?.ask();
    expect([drawn.length, ...stage.wanted]).to.deep.equal([0, 0, 0]);
    stage.show(false);
    stage.next();
    expect(drawn.length).to.equal(1);
  });

  it('draw half as often and half as much after a long frame, down to an eighth, and recover', () => {
    const stage = new Stage();
    const { queue, drawn, seats } = charts(stage, 'abcdef', 1);
    stage.tellLong();
    expect(queue.slowdown).to.equal(2);
    for (const seat of seats) seat.ask(100);
    stage.next();
    expect(drawn.join('')).to.equal('abc');
    stage.next();
    for (const seat of seats) seat.ask(100);
    // Drawn after 1,000 ms: due 200 later, with all others at 1,250.
    stage.pass(1_249 - stage.ms);
    expect(stage.wanted[0]).to.equal(0);
    stage.pass(1);
    expect(stage.wanted[0]).to.equal(1);
    for (const expected of [4, 8, 8]) {
      stage.pass(250);
      stage.tellLong();
      expect(queue.slowdown).to.equal(expected);
    }
    for (const expected of [4, 2, 1, 1]) {
      stage.pass(2_000);
      seats[0]?.ask();
      stage.next();
      expect(queue.slowdown).to.equal(expected);
    }
  });

  it('slow down once for a crowd of long frames', () => {
    const stage = new Stage();
    const { queue } = charts(stage, 'a');
    for (let i = 0; i < 5; i += 1) {
      stage.tellLong();
      stage.pass(50);
    }
    expect(queue.slowdown).to.equal(2);
  });

  it('measure themselves where the browser does not tell of long frames', () => {
    const stage = new Stage();
    stage.canTell = false;
    const queue = new FrameQueue(stage);
    const seat = queue.join(() => seat.ask());
    seat.ask();
    for (let i = 0; i < 5; i += 1) stage.next();
    expect(queue.slowdown).to.equal(1);
    stage.next(80);
    expect(queue.slowdown).to.equal(2);
  });

  it('take a pause for no long frame', () => {
    const stage = new Stage();
    stage.canTell = false;
    const { queue, seats } = charts(stage, 'a');
    for (let i = 0; i < 3; i += 1) {
      seats[0]?.ask();
      stage.next();
      stage.pass(3_000);
    }
    expect(queue.slowdown).to.equal(1);
  });

  it('leave nothing behind when the last chart leaves, and begin again with the next', () => {
    const stage = new Stage();
    const { queue, seats } = charts(stage, 'ab');
    for (const seat of seats) seat.ask();
    stage.next();
    seats[0]?.ask(1_000);
    seats[0]?.leave();
    expect(stage.stopped).to.deep.equal([]);
    seats[1]?.leave();
    expect(stage.stopped).to.deep.equal(['long frames', 'visibility']);
    expect(stage.wanted[1]).to.equal(0);
    let drawn = 0;
    const seat = queue.join(() => (drawn += 1));
    seat.ask();
    stage.next();
    expect(drawn).to.equal(1);
  });

  it('are one queue for every copy of the module', async () => {
    const copy = (await import(new URL('./frames.ts?copy', import.meta.url).href)) as {
      pageFrames: typeof pageFrames;
    };
    expect(copy.pageFrames).not.to.equal(pageFrames);
    expect(copy.pageFrames()).to.equal(pageFrames());
  });

  it('are the browser’s own', async () => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    let drawn = 0;
    const seat = pageFrames().join(() => (drawn += 1));
    seat.ask();
    await frame();
    expect(drawn).to.equal(1);
    setHidden(true);
    seat.ask();
    await frame();
    await frame();
    expect(drawn).to.equal(1);
    setHidden(false);
    await frame();
    expect(drawn).to.equal(2);
    seat.leave();
  });
});
