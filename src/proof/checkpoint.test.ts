import { expect } from '@open-wc/testing';
import { Signer } from '../testing/signer.ts';
import { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { ProofFailed } from './failed.ts';
import { EMPTY_ROOT } from './tree.ts';

/** The example of c2sp.org/tlog-checkpoint. */
const EXAMPLE =
  'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

const log = new Signer();

describe('a checkpoint', () => {
  it('of the specification is read', () => {
    const { origin, size, root, text, signatures } = parseCheckpoint(EXAMPLE);
    expect([origin, size, root.length]).to.deep.equal(['example.com/behind-the-sofa', 20_852_163, 32]);
    expect(formatCheckpoint(origin, size, root)).to.equal(text);
    expect(signatures.map(({ id }) => id)).to.deep.equal(['033de0ae']);
  });

  it('is written, signed, read back and believed', () => {
    const note = log.checkpoint(7, EMPTY_ROOT);
    expect(note).to.match(
      /^waooaw\/audit\n7\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— waooaw\/audit \S+\n$/,
    );
    const { origin, size, root } = verifyCheckpoint(note, [log.verifier]);
    expect([origin, size, [...root]]).to.deep.equal(['waooaw/audit', 7, [...EMPTY_ROOT]]);
  });

  it('is believed with the old key and with the new one where both signed', () => {
    const next = new Signer('waooaw/audit', 2);
    const both = log.checkpoint(1, EMPTY_ROOT, next);
    for (const { verifier } of [log, next]) {
      expect(verifyCheckpoint(both, [verifier]).signatures).to.have.lengthOf(1);
    }
    expect(() => verifyCheckpoint(log.checkpoint(1, EMPTY_ROOT), [next.verifier])).to.throw(
      ProofFailed,
      /None/,
    );
  });

  it('is not believed because somebody else’s log would sign it', () => {
    const witness = new Signer('witness', 2);
    const note = witness.note(formatCheckpoint('waooaw/audit', 7, EMPTY_ROOT));
    expect(() => verifyCheckpoint(note, [witness.verifier])).to.throw(
      ProofFailed,
      /no given key of that name/,
    );
    const cosigned = log.checkpoint(7, EMPTY_ROOT, witness);
    expect(verifyCheckpoint(cosigned, [witness.verifier, log.verifier]).signatures).to.have.lengthOf(2);
  });

  it('may have lines that say more, which are signed with it', () => {
    const text = `${formatCheckpoint('waooaw/audit', 7, EMPTY_ROOT)}extension\n`;
    expect(verifyCheckpoint(log.note(text), [log.verifier]).size).to.equal(7);
  });

  it('says what is wrong with one that cannot be read', () => {
    const root = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
    for (const [text, said] of [
      [`\n1\n${root}\n`, /its first line, the origin, is empty/],
      [`log\n\n${root}\n`, /its second line is ""; expected a size/],
      [`log\n01\n${root}\n`, /its second line is "01"/],
      [`log\n-1\n${root}\n`, /its second line is "-1"/],
      [`log\n1e3\n${root}\n`, /its second line is "1e3"/],
      [`log\n９\n${root}\n`, /its second line/],
      [`log\n9007199254740992\n${root}\n`, /over 2\^53 - 1/],
      ['log\n1\n', /no hash of 32 bytes/],
      ['log\n1\nAAAA\n', /no hash of 32 bytes/],
      [`log\n1\n${root.slice(1)}\n`, /is not base64/],
      [`log\n1\n${root}\n\nmore\n`, /an empty line in its text/],
    ] as const) {
      expect(() => parseCheckpoint(log.note(text)), text).to.throw(ProofFailed, said);
    }
    expect(parseCheckpoint(log.note(`log\n9007199254740991\n${root}\n`)).size).to.equal(
      Number.MAX_SAFE_INTEGER,
    );
  });

  it('is not made of what could not be read', () => {
    expect(() => formatCheckpoint('', 1, EMPTY_ROOT)).to.throw(ProofFailed);
    expect(() => formatCheckpoint('a\nb', 1, EMPTY_ROOT)).to.throw(ProofFailed);
    for (const size of [-1, 0.5, NaN, 2 ** 53, 1e21]) {
      expect(() => formatCheckpoint('log', size, EMPTY_ROOT), String(size)).to.throw(ProofFailed);
    }
    expect(() => formatCheckpoint('log', 1, EMPTY_ROOT.subarray(1))).to.throw(ProofFailed);
  });
});
