import { expect } from '@open-wc/testing';
import { catchFailures } from '../testing/failures.ts';
import { Emitter } from './events.ts';

interface Events {
  number: number;
  word: string;
}

describe('Emitter', () => {
  it('tells each event to its own listeners, in their order', () => {
    const emitter = new Emitter<Events>();
    const heard: unknown[] = [];
    emitter.on('number', (value) => heard.push(['first', value]));
    emitter.on('number', (value) => heard.push(['second', value]));
    emitter.on('word', (value) => heard.push(value));
    emitter.emit('number', 1);
    emitter.emit('word', 'a');
    expect(heard).to.deep.equal([['first', 1], ['second', 1], 'a']);
  });

  it('tells what a listener causes in turn after everybody has heard the cause', () => {
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    emitter.on('number', (value) => value === 1 && emitter.emit('number', 2));
    emitter.on('number', (value) => heard.push(`second heard ${value}`));
    emitter.emit('number', 1);
    expect(heard).to.deep.equal(['second heard 1', 'second heard 2']);
  });

  it('does not tell a listener that another one stopped meanwhile', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    emitter.on('number', () => stop());
    const stop = emitter.on('number', (value) => heard.push(value));
    emitter.emit('number', 1);
    expect(heard).to.deep.equal([]);
  });

  it('counts the same function twice as two listeners', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    const listener = (value: number): void => void heard.push(value);
    const stop = emitter.on('number', listener);
    emitter.on('number', listener);
    stop();
    stop();
    emitter.emit('number', 1);
    expect(heard).to.deep.equal([1]);
  });

  it('leaves a listener’s failure to the page, and the others their event', async () => {
    const failures = catchFailures();
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    emitter.on('number', () => {
      throw new RangeError('of the host');
    });
    emitter.on('number', (value) => heard.push(value));
    emitter.emit('number', 1);
    await Promise.resolve();
    failures.release();
    expect(heard).to.deep.equal([1]);
    expect(failures.errors.map(String)).to.deep.equal(['RangeError: of the host']);
  });
});
