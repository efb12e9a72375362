import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { decodeSid, decodeUtf16, encodeUtf16, nilGuid, type Guid, type Sid } from '@ad-protocols/wire';

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
 * Writes the referent of a DSNAME pointer: maximum count (4) ‖ structLen (4) ‖ SidLen (4) ‖ Guid (16) ‖ Sid (28) ‖
 * NameLen (4) ‖ name in UTF-16 with its terminator. Requests name objects by GUID and DN; the SID stays empty.
 */
export function writeDsName(writer: NdrWriter, name: Omit<DsName, 'sid'>): void {
  const units = name.dn.length + 1;
  writer.maxCount(units);
  writer.u32(FIXED_SIZE + units * 2).u32(0);
  writer.guid(name.guid ?? nilGuid).fill(SID_FIELD_SIZE);
  writer.u32(name.dn.length).bytes(encodeUtf16(name.dn)).u16(0);
}

/** Reads what {@link writeDsName} describes, SID included. */
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
