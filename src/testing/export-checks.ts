/** For tests: the check of an export, which came in pieces, and what it failed for. */
import { ExportFailed } from '../proof/export-format.ts';
import type { ExportFormat } from '../proof/export-format.ts';
import { verifyExport } from '../proof/export.ts';
import type { VerifiedExport } from '../proof/export.ts';
import { signer } from './export-parts.ts';

/** Every format. */
export const FORMATS = ['json', 'ndjson', 'csv'] as const;

/** A text in pieces of some length, as a network may cut it. */
export async function* cut(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) {
    await Promise.resolve();
    yield text.slice(at, at + length);
  }
}

/** Checks a text, with the key of the trail unless told otherwise. */
export function verify(
  text: string,
  format: ExportFormat,
  verifiers = [signer.verifier],
): Promise<VerifiedExport> {
  return verifyExport(cut(text, 997), format, verifiers);
}

/** Why a text is not proven. */
export async function failureOf(
  text: string,
  format: ExportFormat = 'ndjson',
  verifiers?: string[],
): Promise<ExportFailed> {
  try {
    await verify(text, format, verifiers);
  } catch (error) {
    if (error instanceof ExportFailed) return error;
    throw error;
  }
  throw new Error(`It was proven: ${text}`);
}
