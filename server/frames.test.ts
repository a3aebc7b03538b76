/** Holds the schemas of what crosses the WebSocket to its TypeScript types, and what the server says to the schemas. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { z } from 'zod';
import type { COMMANDS, pong } from '../src/protocol/frames.schema.ts';
import type * as schemas from '../src/protocol/server-frames.schema.ts';
import { checkServerMessage } from '../src/protocol/server-frames.schema.ts';
import type * as protocol from '../src/protocol/index.ts';
import { Inbox } from './testing/inbox.ts';

/** True for types that are the same in both directions: fields, which of them are optional, and what is in them. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? Equal<Plain<A>, Plain<B>> : false) : false;
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Without `readonly`. JSON is recursive, and stands for itself. */
type Plain<T> = protocol.Json extends T
  ? 'any JSON'
  : T extends readonly [infer First, infer Second]
    ? [Plain<First>, Plain<Second>]
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { -readonly [K in keyof T]: Plain<T[K]> }
        : T;
type Of<Schema> = Schema extends z.ZodType<infer Output> ? Output : never;
type Server = typeof schemas;
type Client = typeof COMMANDS;
type CommandOf<Name extends string> = Extract<protocol.Command, { readonly [K in Name]: unknown }>;

/** This file compiles only while each of these is `true`. */
const SAME: readonly [
  Same<Of<Server['lostReason']>, protocol.LostReason>,
  Same<Of<Server['publicationRow']>, protocol.PublicationRow>,
  Same<Of<Server['errorBody']>, protocol.ErrorBody>,
  Same<Of<Server['subscribed']>, protocol.Subscribed>,
  Same<Of<Server['subscribeFailure']>, protocol.SubscribeFailure>,
  Same<Of<Server['connected']>, protocol.Connected>,
  Same<Of<Server['published']>, protocol.Published>,
  Same<Of<Server['refreshed']>, protocol.Refreshed>,
  Same<Of<Server['responded']>, protocol.Responded>,
  Same<Of<Server['reply']>, protocol.Reply>,
  Same<Of<Server['batch']>, protocol.Batch>,
  Same<Of<Server['loss']>, protocol.Loss>,
  Same<Of<Server['ended']>, protocol.Ended>,
  Same<Of<Server['ping']>, protocol.Ping>,
  Same<Of<Server['move']>, protocol.Move>,
  Same<Of<Server['direct']>, protocol.Direct>,
  Same<Of<Server['SERVER_MESSAGES'][keyof Server['SERVER_MESSAGES']]>, protocol.ServerMessage>,
  Same<Of<Client['connect']>, CommandOf<'connect'>>,
  Same<Of<Client['subscribe']>, CommandOf<'subscribe'>>,
  Same<Of<Client['unsubscribe']>, CommandOf<'unsubscribe'>>,
  Same<Of<Client['demand']>, CommandOf<'demand'>>,
  Same<Of<Client['publish']>, CommandOf<'publish'>>,
  Same<Of<Client['request']>, CommandOf<'request'>>,
  Same<Of<Client['refresh']>, CommandOf<'refresh'>>,
  Same<Of<Client[keyof Client]> | Of<typeof pong>, protocol.ClientMessage>,
] = [
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
];

const [H, E] = ['9f2c5a0de4b17c38', 'k3JqPz0a'];
const err = { code: 'forbidden', message: 'No', retryable: false };
const where = { n: 1, ch: 'app/a', e: E, o: 2, h: H };

describe('the schemas of frames', () => {
  it('say what the types of src/protocol/frames.ts say', () => assert.ok(SAME.every(Boolean)));
});

describe('checkServerMessage', () => {
  const good: readonly object[] = [
    { id: 1, ok: {} },
    { id: 1, ok: { expiresAt: 1 } },
    { id: 1, ok: { data: null } },
    { id: 1, ok: { ch: 'app/a', e: E, o: 1 } },
    { id: 1, ok: { ...where, snapshot: null } },
    { id: 1, ok: { ...where, recovered: true, pubs: [] } },
    { id: 1, ok: { ...where, recovered: false, lost: 'tail', snapshot: 1 } },
    { id: null, err },
    { n: 1, pubs: [[1, null]], h: H },
    { n: 1, after: 0, pubs: [[3, 'x']], h: H },
    { n: 1, lost: 'slow', e: E, o: 0, h: H, snapshot: null },
    { n: 1, end: err },
    { ping: 1 },
    { move: { afterMs: 0, withinMs: 5, why: 'drain' } },
    { direct: [] },
  ];
  for (const message of good) {
    it(`takes ${JSON.stringify(message)}, and no field beside`, () => {
      checkServerMessage(message);
      assert.throws(() => checkServerMessage({ ...message, more: 1 }), TypeError);
    });
  }

  const bad: readonly (readonly [unknown, RegExp])[] = [
    [null, /No message of a server/],
    ['ping', /No message of a server/],
    [{}, /No message of a server/],
    [{ id: 0, ok: {} }, /id/],
    [{ id: 1, ok: { more: 1 } }, /ok/],
    [{ id: 1, ok: { ...where, recovered: true, pubs: [], snapshot: null } }, /ok/],
    [{ id: 1, ok: { ...where, recovered: false, snapshot: null } }, /ok/],
    [{ id: 1, ok: { ...where, recovered: true } }, /ok/],
    [{ id: 1, ok: where }, /ok/],
    [{ id: 1, err: { ...err, code: 'oops' } }, /err\.code/],
    [{ n: 1, pubs: [], h: H }, /pubs/],
    [{ n: 1, pubs: [[0, 1]], h: H }, /pubs\[0\]\[0\]/],
    [{ n: 1, pubs: [[1, 1]], h: 'short' }, /at h/],
    [{ ping: 'now' }, /ping/],
    [{ n: 1, lost: 'gone', e: E, o: 0, h: H, snapshot: null }, /lost/],
  ];
  for (const [message, where] of bad) {
    it(`refuses ${JSON.stringify(message)}`, () => {
      assert.throws(() => checkServerMessage(message), { name: 'TypeError', message: where });
    });
  }
});

describe('an inbox of a test', () => {
  it('takes no frame that holds anything else', () => {
    const inbox = new Inbox();
    inbox.take('{"ping":1}\n{"direct":{}}');
    assert.equal(inbox.rest().length, 2);
    assert.throws(() => inbox.take('{"ping":1}\n{"ping":1,"more":1}'), /more/);
  });
});
