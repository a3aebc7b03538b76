import { expect } from '@open-wc/testing';
import { SOCKET_PATH, SUBPROTOCOLS, VERSION } from './version.ts';

describe('version', () => {
  it('is the package’s', async () => {
    const response = await fetch('/package.json');
    expect(VERSION).to.equal(((await response.json()) as { version: string }).version);
  });

  it('names at least one subprotocol, each a token that a WebSocket may offer', () => {
    expect(SUBPROTOCOLS).to.include('waooaw.v1');
    for (const protocol of SUBPROTOCOLS) expect(protocol).to.match(/^waooaw\.v\d+$/);
  });

  it('puts the endpoint below the base path', () => expect(SOCKET_PATH).to.match(/^\/[a-z]+$/));
});
