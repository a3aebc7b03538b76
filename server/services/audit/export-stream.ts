/** An export's text as a stream that is pulled: nothing is read of the trail before the client has taken what came before. */
import type { ExportPiece } from './export.ts';

/** What becomes of it. */
export interface ExportEnds {
  /** All of it was taken. */
  done(): void;
  /** The client has gone. @param written entries that were handed on. */
  gone(written: number): void;
  /** It cannot be gone on with. */
  failed(written: number, error: unknown): void;
}

/** @param ends one of them is told, once; `gone` ends what `pieces` wait for. */
export function exportStream(
  pieces: AsyncGenerator<ExportPiece, void>,
  ends: ExportEnds,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let written = 0;
  let cancelled = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        // A page may be on its way when the client goes.
        if (cancelled) return;
        if (done) {
          ends.done();
          return controller.close();
        }
        controller.enqueue(encoder.encode(value.text));
        written = value.count;
      } catch (error) {
        if (cancelled) return;
        ends.failed(written, error);
        controller.error(error);
      }
    },
    async cancel() {
      cancelled = true;
      ends.gone(written);
      await pieces.return(undefined);
    },
  });
}
