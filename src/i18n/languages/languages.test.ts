import { expect } from '@open-wc/testing';
import { announcerMessages } from '../../a11y/words.ts';
import { selectorMessages } from '../../elements/context-selector/words.ts';
import { detailsMessages as metricsDetailsMessages } from '../../elements/metrics-widget/details-words.ts';
import { gridMessages } from '../../elements/metrics-grid/words.ts';
import { chartMessages } from '../../elements/metrics-widget/chart-words.ts';
import { narrowingMessages } from '../../elements/metrics-widget/narrowing-words.ts';
import { metricsMessages } from '../../elements/metrics-widget/words.ts';
import { controlsMessages } from '../../elements/page-controls/words.ts';
import { detailsMessages } from '../../elements/socket/details-words.ts';
import { socketMessages } from '../../elements/socket/words.ts';
import { trackerDetailsMessages } from '../../elements/progress-tracker/details-words.ts';
import { presetMessages } from '../../elements/progress-tracker/preset-words.ts';
import { trackerMessages } from '../../elements/progress-tracker/words.ts';
import { timelineAuditMessages } from '../../elements/timeline/audit-words.ts';
import { timelineDetailsMessages } from '../../elements/timeline/details-words.ts';
import { timelineFrameMessages } from '../../elements/timeline/frame-words.ts';
import { timelineMessages } from '../../elements/timeline/words.ts';
import { badgeDetailsMessages } from '../../elements/status-badge/details-words.ts';
import { badgeMessages } from '../../elements/status-badge/words.ts';
import { badgeListMessages } from '../../elements/status-badge-list/words.ts';
import { STATE_WORDS } from '../../protocol/states.ts';
import type { Message, Messages } from '../messages.ts';
import { stateMessages } from '../states.ts';
import type { Catalogue } from './catalogue.ts';
import { messages as de } from './de.ts';
import { messages as es } from './es.ts';
import { messages as long } from './qps-ploc.ts';
import { messages as mirrored } from './qps-plocm.ts';

const ENGLISH = {
  announcer: announcerMessages,
  states: stateMessages,
  socket: socketMessages,
  'socket-details': detailsMessages,
  'status-badge': badgeMessages,
  'status-badge-details': badgeDetailsMessages,
  'status-badge-list': badgeListMessages,
  'metrics-widget': metricsMessages,
  'metrics-details': metricsDetailsMessages,
  'metrics-context': narrowingMessages,
  'metrics-chart': chartMessages,
  'metrics-grid': gridMessages,
  timeline: timelineMessages,
  'timeline-frame': timelineFrameMessages,
  'timeline-details': timelineDetailsMessages,
  'timeline-audit': timelineAuditMessages,
  'progress-tracker': trackerMessages,
  'progress-tracker-details': trackerDetailsMessages,
  'progress-presets': presetMessages,
  'page-controls': controlsMessages,
  'context-selector': selectorMessages,
} as const satisfies Record<keyof Catalogue, unknown>;

type Component = keyof typeof ENGLISH;
const COMPONENTS = Object.keys(ENGLISH) as Component[];
const english = (component: Component): Messages => ENGLISH[component].get('en');

/** What a message says of ordinary things, once for each number that may be worded apart. */
function said(message: Message | undefined, name = ''): string[] {
  if (typeof message !== 'function') return [String(message)];
  const words = message as (...args: unknown[]) => string;
  return [0, 1, 2, 7].map((number) => {
    // Of what a list holds, where it is a list that is asked about.
    if (name === 'chooseFewer' || name === 'noneMatches') return words('agents', number);
    try {
      return String(words(number, number, 'hour', '3 hr'));
    } catch {
      // It wants texts.
      return words(String(number), number, 'hour');
    }
  });
}

for (const [name, language] of Object.entries({ de, es })) {
  describe(`the language ${name}`, () => {
    it('has the texts of every component, and no other', () => {
      expect(Object.keys(language)).to.have.members(COMPONENTS);
    });

    for (const component of COMPONENTS) {
      it(`says all that ${component} says, in the same kinds of messages`, () => {
        const texts = language[component] as Messages;
        expect(Object.keys(texts)).to.have.members(Object.keys(english(component)));
        for (const [key, message] of Object.entries(english(component))) {
          expect(typeof texts[key], key).to.equal(typeof message);
          const [theirs, ours] = [said(texts[key], key), said(message, key)];
          theirs.forEach((text, i) => {
            expect(text, key).not.to.match(/undefined|null|NaN|\[object|^\s+$/);
            // What English leaves empty is empty, and nothing else.
            expect(text === '', key).to.equal(ours[i] === '');
            // A reader must not have to guess a number.
            for (const number of ours[i]?.match(/\d+/g) ?? []) {
              if (number !== '1') expect(text, key).to.contain(number);
            }
          });
        }
      });
    }

    it('has a word of its own for nearly every state', () => {
      const same = STATE_WORDS.filter((word) => {
        const key = word as keyof typeof language.states;
        return language.states[key] === stateMessages.get('en')[key];
      });
      expect(same.length, same.join()).to.be.at.most(4);
    });

    it('tells states apart as English does', () => {
      // "Alarm" and "Alerta activa" are worded apart from what is about to come.
      const labels = STATE_WORDS.map((word) => language.states[word as keyof typeof language.states]);
      expect(new Set(labels).size).to.equal(labels.length);
    });
  });
}

const turn = (language: typeof long, component: Component): Messages =>
  (language as (component: string, english: Messages) => Messages)(component, english(component));

describe('the pseudo-languages', () => {
  it('turn every text of every component', () => {
    for (const component of COMPONENTS) {
      for (const language of [long, mirrored]) {
        const texts = turn(language, component);
        for (const [key, message] of Object.entries(english(component))) {
          expect(typeof texts[key], key).to.equal(typeof message);
          if (typeof message === 'string' && /[a-z]/i.test(message)) {
            expect(texts[key], key).not.to.equal(message);
          }
        }
      }
    }
  });

  it('are longer, and still readable', () => {
    const { reconnect } = turn(long, 'socket');
    expect(reconnect).to.match(/^\[Réçöññéçt ñöw \w+/);
    for (const [key, message] of Object.entries(english('socket'))) {
      if (typeof message !== 'string') continue;
      expect(String(turn(long, 'socket')[key]).length, key).to.be.at.least(message.length * 1.35);
    }
  });

  it('leave names and numbers as they are', () => {
    const of = turn(long, 'socket')['saidOf'] as (name: string, sentence: string) => string;
    expect(of('Billing', 'lost')).to.match(/^\[Billing: lost/);
    const summary = turn(mirrored, 'metrics-widget')['summary'] as (...args: string[]) => string;
    const text = summary('1%', '5%', '2 minutes');
    expect(text).to.contain('1%').and.to.contain('5%').and.to.contain('2 minutes');
    expect(text).to.contain('\u202eFrom \u202c');
  });

  it('leave nothing where English says nothing', () => {
    const replayed = turn(long, 'socket-details')['replayed'] as (many: number) => string;
    expect(replayed(0)).to.equal('');
  });
});
