import { expect } from '@open-wc/testing';
import { SocketClient } from '../client/socket.ts';
import { offerSocket, pageSockets } from './socket-context.ts';

const client = (): SocketClient => new SocketClient({ url: '/' });

describe('the page’s sockets', () => {
  it('stand in the order in which they appeared', () => {
    const [first, second] = [client(), client()];
    const withdraw = [first, second].map(offerSocket);
    expect(pageSockets().clients).to.deep.equal([first, second]);
    withdraw[0]?.();
    expect(pageSockets().clients).to.deep.equal([second]);
    withdraw[1]?.();
    expect(pageSockets().clients).to.deep.equal([]);
  });

  it('may be withdrawn twice without taking another’s place away', () => {
    const [first, second] = [client(), client()];
    const withdraw = [first, second].map(offerSocket);
    withdraw[0]?.();
    withdraw[0]?.();
    expect(pageSockets().clients).to.deep.equal([second]);
    withdraw[1]?.();
  });

  it('tell everyone who listens of each that comes and goes', () => {
    const seen: number[] = [];
    const listener = (): void => {
      seen.push(pageSockets().clients.length);
      // Leaving while being told is allowed.
      if (seen.length === 2) pageSockets().listeners.delete(listener);
    };
    pageSockets().listeners.add(listener);
    const withdraw = offerSocket(client());
    withdraw();
    offerSocket(client())();
    expect(seen).to.deep.equal([1, 0]);
  });

  it('are one list for every copy of the module', async () => {
    const copy = (await import(new URL('./socket-context.ts?copy', import.meta.url).href)) as {
      pageSockets: typeof pageSockets;
    };
    expect(copy.pageSockets).not.to.equal(pageSockets);
    expect(copy.pageSockets()).to.equal(pageSockets());
  });
});
