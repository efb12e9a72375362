// Single DES for one block at a time, as hash attributes are wrapped with it: no modes, no padding, no parity checks.
// Bits are numbered as the standard does, from the most significant one, but starting at 0.

const ROUNDS = 16;
const SUBKEY_BITS = 48;

/** Permuted choice 1: the key bits of halves C and D, 28 each. */
const choice1 = Uint8Array.of(
  ...rows('56 48 40 32 24 16 8 0 57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35'),
  ...rows('62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 60 52 44 36 28 20 12 4 27 19 11 3'),
);
/** Permuted choice 2: the bits of C ‖ D that make a round's subkey. */
const choice2 = rows(
  `13 16 10 23 0 4 2 27 14 5 20 9 22 18 11 3 25 7 15 6 26 19 12 1
   40 51 30 36 46 54 29 39 50 44 32 47 43 48 38 55 33 52 45 41 49 35 28 31`,
);
/** How far C and D are rotated to the left altogether before each round. */
const rotations = rows('1 2 4 6 8 10 12 14 15 17 19 21 23 25 27 28');
/** Permutation P: the bit of the substituted word that each bit of the round function comes from. */
const permutation = rows('15 6 19 20 28 11 27 16 0 14 22 25 4 17 30 9 1 7 23 13 31 26 2 8 18 12 29 5 21 10 3 24');
/** S1 to S8: four rows of 16, a hexadecimal digit each. */
const substitutions = [
  'e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d',
  'f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9',
  'a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c',
  '7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e',
  '2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453',
  'c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d',
  '4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c',
  'd2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b',
];

function rows(text: string): Uint8Array {
  return Uint8Array.from(text.trim().split(/\s+/), Number);
}

/** Which bit of the key each of the 16 × 48 subkey bits is: permuted choices and rotations in one table. */
const subkeySources = Uint8Array.from({ length: ROUNDS * SUBKEY_BITS }, (_, index) => {
  const chosen = choice2[index % SUBKEY_BITS] ?? 0;
  const half = chosen < 28 ? 0 : 28;
  const rotated = (chosen - half + (rotations[Math.floor(index / SUBKEY_BITS)] ?? 0)) % 28;
  return choice1[half + rotated] ?? 0;
});

/** S-boxes and permutation P in one table: 8 boxes × 64 inputs. */
const substituted = Uint32Array.from({ length: 8 * 64 }, (_, index) => {
  const box = index >> 6;
  const input = index & 0x3f;
  const row = ((input >> 4) & 2) | (input & 1);
  const digits = (substitutions[box] ?? '').replaceAll(' ', '');
  const nibble = Number.parseInt(digits.charAt(row * 16 + ((input >> 1) & 0xf)), 16);
  const word = nibble << (28 - box * 4);
  return permutation.reduce((output, source) => (output << 1) | ((word >>> (31 - source)) & 1), 0);
});

/** Subkeys as 16 × 8 groups of six bits, one group an S-box. The caller wipes them. */
function scheduleKey(key: Uint8Array): Uint8Array {
  const subkeys = new Uint8Array(ROUNDS * 8);
  for (let index = 0; index < subkeySources.length; index += 1) {
    const source = subkeySources[index] ?? 0;
    const bit = ((key[source >> 3] ?? 0) >> (7 - (source & 7))) & 1;
    const group = Math.floor(index / 6);
    subkeys[group] = ((subkeys[group] ?? 0) << 1) | bit;
  }
  return subkeys;
}

/** The round function f(R, K). The expansion E is a rotation: group g is bits 4g − 1 to 4g + 4 of R. */
function mixHalf(half: number, subkeys: Uint8Array, round: number): number {
  let mixed = 0;
  for (let box = 0; box < 8; box += 1) {
    const shift = (box * 4 + 5) & 31;
    const input = ((half << shift) | (half >>> (32 - shift))) & 0x3f;
    mixed |= substituted[(box << 6) | (input ^ (subkeys[round * 8 + box] ?? 0))] ?? 0;
  }
  return mixed;
}

/** Swaps, between the halves, the bits that `mask` names in `halves[to]` with those `shift` higher in `halves[from]`. */
function exchange(halves: Uint32Array, [from, to]: readonly [0 | 1, 0 | 1], shift: number, mask: number): void {
  const difference = (((halves[from] ?? 0) >>> shift) ^ (halves[to] ?? 0)) & mask;
  halves[to] = (halves[to] ?? 0) ^ difference;
  halves[from] = (halves[from] ?? 0) ^ (difference << shift);
}

/** The initial permutation as five exchanges; `inverse` runs them backwards, which gives the final permutation. */
function permuteBlock(halves: Uint32Array, inverse: boolean): void {
  const steps = [
    () => exchange(halves, [0, 1], 4, 0x0f0f0f0f),
    () => exchange(halves, [0, 1], 16, 0x0000ffff),
    () => exchange(halves, [1, 0], 2, 0x33333333),
    () => exchange(halves, [1, 0], 8, 0x00ff00ff),
    () => exchange(halves, [0, 1], 1, 0x55555555),
  ];
  for (const step of inverse ? steps.toReversed() : steps) step();
}

function transformBlock(key: Uint8Array, block: Uint8Array, decrypt: boolean): Uint8Array {
  if (key.length !== 8) throw new RangeError(`a DES key has 8 bytes, got ${key.length}`);
  if (block.length !== 8) throw new RangeError(`a DES block has 8 bytes, got ${block.length}`);
  const subkeys = scheduleKey(key);
  const input = new DataView(block.buffer, block.byteOffset, 8);
  const halves = Uint32Array.of(input.getUint32(0), input.getUint32(4));
  permuteBlock(halves, false);
  for (let step = 0; step < ROUNDS; step += 1) {
    const [left = 0, right = 0] = halves;
    halves[0] = right;
    halves[1] = left ^ mixHalf(right, subkeys, decrypt ? ROUNDS - 1 - step : step);
  }
  halves.reverse();
  permuteBlock(halves, true);
  const output = new Uint8Array(8);
  const outputView = new DataView(output.buffer);
  outputView.setUint32(0, halves[0] ?? 0);
  outputView.setUint32(4, halves[1] ?? 0);
  subkeys.fill(0);
  halves.fill(0);
  return output;
}

/**
 * One 8-byte block encrypted with DES under an 8-byte key, whose parity bits are ignored. Returns a fresh array.
 *
 * @throws {RangeError} when key or block do not have 8 bytes.
 * @see FIPS 46-3
 */
export function desEncryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  return transformBlock(key, block, false);
}

/** One 8-byte block decrypted; the counterpart of {@link desEncryptBlock}. */
export function desDecryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  return transformBlock(key, block, true);
}
