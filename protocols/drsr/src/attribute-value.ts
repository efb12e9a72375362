import { decodeSid, decodeUtf16, Reader, type Sid } from '@ad-protocols/wire';
import { drsAttributes, type AttributeName, type AttributeSyntax } from './attributes.ts';
import type { ReplicatedObject } from './replicated-object.ts';

interface ValueTypes {
  boolean: boolean;
  int32: number;
  int64: bigint;
  octets: Uint8Array;
  sid: Sid;
  text: string;
}

/** The type of an attribute's values. */
export type AttributeValue<Name extends AttributeName> = ValueTypes[(typeof drsAttributes)[Name]['syntax']];

type Decoders = { readonly [Syntax in AttributeSyntax]: (bytes: Uint8Array) => ValueTypes[Syntax] };

const decoders: Decoders = {
  boolean: (bytes) => new Reader(bytes, 'Boolean').u32() !== 0,
  int32: (bytes) => new Reader(bytes, 'INT32').i32(),
  int64: (bytes) => new Reader(bytes, 'INT64').i64(),
  octets: (bytes) => bytes,
  sid: (bytes) => decodeSid(bytes),
  text: (bytes) => decodeUtf16(bytes),
};

/**
 * The first value of an attribute of an object; undefined when the attribute was not sent, or has no value.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function attributeValue<Name extends AttributeName>(
  object: ReplicatedObject,
  name: Name,
): AttributeValue<Name> | undefined {
  const bytes = object.attributes.get(name)?.values[0];
  return bytes === undefined ? undefined : (decoders[drsAttributes[name].syntax](bytes) as AttributeValue<Name>);
}
