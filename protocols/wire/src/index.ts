export {
  decodeAcl,
  INHERIT_ONLY,
  type AccessControlEntry,
  type AccessEntry,
  type OtherEntry,
} from './access-control-list.ts';
export { grantedControlAccessRights, replicationRights } from './control-access-right.ts';
export { isWireError, MalformedError, TruncatedError } from './errors.ts';
export { dstimeToUnixMs, filetimeToUnixMs, unixMsToFiletime, type Filetime } from './filetime.ts';
export { decodeGuid, encodeGuid, nilGuid, parseGuid, type Guid } from './guid.ts';
export { Reader } from './reader.ts';
export { allocateSecret, copySecret } from './secret-memory.ts';
export { decodeSecurityDescriptor, type SecurityDescriptor } from './security-descriptor.ts';
export { decodeSid, encodeSid, readSid, ridOf, type Sid } from './sid.ts';
export { decodeUtf16, encodeUtf16 } from './utf16.ts';
export { Writer } from './writer.ts';
