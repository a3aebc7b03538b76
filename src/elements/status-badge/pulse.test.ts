import { expect, fixture, html } from '@open-wc/testing';
import { Pulse } from './pulse.ts';

const now = performance.now.bind(performance);
let later = 0;

/** What happened before is long ago. */
function muchLater(): void {
  later += 60_000;
  performance.now = () => now() + later;
}

async function box(): Promise<HTMLElement> {
  return fixture<HTMLElement>(html`<span>up</span>`);
}

describe('Pulse', () => {
  beforeEach(muchLater);
  after(() => {
    performance.now = now;
  });

  it('is not begun anew by a badge that changes all the time', async () => {
    const changing = await box();
    const pulse = new Pulse();
    pulse.show(changing);
    const [first] = changing.getAnimations();
    expect(first?.playState).to.equal('running');
    for (let i = 0; i < 10; i += 1) pulse.show(changing);
    expect(changing.getAnimations()).to.deep.equal([first]);
    first?.cancel();
    pulse.show(changing);
    expect(changing.getAnimations(), 'rests').to.deep.equal([]);
  });

  it('is shown again once the badge has rested', async () => {
    const changing = await box();
    const pulse = new Pulse();
    pulse.show(changing);
    changing.getAnimations()[0]?.cancel();
    muchLater();
    pulse.show(changing);
    expect(changing.getAnimations().length).to.equal(1);
  });

  it('draws the eye to a few of a page, and not to a crowd that changes all the time', async () => {
    const crowd = await Promise.all(Array.from({ length: 40 }, box));
    const moving = (): number => crowd.filter((one) => one.getAnimations().length > 0).length;
    for (const one of crowd) new Pulse().show(one);
    expect(moving()).to.equal(3);
    later += 1_500;
    for (const one of crowd) new Pulse().show(one);
    expect(moving(), 'nor in the second after').to.equal(3);
  });
});
