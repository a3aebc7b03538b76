import { expect } from '@open-wc/testing';
import { verifySignature } from './ed25519.ts';

/** RFC 8032, section 7.1: public key, message, signature. */
const VECTORS = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
  [
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  ],
] as const;
/** Order of the base point: adding it to a signature's second half is another signature for lax verifiers. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));

describe('Ed25519', () => {
  it('verifies the vectors of RFC 8032', () => {
    for (const [key, message, signature] of VECTORS) {
      expect(verifySignature(bytesOf(signature), bytesOf(message), bytesOf(key)), key).to.equal(true);
    }
  });

  it('sees every changed byte of signature, message and key', () => {
    const [key, message, signature] = VECTORS[2].map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array];
    const changed = (bytes: Uint8Array, at: number) => bytes.with(at, bytes[at]! ^ 1);
    for (let at = 0; at < 64; at += 3)
      expect(verifySignature(changed(signature, at), message, key)).to.equal(false);
    for (let at = 0; at < 2; at++)
      expect(verifySignature(signature, changed(message, at), key)).to.equal(false);
    for (let at = 0; at < 32; at += 3)
      expect(verifySignature(signature, message, changed(key, at))).to.equal(false);
  });

  it('takes no second signature that is made of the first', () => {
    const [key, message, signature] = VECTORS[2].map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array];
    let scalar = ORDER;
    for (let at = 0; at < 32; at++) scalar += BigInt(signature[32 + at]!) << BigInt(8 * at);
    const second = signature.map((byte, at) =>
      at < 32 ? byte : Number((scalar >> BigInt(8 * (at - 32))) & 255n),
    );
    expect(verifySignature(second, message, key)).to.equal(false);
  });

  it('takes no key of small order, with which one signature fits every message', () => {
    const neutral = new Uint8Array(32).with(0, 1);
    const signature = new Uint8Array(64).with(0, 1);
    expect(verifySignature(signature, bytesOf('72'), neutral)).to.equal(false);
  });

  it('says no to what is no signature and no key', () => {
    const [key, message, signature] = VECTORS[2].map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array];
    for (const wrong of [new Uint8Array(), signature.subarray(1), new Uint8Array(65)]) {
      expect(verifySignature(wrong, message, key)).to.equal(false);
      expect(verifySignature(signature, message, wrong)).to.equal(false);
    }
    expect(verifySignature(signature, message, new Uint8Array(32).fill(255))).to.equal(false);
  });
});
