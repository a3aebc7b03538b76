import { expect } from '@open-wc/testing';
import { setStates } from './custom-states.ts';

class WithStates extends HTMLElement {
  readonly internals = this.attachInternals();
}
customElements.define('x-with-states', WithStates);

describe('setStates', () => {
  it('sets exactly the states that it is given', () => {
    const element = new WithStates();
    setStates(element.internals, ['stale', 'critical']);
    expect([...element.internals.states]).to.have.members(['stale', 'critical']);
    expect(element.matches(':state(stale)')).to.equal(true);
    setStates(element.internals, ['live', 'critical']);
    expect([...element.internals.states]).to.have.members(['live', 'critical']);
    expect(element.matches(':state(stale)')).to.equal(false);
  });

  it('does nothing in a browser without custom states', () => {
    expect(() => setStates({} as ElementInternals, ['stale'])).not.to.throw();
  });
});
