import { expect } from '@open-wc/testing';
import { Crowd } from './crowd.ts';

/** Asks so many times. @returns who was drawn, in order, and resolves when all were. */
function ask(crowd: Crowd, count: number): { readonly drawn: number[]; readonly all: Promise<unknown> } {
  const drawn: number[] = [];
  const draw = async (i: number): Promise<void> => {
    const turn = crowd.turn();
    if (turn) await turn;
    drawn.push(i);
  };
  return { drawn, all: Promise.all(Array.from({ length: count }, (_, i) => draw(i))) };
}

describe('Crowd', () => {
  it('lets a few go at once', () => {
    const crowd = new Crowd();
    for (let i = 0; i < 334; i += 1) expect(crowd.turn()).to.equal(undefined);
  });

  it('lets two thousand go 334 in a task, in the order of asking', async () => {
    const { drawn, all } = ask(new Crowd(), 2_000);
    expect(drawn.length).to.equal(334);
    const heard: number[] = [];
    const channel = new MessageChannel();
    // Runs between tasks that others asked for.
    const looking = new Promise<void>((resolve) => {
      channel.port1.onmessage = () => {
        heard.push(drawn.length);
        if (drawn.length < 2_000) channel.port2.postMessage(0);
        else resolve();
      };
      channel.port2.postMessage(0);
    });
    await all;
    await looking;
    channel.port1.close();
    expect(drawn).to.deep.equal(Array.from({ length: 2_000 }, (_, i) => i));
    expect(new Set(heard).size, 'there were tasks between').to.be.greaterThan(3);
  });

  it('is none any more once all have gone', async () => {
    const crowd = new Crowd();
    await ask(crowd, 700).all;
    while (crowd.turn()) await new Promise((resolve) => setTimeout(resolve));
    expect(crowd.turn()).to.equal(undefined);
  });
});
