/** One setting: how its text becomes a value, and the words that explain it. */
import { z } from 'zod';

/** One variable. */
export interface Setting<T> {
  /** Turns the variable's text into the value. */
  readonly parse: z.ZodType<T, string>;
  readonly fallback: T;
  /** What the text must be, for people. */
  readonly expected: string;
  /** What it sets, with its unit. */
  readonly meaning: string;
  /** True: no message ever repeats the value. */
  readonly secret?: true;
}

/** The values of a group of settings. */
export type Values<S extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** A whole number. */
export const integer = (min: number, max: number, fallback: number, meaning: string): Setting<number> => ({
  parse: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max)),
  fallback,
  expected: `a whole number from ${min} to ${max}`,
  meaning,
});

/** A file's path; none by default. */
export const file = (meaning: string): Setting<string> => ({
  parse: z.string().max(4_096),
  fallback: '',
  expected: 'empty, or a path',
  meaning,
});

/** Texts between commas; none by default. */
export const list = (
  item: z.ZodType<string, string>,
  expected: string,
  meaning: string,
): Setting<readonly string[]> => ({
  parse: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item))
    .readonly(),
  fallback: Object.freeze([]),
  expected,
  meaning,
});

/** One of some words. */
export const choice = <const T extends string>(
  words: readonly [T, ...T[]],
  fallback: NoInfer<T>,
  meaning: string,
): Setting<T> => ({
  parse: z.enum(words),
  fallback,
  expected: `one of ${words.join(', ')}`,
  meaning,
});

/** True or false. */
export const toggle = (fallback: boolean, meaning: string): Setting<boolean> => ({
  parse: z.enum(['true', 'false']).transform((text) => text === 'true'),
  fallback,
  expected: 'true or false',
  meaning,
});

/** What an error message may say of a value: never a secret, nor a password that hides in an address. */
export function shown({ secret }: Pick<Setting<unknown>, 'secret'>, text: string): string {
  if (secret) return `(secret) of ${text.length} characters`;
  return `"${text.replace(/\/\/[^/?#]*@/, '//(secret)@')}"`;
}
