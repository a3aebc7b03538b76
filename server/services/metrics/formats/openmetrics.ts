/** OpenMetrics 1.0 as text: strict in form and order, times in seconds. */
import { isUtf8 } from 'node:buffer';
import type { Intake, MetricFormat, MetricParser } from './format.ts';
import { readMetadata, readTail } from './openmetrics-line.ts';
import type { Metric } from './openmetrics-metric.ts';
import { FamilyOrder } from './openmetrics-order.ts';
import type { Said } from './openmetrics-order.ts';
import { Points } from './openmetrics-points.ts';
import { OpenMetricsLine, OpenMetricsSeries } from './openmetrics-series.ts';
import { HASH, LF, OPEN, SPACE, TextCursor } from './text-cursor.ts';
import { prefixEnd, readLabels, readMetricName } from './text-labels.ts';
import { KnownLines } from './text-lines.ts';
import { readNumber } from './text-number.ts';
import { DEFAULT_TEXT_LIMITS, TextParser, refuse } from './text-parser.ts';
import type { TextLimits } from './text-parser.ts';

/** OpenMetrics 1.0, every rule of it. A line that breaks one is named, and the others are taken: nothing is thrown. */
export const openMetrics: MetricFormat = {
  name: 'openmetrics',
  mediaTypes: ['application/openmetrics-text'],
  parser: () => openMetricsParser(),
};

/** A parser with limits of one's own. */
export function openMetricsParser(limits: TextLimits = DEFAULT_TEXT_LIMITS): MetricParser {
  return new TextParser(() => new OpenMetricsReader(limits));
}

/** What a line costs beside its bytes, with its metric, measured, bytes. */
const LINE_COST = 450;

class OpenMetricsReader implements MetricParser {
  readonly #limits: TextLimits;
  readonly #lines: KnownLines<OpenMetricsLine>;
  readonly #order = new FamilyOrder();
  readonly #series = new OpenMetricsSeries();
  readonly #points = new Points();
  /** Bodies read so far, this one included. */
  #body = 0;
  /** No series of a line that was in a body from this one on is gone. */
  #surely = 0;
  #retired = NaN;

  constructor(limits: TextLimits) {
    this.#limits = limits;
    this.#lines = new KnownLines(new OpenMetricsLine(), LINE_COST, limits.maxRememberedBytes);
  }

  *parse(whole: Buffer, intake: Intake): Generator<void, void, void> {
    const cursor = new TextCursor(whole);
    const { bytes } = cursor;
    const lines = this.#lines;
    const body = (this.#body += 1);
    this.#order.begin(body);
    this.#points.begin(body);
    let before = lines.first;
    let ended = false;
    this.#doubt(intake, body);
    while (cursor.at < bytes.length && !ended) {
      cursor.start = cursor.at;
      if ((cursor.line += 1) % this.#limits.pauseLines === 0) {
        yield;
        this.#doubt(intake, body + 1);
      }
      let line = before.next;
      if (line !== undefined && lines.stands(line, cursor)) cursor.at += line.length;
      else line = this.#look(cursor, intake);
      if (line === undefined) continue;
      const isSure = line.body >= this.#surely;
      line.body = body;
      if (line.at >= 0) before = before.next = line;
      if (line.says === undefined) this.#sample(line, isSure, cursor, intake);
      else if (line.says === 'eof') ended = true;
      else this.#describe(line.says, cursor, intake);
    }
    this.#end(cursor, ended, intake);
  }

  #end(cursor: TextCursor, ended: boolean, intake: Intake): void {
    this.#points.end(intake);
    this.#order.end(intake);
    if (!ended || cursor.at < cursor.bytes.length) {
      const message = ended
        ? 'Expected nothing behind # EOF'
        : 'Expected # EOF at the end: the text may be cut off';
      intake.reject(`line ${cursor.line + 1}`, 'bad_exposition', message);
    }
    this.#forget();
  }

  /** What is remembered stays within its bound: families and metrics are kept with their lines. */
  #forget(): void {
    this.#lines.endBody(this.#body);
    if (this.#order.cost + this.#series.cost <= this.#limits.maxRememberedBytes) return;
    const metrics = new Set<Metric>();
    for (const { metric } of this.#lines.values()) if (metric) metrics.add(metric);
    this.#series.keep(metrics);
    this.#order.keep(new Set(Array.from(metrics, ({ family }) => family)));
  }

  #describe(says: Said, cursor: TextCursor, intake: Intake): void {
    this.#points.end(intake);
    const fault = this.#order.describe(says, cursor.line, intake);
    if (fault !== undefined) intake.reject(`line ${cursor.line}`, 'bad_exposition', fault);
  }

  /** A series may be gone: lines have to be asked once. @param body the first whose lines are sure. */
  #doubt({ retired = NaN }: Intake, body: number): void {
    if (retired !== this.#retired) this.#surely = body;
    this.#retired = retired;
  }

  /** Reads a value and what follows it. @param isSure whether the line's series, if it had one, is still kept. */
  #sample(known: OpenMetricsLine, isSure: boolean, cursor: TextCursor, intake: Intake): void {
    const isKnown = this.#isUpToDate(known, isSure, cursor, intake);
    const line = isKnown ? known : this.#relearn(known, cursor, intake);
    if (line === undefined) {
      // It may still name a series that is gone.
      known.body = 0;
      return;
    }
    const from = cursor.at;
    const value = readNumber(cursor);
    let time: number | undefined = NaN;
    if (cursor.at > from && cursor.bytes[cursor.at] === LF) cursor.at += 1;
    else {
      time = readTail(cursor, from, line.kind!.mayHaveExemplar);
      if (time === undefined) return refuse(cursor, intake);
    }
    const fault = this.#points.add(line, value, time, cursor.line, intake);
    if (fault !== undefined) intake.reject(`line ${cursor.line}`, 'bad_exposition', fault);
  }

  /** Whether what is known of a line holds here: it belongs to the family that is read, and its series is kept. */
  #isUpToDate(
    { metric, kind, ref }: OpenMetricsLine,
    isSure: boolean,
    cursor: TextCursor,
    intake: Intake,
  ): boolean {
    if (metric === undefined) return false;
    const { family } = metric;
    if (family !== this.#order.current && this.#order.of(kind!.name, cursor.line, intake) !== family)
      return false;
    return isSure || ref === undefined || !ref.gone;
  }

  #relearn(line: OpenMetricsLine, cursor: TextCursor, intake: Intake): OpenMetricsLine | undefined {
    cursor.at = cursor.start;
    return this.#learn(cursor, intake, line);
  }

  /** Finds what stands at the cursor among the lines that are known, or reads it; undefined where it was refused. */
  #look(cursor: TextCursor, intake: Intake): OpenMetricsLine | undefined {
    const lineEnd = cursor.lineEnd();
    if (lineEnd - cursor.start > this.#limits.maxLineBytes) {
      return refuse(cursor, intake, `a line of at most ${this.#limits.maxLineBytes} bytes`);
    }
    const isMetadata = cursor.bytes[cursor.at] === HASH;
    const end = isMetadata ? lineEnd + 1 : prefixEnd(cursor);
    const known = this.#lines.find(cursor, end);
    if (known) {
      cursor.at = end;
      return known;
    }
    if (!isMetadata) return this.#learn(cursor, intake, new OpenMetricsLine());
    const says = readMetadata(cursor);
    if (says === undefined) return refuse(cursor, intake);
    const line = new OpenMetricsLine();
    line.says = says;
    this.#lines.keep(line, cursor, cursor.at);
    return line;
  }

  /** Reads a sample's name and labels, and finds its metric and its series. */
  #learn(cursor: TextCursor, intake: Intake, line: OpenMetricsLine): OpenMetricsLine | undefined {
    const { bytes } = cursor;
    const name = readMetricName(cursor);
    if (name === undefined) return refuse(cursor, intake);
    const labels = bytes[cursor.at] === OPEN ? readLabels(cursor, true) : [];
    if (labels === undefined) return refuse(cursor, intake);
    if (bytes[cursor.at] !== SPACE) return refuse(cursor, intake, 'a space and a value');
    if (!isUtf8(bytes.subarray(cursor.start, cursor.at))) return refuse(cursor, intake, 'UTF-8');
    cursor.at += 1;

    const family = this.#order.of(name, cursor.line, intake);
    if (family === undefined) {
      intake.reject(`line ${cursor.line}`, 'bad_exposition', this.#order.barred ?? '');
      cursor.skipLine();
      return undefined;
    }
    const refused = this.#series.identify(line, family, name, labels, cursor.line, intake);
    if (refused === 'refused') cursor.skipLine();
    else if (refused) return refuse(cursor, intake, refused.fault);
    if (refused) return undefined;
    if (line.at < 0) this.#lines.keep(line, cursor, cursor.at);
    return line;
  }
}
