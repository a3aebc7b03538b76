/** Makes an entry of what a service of ours says, however large or odd: what was done must not go unrecorded for its details. */
import { hash } from 'node:crypto';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { AuditLimits } from './limits.ts';

const FREE_FIELDS = ['before', 'after', 'details'] as const;
const TEXTS = ['reason', 'error'] as const;
/** Characters of a text that are kept. */
const MAX_TEXT = 4_096;
/** The part of an entry that one field may take, so that all three and the rest find room. */
const SHARE = 4;

/** The event with what could not be stored replaced: a value by its size and hash, half of a character by U+FFFD. */
export function mended(event: AuditEvent, { maxEntryBytes, maxEntryDepth }: AuditLimits): AuditEvent {
  const copy: Record<string, unknown> = { ...event };
  for (const field of TEXTS) {
    const text = copy[field];
    if (typeof text === 'string') copy[field] = whole(text.slice(0, MAX_TEXT));
  }
  for (const field of FREE_FIELDS)
    if (copy[field] !== undefined) copy[field] = fitting(copy[field], maxEntryBytes / SHARE, maxEntryDepth);
  return copy as unknown as AuditEvent;
}

function fitting(value: unknown, maxBytes: number, maxDepth: number): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    return { omitted: 'no JSON' };
  }
  if (text === undefined) return { omitted: 'no JSON' };
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) {
    const kept = wholeWithin(JSON.parse(text), maxDepth);
    if (kept !== undefined) return kept;
  }
  const why = bytes > maxBytes ? 'too large' : 'nested too deeply';
  return { omitted: why, bytes, sha256: hash('sha256', text) };
}

/** @returns undefined for what is nested more deeply. */
function wholeWithin(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return whole(value);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return undefined;
  const parts = Object.entries(value).map(
    ([key, part]) => [whole(key), wholeWithin(part, levels - 1)] as const,
  );
  if (parts.some(([, part]) => part === undefined)) return undefined;
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function whole(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
