/** What does it cost to read a line of metrics, beside a parser that only splits it, before anything is kept? */
import type {
  Intake,
  MetricFormat,
  MetricParser,
  SeriesRef,
} from '../server/services/metrics/formats/format.ts';
import { openMetrics } from '../server/services/metrics/formats/openmetrics.ts';
import { prometheusText } from '../server/services/metrics/formats/prometheus-text.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { round, seededRandom, showSpread, summarize } from './lib/stats.ts';

const SERIES = 10_000;
const FAMILIES = 100;
/** Bodies that differ in their values; those that come first compile the code, and are not measured. */
const BODIES = 5;
const WARM_UP = 20;
const REPETITIONS = 60;

/** One way to read. */
interface Reader {
  readonly name: string;
  readonly bodies: readonly Buffer[];
  /** Reads a body, and gives the sum of its values. */
  read(body: Buffer): number;
}

/** What was measured of a reader, each repetition. */
interface Measured {
  readonly nsPerLine: number[];
  readonly linesPerSecond: number[];
}

/** Runs the bench. */
export function metricsParse({ quick }: RunOptions): Promise<Report> {
  const repetitions = quick ? 10 : REPETITIONS;
  const text = bodiesOf(false, plain);
  const digits = bodiesOf(false, precise);
  const strict = bodiesOf(true, plain);
  const shuffled = text.map(shuffle);
  const readers: Reader[] = [
    { name: 'peer: split into lines, `Number` of what follows the last space', bodies: text, read: naive },
    known('Prometheus text, a source that is known', prometheusText, text),
    known('… with values of 16 and 17 digits', prometheusText, digits),
    known('… with its lines in another order each time', prometheusText, shuffled),
    unknown('… that was never seen before', prometheusText, text),
    known('OpenMetrics, a source that is known', openMetrics, strict),
    unknown('… that was never seen before', openMetrics, strict),
  ];
  const sums = new Map<readonly Buffer[], number>();
  const raw: Record<string, Measured> = {};
  const rows = readers.map((reader, i) => {
    const measured = measure(reader, repetitions, sums);
    raw[`${i}: ${reader.name}`] = measured;
    const { nsPerLine, linesPerSecond } = measured;
    return [
      reader.name,
      showSpread(summarize(nsPerLine)),
      showSpread(summarize(linesPerSecond.map((n) => n / 1e6))),
    ];
  });
  const title = `A body of ${SERIES.toLocaleString('en')} series in ${FAMILIES} families, ${Math.round((text[0]?.length ?? 0) / SERIES)} bytes a line: median (least–most) of ${repetitions}`;
  const head = ['Reader', 'CPU ns a line', 'million lines a second'];
  return Promise.resolve({
    tables: [{ id: 'metrics-parse', title, head, rows }],
    raw: { ...raw, repetitions },
  });
}

/** Every reader of the same bodies has to come to the same sum, or it has not read them. */
function measure(reader: Reader, repetitions: number, sums: Map<readonly Buffer[], number>): Measured {
  const measured: Measured = { nsPerLine: [], linesPerSecond: [] };
  const { bodies } = reader;
  const total = bodies.reduce((sum, body) => sum + reader.read(body), 0);
  const expected = sums.get(bodies) ?? total;
  sums.set(bodies, expected);
  if (!(Math.abs(total - expected) <= Math.abs(expected) * 1e-9))
    throw new Error(`${reader.name} read ${total}, not ${expected}`);
  for (let i = -WARM_UP; i < repetitions; i += 1) {
    const body = bodies[(i + WARM_UP) % bodies.length]!;
    const cpu = process.cpuUsage();
    const started = performance.now();
    reader.read(body);
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    if (i < 0) continue;
    measured.nsPerLine.push(round(((user + system) * 1000) / SERIES, 1));
    measured.linesPerSecond.push(Math.round((SERIES / ms) * 1000));
  }
  return measured;
}

function known(name: string, format: MetricFormat, bodies: readonly Buffer[]): Reader {
  const parser = format.parser();
  return { name, bodies, read: (body) => sumOf(parser, body) };
}

function unknown(name: string, format: MetricFormat, bodies: readonly Buffer[]): Reader {
  return { name, bodies, read: (body) => sumOf(format.parser(), body) };
}

const REF: SeriesRef = { gone: false };

/** Keeps nothing: what is measured is the reading. */
class Adder implements Intake {
  faultOf(): undefined {
    return undefined;
  }

  sum = 0;

  series(): SeriesRef {
    return REF;
  }

  sample(_ref: SeriesRef, value: number): undefined {
    this.sum += value;
  }

  increment(): undefined {
    throw new Error('There is no increment in these bodies');
  }

  observe(): undefined {
    throw new Error('There is no observation in these bodies');
  }

  histogram(): undefined {
    throw new Error('There is no histogram in these bodies');
  }

  reject(place: string, code: string, message: string): void {
    throw new Error(`${place}: ${code}: ${message}`);
  }
}

function sumOf(parser: MetricParser, body: Buffer): number {
  const adder = new Adder();
  for (const _pause of parser.parse(body, adder));
  return adder.sum;
}

function naive(body: Buffer): number {
  let sum = 0;
  for (const line of body.toString('latin1').split('\n')) {
    if (line !== '' && !line.startsWith('#')) sum += Number(line.slice(line.lastIndexOf(' ')));
  }
  return sum;
}

/** Counts and prices, as most values are. */
function plain(i: number, round: number): string {
  const count = (i * 7_919 + round * 1_337) % 1_000_000;
  return String(i % 3 === 0 ? count / 100 : count);
}

const random = seededRandom(5);

function precise(): string {
  return String(random() * 100);
}

function bodiesOf(strict: boolean, valueOf: (i: number, round: number) => string): Buffer[] {
  return Array.from({ length: BODIES }, (_, round) => {
    const lines: string[] = [];
    for (let i = 0; i < SERIES; i += 1) {
      const family = `http_requests_${Math.floor((i * FAMILIES) / SERIES)}`;
      if (i % (SERIES / FAMILIES) === 0) {
        const name = strict ? family : `${family}_total`;
        lines.push(`# HELP ${name} Requests that were answered.`, `# TYPE ${name} counter`);
      }
      lines.push(
        `${family}_total{method="GET",handler="/api/v1/path${i % 10}",instance="host-${i}",code="200"} ${valueOf(i, round)}`,
      );
    }
    if (strict) lines.push('# EOF');
    return Buffer.from(`${lines.join('\n')}\n`);
  });
}

/** Types first, since they hold for what follows; then the samples in any order. */
function shuffle(body: Buffer): Buffer {
  const lines = body.toString().trimEnd().split('\n');
  const keyed = lines.map((line) => [line.startsWith('#') ? -1 : random(), line] as const);
  keyed.sort(([a], [b]) => a - b);
  return Buffer.from(`${keyed.map(([, line]) => line).join('\n')}\n`);
}
