/** Door: the HTTP API, typed. Works in browsers, workers and Node 24. */
export { createApi } from './client.ts';
export type { AnswerOf, Api, Method, OptionsOf, PathOf } from './client.ts';
export { ApiError } from './error.ts';
export type { ApiOptions, CallOptions } from './options.ts';
export type { Paths, Schemas } from './paths.ts';
export type { TokenOption, TokenProvider } from '../client/token.ts';
export { WaooawError } from '../protocol/error.ts';
export type { ErrorDetail } from '../protocol/error.ts';
export type { ErrorCode } from '../protocol/codes.ts';
