import { desDecryptBlock, desEncryptBlock } from './des.ts';

/** Where the 7 key bytes of each half come from in the 4 little-endian bytes of the relative identifier. */
const keyBytes = [
  [0, 1, 2, 3, 0, 1, 2],
  [3, 0, 1, 2, 3, 0, 1],
] as const;

/** A DES key of 8 bytes from 7: seven bits each, above a parity bit that stays 0. */
function spreadKey(rid: number, half: 0 | 1): Uint8Array {
  const key = new Uint8Array(8);
  let bits = 0n;
  for (const index of keyBytes[half]) bits = (bits << 8n) | BigInt((rid >>> (index * 8)) & 0xff);
  for (let index = 7; index >= 0; index -= 1) {
    key[index] = Number(bits & 0x7fn) << 1;
    bits >>= 7n;
  }
  return key;
}

function applyToHalves(
  cipher: (key: Uint8Array, block: Uint8Array) => Uint8Array,
  hash: Uint8Array,
  rid: number,
): Uint8Array {
  if (hash.length !== 16) throw new RangeError(`a wrapped hash has 16 bytes, got ${hash.length}`);
  if (!Number.isInteger(rid) || rid < 0 || rid > 0xffffffff) throw new RangeError(`${rid} is no relative identifier`);
  const result = new Uint8Array(16);
  for (const half of [0, 1] as const) {
    const block = cipher(spreadKey(rid, half), hash.subarray(half * 8, half * 8 + 8));
    result.set(block, half * 8);
    block.fill(0);
  }
  return result;
}

/**
 * A 16-byte password hash without the layer of DES that is keyed with the user's relative identifier (RID).
 *
 * Each 8-byte half is one DES block with its own key of 7 bytes, made of the RID's 4 little-endian bytes. Everybody
 * knows the RID, so the layer hides nothing. Returns a fresh array; the caller wipes it.
 *
 * @throws {RangeError} for anything but 16 bytes and a 32-bit unsigned RID.
 * @see [MS-SAMR] Encrypting an NT or LM Hash Value with a Specified Key (2.2.11.1.1), Deriving Key1 and Key2 (2.2.11.1.3)
 */
export function unwrapHashByRid(wrapped: Uint8Array, rid: number): Uint8Array {
  return applyToHalves(desDecryptBlock, wrapped, rid);
}

/** The counterpart of {@link unwrapHashByRid}. */
export function wrapHashByRid(hash: Uint8Array, rid: number): Uint8Array {
  return applyToHalves(desEncryptBlock, hash, rid);
}
