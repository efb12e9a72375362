import { application, DerReader, encodeBer, sequence, type BerElement } from '@ad-protocols/asn1';

/** The bytes of `[APPLICATION number] SEQUENCE`, as every message of Kerberos is. @see RFC 4120 §5.10 */
export function encodeMessage(number: number, fields: readonly BerElement[]): Uint8Array {
  return encodeBer(application(number, sequence(fields)));
}

/** The fields of `[APPLICATION number] SEQUENCE`, with nothing after it. */
export function messageFields(bytes: Uint8Array, number: number, structure: string): DerReader {
  const reader = new DerReader(bytes, structure);
  const outer = reader.application(number);
  reader.end();
  const fields = outer.sequence();
  outer.end();
  return fields;
}

/** An OPTIONAL field: no element when there is no value. */
export function optionalField<T>(value: T | undefined, element: (value: T) => BerElement): readonly BerElement[] {
  return value === undefined ? [] : [element(value)];
}
