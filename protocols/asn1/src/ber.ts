import { Reader } from '@ad-protocols/wire';

/** One element of the Basic Encoding Rules: a tag (1 byte) with its content, or with the elements inside. */
export interface BerElement {
  readonly tag: number;
  readonly content: Uint8Array | readonly BerElement[];
}

/** Universal tags. @see ITU-T X.680 section 8.4 */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  generalString: 0x1b,
  sequence: 0x30,
  set: 0x31,
} as const;

const textEncoder = new TextEncoder();

/** An element of bytes or text; bytes are not copied until {@link encodeBer}. */
export function octets(value: Uint8Array | string, tag: number = tags.octetString): BerElement {
  return { tag, content: typeof value === 'string' ? textEncoder.encode(value) : value };
}

/** An element of a whole number from -2^63 to 2^63-1 in the fewest bytes. @see ITU-T X.690 section 8.3 */
export function integer(value: number | bigint, tag: number = tags.integer): BerElement {
  const content: number[] = [];
  let rest = BigInt(value);
  let last: number;
  do {
    last = Number(BigInt.asUintN(8, rest));
    content.unshift(last);
    rest >>= 8n;
    // The first bit is the sign.
  } while (rest !== (last > 0x7f ? -1n : 0n));
  return { tag, content: Uint8Array.from(content) };
}

export function boolean(value: boolean): BerElement {
  return { tag: tags.boolean, content: Uint8Array.of(value ? 0xff : 0) };
}

export function sequence(content: readonly BerElement[], tag: number = tags.sequence): BerElement {
  return { tag, content };
}

/** The bytes of an element in one allocation, so that secrets inside have exactly one copy: the caller wipes it. */
export function encodeBer(element: BerElement): Uint8Array {
  const bytes = new Uint8Array(sizeOf(element));
  writeElement(element, bytes, 0);
  return bytes;
}

function contentSize(element: BerElement): number {
  if (element.content instanceof Uint8Array) return element.content.length;
  let size = 0;
  for (const inner of element.content) size += sizeOf(inner);
  return size;
}

function lengthSize(length: number): number {
  if (length < 0x80) return 1;
  let size = 1;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size += 1;
  return size;
}

function sizeOf(element: BerElement): number {
  const size = contentSize(element);
  return 1 + lengthSize(size) + size;
}

function writeElement(element: BerElement, target: Uint8Array, start: number): number {
  const size = contentSize(element);
  const lengthBytes = lengthSize(size);
  let at = start;
  target[at++] = element.tag;
  if (lengthBytes === 1) {
    target[at++] = size;
  } else {
    target[at++] = 0x80 | (lengthBytes - 1);
    for (let shift = lengthBytes - 2; shift >= 0; shift -= 1) target[at++] = Math.floor(size / 256 ** shift) & 0xff;
  }
  if (element.content instanceof Uint8Array) {
    target.set(element.content, at);
    return at + size;
  }
  for (const inner of element.content) at = writeElement(inner, target, at);
  return at;
}

/** Bytes of length at most: no message of a domain controller is larger. */
const LENGTH_BYTES_MAX = 4;

/** An element that was read; `content` is a view of the input. */
export interface ReadElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/**
 * The next element.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED for an indefinite or too long length.
 */
export function readElement(reader: Reader): ReadElement {
  const tag = reader.u8();
  const first = reader.u8();
  if (first < 0x80) return { tag, content: reader.bytes(first) };
  const count = first & 0x7f;
  if (count === 0 || count > LENGTH_BYTES_MAX)
    throw reader.malformed('an indefinite length, or one of more than four bytes');
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + reader.u8();
  return { tag, content: reader.bytes(length) };
}

/** The elements that a content is made of. @throws as {@link readElement}. */
export function readElements(content: Uint8Array, structure: string): ReadElement[] {
  const reader = new Reader(content, structure);
  const elements: ReadElement[] = [];
  while (reader.remaining > 0) elements.push(readElement(reader));
  return elements;
}

/**
 * Bytes of the first element in a buffer, header included; undefined when even the header is not all there yet.
 *
 * @throws {MalformedError} ERR_WIRE_MALFORMED for an indefinite or too long length.
 */
export function elementSize(buffer: Uint8Array): number | undefined {
  const first = buffer[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  const reader = new Reader(buffer, 'BER element');
  if (count === 0 || count > LENGTH_BYTES_MAX)
    throw reader.malformed('an indefinite length, or one of more than four bytes');
  if (buffer.length < 2 + count) return undefined;
  reader.skip(2);
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + reader.u8();
  return 2 + count + length;
}

/**
 * The number in the content of an INTEGER or ENUMERATED that is not negative.
 *
 * @throws {MalformedError} ERR_WIRE_MALFORMED for more than 2^53-1.
 */
export function readNumber(content: Uint8Array): number {
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new Reader(content, 'INTEGER').malformed('a number of more than 2^53-1');
  return value;
}
