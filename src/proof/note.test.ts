import { expect } from '@open-wc/testing';
import { Signer } from '../testing/signer.ts';
import { MAX_NOTE_LENGTH, MAX_NOTE_SIGNATURES, noteOf, parseNote, verifyNote } from './note.ts';
import { ProofFailed } from './failed.ts';
import type { ProofFault } from './failed.ts';
import { parseVerifier, verifierOf } from './verifier.ts';

/** The example of golang.org/x/mod/sumdb/note, from which the format comes. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETERS_NOTE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n\n" +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const ours = new Signer('ours');
const theirs = new Signer('theirs', 2);

function fault(run: () => unknown): [ProofFault, string] {
  try {
    run();
  } catch (error) {
    if (error instanceof ProofFailed) return [error.fault, error.message];
    throw error;
  }
  throw new Error('It was taken for good');
}

describe('a verifier key', () => {
  it('is written and read back', () => {
    const key = Uint8Array.from({ length: 32 }, (_, at) => at);
    const text = verifierOf('example.com/log', key);
    expect(text).to.match(/^example\.com\/log\+[0-9a-f]{8}\+AQAB/);
    const { name, id, publicKey } = parseVerifier(` ${text}\n`);
    expect([name, text.split('+')[1], [...publicKey]]).to.deep.equal(['example.com/log', id, [...key]]);
  });

  it('is not made of a name or key that could not be read back', () => {
    const key = new Uint8Array(32);
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\ud800']) {
      expect(fault(() => verifierOf(name, key))[0]).to.equal('malformed');
    }
    expect(fault(() => verifierOf('a', new Uint8Array(31)))).to.deep.equal([
      'malformed',
      'An Ed25519 key has 32 bytes, this one 31',
    ]);
  });

  it('is refused when a letter of it is wrong, or it is of another kind', () => {
    const [name, id, key] = ours.verifier.split('+') as [string, string, string];
    expect(fault(() => parseVerifier(`our+${id}+${key}`))[1]).to.match(/mistyped/);
    expect(fault(() => parseVerifier(`${name}+00000000+${key}`))[1]).to.match(/mistyped/);
    expect(fault(() => parseVerifier(`${name}+${id}+${key.replace('i', 'j')}`))[0]).to.equal('malformed');
    expect(fault(() => parseVerifier(`${name}+${id}+Ag${key.slice(2)}`))[1]).to.match(/is no Ed25519 key/);
    expect(fault(() => parseVerifier(`${name}+${id}+AQ==`))[1]).to.match(/is no Ed25519 key/);
    for (const text of ['', 'x', `${name}+${id}`, `a b+${id}+${key}`, `${name}+${id}+${key} x`]) {
      expect(fault(() => parseVerifier(text))[1]).to.match(/is no verifier key: expected/);
    }
  });
});

describe('a signed note', () => {
  it('of the format’s first implementation is verified', () => {
    const { text, signatures } = verifyNote(PETERS_NOTE, [PETER]);
    expect(text).to.match(/^If you think[^]*problem is\.\n$/);
    expect(signatures.map(({ name, id }) => `${name}+${id}`)).to.deep.equal(['PeterNeumann+c74f20a3']);
  });

  it('is written and read back, also with empty lines in its text', () => {
    const text = 'one\n\ntwo — three +\n';
    const note = ours.note(text, theirs);
    expect(note.split('\n\n')).to.have.lengthOf(3);
    const read = parseNote(note);
    expect([read.text, read.signatures.map(({ name }) => name)]).to.deep.equal([text, ['ours', 'theirs']]);
    expect(noteOf(read.text, read.signatures)).to.equal(note);
  });

  it('is believed when any given key signed it, and says which did', () => {
    const note = ours.note('text\n', theirs);
    const names = (verifiers: string[]) => verifyNote(note, verifiers).signatures.map(({ name }) => name);
    expect(names([ours.verifier])).to.deep.equal(['ours']);
    expect(names([PETER, theirs.verifier])).to.deep.equal(['theirs']);
    expect(names([theirs.verifier, ours.verifier])).to.deep.equal(['ours', 'theirs']);
  });

  it('is not believed when none of them did, though it has the same name', () => {
    const note = new Signer('ours', 3).note('text\n');
    expect(fault(() => verifyNote(note, [ours.verifier, PETER]))[0]).to.equal('unknown_key');
    expect(fault(() => verifyNote(note, []))[0]).to.equal('unknown_key');
  });

  it('passes over what unknown keys of other algorithms signed', () => {
    const text = 'text\n';
    const foreign = { name: 'witness', id: '01020304', signature: new Uint8Array(72) };
    const note = noteOf(text, [foreign, ours.sign(text), { ...foreign, signature: new Uint8Array(2_420) }]);
    expect(verifyNote(note, [ours.verifier]).signatures).to.have.lengthOf(1);
  });

  it('is refused whole when a given key is claimed falsely, though another did sign', () => {
    const text = 'text\n';
    const { signature } = ours.sign('another text\n');
    const forged = noteOf(text, [{ ...ours.sign(text), signature }, theirs.sign(text)]);
    expect(verifyNote(forged, [theirs.verifier]).signatures).to.have.lengthOf(1);
    expect(fault(() => verifyNote(forged, [theirs.verifier, ours.verifier]))[0]).to.equal('bad_signature');
    const short = noteOf(text, [{ ...ours.sign(text), signature: signature.subarray(1) }]);
    expect(fault(() => verifyNote(short, [ours.verifier]))[0]).to.equal('bad_signature');
  });

  it('is refused when any one of its characters is another', () => {
    const note = ours.note('a text\nof two lines\n');
    for (let at = 0; at < note.length; at++) {
      const other = note[at] === 'A' ? 'B' : 'A';
      const changed = note.slice(0, at) + other + note.slice(at + 1);
      expect(() => verifyNote(changed, [ours.verifier]), JSON.stringify(changed)).to.throw(ProofFailed);
    }
  });

  it('says what is wrong with one that cannot be read', () => {
    const good = ours.note('text\n');
    const [, line = ''] = good.split('\n\n');
    for (const [note, said] of [
      ['', /ends with a newline/],
      ['text\n', /empty line before/],
      [good.slice(0, -1), /ends with a newline/],
      ['text\n\n', /Signature 1 of a note is ""/],
      [`${good}\n`, /Signature 1 of a note is ""/],
      [`${good}text\n`, /Signature 2 of a note is "text"/],
      [good.replace('—', '-'), /Signature 1/],
      [good.replace('— ', '—'), /Signature 1/],
      [good.replace('ours', 'o+rs'), /Signature 1/],
      [good.replace(/\n$/, ' \n'), /Signature 1/],
      [good.replace('=', ''), /is not base64/],
      ['text\n\n— ours AQIDBA==\n', /too short/],
      [good.replace('text', 'te\txt'), /control characters/],
      [good.replaceAll('\n', '\r\n'), /control characters/],
      [good.replace('text', 'te\ud800xt'), /lone surrogates/],
      [`text\n\n${line.repeat(MAX_NOTE_SIGNATURES + 1)}`, /at most 64 signatures, not 65/],
      [`${'x'.repeat(MAX_NOTE_LENGTH)}${good}`, /too long/],
    ] as const) {
      const [code, message] = fault(() => parseNote(note));
      expect(code).to.equal('malformed');
      expect(message).to.match(said);
    }
    expect(parseNote(`text\n\n${line.repeat(16)}`).signatures).to.have.lengthOf(16);
  });

  it('is not made of what could not be read', () => {
    const { signature, id } = ours.sign('text\n');
    for (const [text, name] of [
      ['text', 'ours'],
      ['te\u0000xt\n', 'ours'],
      ['text\n', 'o urs'],
    ] as const) {
      expect(fault(() => noteOf(text, [{ name, id, signature }]))[0]).to.equal('malformed');
    }
    expect(fault(() => noteOf('text\n', []))[0]).to.equal('malformed');
    // A key without an id signs nothing that a reader could find its key by.
    const nobody = { name: 'ours', id: '', signature: new Uint8Array(4) };
    expect(fault(() => noteOf('text\n', [nobody]))[0]).to.equal('malformed');
  });
});
