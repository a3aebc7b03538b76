/** HalfSipHash-2-4 with a result of 64 bits (Aumasson and Bernstein): a keyed hash that is quick for short texts. */

/** Rounds: of a word, and of each half of the result. */
const [WORD_ROUNDS, LAST_ROUNDS] = [2, 4];

/**
 * Hashes the first `length` bytes. Who does not know the key can neither foretell a hash nor find two texts of the same.
 * @returns two numbers of 32 bits.
 */
export function keyedHash(
  [k0, k1]: readonly [number, number],
  bytes: Uint8Array,
  length: number,
): [number, number] {
  let [v0, v1, v2, v3] = [k0, k1 ^ 0xee, 0x6c796765 ^ k0, 0x74656462 ^ k1];
  const words = length >> 2;
  let high = 0;
  // One loop over the words, the rest with the length, and the two halves: the round stands here once, its state in registers.
  for (let i = 0; i <= words + 2; i += 1) {
    let word = 0;
    if (i < words) {
      const at = i * 4;
      word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    } else if (i === words) {
      word = length << 24;
      for (let at = words * 4; at < length; at += 1) word |= bytes[at]! << ((at & 3) * 8);
    } else if (i === words + 1) v2 ^= 0xee;
    else v1 ^= 0xdd;
    v3 ^= word;
    for (let left = i <= words ? WORD_ROUNDS : LAST_ROUNDS; left > 0; left -= 1) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
    if (i === words + 1) high = v1 ^ v3;
  }
  return [high, v1 ^ v3];
}
