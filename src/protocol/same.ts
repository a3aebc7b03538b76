/** Types that hold a schema to the interface of what it describes. Nothing here is there at run time. */
import type { Json } from './frames.ts';

/**
 * The same shape, with `undefined` for what may be absent: what a validator says of an optional field, where the interface
 * tells absent and undefined apart.
 */
export type Lax<T> = [Json] extends [T]
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Lax<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Lax<T[K]> | (object extends Pick<T, K> ? undefined : never) }
      : T;

/** The same shape with nothing optional: two of these differ where one lacks a field. */
type Whole<T> = [Json] extends [T]
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Whole<Item>[]
    : T extends object
      ? { readonly [K in keyof T]-?: Whole<Exclude<T[K], undefined>> }
      : T;

type Each<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** True where a schema's type and an interface have the same fields, of the same types, optional in the same places. */
export type Same<A, B> = Each<Lax<A>, Lax<B>> & Each<Whole<A>, Whole<B>>;
