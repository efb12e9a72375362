/** Bytes that one compression step takes. */
const BLOCK_BYTES = 64;
/** Left rotations of the four steps that repeat in each of the three rounds. */
const rotations = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
/** Constants added in each round: 0, and the square roots of 2 and 3. */
const additions = [0, 0x5a827999, 0x6ed9eba1] as const;
/** Which message word each of the 48 steps takes, a hexadecimal digit each. */
const wordOrder = Uint8Array.from('0123456789abcdef048c159d26ae37bf084c2a6e195d3b7f', (digit) =>
  Number.parseInt(digit, 16),
);

/**
 * The MD4 digest, 16 bytes: Windows' password hash. OpenSSL 3 no longer offers it.
 *
 * The working memory that held the message is wiped; the message itself stays the caller's to wipe.
 *
 * @see RFC 1320
 */
export function md4(message: Uint8Array): Uint8Array {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const words = new Uint32Array(BLOCK_BYTES / 4);
  const wholeBytes = message.length - (message.length % BLOCK_BYTES);
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  for (let offset = 0; offset < wholeBytes; offset += BLOCK_BYTES) compress(state, words, view, offset);

  const tail = padTail(message, wholeBytes);
  const tailView = new DataView(tail.buffer);
  for (let offset = 0; offset < tail.length; offset += BLOCK_BYTES) compress(state, words, tailView, offset);
  tail.fill(0);
  words.fill(0);

  const digest = new Uint8Array(16);
  const digestView = new DataView(digest.buffer);
  state.forEach((word, index) => digestView.setUint32(index * 4, word, true));
  return digest;
}

/** The rest of the message, 0x80, zeros, and the message's length in bits (8, little-endian): one or two blocks. */
function padTail(message: Uint8Array, from: number): Uint8Array {
  const rest = message.length - from;
  const tail = new Uint8Array(rest + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
  tail.set(message.subarray(from));
  tail[rest] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(message.length) * 8n, true);
  return tail;
}

function compress(state: Uint32Array, words: Uint32Array, view: DataView, offset: number): void {
  for (let index = 0; index < 16; index += 1) words[index] = view.getUint32(offset + index * 4, true);
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let step = 0; step < 48; step += 1) {
    const round = step >> 4;
    const mixed = mix(round, b, c, d);
    const sum = (a + mixed + (words[wordOrder[step] ?? 0] ?? 0) + (additions[round] ?? 0)) | 0;
    const rotation = rotations[round]?.[step & 3] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (sum << rotation) | (sum >>> (32 - rotation));
  }
  // Typed-array stores wrap modulo 2^32.
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}

/** F, G and H of the RFC: choose, majority, parity. */
function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  if (round === 1) return (x & y) | (x & z) | (y & z);
  return x ^ y ^ z;
}
