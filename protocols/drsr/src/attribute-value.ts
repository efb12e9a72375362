import { decodeGuid, decodeSid, decodeUtf16, MalformedError, nilGuid, Reader, type Sid } from '@ad-protocols/wire';
import {
  attributeDefinition,
  type Attribute,
  type AttributeDefinition,
  type AttributeName,
  type AttributeSyntax,
  type drsAttributes,
} from './attributes.ts';
import type { DsName } from './dsname.ts';
import { decodeOid } from './object-identifier.ts';
import type { ReplicatedObject } from './replicated-object.ts';

interface ValueTypes {
  boolean: boolean;
  dsName: DsName;
  int32: number;
  int64: bigint;
  octets: Uint8Array;
  /** Dotted decimal. */
  oid: string;
  sid: Sid;
  text: string;
}

type Syntaxes = { readonly [Name in AttributeName]: (typeof drsAttributes)[Name]['syntax'] };

type SyntaxOf<Asked extends Attribute> = Asked extends AttributeName
  ? Syntaxes[Asked]
  : Asked extends AttributeDefinition
    ? Asked['syntax']
    : never;

/** The type of an attribute's values. */
export type AttributeValue<Asked extends Attribute> = ValueTypes[SyntaxOf<Asked>];

/** Bytes of the SID field, however long the SID is. */
const SID_FIELD_SIZE = 28;

/**
 * The object that a value names: structLen (4) ‖ SidLen (4) ‖ Guid (16) ‖ Sid (28) ‖ NameLen (4) ‖ name in UTF-16 with its
 * terminator. What a value with binary or text besides has after the name is not read.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-DRSR] DSNAME (5.50)
 */
export function decodeDsName(bytes: Uint8Array): DsName {
  const reader = new Reader(bytes, 'DSNAME');
  reader.skip(4);
  const sidLength = reader.u32();
  const guid = decodeGuid(reader.bytes(16));
  const sid = reader.bytes(SID_FIELD_SIZE);
  if (sidLength > SID_FIELD_SIZE) {
    throw new MalformedError({ structure: 'DSNAME', offset: 4, problem: `a SID of ${sidLength} bytes` });
  }
  const dn = decodeUtf16(reader.bytes(reader.u32() * 2));
  return {
    dn,
    ...(guid === nilGuid ? {} : { guid }),
    ...(sidLength === 0 ? {} : { sid: decodeSid(sid.subarray(0, sidLength)) }),
  };
}

function decodeObjectIdentifier(bytes: Uint8Array): string {
  const oid = decodeOid(bytes);
  if (oid !== undefined) return oid;
  throw new MalformedError({ structure: 'object identifier', offset: 0, problem: 'it is cut short' });
}

type Decoders = { readonly [Syntax in AttributeSyntax]: (bytes: Uint8Array) => ValueTypes[Syntax] };

const decoders: Decoders = {
  boolean: (bytes) => new Reader(bytes, 'Boolean').u32() !== 0,
  dsName: (bytes) => decodeDsName(bytes),
  int32: (bytes) => new Reader(bytes, 'INT32').i32(),
  int64: (bytes) => new Reader(bytes, 'INT64').i64(),
  octets: (bytes) => bytes,
  oid: (bytes) => decodeObjectIdentifier(bytes),
  sid: (bytes) => decodeSid(bytes),
  text: (bytes) => decodeUtf16(bytes),
};

/**
 * All values of an attribute of an object; none when the attribute was not sent, or has no value.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function attributeValues<Asked extends Attribute>(
  object: ReplicatedObject,
  attribute: Asked,
): AttributeValue<Asked>[] {
  const { name, syntax } = attributeDefinition(attribute);
  const values = object.attributes.get(name)?.values ?? [];
  return values.map((bytes) => decoders[syntax](bytes) as AttributeValue<Asked>);
}

/**
 * The first value of an attribute of an object; undefined when the attribute was not sent, or has no value.
 *
 * @throws as {@link attributeValues}
 */
export function attributeValue<Asked extends Attribute>(
  object: ReplicatedObject,
  attribute: Asked,
): AttributeValue<Asked> | undefined {
  const { name, syntax } = attributeDefinition(attribute);
  const bytes = object.attributes.get(name)?.values[0];
  return bytes === undefined ? undefined : (decoders[syntax](bytes) as AttributeValue<Asked>);
}
