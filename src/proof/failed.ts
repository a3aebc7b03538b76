/** The one way in which a proof does not hold. */

/**
 * Why a proof does not hold.
 * - `malformed`: it cannot be read: wrong base64, a line too many, an unknown field.
 * - `unknown_key`: none of the given keys has signed it.
 * - `bad_signature`: a given key is named, and did not sign this text.
 * - `not_included`: the entry, as it is shown, does not stand at its place in the tree.
 * - `inconsistent`: the tree does not continue the one that was known before.
 */
export type ProofFault = 'malformed' | 'unknown_key' | 'bad_signature' | 'not_included' | 'inconsistent';

/** A proof that does not hold. The message says for people what is wrong and where. */
export class ProofFailed extends Error {
  readonly fault: ProofFault;

  /**
   * @param fault for programs.
   * @param message for people.
   */
  constructor(fault: ProofFault, message: string) {
    super(message);
    this.name = 'ProofFailed';
    this.fault = fault;
  }
}
