/** The text format of Prometheus, version 0.0.4: lines in any order, blanks where one likes, times in ms. */
import { isUtf8 } from 'node:buffer';
import { CODES } from '../../../../src/protocol/index.ts';
import type { Intake, MetricFormat, MetricParser } from './format.ts';
import { readComment, readTail } from './prometheus-line.ts';
import type { Said } from './prometheus-line.ts';
import { PrometheusLine, PrometheusSeries } from './prometheus-series.ts';
import { CR, HASH, LF, OPEN, SPACE, TextCursor } from './text-cursor.ts';
import { prefixEnd, readLabels, readMetricName } from './text-labels.ts';
import { KnownLines } from './text-lines.ts';
import { readNumber } from './text-number.ts';
import { DEFAULT_TEXT_LIMITS, TextParser, refuse } from './text-parser.ts';
import type { TextLimits } from './text-parser.ts';

/** Prometheus text 0.0.4, which everybody speaks. A line that is none is named, and the others are taken: nothing is thrown. */
export const prometheusText: MetricFormat = {
  name: 'prometheus-text',
  mediaTypes: ['text/plain'],
  parser: () => prometheusParser(),
};

/** A parser with limits of one's own. */
export function prometheusParser(limits: TextLimits = DEFAULT_TEXT_LIMITS): MetricParser {
  return new TextParser(() => new PrometheusReader(limits));
}

/** What a line costs beside its bytes, measured, bytes. */
const LINE_COST = 180;

class PrometheusReader implements MetricParser {
  readonly #limits: TextLimits;
  readonly #lines: KnownLines<PrometheusLine>;
  readonly #series = new PrometheusSeries();
  /** Bodies read so far, this one included. */
  #body = 0;
  /** What was known of a line in a body from this one on holds. */
  #surely = 0;
  #retired = NaN;
  #stales = NaN;

  constructor(limits: TextLimits) {
    this.#limits = limits;
    this.#lines = new KnownLines(new PrometheusLine(), LINE_COST, limits.maxRememberedBytes);
  }

  *parse(whole: Buffer, intake: Intake): Generator<void, void, void> {
    const cursor = new TextCursor(whole);
    const { bytes } = cursor;
    const lines = this.#lines;
    const body = (this.#body += 1);
    const { pauseLines } = this.#limits;
    this.#series.histograms.begin(body);
    let before = lines.first;
    this.#doubt(intake, body);
    while (cursor.at < bytes.length) {
      cursor.start = cursor.at;
      if ((cursor.line += 1) % pauseLines === 0) {
        yield;
        this.#doubt(intake, body + 1);
      }
      let line = before.next;
      if (line !== undefined && lines.stands(line, cursor)) {
        cursor.at += line.length;
        if (line.body < this.#surely && line.isOutdated) line = this.#look(cursor, intake);
      } else line = this.#look(cursor, intake);
      if (line === undefined) continue;
      line.body = body;
      if (line.at >= 0) before = before.next = line;
      if (line.says !== undefined) this.#describe(line.says, cursor, intake);
      else this.#sample(line, cursor, intake);
    }
    yield* this.#series.histograms.end(intake, pauseLines);
    this.#forget(body);
  }

  /**
   * A series may be gone, or a family described otherwise: lines have to be asked once, in this body and in the next. As long as
   * nothing of the kind happens they are not, as their series lie scattered over memory.
   * @param body the first whose lines are sure.
   */
  #doubt({ retired = NaN }: Intake, body: number): void {
    const { stales } = this.#series.families;
    if (retired !== this.#retired || stales !== this.#stales) this.#surely = body;
    this.#retired = retired;
    this.#stales = stales;
  }

  /** Reads a value, and hands it on. */
  #sample(line: PrometheusLine, cursor: TextCursor, intake: Intake): void {
    // Known by fewer blanks than there are now.
    if (cursor.bytes[cursor.at]! <= SPACE) cursor.skipBlanks();
    const from = cursor.at;
    const value = readNumber(cursor);
    let time = NaN;
    if (cursor.at > from && cursor.bytes[cursor.at] === LF) cursor.at += 1;
    else {
      const read = readTail(cursor, from);
      if (read === undefined) return refuse(cursor, intake);
      time = read;
    }
    const { ref, histogram, part, bound } = line;
    if (value - value !== 0) {
      if (value === value || !line.mayBeNaN)
        intake.reject(`line ${cursor.line}`, 'bad_value', `Expected a finite number, found ${value}`);
    } else if (ref !== undefined) {
      const code = intake.sample(ref, value, time);
      if (code !== undefined) intake.reject(`line ${cursor.line}`, code, CODES[code].title);
    } else {
      this.#series.histograms.add(histogram!, part, bound, value, time, cursor.line, intake);
    }
  }

  /** Finds what stands at the cursor among the lines that are known, or reads it; undefined where it is nothing or was refused. */
  #look(cursor: TextCursor, intake: Intake): PrometheusLine | undefined {
    const { bytes } = cursor;
    cursor.at = cursor.start;
    cursor.skipBlanks();
    const c = bytes[cursor.at];
    if (c === LF || (c === CR && bytes[cursor.at + 1] === LF)) {
      cursor.skipLine();
      return undefined;
    }
    const lineEnd = cursor.lineEnd();
    if (lineEnd - cursor.start > this.#limits.maxLineBytes) {
      return refuse(cursor, intake, `a line of at most ${this.#limits.maxLineBytes} bytes`);
    }
    const end = c === HASH ? lineEnd + 1 : prefixEnd(cursor);
    const known = this.#lines.find(cursor, end);
    if (known && !known.isOutdated) {
      cursor.at = end;
      return known;
    }
    return c === HASH
      ? this.#comment(cursor, intake)
      : this.#learn(cursor, intake, known ?? new PrometheusLine());
  }

  #comment(cursor: TextCursor, intake: Intake): PrometheusLine | undefined {
    const said = readComment(cursor);
    if (said === undefined) return refuse(cursor, intake);
    cursor.skipLine();
    if (said === 'nothing') return undefined;
    const line = new PrometheusLine();
    line.says = said;
    this.#lines.keep(line, cursor, cursor.at);
    return line;
  }

  #describe(says: Said, cursor: TextCursor, intake: Intake): void {
    const { name, field, text } = says;
    const isFirst = this.#series.families.describe(name, field, text, this.#body);
    this.#doubt(intake, this.#body + 1);
    if (isFirst || field === 'help') return;
    intake.reject(
      `line ${cursor.line}`,
      'bad_exposition',
      `Expected one ${field.toUpperCase()} of ${name}: it was given otherwise before`,
    );
  }

  /** Reads a sample's name and labels, and finds its series. */
  #learn(cursor: TextCursor, intake: Intake, line: PrometheusLine): PrometheusLine | undefined {
    const name = readMetricName(cursor);
    if (name === undefined) return refuse(cursor, intake);
    const named = cursor.at;
    cursor.skipBlanks();
    const labels = cursor.bytes[cursor.at] === OPEN ? readLabels(cursor, false) : [];
    if (labels === undefined) return refuse(cursor, intake);
    const labelled = cursor.at;
    cursor.skipBlanks();
    if (cursor.at === named) return refuse(cursor, intake, 'a blank and a value');
    if (!isUtf8(cursor.bytes.subarray(cursor.start, labelled))) {
      cursor.at = named;
      return refuse(cursor, intake, 'UTF-8');
    }
    const refused = this.#series.identify(line, name, labels, cursor.line, intake);
    if (refused === 'refused') cursor.skipLine();
    else if (refused) return refuse(cursor, intake, refused.fault);
    if (refused) return undefined;
    if (line.at < 0) this.#lines.keep(line, cursor, cursor.at);
    return line;
  }

  /** What is remembered stays within its bound. */
  #forget(body: number): void {
    const { families, histograms } = this.#series;
    this.#lines.endBody(body);
    if (families.cost + histograms.cost > this.#limits.maxRememberedBytes)
      this.#series.keep(this.#lines.values());
  }
}
