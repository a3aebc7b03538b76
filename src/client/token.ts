/** The client's token, and where it comes from. */

/** Asked for every connection, and ahead of expiry. Undefined: the anonymous identity. */
export type TokenProvider = () => string | undefined | Promise<string | undefined>;

/** A token, or where to get one. */
export type TokenOption = string | TokenProvider;

/** The token of now. */
export class TokenSource {
  #token: TokenOption | undefined;
  /** Counts tokens: tells whether a refused one has been replaced since. */
  #version = 0;

  constructor(token: TokenOption | undefined) {
    this.#token = token;
  }

  get version(): number {
    return this.#version;
  }

  /** Asking again may bring another one. */
  get renewable(): boolean {
    return typeof this.#token === 'function';
  }

  set(token: TokenOption | undefined): void {
    this.#token = token;
    this.#version += 1;
  }

  read(): string | undefined | Promise<string | undefined> {
    return typeof this.#token === 'function' ? this.#token() : this.#token;
  }
}
