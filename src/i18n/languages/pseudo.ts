/** Makes pseudo-languages of the English texts: what is not translated, too short or one way only is seen at a glance. */
import type { Message, Messages } from '../messages.ts';

/** Around what a message is about, so that names and numbers stay as they are. Private use, U+E000 and U+E001. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];
const HELD = /\ue000([^\ue001]*)\ue001/;

/** The texts, each turned by `turn`; what a function is given is left alone. */
export function pseudo(english: Messages, turn: (text: string) => string): Messages {
  return Object.fromEntries(Object.entries(english).map(([name, message]) => [name, turned(message, turn)]));
}

function turned(message: Message, turn: (text: string) => string): Message {
  if (typeof message === 'string') return turn(message);
  const words: (...args: never[]) => string = message;
  return (...args: unknown[]) => {
    const held = args.map((arg) => (typeof arg === 'string' && arg ? `${OPEN}${arg}${CLOSE}` : arg));
    return turn(words(...(held as never[])));
  };
}

/** Turns what stands between held arguments, and lets those go. */
export function around(text: string, turn: (piece: string) => string): string {
  return text
    .split(HELD)
    .map((piece, i) => (i % 2 === 0 ? turn(piece) : piece))
    .join('');
}
