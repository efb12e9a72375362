import { Reader } from '@ad-protocols/wire';
import { tags, type BerElement } from './ber.ts';

/** An element of an object identifier in dots: `1.2.840.113554.1.2.2`. @see ITU-T X.690 section 8.19 */
export function objectIdentifier(text: string): BerElement {
  const [first = 0, second = 0, ...arcs] = text.split('.').map(Number);
  return { tag: tags.objectIdentifier, content: Uint8Array.from([first * 40 + second, ...arcs].flatMap(base128)) };
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/**
 * The dotted text of an object identifier's content.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED for no content, or one that ends inside an arc.
 * @throws {MalformedError} ERR_WIRE_MALFORMED for an arc with a leading zero or of more than 2^53-1.
 */
export function readObjectIdentifier(content: Uint8Array): string {
  const reader = new Reader(content, 'OBJECT IDENTIFIER');
  const head = readArc(reader);
  const first = Math.min(2, Math.floor(head / 40));
  const arcs = [first, head - first * 40];
  while (reader.remaining > 0) arcs.push(readArc(reader));
  return arcs.join('.');
}

function readArc(reader: Reader): number {
  let byte = reader.u8();
  if (byte === 0x80) throw reader.malformed('an arc with a leading zero');
  let arc = byte & 0x7f;
  while (byte > 0x7f) {
    byte = reader.u8();
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw reader.malformed('an arc of more than 2^53-1');
  }
  return arc;
}
