import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { decodeSid, decodeUtf16, encodeSid, encodeUtf16, nilGuid, type Guid, type Sid } from '@ad-protocols/wire';

/** The identity of an object: any of its three names. @see [MS-DRSR] DSNAME (5.50) */
export interface DsName {
  /** objectGUID. */
  readonly guid?: Guid;
  /** objectSid. */
  readonly sid?: Sid;
  /** distinguishedName; empty when it is not given. */
  readonly dn: string;
}

/** Bytes of the SID field, however long the SID is. */
const SID_FIELD_SIZE = 28;
/** Bytes before the name: structLen (4) ‖ SidLen (4) ‖ Guid (16) ‖ Sid (28) ‖ NameLen (4). */
const FIXED_SIZE = 56;
const NAME_UNITS_MAX = 10_485_761;

/**
 * Writes the referent of a DSNAME pointer: maximum count ‖ structLen (4) ‖ SidLen (4) ‖ Guid (16) ‖ Sid (28) ‖
 * NameLen (4) ‖ name in UTF-16 with its terminator.
 *
 * @throws {TypeError} for a SID of more than 5 sub-authorities, which the field does not hold.
 */
export function writeDsName(writer: NdrWriter, name: DsName): void {
  const units = name.dn.length + 1;
  const sid = name.sid === undefined ? new Uint8Array() : encodeSid(name.sid);
  if (sid.length > SID_FIELD_SIZE) throw new TypeError(`a DSNAME does not hold so long a SID: ${name.sid}`);
  writer.maxCount(units);
  writer.u32(FIXED_SIZE + units * 2).u32(sid.length);
  writer.guid(name.guid ?? nilGuid);
  writer.bytes(sid).fill(SID_FIELD_SIZE - sid.length);
  writer.u32(name.dn.length).bytes(encodeUtf16(name.dn)).u16(0);
}

/** Reads what {@link writeDsName} describes. */
export function readDsName(reader: NdrReader): DsName {
  const units = reader.maxCount(2, NAME_UNITS_MAX);
  reader.u32(); // structLen repeats what the maximum count says
  const sidLength = reader.u32();
  if (sidLength > SID_FIELD_SIZE) throw reader.malformed(`a SID of ${sidLength} bytes in a field of ${SID_FIELD_SIZE}`);
  const guid = reader.guid();
  const sid = reader.bytes(SID_FIELD_SIZE).subarray(0, sidLength);
  reader.sameCount(reader.u32() + 1, units);
  const dn = decodeUtf16(reader.bytes((units - 1) * 2));
  if (reader.u16() !== 0) throw reader.malformed('a name is not terminated');
  return { dn, ...(guid === nilGuid ? {} : { guid }), ...(sidLength === 0 ? {} : { sid: decodeSid(sid) }) };
}
