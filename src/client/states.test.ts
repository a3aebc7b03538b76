import { expect } from '@open-wc/testing';
import { isUp, TRANSITIONS } from './states.ts';
import type { SocketState, StateEvent } from './states.ts';

const states = Object.keys(TRANSITIONS) as SocketState[];
const transitions = states.flatMap((from) =>
  (Object.entries(TRANSITIONS[from]) as [StateEvent, SocketState][]).map(([event, to]) => ({
    from,
    event,
    to,
  })),
);

describe('states', () => {
  it('can all be reached from idle, and every one but idle can be left by hanging up, or is closed', () => {
    const reached = new Set<SocketState>(['idle']);
    for (const state of reached) for (const { from, to } of transitions) if (from === state) reached.add(to);
    expect([...reached].sort()).to.deep.equal([...states].sort());
    for (const state of states)
      expect(TRANSITIONS[state].disconnect, state).to.equal(
        state === 'idle' || state === 'closed' ? undefined : 'closed',
      );
  });

  it('are up where publications arrive', () => {
    expect(states.filter(isUp)).to.deep.equal(['live', 'fallback']);
  });

  it('stand in docs/client.md as they do in the code: in the table and in the drawing', async () => {
    const response = await fetch('/docs/client.md');
    const text = await response.text();
    const code = transitions.map(({ from, event, to }) => `${from} ${event} ${to}`).sort();
    const table = [...text.matchAll(/^\| `(\w+)` +\| `(\w+)` +\| `(\w+)` +\|/gm)].map(
      ([, from, event, to]) => `${from} ${event} ${to}`,
    );
    expect(table.sort()).to.deep.equal(code);
    const drawing = [...text.matchAll(/^ +(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, events = '']) =>
      events.split(', ').map((event) => `${from} ${event} ${to}`),
    );
    expect(drawing.sort()).to.deep.equal(code);
  });
});
