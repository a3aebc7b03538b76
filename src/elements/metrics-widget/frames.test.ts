import { expect } from '@open-wc/testing';
import { forgetFrame, inNextFrame } from './frames.ts';

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

describe('the page’s frame', () => {
  it('draws everything that was asked for together, each once however often it was asked for', async () => {
    const drawn: string[] = [];
    const draws = ['a', 'b', 'c'].map((name) => () => void drawn.push(name));
    for (const draw of [...draws, ...draws]) inNextFrame(draw);
    expect(drawn).to.deep.equal([]);
    await frame();
    expect(drawn).to.deep.equal(['a', 'b', 'c']);
    await frame();
    expect(drawn).to.deep.equal(['a', 'b', 'c']);
  });

  it('draws again what asks for it while drawing, in the frame after', async () => {
    let count = 0;
    const draw = (): void => {
      count += 1;
      if (count < 3) inNextFrame(draw);
    };
    inNextFrame(draw);
    await frame();
    expect(count).to.equal(1);
    await frame();
    expect(count).to.equal(2);
    await frame();
    expect(count).to.equal(3);
  });

  it('does not draw what was taken back', async () => {
    const drawn: string[] = [];
    const draw = (): void => void drawn.push('drawn');
    inNextFrame(draw);
    forgetFrame(draw);
    forgetFrame(draw);
    await frame();
    expect(drawn).to.deep.equal([]);
  });
});
