/** For tests of formats: an intake that keeps what it is given, as it is given. */
import { TAG_NAME, WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode } from '../../src/protocol/index.ts';
import type {
  HistogramPoint,
  Identity,
  Intake,
  SeriesRef,
  Temporality,
} from '../services/metrics/formats/format.ts';
import type { Ingest, ReadResult, Rejected, Source } from '../services/metrics/ingest.ts';

/** A series that was asked for. */
export interface RecordedSeries extends SeriesRef {
  gone: boolean;
  readonly identity: Identity;
  readonly tags: Readonly<Record<string, string>>;
}

/** What was written to one. */
export interface Recorded {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind: Identity['kind'];
  readonly by: 'sample' | 'increment' | 'observe' | 'histogram';
  readonly value: number | HistogramPoint;
  readonly temporality?: Temporality;
  readonly timeMs: number;
  readonly createdMs?: number;
}

/** Keeps everything. Numbers that are not finite are refused, as the real one does. */
export class RecordingIntake implements Intake {
  readonly written: Recorded[] = [];
  readonly found: RecordedSeries[] = [];
  readonly rejected: Rejected[] = [];

  series(identity: Identity): SeriesRef {
    const bad = identity.labels.find(([name]) => !TAG_NAME.test(name));
    if (bad) throw new WaooawError('bad_tags', `${bad[0]} is not a tag name`);
    const series = { gone: false, identity, tags: Object.fromEntries(identity.labels) };
    this.found.push(series);
    return series;
  }

  faultOf(): undefined {
    return undefined;
  }

  sample(ref: SeriesRef, value: number, timeMs: number, createdMs?: number): ErrorCode | undefined {
    return this.#write(ref, 'sample', value, timeMs, createdMs);
  }

  increment(ref: SeriesRef, by: number, timeMs: number): ErrorCode | undefined {
    return this.#write(ref, 'increment', by, timeMs);
  }

  observe(ref: SeriesRef, value: number, timeMs: number): ErrorCode | undefined {
    return this.#write(ref, 'observe', value, timeMs);
  }

  histogram(
    ref: SeriesRef,
    value: HistogramPoint,
    temporality: Temporality,
    timeMs: number,
    createdMs?: number,
  ): ErrorCode | undefined {
    const { identity, tags } = ref as RecordedSeries;
    const { name, kind } = identity;
    this.written.push({ name, tags, kind, by: 'histogram', value, temporality, timeMs, ...said(createdMs) });
    return undefined;
  }

  reject(place: string, code: ErrorCode, message: string): void {
    this.rejected.push({ place, code, message });
  }

  /** What came in by a name; its tags may narrow it. */
  of(name: string, tags: Readonly<Record<string, string>> = {}): Recorded[] {
    return this.written.filter(
      (one) => one.name === name && Object.entries(tags).every(([tag, value]) => one.tags[tag] === value),
    );
  }

  #write(
    ref: SeriesRef,
    by: Recorded['by'],
    value: number,
    timeMs: number,
    createdMs?: number,
  ): ErrorCode | undefined {
    if (!Number.isFinite(value)) return 'bad_value';
    const { identity, tags } = ref as RecordedSeries;
    this.written.push({
      name: identity.name,
      tags,
      kind: identity.kind,
      by,
      value,
      timeMs,
      ...said(createdMs),
    });
    return undefined;
  }
}

/** Reads bodies into an intake each, and keeps them by source. */
export class RecordingIngest implements Ingest {
  readonly bodies: { readonly source: Source; readonly intake: RecordingIntake }[] = [];

  async read(parser: Parameters<Ingest['read']>[0], body: Buffer, source: Source): Promise<ReadResult> {
    const intake = new RecordingIntake();
    for (const _turn of parser.parse(body, intake)) await Promise.resolve();
    this.bodies.push({ source, intake });
    const { written, rejected } = intake;
    return { accepted: written.length, rejected: rejected.length, shown: rejected };
  }
}

function said(createdMs: number | undefined): { createdMs?: number } {
  return createdMs === undefined ? {} : { createdMs };
}
