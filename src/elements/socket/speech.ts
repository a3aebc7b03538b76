/** Says aloud what became of a connection: its loss, its return, its failure, once each has lasted. */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { StateChange } from '../../client/states.ts';
import type { SocketMessages, Why } from './words.ts';

/** What does not last is no news, ms. */
const HELD_MS = 2_000;

/** What there is to say. */
type News = 'up' | 'lost' | 'failed';

/** The voice of one socket. */
export class SocketSpeech {
  readonly #name: () => string;
  readonly #texts: () => SocketMessages;
  readonly #why: (...why: Why) => string;
  /** What whoever listens takes for true. */
  #said: News | undefined;
  /** What is so now, and has to last. */
  #news: News | undefined;
  #sentence = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param name how to call the socket; empty when the page has only this one.
   * @param texts in the socket's language.
   * @param why a reason in words.
   */
  constructor(name: () => string, texts: () => SocketMessages, why: (...why: Why) => string) {
    this.#name = name;
    this.#texts = texts;
    this.#why = why;
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
  }

  changed({ state, previous, reason, code }: StateChange): void {
    const texts = this.#texts();
    switch (state) {
      case 'live':
      case 'fallback':
        return this.#now('up', texts.saidUp);
      case 'reconnecting':
        return this.#now('lost', this.#said ? texts.saidLost : texts.saidUnreached);
      case 'suspended':
        // A page that sleeps says nothing; once it is awake it is seen what became of it.
        return reason === 'freeze' ? this.stop() : this.#now('lost', texts.saidOffline);
      case 'failed':
        return this.#now('failed', texts.saidFailed(this.#why(reason, code === undefined)));
      case 'connecting':
      case 'authenticating':
        // Part of what was before, unless somebody asks for another try: then its failure is news too.
        if (previous !== 'failed') return;
        this.stop();
        if (this.#said === 'failed') this.#said = 'lost';
        return;
      case 'idle':
      case 'closed':
        // By the page, which knows.
        this.stop();
        this.#said = undefined;
    }
  }

  /** Says nothing of what was about to be said. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#news = undefined;
  }

  #now(news: News, sentence: string): void {
    this.#sentence = sentence;
    if (news === this.#news) return;
    this.stop();
    this.#news = news;
    // The first connection is what everybody expects.
    if (news === 'up') this.#said ??= 'up';
    if (news !== this.#said) this.#timer = setTimeout(() => this.#say(news), HELD_MS);
  }

  #say(news: News): void {
    const name = this.#name();
    this.#said = news;
    pageAnnouncer().announce(
      name ? this.#texts().saidOf(name, this.#sentence) : this.#sentence,
      news === 'failed' ? 'assertive' : 'polite',
    );
  }
}
