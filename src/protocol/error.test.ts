import { expect } from '@open-wc/testing';
import { WaooawError } from './error.ts';

describe('WaooawError', () => {
  it('takes status, retryability and title from the registry', () => {
    const error = new WaooawError('rate_limited');
    expect(error).to.be.instanceOf(Error);
    expect(error.name).to.equal('WaooawError');
    expect(error.code).to.equal('rate_limited');
    expect(error.status).to.equal(429);
    expect(error.retryable).to.equal(true);
    expect(error.message).to.equal('Too many messages; wait afterMs');
  });

  it('says what the thrower says of it', () => {
    const cause = new RangeError('inner');
    const details = [{ pointer: '/samples/0', code: 'bad_value', message: 'no number' }] as const;
    const error = new WaooawError('bad_request', 'expected more', { cause, details, afterMs: 800 });
    expect(error.message).to.equal('expected more');
    expect(error.cause).to.equal(cause);
    expect(error.details).to.equal(details);
    expect(error.afterMs).to.equal(800);
  });

  it('claims no cause, details or waiting of its own', () => {
    const error = new WaooawError('internal');
    expect('cause' in error).to.equal(false);
    expect(error.details).to.equal(undefined);
    expect(error.afterMs).to.equal(undefined);
  });
});
