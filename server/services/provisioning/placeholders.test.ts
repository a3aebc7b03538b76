import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { askingOf, fill, problemsOf } from './placeholders.ts';

const filling = (parameters: Readonly<Record<string, Json>> = {}, folder?: string) => ({
  folder,
  storage: '/data/storage',
  config: '/data/config.json',
  parameters,
});

describe('a command', () => {
  it('is filled in, each argument by itself, and its port is left', () => {
    const command = [
      '/bin/x',
      '{folder}/main',
      '--s={storage}',
      '{config}',
      '{param:n}',
      '{port}',
      '{{x}}',
      '{"a":1}',
    ];
    assert.deepEqual(fill(command, filling({ n: 'a b; rm -rf /' }, '/opt/x')), [
      '/bin/x',
      '/opt/x/main',
      '--s=/data/storage',
      '/data/config.json',
      'a b; rm -rf /',
      '{port}',
      '{{x}}',
      '{"a":1}',
    ]);
    assert.deepEqual(fill(['{folder}'], filling()), ['{folder}']);
    // The file of kinds refuses these.
    const none = ['{param}', '{param:}', '{param:n}{param}', '{home}'];
    assert.deepEqual(fill(none, filling({ n: 1 })), ['{param}', '{param:}', '1{param}', '{home}']);
  });

  it('takes texts, numbers, and true or false', () => {
    assert.deepEqual(fill(['{param:a}', '{param:b}', '{param:c}'], filling({ a: '', b: 1.5, c: false })), [
      '',
      '1.5',
      'false',
    ]);
  });

  it('never reads a value again: what looks like a placeholder in it stays', () => {
    const command = ['{param:a}', '{param:a}{storage}'];
    assert.deepEqual(fill(command, filling({ a: '{storage}{config}{param:b}$&', b: 'B' })), [
      '{storage}{config}{param:b}$&',
      '{storage}{config}{param:b}$&/data/storage',
    ]);
  });

  for (const [title, argument, parameters, words] of [
    ['begin with a dash', '{param:a}', { a: '--eval=x' }, '/a: expected no dash'],
    ['begin with a dash as a number does', '{param:a}', { a: -1 }, '/a: expected no dash'],
    ['begin an argument with a dash', '{param:a}.txt', { a: '-x' }, '/a: expected no dash'],
    ['begin it together with a dash', '{param:a}{param:b}', { a: '', b: '-x' }, '/a: expected no dash'],
    ['hold a zero byte', '--n={param:a}', { a: 'x\0y' }, '/a: expected no zero byte'],
    ['name the port', '--n={param:a}', { a: '{port}' }, '/a: expected no {port}'],
    ['make up the port', '{po{param:a}', { a: 'rt}' }, '/a: expected no {port}'],
    ['are missing', '{param:a}', {}, '/a: expected a text'],
    ['are lists', '--n={param:a}', { a: ['x'] }, '/a: expected a text'],
    ['are nothing', '--n={param:a}', { a: null }, '/a: expected a text'],
    ['are inherited', '{param:constructor}', {}, '/constructor: expected a text'],
  ] as const) {
    it(`refuses values that ${title}`, () => {
      assert.throws(() => fill([argument], filling(parameters)), coded('bad_parameters', words));
    });
  }

  it('takes a dash inside a longer argument', () => {
    assert.deepEqual(problemsOf(['--n={param:a}', '-{param:a}', 'x{param:a}'], { a: '-x' }), []);
  });

  it('says what stands in an argument', () => {
    assert.deepEqual(askingOf('{folder}/{param:a}{port}{param:b}'), {
      parameters: ['a', 'b'],
      unknown: [],
      folder: true,
      port: true,
    });
    assert.deepEqual(askingOf('{foo}{param}{param:}{port:1}').unknown, [
      '{foo}',
      '{param}',
      '{param:}',
      '{port:1}',
    ]);
    assert.deepEqual(askingOf('{"a":1}{A}{ port }').unknown, []);
  });
});
