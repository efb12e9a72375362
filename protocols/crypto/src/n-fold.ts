/**
 * n-fold: spreads `input` over `length` bytes so that every input bit counts alike.
 *
 * Copies of the input, each rotated right by 13 bits more than the one before, are laid end to end up to the least
 * common multiple of both lengths, cut into pieces of `length` bytes, and added with end-around carry.
 *
 * @see RFC 3961 §5.1
 */
export function nFold(input: Uint8Array, length: number): Uint8Array {
  const inputBits = BigInt(input.length * 8);
  const inputMask = (1n << inputBits) - 1n;
  const value = toBigInt(input);
  const copies = leastCommonMultiple(input.length, length) / input.length;
  let joined = 0n;
  for (let copy = 0; copy < copies; copy += 1) {
    const rotation = BigInt(13 * copy) % inputBits;
    const rotated = ((value >> rotation) | (value << (inputBits - rotation))) & inputMask;
    joined = (joined << inputBits) | rotated;
  }

  const outputBits = BigInt(length * 8);
  const outputMask = (1n << outputBits) - 1n;
  let sum = 0n;
  for (; joined > 0n; joined >>= outputBits) sum += joined & outputMask;
  // One's complement addition: what overflows is added in again.
  while (sum > outputMask) sum = (sum & outputMask) + (sum >> outputBits);
  return Uint8Array.from(Buffer.from(sum.toString(16).padStart(length * 2, '0'), 'hex'));
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function leastCommonMultiple(left: number, right: number): number {
  let [divisor, rest] = [left, right];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (left / divisor) * right;
}
