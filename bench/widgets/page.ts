/** The page of the widgets bench: a wall of widgets and badges, and what is felt while it is fed. Built like the product's bundle. */
import { WIDGETS, createFeed } from './feed.ts';
import { LIBRARIES, type Library, type Wall, buildWall } from './walls.ts';

/** What the bench calls. */
export interface WidgetsBench {
  readonly isolated: boolean;
  readonly libraries: readonly Library[];
  /** Builds the wall, and waits until every chart is there. */
  prepare(library: Library): Promise<void>;
  /** Feeds it from now on. */
  start(): void;
  /** Ends that. @returns what was felt since the start. */
  stop(): Felt;
}

/** What a reader at the page felt. */
export interface Felt {
  /** How long each task over 50 ms took, ms. */
  readonly longTasks: readonly number[];
  /** Updates of single widgets and badges that were heard. */
  readonly updates: number;
}

const longTasks: number[] = [];
new PerformanceObserver((list) =>
  longTasks.push(...list.getEntries().map(({ duration }) => duration)),
).observe({
  type: 'longtask',
});

let wall: Wall | undefined;
const feed = createFeed((text) => wall?.hear(text));

const page: WidgetsBench = {
  isolated: crossOriginIsolated,
  libraries: LIBRARIES,

  async prepare(library) {
    const [charts, badges] = ['charts', 'badges'].map((className) => {
      const box = Object.assign(document.createElement('div'), { className });
      document.body.append(box);
      return box;
    });
    wall = buildWall(library, charts!, badges!);
    while (wall.drawn() < WIDGETS) await nextFrame();
    for (let i = 0; i < 60; i += 1) await nextFrame();
  },

  start() {
    longTasks.length = 0;
    feed.start();
  },

  stop() {
    const updates = feed.stop();
    return { longTasks: longTasks.map(Math.round), updates };
  },
};

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

Object.assign(globalThis, { bench: page });
