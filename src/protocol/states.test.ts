import { expect } from '@open-wc/testing';
import { SEVERITIES, STATE_WORDS, findState, worseOf } from './states.ts';
import type { Severity, Shape } from './states.ts';

/** The table of docs/architecture.md, row by row. */
const TABLE: readonly (readonly [words: string, severity: Severity, shape: Shape])[] = [
  ['up, ok, healthy, success, online, active, running, completed, resolved', 'ok', 'disc'],
  ['degraded, warning, pending alert', 'degraded', 'triangle'],
  ['down, critical, error, failed, firing, crashed, errored', 'critical', 'octagon'],
  ['offline', 'critical', 'ring-slash'],
  ['working, running stage, creating, starting, stopping, upgrading', 'info', 'arc'],
  ['pending, queued, draft', 'neutral', 'dotted-ring'],
  ['stopped, suspended, cancelled, skipped, revoked', 'neutral', 'bar'],
  ['maintenance, paused', 'info', 'wrench'],
  ['unknown, no data', 'unknown', 'question'],
  ['stale, reconnecting', 'neutral', 'dashed-ring'],
];

/** Every state that a stage, an operation or an agent can be in, as docs/architecture.md lists them. */
const LIVES = [
  'pending running completed failed skipped cancelled',
  'queued paused rolling-back rolled-back',
  'draft provisioned deployed running stopped suspended errored revoked',
];

describe('the vocabulary of states', () => {
  for (const [words, severity, shape] of TABLE) {
    for (const word of words.split(', ')) {
      it(`shows "${word}" as ${severity}, ${shape}`, () => {
        const state = findState(word);
        expect(state?.severity).to.equal(severity);
        expect(state?.shape).to.equal(shape);
      });
    }
  }

  for (const word of STATE_WORDS) {
    it(`gives "${word}" a severity, a shape and a label`, () => {
      const state = findState(word);
      expect(state?.word).to.equal(word);
      expect(SEVERITIES).to.include(state?.severity);
      expect(state?.shape).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(state?.label).to.match(/^[A-Z]/);
    });
  }

  it('lists each word once, in kebab-case', () => {
    expect(new Set(STATE_WORDS).size).to.equal(STATE_WORDS.length);
    for (const word of STATE_WORDS) expect(word).to.match(/^[a-z]+(-[a-z]+)*$/);
  });

  it('knows every state in the lives of stages, operations and agents', () => {
    const missing = LIVES.flatMap((line) => line.split(' ')).filter((word) => !findState(word));
    expect(missing).to.deep.equal([]);
  });

  it('labels words as people write them', () => {
    expect(findState('ok')?.label).to.equal('OK');
    expect(findState('up')?.label).to.equal('Up');
    expect(findState('pending-alert')?.label).to.equal('Pending alert');
  });

  it('gives states of different severity different figures', () => {
    const severities = new Map<Shape, Set<Severity>>();
    for (const word of STATE_WORDS) {
      const state = findState(word);
      if (state) severities.set(state.shape, (severities.get(state.shape) ?? new Set()).add(state.severity));
    }
    const ambiguous = [...severities].filter(([, found]) => found.size > 1).map(([shape]) => shape);
    expect(ambiguous).to.deep.equal([]);
  });
});

describe('findState', () => {
  it('forgives case, spaces around and inside, and underscores', () => {
    for (const word of [
      'Pending alert',
      'PENDING_ALERT',
      '  pending  alert ',
      'pending-alert',
      'pending _ alert',
    ]) {
      expect(findState(word)?.word, word).to.equal('pending-alert');
    }
  });

  it('yields nothing for a word that is not listed', () => {
    for (const word of ['', 'on fire', 'upp', 'toString', '__proto__', 'constructor']) {
      expect(findState(word), word).to.equal(undefined);
    }
  });
});

describe('worseOf', () => {
  it('orders ok, neutral, info, unknown, degraded, critical from best to worst', () => {
    const order: Severity[] = ['ok', 'neutral', 'info', 'unknown', 'degraded', 'critical'];
    order.forEach((a, i) => {
      order.forEach((b, j) => {
        expect(worseOf(a, b), `${a}, ${b}`).to.equal(order[Math.max(i, j)]);
      });
    });
  });

  it('never lets not knowing mask a failure', () => {
    expect(worseOf('unknown', 'critical')).to.equal('critical');
    expect(worseOf('degraded', 'unknown')).to.equal('degraded');
  });
});
