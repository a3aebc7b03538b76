/** What an agent writes, live: the end of it stays in view while the reader is there. */
import { pagePace } from '../src/a11y/page-pace.ts';
import { intlTimeZone } from '../src/i18n/page-time-zone.ts';
import type { Json, LogLine, LogUpdate } from '../src/protocol/index.ts';
import type { Fleet } from './fleet.ts';
import { make, setText } from './text.ts';

/** Lines that are shown; older ones are read by the API and the command line. */
const MOST = 300;
/** How far from its end the log still counts as there, px. */
const NEAR_PX = 24;
const EVERY_MS = 500;

/**
 * Follows the log of an agent.
 * @param log scrolls; its lines are put into it.
 * @param note says what stands in place of lines.
 * @returns ends it.
 */
export function agentLog(log: HTMLElement, note: HTMLElement, agent: string, { socket }: Fleet): () => void {
  let last = -1;
  /** What came while the page was paused. */
  let held: LogLine[] = [];
  const add = (lines: readonly LogLine[]): void => {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    const news = lines.filter(({ n }) => n > last);
    last = news.at(-1)?.n ?? last;
    log.append(...news.slice(-MOST).map(lineOf));
    while (log.childElementCount > MOST) log.firstElementChild?.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
    setText(note, log.childElementCount === 0 ? 'It has written nothing yet.' : '');
  };
  const hear = (data: Json): void => {
    const { lines } = data as unknown as LogUpdate;
    if (pagePace().pace.paused) held = [...held, ...lines].slice(-MOST);
    else add(lines);
  };
  const release = (): void => {
    if (pagePace().pace.paused) return;
    add(held);
    held = [];
  };
  pagePace().listeners.add(release);
  const lines = socket.subscribe(
    `logs/${agent}`,
    {
      snapshot: hear,
      publication: hear,
      error: ({ code, message }) => setText(note, `${message.replace(/\.?$/, '.')} (${code})`),
      current: (current) => log.classList.toggle('behind', !current),
    },
    { everyMs: EVERY_MS },
  );
  return () => {
    lines.stop();
    pagePace().listeners.delete(release);
  };
}

function lineOf({ at, stream, text }: LogLine): HTMLElement {
  const line = make('div', 'line');
  const time = make('time', '', clock(at));
  time.dateTime = new Date(at).toISOString();
  line.append(time, stream === 'stdout' ? '' : make('b', '', stream), make('span', '', text));
  return line;
}

let formats: readonly [zone: string | undefined, format: Intl.DateTimeFormat] | undefined;

/** The time of day to the second, in the page's zone. */
function clock(ms: number): string {
  const timeZone = intlTimeZone();
  if (!formats || formats[0] !== timeZone) {
    const format = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', ...(timeZone && { timeZone }) });
    formats = [timeZone, format];
  }
  return formats[1].format(ms);
}
