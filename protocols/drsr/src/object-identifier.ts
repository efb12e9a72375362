/**
 * The contents octets of an object identifier in BER, without tag and length.
 *
 * @throws {TypeError} when the text is not one.
 * @see ITU-T X.690 §8.19; [MS-DRSR] ATTRTYP-to-OID Conversion (5.16.4), ToBinaryOID
 */
export function encodeOid(oid: string): Uint8Array {
  if (!/^(?:[01]\.[1-3]?\d|2\.\d+)(?:\.\d+)*$/.test(oid)) {
    throw new TypeError(`not an object identifier: ${JSON.stringify(oid)}`);
  }
  const [first = 0n, second = 0n, ...rest] = oid.split('.').map(BigInt);
  const bytes: number[] = [];
  for (const number of [first * 40n + second, ...rest]) {
    const groups = [Number(number % 128n)];
    for (let left = number >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(128n + (left % 128n)));
    bytes.push(...groups);
  }
  return Uint8Array.from(bytes);
}

/**
 * The object identifier whose contents octets these are; undefined when they are none's.
 *
 * @see ITU-T X.690 §8.19; [MS-DRSR] ATTRTYP-to-OID Conversion (5.16.4), ToStringOID
 */
export function decodeOid(bytes: Uint8Array): string | undefined {
  const numbers: bigint[] = [];
  let number = 0n;
  for (const byte of bytes) {
    number = (number << 7n) | BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0n;
  }
  const [joined, ...rest] = numbers;
  if (joined === undefined || (bytes.at(-1) ?? 0) >= 0x80) return undefined;
  const first = joined < 80n ? joined / 40n : 2n;
  return [first, joined - first * 40n, ...rest].join('.');
}
