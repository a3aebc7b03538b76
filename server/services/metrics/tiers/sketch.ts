/**
 * What a histogram's bucket knows of its observations: how many lay where. Two kinds: on a base-2 exponential scale, as
 * OpenTelemetry's data model defines it, and between bounds that the sender chose.
 */
import { BoundsSketch } from './bounds-sketch.ts';
import { Bytes } from './bytes.ts';
import { ExponentialSketch } from './exponential-sketch.ts';

/** Either kind. */
export type Sketch = ExponentialSketch | BoundsSketch;

/** The first byte says which kind the others are of. */
const EXPONENTIAL = 1;
const BOUNDS = 2;

/**
 * Adds one to another, which is changed; without another, a copy is made. Kinds do not mix: of two that differ the newer is
 * left out, as a series keeps its kind for life and groups of mixed kinds are refused before.
 */
export function mergeSketches(into: Sketch | undefined, from: Sketch): Sketch {
  if (!into) return from.copy();
  into.merge(from);
  return into;
}

/** As bytes for the store. */
export function encodeSketch(sketch: Sketch): Uint8Array {
  const writer = new Bytes();
  writer.unsigned(sketch instanceof ExponentialSketch ? EXPONENTIAL : BOUNDS);
  sketch.write(writer);
  return writer.taken();
}

/** From bytes; undefined where they are none of ours. */
export function decodeSketch(bytes: Uint8Array): Sketch | undefined {
  const reader = new Bytes(bytes);
  try {
    const kind = reader.readUnsigned();
    if (kind === EXPONENTIAL) return ExponentialSketch.read(reader);
    return kind === BOUNDS ? BoundsSketch.read(reader) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
