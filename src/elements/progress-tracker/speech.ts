/** Says through the page's one announcer what matters of a tracker: a failure at once, a stage or an end when there is a pause. */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { Changes } from './changes.ts';
import type { Work } from './stages.ts';
import { faceOf } from './view.ts';
import type { Wording } from './wording.ts';

let made = 0;

/** The voice of one tracker. */
export class Speech {
  /** Of this tracker: its newer sentence takes the place of the one that waits. */
  readonly #key = `progress-tracker-${(made += 1)}`;
  readonly #wording: Wording;

  constructor(wording: Wording) {
    this.#wording = wording;
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
  }

  /** Of what changed at once, that is said which matters most: one sentence. */
  changed(name: string, work: Work, { previous, stages }: Changes): void {
    const { texts, labelOf } = this.#wording;
    const failed = stages.find(({ stage }) => faceOf(stage.state).severity === 'critical');
    const face = faceOf(work.state);
    const isFailure = previous !== undefined && face.severity === 'critical';
    if (isFailure || failed) {
      const what = failed
        ? [failed.stage.title, labelOf(faceOf(failed.stage.state))].join(', ')
        : labelOf(face);
      this.failed(texts.saidFailed(name, what, failed?.stage.error || work.error));
      return;
    }
    // What goes on in its usual way is told by its stages.
    if (previous !== undefined && (work.state !== 'running' || stages.length === 0)) {
      this.say(texts.saidState(name, labelOf(face)));
      return;
    }
    const begun = stages.findLast(({ stage }) => stage.state === 'running');
    if (!begun) return;
    const [at, of] = [begun.index + 1, work.stages.length].map((value) => this.#wording.count(value));
    this.say(texts.saidStage(name, at ?? '', of ?? '', begun.stage.title));
  }

  /** When there is a pause. @param about a newer sentence about the same takes its place. */
  say(text: string, about = 'stage'): void {
    pageAnnouncer().announce(text, 'polite', { key: `${this.#key} ${about}` });
  }

  /** At once. */
  failed(text: string): void {
    pageAnnouncer().announce(text, 'assertive', { key: `${this.#key} failed` });
  }
}
