import { Reader, type MalformedError } from '@ad-protocols/wire';
import { readElement, tags } from './ber.ts';
import { applicationTag, contextTag } from './context-tags.ts';
import { readObjectIdentifier } from './object-identifier.ts';

/** A BIT STRING; `bytes` is a view of the input. */
export interface BitString {
  readonly bytes: Uint8Array;
  /** Lowest bits of the last byte that do not count: 0 to 7. */
  readonly unusedBits: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of the largest number that is read: 2^63-1 and -2^63. */
const INTEGER_BYTES_MAX = 8;

/**
 * A cursor over elements of the Distinguished Encoding Rules, each in the one form that they allow: shortest lengths
 * and numbers, definite lengths, no element where none belongs.
 *
 * Every method reads the next element and names the tag that it must have; bytes are views of the input.
 * The fields of a SEQUENCE are read in their order, and then either {@link DerReader.end} or, where the definition has
 * `...`, {@link DerReader.skipExtensions}.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED from every method: the input or the element around ends too early.
 * @throws {MalformedError} ERR_WIRE_MALFORMED from every method: another element, or not the one form.
 * @see ITU-T X.690 section 10 and 11
 */
export class DerReader {
  /** What is being read; named in errors. */
  readonly structure: string;
  readonly #data: Uint8Array;
  readonly #reader: Reader;

  constructor(data: Uint8Array, structure: string) {
    this.structure = structure;
    this.#data = data;
    this.#reader = new Reader(data, structure);
  }

  /** The tag of the next element; undefined at the end. */
  get nextTag(): number | undefined {
    return this.#data[this.#reader.offset];
  }

  /** The content of the next element, whose tag must be `tag`. */
  content(tag: number): Uint8Array {
    const start = this.#reader.offset;
    const element = readElement(this.#reader);
    if (element.tag !== tag)
      throw this.malformed(`an element with tag ${hexByte(element.tag)} in place of ${hexByte(tag)}`);
    const headerBytes = this.#reader.offset - start - element.content.length;
    if (headerBytes !== shortestHeader(element.content.length))
      throw this.malformed('a length of more bytes than needed');
    return element.content;
  }

  /** The next element with its header, whatever its tag: to be kept as it came. */
  encoded(): Uint8Array {
    const start = this.#reader.offset;
    const tag = this.nextTag;
    // An end of input is named by the read.
    this.content(tag ?? 0);
    return this.#data.subarray(start, this.#reader.offset);
  }

  /** The fields of a SEQUENCE, or of another constructed element with the tag given. */
  sequence(structure: string = this.structure, tag: number = tags.sequence): DerReader {
    return new DerReader(this.content(tag), structure);
  }

  /** What `[APPLICATION number]` is around. */
  application(number: number, structure: string = this.structure): DerReader {
    return new DerReader(this.content(applicationTag(number)), structure);
  }

  /** Reads the one element inside `[number] EXPLICIT` with `read`; nothing may follow it there. */
  explicit<T>(number: number, read: (inner: DerReader) => T): T {
    const inner = new DerReader(this.content(contextTag(number)), this.structure);
    const value = read(inner);
    inner.end();
    return value;
  }

  /** As {@link DerReader.explicit} for an OPTIONAL field; undefined when the next element is another one. */
  optional<T>(number: number, read: (inner: DerReader) => T): T | undefined {
    return this.nextTag === contextTag(number) ? this.explicit(number, read) : undefined;
  }

  /** All elements of a SEQUENCE OF, each read by `read`. */
  sequenceOf<T>(read: (inner: DerReader) => T): T[] {
    const inner = this.sequence();
    const values: T[] = [];
    while (inner.nextTag !== undefined) values.push(read(inner));
    return values;
  }

  /** @throws {MalformedError} ERR_WIRE_MALFORMED when anything is left. */
  end(): void {
    if (this.#reader.remaining > 0) throw this.malformed(`${this.#reader.remaining} bytes after the end`);
  }

  /** Passes over fields that a later version of the definition may have; each must be a whole element. */
  skipExtensions(): void {
    while (this.nextTag !== undefined) this.encoded();
  }

  octetString(): Uint8Array {
    return this.content(tags.octetString);
  }

  boolean(): boolean {
    const [value, ...rest] = this.content(tags.boolean);
    if (rest.length > 0 || (value !== 0 && value !== 0xff)) throw this.malformed('a BOOLEAN that is not 00 or FF');
    return value === 0xff;
  }

  /** A number from -2^63 to 2^63-1. */
  bigInteger(tag: number = tags.integer): bigint {
    const content = this.content(tag);
    const [first = 0, second] = content;
    if (content.length === 0 || content.length > INTEGER_BYTES_MAX)
      throw this.malformed(`an INTEGER of ${content.length} bytes`);
    if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second > 0x7f)))
      throw this.malformed('an INTEGER of more bytes than needed');
    let value = BigInt(first > 0x7f ? first - 0x100 : first);
    for (const byte of content.subarray(1)) value = value * 256n + BigInt(byte);
    return value;
  }

  /** A number from `least` to `most`, by default that of Kerberos' Int32. */
  integer(least = -0x8000_0000, most = 0x7fff_ffff): number {
    return this.#inRange(this.bigInteger(), least, most);
  }

  /** The number of an ENUMERATED. */
  enumerated(): number {
    return this.#inRange(this.bigInteger(tags.enumerated), 0, 0x7fff_ffff);
  }

  #inRange(value: bigint, least: number, most: number): number {
    if (value < least || value > most) throw this.malformed(`${value} is not from ${least} to ${most}`);
    return Number(value);
  }

  objectIdentifier(): string {
    return readObjectIdentifier(this.content(tags.objectIdentifier));
  }

  bitString(): BitString {
    const content = this.content(tags.bitString);
    const unusedBits = content[0] ?? 8;
    const bytes = content.subarray(1);
    const last = bytes.at(-1);
    // Bits that do not count are 0, and there are none without a byte.
    if (unusedBits > 7 || (last === undefined ? unusedBits > 0 : (last & ((1 << unusedBits) - 1)) !== 0))
      throw this.malformed('a BIT STRING with wrong unused bits');
    return { bytes, unusedBits };
  }

  /** The text of a GeneralString, in UTF-8. */
  generalString(): string {
    const content = this.content(tags.generalString);
    try {
      return utf8.decode(content);
    } catch {
      throw this.malformed('a GeneralString that is not UTF-8');
    }
  }

  /** Milliseconds since 1970 of a GeneralizedTime in the form `YYYYMMDDHHMMSSZ`. @see RFC 4120 §5.2.3 */
  kerberosTime(): number {
    const text = String.fromCharCode(...this.content(tags.generalizedTime).subarray(0, 16));
    const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
    if (!match) throw this.malformed('a time that is not of the form YYYYMMDDHHMMSSZ');
    const [, year, month, day, hour, minute, second] = match;
    const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
    const unixMs = Date.parse(iso);
    // Date.parse takes 24:00 and, by engine, the 31st of a short month.
    if (Number.isNaN(unixMs) || new Date(unixMs).toISOString() !== iso)
      throw this.malformed('a time that does not exist');
    return unixMs;
  }

  /** An error that names the structure and the current offset; the caller throws it. */
  malformed(problem: string): MalformedError {
    return this.#reader.malformed(problem);
  }
}

function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

function shortestHeader(length: number): number {
  if (length < 0x80) return 2;
  return 2 + Math.ceil((32 - Math.clz32(length)) / 8);
}
